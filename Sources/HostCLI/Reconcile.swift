import ArgumentParser
import AsyncHTTPClient
import Catalog
import CivilTime
import Commerce
import FoundationEssentials
import Orders
import Payments
import StaffCLI
import StoreHTTP

/// `aftercare reconcile`: ledger and payment provider, compared.
struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare the ledger with the payment provider.",
        subcommands: [ReconcileCompare.self] + StaffCLI.reconcileCommands,
        defaultSubcommand: ReconcileCompare.self
    )
}

/// `aftercare reconcile compare`, which `aftercare reconcile` is.
struct ReconcileCompare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare them now, on the machine itself.",
        discussion: """
            Settles what has one meaning only: money that was not heard of, refunds that were not sent. Lists the rest \
            until somebody settles it, and exits with 1 where there is any. A server does the same every hour.
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
            throw HostError.refused("There is no payment provider to compare with: AFTERCARE_STRIPE_KEY is not set.")
        }
        var findings: [KeptFinding] = []
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
        for kept in findings {
            let finding = kept.finding
            say(
                "\(kept.id)  \(finding.kind.rawValue)  \(finding.amount.text)  "
                    + "\(finding.orderNumber ?? "no order")  \(finding.reference)"
            )
        }
        guard findings.isEmpty else { throw ExitCode(1) }
        say("Ledger and provider agree.")
    }
}
