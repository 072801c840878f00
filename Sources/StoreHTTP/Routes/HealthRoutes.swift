import HTTPTypes
import Hummingbird
import Postgres
import Schema
import StoreAPI

/// Whether the process lives, whether it can serve, and what is not as it should be.
struct HealthRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.get("/healthz") { _, _ in Response.json(HealthBody(status: "alive")) }
        router.get("/readyz") { _, _ in
            guard store.readiness.isReady else { throw Problem(.unavailable, "This server is about to stop.") }
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
    }
}
