import ArgumentParser

/// `aftercare demo …`
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Fill a store with made-up orders, to try things out.",
        subcommands: [DemoFill.self]
    )
}
