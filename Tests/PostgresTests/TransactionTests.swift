import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct TransactionTests {
    private struct Refusal: Error {}

    @Test func bodyThatThrowsIsRolledBack() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            try await pool.makeKeptTable()
            let before = try await pool.number("SELECT pg_backend_pid() AS n")
            await #expect(throws: Refusal.self) {
                try await pool.transaction { transaction in
                    _ = try await transaction.execute(Statement("INSERT INTO kept VALUES (1)"))
                    throw Refusal()
                }
            }
            #expect(try await pool.keptRows() == 0)
            #expect(try await pool.number("SELECT pg_backend_pid() AS n") == before)
        }
    }

    @Test func bodyThatReturnsIsCommittedOnce() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            try await pool.makeKeptTable()
            try await pool.transaction { transaction in
                _ = try await transaction.execute(Statement("INSERT INTO kept VALUES (1)"))
            }
            try await pool.transaction { transaction in
                _ = try await transaction.commit([Statement("INSERT INTO kept VALUES (2)")])
            }
            try await pool.transaction { _ in }
            #expect(try await pool.keptRows() == 2)
        }
    }

    @Test func nothingMayFollowACommit() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            try await pool.makeKeptTable()
            let refused = await #expect(throws: PostgresError.self) {
                try await pool.transaction { transaction in
                    _ = try await transaction.commit([Statement("INSERT INTO kept VALUES (1)")])
                    _ = try await transaction.execute(Statement("INSERT INTO kept VALUES (2)"))
                }
            }
            #expect(refused == .misuse("the transaction has ended"))
            #expect(try await pool.number("SELECT id AS n FROM kept") == 1)
        }
    }

    @Test func transactionWhoseFirstBatchWasNeverSentIsStillOne() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            try await pool.makeKeptTable()
            await #expect(throws: Refusal.self) {
                try await pool.transaction { transaction in
                    let tooMany = [Statement](
                        repeating: Statement("SELECT 1 AS n"),
                        count: Connection.statementsPerBatchMax + 1
                    )
                    // The body goes on as if nothing had happened.
                    _ = try? await transaction.execute(tooMany)
                    _ = try await transaction.execute(Statement("INSERT INTO kept VALUES (1)"))
                    throw Refusal()
                }
            }
            #expect(try await pool.keptRows() == 0)
        }
    }
}
