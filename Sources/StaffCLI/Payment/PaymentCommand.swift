import ArgumentParser

/// `aftercare payment …`
struct PaymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payment",
        abstract: "Record money that came in.",
        subcommands: [PaymentRecord.self]
    )
}
