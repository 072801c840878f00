import ArgumentParser

/// `aftercare keys …`
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "The storefronts' keys: who may sell, from which sites.",
        subcommands: [KeysList.self, KeysCreate.self, KeysRevoke.self]
    )
}
