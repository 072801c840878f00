import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct MigratorCancellationTests {
    @Test func stepThatIsCancelledLeavesNoTrace() async throws {
        try await Database.current.withPool { pool in
            let slow = Migration(number: 1, name: "slow", sql: "CREATE TABLE half (id int); SELECT pg_sleep(60);")
            let migrating = Task { try await Migrator([slow]).migrate(pool) }
            _ = try await pool.process(running: "pg_sleep")
            migrating.cancel()
            #expect(await migrating.postgresError == .cancelled)
            try await pool.quiet("pg_sleep")
            let row = try await pool.read(
                Statement("SELECT to_regclass('half') IS NULL AND to_regclass('migration') IS NULL AS untouched")
            ).single()
            #expect(try row.value("untouched", as: Bool.self))
        }
    }
}
