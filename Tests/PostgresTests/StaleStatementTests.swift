import Postgres
import TestSupport
import Testing

/// Named statements that the server refused, or whose meaning has changed since they were prepared.
@Suite(.emptyDatabase) struct StaleStatementTests {
    private func prepared(_ statement: Statement, _ connection: Connection) async throws -> Int {
        let count = Statement("SELECT count(*) AS n FROM pg_prepared_statements WHERE statement = $1", statement.sql)
        return try await connection.read([count])[0].single().value("n")
    }

    @Test func statementWhoseTableChangedIsPreparedAfresh() async throws {
        try await Database.current.withPool { other in
            try await Database.current.withPool(connections: 1) { pool in
                _ = try await other.write([Statement("CREATE TABLE shelf (id int)")])
                let all = Statement("SELECT * FROM shelf")
                _ = try await pool.read(all)
                _ = try await pool.read(all)
                _ = try await other.write([Statement("ALTER TABLE shelf ADD COLUMN depth int")])
                var columns: [String] = []
                for _ in 0..<2 where columns.isEmpty {
                    do {
                        columns = try await pool.read(all).columns.map(\.name)
                    } catch let error as PostgresError {
                        #expect(error.serverError?.state == .featureNotSupported)
                    }
                }
                #expect(columns == ["id", "depth"])
            }
        }
    }

    @Test func refusedBatchNeitherLosesNorForgesANamedStatement() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            try await pool.withConnection { connection in
                let first = Statement("SELECT 'first' AS word")
                let last = Statement("SELECT 'last' AS word")
                let missing = Statement("SELECT word FROM later")
                let one = Statement("SELECT 6 / $1 AS n", 2)
                let zero = Statement("SELECT 6 / $1 AS n", 0)

                // Refused when it runs: it is prepared all the same, and what follows it is not.
                let divided = await #expect(throws: PostgresError.self) {
                    _ = try await connection.read([first, zero, last])
                }
                #expect(divided?.serverError?.statement == 1)
                // Refused when it is prepared: there is no such table yet.
                let absent = await #expect(throws: PostgresError.self) {
                    _ = try await connection.read([first, missing, last])
                }
                #expect(absent?.serverError?.state == .undefinedTable)
                #expect(absent?.serverError?.statement == 1)

                _ = try await connection.write([
                    Statement("CREATE TABLE later (word text)"), Statement("INSERT INTO later VALUES ('later')"),
                ])
                for _ in 0..<2 {
                    let answers = try await connection.read([missing, last, first, one])
                    #expect(try answers[0].single().value("word", as: String.self) == "later")
                    #expect(try answers[1].single().value("word", as: String.self) == "last")
                    #expect(try answers[2].single().value("word", as: String.self) == "first")
                    #expect(try answers[3].single().value("n", as: Int.self) == 3)
                }
                for statement in [first, last, missing, one] {
                    #expect(try await prepared(statement, connection) == 1)
                }
            }
        }
    }

    @Test func valuesOfOneTypeAreNeverReadAsAnotherOfTheSameSize() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            let instant = TimestampValue(microsecondsSince1970: 1_600_000_000_000_000)
            let number = try await pool.read(Statement("SELECT $1 AS value", 7)).single()
            #expect(try number.value("value", as: Int.self) == 7)
            let moment = try await pool.read(Statement("SELECT $1 AS value", instant)).single()
            #expect(try moment.value("value", as: TimestampValue.self) == instant)
        }
    }
}
