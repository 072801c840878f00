import ArgumentParser
import AsyncHTTPClient
import Catalog
import CivilTime
import Commerce
import FoundationEssentials
import Orders
import Payments
import StoreHTTP

/// `aftercare reconcile`: ledger and payment provider, compared.
struct Reconcile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare the ledger with the payment provider.",
        discussion: """
            Settles what has one meaning only: money that was not heard of, refunds that were not sent. Lists the rest, \
            and exits with 1 where there is any. A server does the same every hour.
            """
    )

    @Option(help: "How many days back.")
    var days = 30
    @OptionGroup var data: DataOptions

    func validate() throws {
        guard (1...365).contains(days) else { throw ValidationError("--days is from 1 to 365.") }
    }

    func run() async throws {
        let settings = try Settings(options: data.values, environment: ProcessInfo.processInfo.environment)
        guard settings.stripeKey != nil else {
            throw ValidationError("There is no payment provider to compare with: AFTERCARE_STRIPE_KEY is not set.")
        }
        var findings: [Finding] = []
        try await Host.with(settings) { host in
            try await host.prepareSchema()
            let now = Instant.now()
            let store = try await Store(
                host.pool,
                keys: host.linkKeys(),
                settings: settings.store,
                provider: settings.provider(.shared),
                logger: settings.logger()
            )
            findings = try await store.payments.reconcile(since: now + .seconds(-days * 86_400), now: now)
        }
        for finding in findings {
            say(
                "\(finding.kind.rawValue)  \(finding.amount.text)  "
                    + "\(finding.orderNumber ?? "no order")  \(finding.reference)"
            )
        }
        guard findings.isEmpty else { throw ExitCode(1) }
        say("Ledger and provider agree.")
    }
}
