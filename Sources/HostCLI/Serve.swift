import ArgumentParser
import AsyncHTTPClient
import Cart
import Catalog
import CivilTime
import Commerce
import Glibc
import Hummingbird
import Logging
import Orders
import Payments
import Postgres
import ServiceLifecycle
import StoreHTTP
import UnixSignals
import UsageGuide

/// `aftercare serve`: the store over HTTP.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the store over HTTP.",
        discussion: """
            With no database named (DATABASE_URL, or libpq's PGHOST and its kin), the store makes and runs a PostgreSQL \
            of its own in the data folder, and fills it with a demo catalog on the first start.
            """
    )

    @Option(help: "The address to listen on (AFTERCARE_HOST). [default: 127.0.0.1]")
    var host: String?
    @Option(help: "The port to listen on, 0 for any that is free (AFTERCARE_PORT). [default: 8080]")
    var port: String?
    @OptionGroup var data: DataOptions
    @Flag(help: "Bring the database's schema up to date first (AFTERCARE_MIGRATE).")
    var migrate = false

    func run() async throws {
        var options = data.values
        options["HOST"] = host
        options["PORT"] = port
        if migrate { options["MIGRATE"] = "true" }
        let settings = try Settings(options: options, environment: processEnvironment())
        let logger = settings.logger()
        let database = try await Host.open(settings, borrowing: false)
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        do {
            try await serve(database, settings, client, logger)
        } catch {
            try? await client.shutdown()
            try? await database.close()
            throw error
        }
        try await client.shutdown()
        try await database.close()
    }

    private func serve(
        _ database: Host,
        _ settings: Settings,
        _ client: HTTPClient,
        _ logger: Logger
    ) async throws {
        try GuideContent.check()
        try PageWords.check()
        try await database.prepareSchema()
        let isFresh = try await database.loadDemoCatalog()
        let store = try await Store(
            database.pool,
            keys: database.linkKeys(),
            settings: settings.store,
            provider: settings.provider(client),
            logger: logger
        )
        let isDemo = isFresh ? true : try await store.catalogs.catalog().isDemo
        let application = StoreApplication.build(store, host: settings.host, port: settings.port, logger: logger) {
            port in
            say(
                "The store is at http://\(settings.host):\(port)\(isDemo ? ", with the demo catalog" : ""). Stop it with Ctrl-C."
            )
            if isFresh { await FirstLogin.make(store, url: "http://\(settings.host):\(port)") }
        }

        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(
                service: Maintenance(
                    carts: store.carts,
                    orders: store.orders,
                    payments: store.payments,
                    invoiceLifetime: .seconds(settings.invoiceDays * 86_400),
                    logger: logger
                )
            )
        ]
        if let cluster = database.cluster {
            services.insert(.init(service: ClusterKeeper(cluster: cluster, logger: logger)), at: 0)
        }
        services.append(
            .init(
                service: application,
                successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .gracefullyShutdownGroup
            )
        )
        var group = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        // Requests that run may finish; a client that never ends its request does not hold the shop open.
        group.maximumGracefulShutdownDuration = .seconds(20)
        try await ServiceGroup(configuration: group).run()
    }
}

/// Where the private cluster is, for every command that may use it.
struct DataOptions: ParsableArguments {
    @Option(help: "The private cluster's folder (AFTERCARE_DATA_DIR). [default: /var/lib/aftercare for root]")
    var dataDir: String?

    var values: [String: String] { dataDir.map { ["DATA_DIR": $0] } ?? [:] }
}

/// Removes what has expired, cancels what was not paid in time and does what payments need, every half minute; compares
/// ledger and provider every hour. Several servers may do so at once.
private struct Maintenance: Service {
    let carts: CartStore
    let orders: OrderStore
    let payments: Payments
    let invoiceLifetime: Duration
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var reconciled: ContinuousClock.Instant?
            while !Task.isCancelled {
                await attempt("sweeping") {
                    while try await carts.sweep(now: .now()) > 0 {}
                    let now = Instant.now()
                    try await orders.sweep(now: now)
                    while try await orders.lapse(.invoice, placedBefore: now + (.zero - invoiceLifetime), now: now)
                        == 100
                    {}
                }
                await attempt("payments") { try await payments.work(now: .now()) }
                if reconciled.map({ .now - $0 > .seconds(3600) }) ?? true {
                    await attempt("reconciling") {
                        let now = Instant.now()
                        let findings = try await payments.reconcile(since: now + .seconds(-3 * 86_400), now: now)
                        if !findings.isEmpty {
                            logger.error("ledger and provider differ", metadata: ["findings": "\(findings.count)"])
                        }
                    }
                    reconciled = .now
                }
                try await Task.sleep(for: .seconds(30))
            }
        }
    }

    /// Does something that can wait for the next round where it fails.
    private func attempt(_ what: String, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            logger.warning(
                "\(what) has to wait",
                metadata: ["error": "\((error as? PostgresError)?.description ?? "\(type(of: error))")"]
            )
        }
    }
}

/// Starts the private cluster again should it die.
private struct ClusterKeeper: Service {
    let cluster: PrivateCluster
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            try await cluster.keepRunning { error in
                logger.error("the private cluster does not start", metadata: ["error": "\(error)"])
            }
        }
    }
}

/// The process's environment as a dictionary.
func processEnvironment() -> [String: String] {
    var values: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
        let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        entry += 1
    }
    return values
}

/// Tells the person at the terminal something right away.
func say(_ line: String) {
    let text = Array((line + "\n").utf8)
    _ = write(STDOUT_FILENO, text, text.count)
}
