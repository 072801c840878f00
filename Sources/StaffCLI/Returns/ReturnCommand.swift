import ArgumentParser

/// `aftercare return …`
struct ReturnCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "return",
        abstract: "What comes back: see what is awaited, announce it, receive it.",
        subcommands: [ReturnList.self, ReturnAnnounce.self, ReturnReceive.self, ReturnClose.self]
    )
}
