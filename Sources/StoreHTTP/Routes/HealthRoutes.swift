import Hummingbird
import NIOCore
import Postgres
import Schema

/// Whether the process lives, and whether it can serve.
struct HealthRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.get("/healthz") { _, _ in try Response.json(["status": "alive"]) }
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
            return try Response.json(["status": "ready"])
        }
    }
}
