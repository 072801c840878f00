import Postgres
import TestSupport
import Testing

/// A primary of the past: its standbys have left it for another, so it reads, and commits for ever.
struct HungPrimaryTests {
    private static let insert = Statement("INSERT INTO ledger VALUES (1)")

    /// Runs a body on two clusters of one origin, of which the first one's commits never end, with a pool that names it
    /// first.
    private func withHungPrimary(
        _ body: (_ pool: Pool, _ hung: Pool, _ other: Pool) async throws -> Void
    ) async throws {
        try await withTwinClusters(holding: [Statement("CREATE TABLE ledger (n int)")]) { one, two in
            let places = try [one, two].map { try $0.settings().socketFolder }
            let settings = try ConnectionSettings(
                "host=\(places.joined(separator: ",")) port=5432,5432 user=aftercare dbname=aftercare"
            )
            try await withPool(settings, connections: 4) { pool in
                try await withPool(try one.settings(), connections: 2) { hung in
                    try await withPool(try two.settings(), connections: 2) { other in
                        try await body(pool, hung, other)
                    }
                }
            }
        }
    }

    /// Writes until a commit ends no more and is given up.
    private func giveUpACommit(_ pool: Pool) async throws {
        try await eventually("a commit is given up") {
            do {
                _ = try await pool.write([Self.insert], timeout: .seconds(2))
                return false
            } catch {
                return error as? PostgresError == .outcomeUnknown(.deadline)
            }
        }
    }

    private func rows(_ pool: Pool) async throws -> Int {
        try await pool.read(Statement("SELECT count(*) AS n FROM ledger")).single().value("n")
    }

    @Test func commitThatHangsMovesEveryoneToTheNextHost() async throws {
        try await withHungPrimary { pool, hung, other in
            // Two connections are open, and idle, before anything is wrong.
            async let early = rows(pool)
            #expect(try await rows(pool) == 0)
            #expect(try await early == 0)
            #expect(await pool.commits(within: .seconds(60)))
            _ = try await hung.write([Statement("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")])
            _ = try await hung.read(Statement("SELECT pg_reload_conf()"))

            // The server takes the setting up in its own time: write until a commit is given up.
            try await giveUpACommit(pool)
            // Whoever comes next, reader or writer, is served by the other, also where a connection was idle.
            let before = try await rows(other)
            for round in 1...5 {
                _ = try await pool.write([Self.insert])
                #expect(try await rows(pool) == before + round)
            }
            #expect(try await rows(other) == before + 5)
            #expect(await pool.commits(within: .seconds(60)))
        }
    }

    @Test func poolSaysThatNothingCommitsUntilSomethingDoes() async throws {
        try await withHungPrimary { _, hung, _ in
            _ = try await hung.write([Statement("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")])
            _ = try await hung.read(Statement("SELECT pg_reload_conf()"))
            try await giveUpACommit(hung)
            // It reads all the same.
            #expect(try await rows(hung) >= 0)
            #expect(await !hung.commits(within: .milliseconds(200)))
            _ = try await hung.write([Statement("ALTER SYSTEM RESET synchronous_standby_names")])
            _ = try await hung.read(Statement("SELECT pg_reload_conf()"))
            try await eventually("it commits again") { await hung.commits(within: .seconds(1)) }
        }
    }
}
