@testable import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct ErrorTests {
    private static let canary = "canary-7f3e91"

    private func makeTable(_ pool: Pool) async throws {
        _ = try await pool.write([
            Statement(
                """
                CREATE TABLE person (
                    email text CONSTRAINT person_email_once UNIQUE,
                    age   int8 NOT NULL CONSTRAINT person_age_counts CHECK (age >= 0)
                )
                """
            )
        ])
    }

    @Test func uniqueViolationNamesItsConstraintTableAndStatement() async throws {
        try await Database.current.withPool { pool in
            try await makeTable(pool)
            let refused = await #expect(throws: PostgresError.self) {
                _ = try await pool.write([
                    Statement("INSERT INTO person VALUES ($1, 30)", Self.canary),
                    Statement("SELECT 1 AS n"),
                    Statement("INSERT INTO person VALUES ($1, 31)", Self.canary),
                    Statement("SELECT 2 AS n"),
                ])
            }
            let error = try #require(refused?.serverError)
            #expect(error.state == .uniqueViolation)
            #expect(error.severity == "ERROR")
            #expect(error.constraint == "person_email_once")
            #expect(error.table == "person")
            #expect(error.statement == 2)
            #expect(!error.isUnavailability)
            #expect(!error.state.asksForRetry)
            // The batch was one transaction.
            #expect(try await pool.number("SELECT count(*) AS n FROM person") == 0)
        }
    }

    @Test func checkViolationNamesItsConstraintTableAndStatement() async throws {
        try await Database.current.withPool { pool in
            try await makeTable(pool)
            let refused = await #expect(throws: PostgresError.self) {
                _ = try await pool.write([Statement("INSERT INTO person VALUES ($1, $2)", Self.canary, -1)])
            }
            let error = try #require(refused?.serverError)
            #expect(error.state == .checkViolation)
            #expect(error.constraint == "person_age_counts")
            #expect(error.table == "person")
            #expect(error.statement == 0)
        }
    }

    @Test func connectionGoesOnAfterARefusedBatch() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            let before = try await pool.number("SELECT pg_backend_pid() AS n")
            let refused = await #expect(throws: PostgresError.self) {
                _ = try await pool.read([
                    Statement("SELECT 1 AS n"), Statement("SELECT n FROM nowhere"), Statement("SELECT 2 AS n"),
                ])
            }
            #expect(refused?.serverError?.state == .undefinedTable)
            #expect(refused?.serverError?.statement == 1)
            #expect(try await pool.number("SELECT pg_backend_pid() AS n") == before)
        }
    }

    @Test func failedTransactionIsNotCommittedInSilence() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            try await makeTable(pool)
            let refused = await #expect(throws: PostgresError.self) {
                try await pool.transaction { transaction in
                    _ = try await transaction.execute(Statement("INSERT INTO person VALUES ('a', 1)"))
                    // The body goes on as if nothing had happened.
                    _ = try? await transaction.execute(Statement("INSERT INTO person VALUES ('a', 1)"))
                }
            }
            guard case .misuse = refused else {
                Issue.record("the failed transaction ended with \(String(describing: refused))")
                return
            }
            #expect(try await pool.number("SELECT count(*) AS n FROM person") == 0)
        }
    }

    @Test func descriptionsNeverHoldABoundValue() async throws {
        try await Database.current.withPool { pool in
            try await makeTable(pool)
            _ = try await pool.write([Statement("INSERT INTO person VALUES ($1, 1)", Self.canary)])
            let refusals = [
                Statement("INSERT INTO person VALUES ($1, 1)", Self.canary),
                Statement("INSERT INTO person VALUES ($1, -1)", Self.canary),
                Statement("INSERT INTO person VALUES ($1, NULL)", Self.canary),
                Statement("SELECT $1::int4 AS n", Self.canary),
                Statement("SELECT $1::date AS n", Self.canary),
                Statement("SELECT $1::json AS n", Self.canary),
            ]
            for statement in refusals {
                let refused = await #expect(throws: PostgresError.self) { _ = try await pool.write([statement]) }
                let error = try #require(refused)
                #expect(!"\(error)".contains(Self.canary))
                #expect(error.serverError?.description.contains(Self.canary) != true)
            }
            // What a value that can't be read holds is not told either.
            let row = try await pool.read(Statement("SELECT $1::text AS secret", Self.canary)).single()
            let unread = #expect(throws: PostgresError.self) { _ = try row.value("secret", as: Int.self) }
            let error = try #require(unread)
            #expect(!"\(error)".contains(Self.canary))
        }
    }

    @Test(arguments: [
        "host=db password=canary-7f3e91 oops", "postgresql://user:canary-7f3e91@[broken/db",
        "nonsense=canary-7f3e91", "postgresql://user:canary-7f3e91@db/x?nonsense=1",
    ])
    func connectionStringThatCannotBeReadIsNotRepeated(_ text: String) throws {
        let refused = #expect(throws: PostgresError.self) { _ = try ConnectionSettings(text) }
        let error = try #require(refused)
        guard case .configuration = error else {
            Issue.record("refused with \(error)")
            return
        }
        #expect(!"\(error)".contains(Self.canary))
    }

    /// What a pooler in transaction mode does to statements by name is said to be its work, with the way out.
    @Test func statementThatAPoolerLostNamesTheSetting() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            for sql in ["EXECUTE nowhere", "PREPARE twice AS SELECT 1; PREPARE twice AS SELECT 1"] {
                let error = await #expect(throws: PostgresError.self) {
                    try await pool.withConnection { try await $0.script(sql) }
                }
                #expect(error?.description.contains("AFTERCARE_DATABASE_POOLER=transaction") == true, "\(sql)")
            }
        }
    }
}
