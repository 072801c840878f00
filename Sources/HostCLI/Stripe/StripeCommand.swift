import ArgumentParser
import AsyncHTTPClient
import FoundationEssentials
import Payments
import Stripe

/// `aftercare stripe`: the payment provider, seen from this machine.
struct StripeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stripe",
        abstract: "Look after the account at Stripe.",
        subcommands: [StripeCheck.self]
    )
}

/// `aftercare stripe check`
struct StripeCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "See whether Stripe tells this store all that it has to know.",
        discussion: """
            Asks Stripe with AFTERCARE_STRIPE_KEY whether an endpoint leads to this store (AFTERCARE_PUBLIC_URL) and is told \
            every event that the store acts on. Changes nothing. Exits with 1 where something is missing.

            Example: aftercare stripe check
            """
    )

    func run() async throws {
        let settings = try Settings(options: [:], environment: ProcessInfo.processInfo.environment)
        guard let key = settings.stripeKey else {
            throw HostError.refused("There is no account to look at: AFTERCARE_STRIPE_KEY is not set.")
        }
        let url = settings.publicURL + StripePayments.eventsPath
        let endpoints: [StripeEndpoint]
        do {
            endpoints = try await StripeClient(.shared, baseURL: settings.stripeURL, secretKey: key).endpoints()
        } catch { throw HostError.refused("\(error).") }
        let faults = StripePayments.subscriptionFaults(endpoints, url: url)
        for fault in faults { say(fault) }
        guard faults.isEmpty else { throw ExitCode(1) }
        say("Stripe tells \(url) all \(StripePayments.events.count) events that the store acts on.")
    }
}
