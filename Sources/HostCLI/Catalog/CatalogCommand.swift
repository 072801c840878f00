import ArgumentParser

/// `aftercare catalog …`
struct CatalogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog",
        abstract: "Work on what the shop sells.",
        subcommands: [CatalogLoad.self]
    )
}
