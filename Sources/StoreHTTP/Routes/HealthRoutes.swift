import HTTPTypes
import Hummingbird
import NIOCore
import Orders
import Payments
import Postgres
import Reminders
import Schema
import StoreAPI

/// Whether the process lives, whether it can serve, and what is not as it should be.
struct HealthRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.get("/healthz") { _, _ in Response.json(HealthBody(status: "alive")) }
        router.get("/readyz") { _, _ in
            let migrator = Migrator(Schema.migrations)
            do {
                guard try await migrator.pending(store.pool).isEmpty else {
                    throw Problem(.unavailable, "The database lacks a migration: run aftercare migrate.")
                }
            } catch is MigrationError {
                throw Problem(
                    .unavailable,
                    "The database's schema is not this program's: run aftercare migrate to see why."
                )
            }
            guard await store.pool.commits(within: .seconds(1)) else {
                throw Problem(.unavailable, "The database reads, and does not commit.")
            }
            return Response.json(HealthBody(status: "ready"))
        }
        router.get("/metrics") { _, _ in
            let counts = try await store.payments.findings.counts()
            var text = """
                # HELP aftercare_unsettled Money in which ledger and provider differ, as last compared. Must be 0.
                # TYPE aftercare_unsettled gauge

                """
            for kind in Finding.Kind.allCases {
                text += "aftercare_unsettled{kind=\"\(kind.rawValue)\"} \(counts[kind] ?? 0)\n"
            }
            text += """
                # HELP aftercare_reminders_dropped Reminders that nobody told in time.
                # TYPE aftercare_reminders_dropped gauge
                aftercare_reminders_dropped \(try await store.reminders.lateCount())

                """
            return Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text))
            )
        }
    }
}
