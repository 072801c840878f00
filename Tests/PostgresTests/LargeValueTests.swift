import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct LargeValueTests {
    @Test func aMebibyteOfTextAndOfBytesComesBackAsItWas() async throws {
        try await Database.current.withPool(
            connections: 1,
            { settings, _ in
                settings.queryTimeout = .seconds(60)
            }
        ) { pool in
            let text = String(repeating: "naïve 🧴 ", count: 1 << 17)
            var random = SeededGenerator(seed: 1)
            let bytes = (0..<(1 << 20)).map { _ in UInt8.random(in: 0...255, using: &random) }
            let row = try await pool.read(
                Statement("SELECT $1::text AS text, $2::bytea AS bytes", text, Bytea(bytes))
            ).single()
            let textMatches = try row.value("text", as: String.self) == text
            let bytesMatch = try row.value("bytes", as: Bytea.self).bytes == bytes
            #expect(textMatches)
            #expect(bytesMatch)
        }
    }

    @Test func aHundredThousandRowsArriveComplete() async throws {
        try await Database.current.withPool(
            connections: 1,
            { settings, _ in
                settings.queryTimeout = .seconds(60)
            }
        ) { pool in
            let rows = try await pool.read(
                Statement(
                    "SELECT n::int8 AS n, repeat('x', (n % 50)::int) AS text FROM generate_series(1, 100000) AS n"
                )
            )
            #expect(rows.count == 100_000)
            #expect(rows.affected == 100_000)
            var wrong = 0
            for (index, row) in rows.enumerated() {
                let number: Int = try row.value("n")
                let text: String = try row.value("text")
                if number != index + 1 || text.utf8.count != number % 50 { wrong += 1 }
            }
            #expect(wrong == 0)
        }
    }

    @Test func batchUpToTheLimitRunsAndOneBeyondItIsMisuse() async throws {
        try await Database.current.withPool(
            connections: 1,
            { settings, _ in
                settings.queryTimeout = .seconds(60)
            }
        ) { pool in
            let limit = Connection.statementsPerBatchMax
            let statements = (0..<limit).map { Statement("SELECT $1 AS n", $0) }
            let answers = try await pool.read(statements)
            #expect(try answers.map { rows in try rows.single().value("n", as: Int.self) } == Array(0..<limit))
            let refused = await #expect(throws: PostgresError.self) {
                _ = try await pool.read(statements + [Statement("SELECT 1 AS n")])
            }
            guard case .misuse = refused else {
                Issue.record("refused with \(String(describing: refused))")
                return
            }
            // The transaction's own COMMIT does not count against the caller.
            let committed = try await pool.transaction { transaction in
                try await transaction.commit(statements).count
            }
            #expect(committed == limit)
        }
    }

    @Test func aLargeBatchDoesNotBlockOnAnswersNobodyReads() async throws {
        try await Database.current.withPool(
            connections: 1,
            { settings, _ in
                settings.queryTimeout = .seconds(60)
            }
        ) { pool in
            let text = String(repeating: "x", count: 1 << 17)
            let answers = try await pool.read((0..<128).map { _ in Statement("SELECT $1::text AS text", text) })
            #expect(try answers.allSatisfy { rows in try rows.single().value("text", as: String.self) == text })
        }
    }
}
