import Catalog
package import Commerce
import Delivery
package import Hummingbird
package import Logging
import Metrics
import NIOCore
import Postgres
import Payments
import Reminders
package import Telemetry

/// What the program measures, for Prometheus to fetch: on an address of its own, apart from the shop's.
package struct MetricsApplication: Sendable {
    private let store: Store
    private let registry: MetricsRegistry
    private let limit: ConcurrencyLimit
    private let isBackedUp: Bool
    private let lastDrill: @Sendable () -> Instant?
    private let ordersWithoutGuide = OrdersWithoutGuide()

    /// - Parameters:
    ///   - isBackedUp: whether the store has a folder for its backups.
    ///   - lastDrill: when a backup was last restored and found to be good; nil where none was.
    package init(
        _ store: Store,
        _ registry: MetricsRegistry,
        _ limit: ConcurrencyLimit,
        isBackedUp: Bool = false,
        lastDrill: @escaping @Sendable () -> Instant? = { nil }
    ) {
        self.store = store
        self.registry = registry
        self.limit = limit
        self.isBackedUp = isBackedUp
        self.lastDrill = lastDrill
    }

    /// The service on its address; port 0 takes a free one, which `onServerRunning` tells.
    package func build(
        host: String,
        port: Int,
        logger: Logger,
        onServerRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let router = Router()
        router.get("/metrics") { _, _ in
            try await measure()
            return Response(
                status: .ok,
                headers: [.contentType: MetricsRegistry.prometheusType, .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: registry.prometheusText))
            )
        }
        return Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in await onServerRunning(channel.localAddress?.port ?? port) },
            logger: logger
        )
    }

    /// Takes the readings that nothing reports by itself. Where the database does not answer, those that come from it keep
    /// what they were, and the rest is told.
    private func measure() async throws {
        gauge("http.server.active_requests", limit.count)
        let usage = store.pool.usage
        gauge("db.client.connection.count", usage.idle, [("db.client.connection.state", "idle")])
        gauge("db.client.connection.count", usage.open - usage.idle, [("db.client.connection.state", "used")])
        gauge("db.client.connection.pending_requests", usage.waiting)
        gauge("aftercare.metrics.refused", registry.refusedCount)
        ProcessReadings.take()
        let now = store.now()
        gauge("aftercare.backup.configured", isBackedUp ? 1 : 0)
        if let drill = lastDrill() {
            gauge("aftercare.backup.drill.age", Int(now.secondsSince1970 - drill.secondsSince1970))
        }
        if let withoutGuide = await ordersWithoutGuide.count(store.pool, now: now) {
            gauge("aftercare.orders.without_guide", withoutGuide)
        }
        guard
            let oversold = try? await store.pool.read(StockStore.oversold),
            let backlog = try? await store.backlog(now: now),
            let unsettled = try? await store.payments.findings.counts(),
            let dropped = try? await store.reminders.lateCount()
        else { return }
        gauge("aftercare.oversold", oversold)
        gauge("aftercare.dead_letters", backlog.givenUp)
        for (kind, channels) in Dictionary(grouping: backlog.channels, by: { $0.channel.channelKind }) {
            let oldest = channels.compactMap(\.oldest).min() ?? now
            let age = (now.microsecondsSince1970 - oldest.microsecondsSince1970) / 1_000_000
            gauge("aftercare.deliveries.due", channels.map(\.due).reduce(0, +), [("channel", kind)])
            gauge("aftercare.deliveries.age", max(0, Int(age)), [("channel", kind)])
        }
        for kind in Finding.Kind.allCases {
            gauge("aftercare.unsettled", unsettled[kind] ?? 0, [("kind", kind.rawValue)])
        }
        gauge("aftercare.reminders.dropped", dropped)
    }

    private func gauge(_ name: String, _ value: Int, _ labels: [(String, String)] = []) {
        Meter(label: name, dimensions: labels).set(value)
    }
}
