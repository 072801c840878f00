import ArgumentParser
import Glibc

/// `stripe-double`: stands in for Stripe on this machine, so that a store can take and give back money that is not there.
@main
struct StripeDoubleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stripe-double",
        abstract: "Stand in for Stripe's API on 127.0.0.1."
    )

    @Option(help: "The port to listen on, 0 for any that is free.")
    var port = 8090
    @Option(help: "Where events are sent.")
    var webhook = "http://127.0.0.1:8080/v1/webhooks/stripe"
    @Option(help: "The secret that events are signed with.")
    var secret = "whsec_demo"
    @Option(help: "The only API key that is let in.")
    var key = "sk_test_demo"

    func run() async throws {
        let double = StripeDouble(
            secretKey: key,
            webhookURL: webhook,
            webhookSecret: secret,
            delivery: .immediately
        )
        try await double.serve(port: port, stopsOnSignals: true) { url in
            // Written at once, also into a pipe, for whoever waits for this line.
            let line = Array("The Stripe double is at \(url). Stop it with Ctrl-C.\n".utf8)
            _ = write(STDOUT_FILENO, line, line.count)
        }
    }
}
