import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct CopyTests {
    private struct Refusal: Error {}

    @Test func rowsCopiedInComeOutAgain() async throws {
        try await Database.current.withPool { pool in
            try await pool.makeKeptTable()
            let rows = 50_000
            try await pool.withConnection { connection in
                try await connection.copyIn("COPY kept FROM STDIN", timeout: .seconds(60)) { writer in
                    var bytes: [UInt8] = []
                    for row in 1...rows { bytes += Array("\(row)\t\(row * 2)\n".utf8) }
                    // Pieces that do not end at the end of a row.
                    var rest = bytes[...]
                    while !rest.isEmpty {
                        try await writer.write(Array(rest.prefix(70_001)))
                        rest = rest.dropFirst(70_001)
                    }
                }
                let lines = Collector<String>()
                try await connection.copyOut(
                    "COPY (SELECT id, n FROM kept ORDER BY id) TO STDOUT",
                    timeout: .seconds(60)
                ) { line in
                    lines.append(String(decoding: line, as: UTF8.self))
                }
                let all = lines.all
                #expect(all.count == rows)
                #expect(all.first == "1\t2\n")
                #expect(all.last == "50000\t100000\n")
                // The connection serves the next caller.
                let row = try await connection.read([Statement("SELECT sum(n)::int8 AS n FROM kept")])[0].single()
                #expect(try row.value("n", as: Int.self) == rows * (rows + 1))
            }
        }
    }

    @Test func callerWhoGivesUpLeavesNoRows() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            try await pool.makeKeptTable()
            let before = try await pool.number("SELECT pg_backend_pid() AS n")
            await #expect(throws: Refusal.self) {
                try await pool.withConnection { connection in
                    try await connection.copyIn("COPY kept FROM STDIN", timeout: .seconds(60)) { writer in
                        try await writer.write(Array("1\t1\n".utf8))
                        throw Refusal()
                    }
                }
            }
            #expect(try await pool.keptRows() == 0)
            #expect(try await pool.number("SELECT pg_backend_pid() AS n") == before)
        }
    }

    @Test func rowThatDoesNotFitUndoesTheCopy() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            try await pool.makeKeptTable()
            let before = try await pool.number("SELECT pg_backend_pid() AS n")
            let refused = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { connection in
                    try await connection.copyIn("COPY kept FROM STDIN", timeout: .seconds(60)) { writer in
                        try await writer.write(Array("1\t1\n2\t2\n1\t3\n".utf8))
                    }
                }
            }
            #expect(refused?.serverError?.state == .uniqueViolation)
            #expect(try await pool.keptRows() == 0)
            #expect(try await pool.number("SELECT pg_backend_pid() AS n") == before)
        }
    }

    @Test func readerWhoGivesUpCostsOnlyTheConnection() async throws {
        try await Database.current.withPool(connections: 1) { (pool) async throws -> Void in
            await #expect(throws: Refusal.self) {
                try await pool.withConnection { connection in
                    try await connection.copyOut(
                        "COPY (SELECT generate_series(1, 10000000)) TO STDOUT",
                        timeout: .seconds(60)
                    ) { _ in
                        throw Refusal()
                    }
                }
            }
            #expect(try await pool.number("SELECT 1 AS n") == 1)
        }
    }

    @Test func statementOfAnotherKindIsMisuse() async throws {
        try await Database.current.withPool(connections: 1) { (pool) async throws -> Void in
            let refused = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { connection in
                    try await connection.copyIn("SELECT 1", timeout: .seconds(60)) { _ in }
                }
            }
            guard case .misuse = refused else {
                Issue.record("refused with \(String(describing: refused))")
                return
            }
            let unknown = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { connection in
                    try await connection.copyOut("COPY nowhere TO STDOUT", timeout: .seconds(60)) { _ in }
                }
            }
            #expect(unknown?.serverError?.state == .undefinedTable)
            #expect(try await pool.number("SELECT 1 AS n") == 1)
        }
    }
}
