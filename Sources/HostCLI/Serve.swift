import ArgumentParser
import AsyncHTTPClient
import Audit
import Backup
import CoreMetrics
import Catalog
import FoundationEssentials
import Glibc
import Hummingbird
import Logging
import NIOCore
import ProgramVersion
import Records
import ServiceLifecycle
import StoreHTTP
import Telemetry
import Tracing
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
    @Flag(help: "Empty a database whose schema is an earlier version's (AFTERCARE_RESET).")
    var reset = false

    func run() async throws {
        var options = data.values
        options["HOST"] = host
        options["PORT"] = port
        if migrate { options["MIGRATE"] = "true" }
        if reset { options["RESET"] = "true" }
        let environment = ProcessInfo.processInfo.environment
        var settings = try Settings(options: options, environment: environment)
        let reserved = settings.port == 0 ? ReservedPort(host: settings.host) : nil
        if let reserved {
            options["PORT"] = "\(reserved.number)"
            settings = try Settings(options: options, environment: environment)
        }
        defer { withExtendedLifetime(reserved) {} }
        let logger = settings.logger()
        for sentence in Settings.unknownVariables(environment) { logger.warning("\(sentence)") }
        if settings.mode == .live, let key = settings.stripeKey, Settings.isTestKey(key) {
            logger.warning(
                "AFTERCARE_STRIPE_KEY is a test key: nobody pays; AFTERCARE_MODE=test says so to customers too"
            )
        }
        // Before any client is made: each takes the tracer that there is then.
        let tracer = settings.traceEndpoint.map { _ in OTLPTracer(ratio: settings.traceRatio) }
        if let tracer { InstrumentationSystem.bootstrap(tracer) }
        let database = try await Host.open(settings, borrowing: false)
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        do {
            try await serve(database, settings, client, tracer, logger)
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
        _ tracer: OTLPTracer?,
        _ logger: Logger
    ) async throws {
        let registry = MetricsRegistry()
        if settings.metricsPort != nil { MetricsSystem.bootstrap(registry) }
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
        let isDemo = isFresh ? true : try await store.catalogs.current().isDemo
        let certificate = try settings.tlsFiles.map { files in
            try ServerCertificate(certificatePath: files.certificate, keyPath: files.key)
        }
        let isSecure = certificate != nil
        let limit = ConcurrencyLimit()
        let application = StoreApplication.build(
            store,
            host: settings.host,
            port: settings.port,
            certificate: certificate,
            logger: logger,
            limit: limit
        ) { port in
            let url = Settings.address(host: settings.host, port: port, isSecure: isSecure)
            say(
                "The store is at \(url)\(isDemo ? ", with the demo catalog" : "")\(settings.mode == .test ? ", for trying things out" : ""). Stop it with Ctrl-C."
            )
            if isFresh { await FirstLogin.make(store, url: url) }
        }

        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(
                service: Maintenance(
                    store,
                    invoiceLifetime: .seconds(settings.invoiceDays * 86_400),
                    auditor: Auditor(store, settings),
                    logger: logger
                )
            )
        ]
        if let certificate {
            services.append(.init(service: CertificateKeeper(certificate: certificate, logger: logger)))
        }
        if let deliveries = Deliveries(store, settings, logger: logger) {
            services.append(.init(service: deliveries))
        }
        if let cluster = database.cluster {
            services.insert(.init(service: ClusterKeeper(cluster: cluster, logger: logger)), at: 0)
        }
        if let tracer, let endpoint = settings.traceEndpoint {
            let version = ProgramVersion.text
            let exporter = OTLPExporter(tracer, endpoint: endpoint, version: version, logger: logger)
            // The first of the list is the last that is told to stop: what others end with is told as well.
            services.insert(.init(service: exporter), at: 0)
        }
        if let port = settings.metricsPort {
            let host = settings.metricsHost
            let backups = settings.backupFolder.map { BackupFolder($0) }
            let metrics = MetricsApplication(store, registry, limit, isBackedUp: backups != nil) {
                backups?.lastDrill()?.lastGoodAt
            }.build(host: host, port: port, logger: logger) {
                say("Metrics are at \(Settings.address(host: host, port: $0))/metrics.")
            }
            services.append(.init(service: metrics))
        }
        services.append(
            .init(
                service: application,
                successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .gracefullyShutdownGroup
            )
        )
        // The last of the list is the first that is told to stop, and the others wait for it.
        services.append(
            .init(
                service: AnnouncedStop(
                    readiness: store.readiness,
                    notice: .seconds(settings.stopNotice),
                    logger: logger
                )
            )
        )
        var group = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint, .sighup],
            logger: logger
        )
        // Requests that run may finish; a client that never ends its request does not hold the shop open.
        group.maximumGracefulShutdownDuration = .seconds(settings.stopNotice + 20)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as IOError where [EADDRINUSE, EADDRNOTAVAIL, EACCES].contains(error.errnoCode) {
            let cause =
                switch error.errnoCode {
                case EADDRINUSE: "is in use: stop what listens there, or choose another port with --port"
                case EACCES: "may not be used by this user: choose a port above 1023 with --port"
                default: "is no address of this machine: choose another with --host"
                }
            throw HostError.refused("\(Settings.address(host: settings.host, port: settings.port)) \(cause)")
        }
    }
}
