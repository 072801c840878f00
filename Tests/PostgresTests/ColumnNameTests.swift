import Postgres
import TestSupport
import Testing

/// A column is found by its name, in whatever order the columns are asked for.
@Suite(.emptyDatabase) struct ColumnNameTests {
    @Test func columnsAreFoundInAnyOrderRowAfterRow() async throws {
        try await Database.current.withPool { pool in
            let names = ["a", "b", "c", "d"]
            let rows = try await pool.read(
                Statement("SELECT n AS a, n + 10 AS b, n + 20 AS c, n + 30 AS d FROM generate_series(1, 50) AS n")
            )
            var random = SeededGenerator(seed: 3)
            for (index, row) in rows.enumerated() {
                // With some twice and some left out.
                let asked = (0..<6).map { _ in Int.random(in: 0..<names.count, using: &random) }
                let read = try asked.map { try row.value(names[$0], as: Int.self) }
                #expect(read == asked.map { index + 1 + $0 * 10 })
            }
        }
    }

    @Test func nameThatIsThereTwiceIsTheFirstColumnOfIt() async throws {
        try await Database.current.withPool { pool in
            let row = try await pool.read(Statement("SELECT 1 AS n, 2 AS n, 3 AS m, 4 AS n")).single()
            let read = try ["n", "n", "m", "n", "n", "m", "n"].map { try row.value($0, as: Int.self) }
            #expect(read == [1, 1, 3, 1, 1, 3, 1])
        }
    }

    @Test func missingNameIsRefusedWhereverTheReaderStands() async throws {
        try await Database.current.withPool { pool in
            let row = try await pool.read(Statement("SELECT 1 AS a, 2 AS b")).single()
            for name in ["a", "b"] {
                #expect(throws: PostgresError.self) { try row.value("c", as: Int.self) }
                #expect(throws: PostgresError.self) { try row.optional("A", as: Int.self) }
                #expect(try row.value(name, as: Int.self) == (name == "a" ? 1 : 2))
            }
            let nothing = try await pool.read(Statement("SELECT FROM generate_series(1, 2)"))
            #expect(nothing.count == 2)
            #expect(throws: PostgresError.self) { try nothing[0].value("a", as: Int.self) }
        }
    }
}
