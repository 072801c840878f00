import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct PreparedStatementTests {
    private static let question = Statement("SELECT $1 AS n", 7)

    private func preparations(_ connection: Connection) async throws -> Int {
        let row = try await connection.read([
            Statement("SELECT count(*) AS n FROM pg_prepared_statements WHERE statement = 'SELECT $1 AS n'")
        ])[0].single()
        return try row.value("n")
    }

    @Test func statementIsPreparedOncePerConnection() async throws {
        try await Database.current.withPool { pool in
            try await pool.withConnection { connection in
                for _ in 0..<3 {
                    let answers = try await connection.read([Self.question, Self.question])
                    #expect(try answers.map { rows in try rows.single().value("n", as: Int.self) } == [7, 7])
                }
                #expect(try await preparations(connection) == 1)
            }
        }
    }

    @Test func statementPreparedInARefusedBatchStaysPrepared() async throws {
        try await Database.current.withPool { pool in
            try await pool.withConnection { connection in
                await #expect(throws: PostgresError.self) {
                    _ = try await connection.read([
                        Self.question, Statement("SELECT 1 / 0 AS n"), Statement("SELECT 3 AS n"),
                    ])
                }
                _ = try await connection.read([Self.question, Statement("SELECT 3 AS n")])
                #expect(try await preparations(connection) == 1)
            }
        }
    }

    @Test func sameTextWithValuesOfOtherTypesIsAnotherStatement() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            let number = try await pool.read(Statement("SELECT $1 AS answer", 7)).single()
            #expect(try number.value("answer", as: Int.self) == 7)
            let text = try await pool.read(Statement("SELECT $1 AS answer", "eight at once")).single()
            #expect(try text.value("answer", as: String.self) == "eight at once")
        }
    }

    @Test func moreStatementsThanAreKeptStillRun() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            for number in 1...600 {
                let row = try await pool.read(Statement(assembled: "SELECT \(number) AS n")).single()
                #expect(try row.value("n", as: Int.self) == number)
            }
            #expect(try await pool.number("SELECT count(*) AS n FROM pg_prepared_statements") <= 256)
        }
    }

    @Test func nothingIsPreparedByNameWhereTheSettingsSaySo() async throws {
        try await Database.current.withPool(
            connections: 1,
            { settings, _ in
                settings.preparesStatements = false
            }
        ) { pool in
            for _ in 0..<3 { _ = try await pool.read(Self.question) }
            #expect(try await pool.number("SELECT count(*) AS n FROM pg_prepared_statements") == 0)
        }
    }

    @Test func behindATransactionModePoolerNothingOutlivesATransaction() async throws {
        try await Database.current.withPool(
            connections: 1,
            { settings, _ in
                settings.pooler = .transaction
                settings.lockTimeout = .milliseconds(1_234)
            }
        ) { pool in
            for _ in 0..<3 { _ = try await pool.read(Self.question) }
            let limit = Statement("SELECT current_setting('lock_timeout') AS setting")
            let written: String = try await pool.write([limit])[0].single().value("setting")
            #expect(written == "1234ms")
            let inside: String = try await pool.transaction { transaction in
                try await transaction.execute(limit).single().value("setting")
            }
            #expect(inside == "1234ms")
            let outside: String = try await pool.read(limit).single().value("setting")
            #expect(outside == "0")
            #expect(try await pool.number("SELECT count(*) AS n FROM pg_prepared_statements") == 0)
        }
    }

    @Test func withoutAPoolerTheSessionHasItsLimitsFromTheStart() async throws {
        try await Database.current.withPool(
            connections: 1,
            { settings, _ in
                settings.lockTimeout = .milliseconds(1_234)
            }
        ) { pool in
            let limit = Statement("SELECT current_setting('lock_timeout') AS setting")
            let setting: String = try await pool.read(limit).single().value("setting")
            #expect(setting == "1234ms")
        }
    }

    /// However many rows the server guesses.
    @Test func noStatementIsCompiledBeforeItRuns() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            let guess = Statement(
                """
                EXPLAIN (ANALYZE) SELECT FROM generate_series(1, (random() * 0)::int) AS a,
                    generate_series(1, (random() * 0)::int) AS b, generate_series(1, (random() * 0)::int) AS c
                ORDER BY random()
                """
            )
            let plan: [String] = try await pool.read(guess).map { try $0.value("QUERY PLAN") }
            #expect(plan.contains { $0.contains("cost=") } && !plan.contains { $0.contains("JIT") })
            #expect(
                try await pool.read(Statement("SELECT current_setting('jit') AS jit")).single().value("jit") == "off"
            )
        }
    }
}
