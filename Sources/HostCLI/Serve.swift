import ArgumentParser
import Cart
import Catalog
import CivilTime
import Commerce
import Glibc
import Hummingbird
import Logging
import Orders
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
        var logger = Logger(label: "aftercare") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = settings.logLevel

        let database = try await Host.open(settings, borrowing: false)
        do {
            try await serve(database, settings, logger)
        } catch {
            try? await database.close()
            throw error
        }
        try await database.close()
    }

    private func serve(_ database: Host, _ settings: Settings, _ logger: Logger) async throws {
        try GuideContent.check()
        try await database.prepareSchema()
        let isFresh = try await database.loadDemoCatalog()
        var storeSettings = StoreSettings(publicURL: settings.publicURL, currency: settings.currency)
        storeSettings.timeZone = settings.timeZone
        storeSettings.corsOrigins = settings.corsOrigins
        storeSettings.trustedProxies = settings.trustedProxies
        let store = try await Store(database.pool, keys: database.linkKeys(), settings: storeSettings)
        let isDemo = isFresh ? true : try await store.catalogs.catalog().isDemo
        let application = StoreApplication.build(store, host: settings.host, port: settings.port, logger: logger) {
            port in
            say(
                "The store is at http://\(settings.host):\(port)\(isDemo ? ", with the demo catalog" : ""). Stop it with Ctrl-C."
            )
        }

        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(
                service: Maintenance(
                    carts: store.carts,
                    orders: store.orders,
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

/// Removes what has expired and cancels what was not paid in time, once a minute.
private struct Maintenance: Service {
    let carts: CartStore
    let orders: OrderStore
    let invoiceLifetime: Duration
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    while try await carts.sweep(now: .now()) > 0 {}
                    let now = Instant.now()
                    while try await orders.lapse(placedBefore: now + (.zero - invoiceLifetime), now: now) > 0 {}
                } catch let error as PostgresError {
                    logger.warning("sweeping has to wait", metadata: ["error": "\(error)"])
                }
                try await Task.sleep(for: .seconds(60))
            }
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
