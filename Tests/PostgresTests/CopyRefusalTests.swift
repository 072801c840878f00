import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct CopyRefusalTests {
    /// A word for a number, a column too few, one too many, a NULL, bytes that are no UTF-8.
    @Test(
        arguments: [
            Array("x\ty\n".utf8), Array("2\n".utf8), Array("2\ta\tb\n".utf8), Array("2\t\\N\n".utf8),
            [0x32, 0x09, 0xFF, 0x0A],
        ] as [[UInt8]]
    )
    func malformedRowIsTheServersErrorAndTheSameConnectionGoesOn(row: [UInt8]) async throws {
        try await Database.current.withPool(connections: 1) { pool in
            _ = try await pool.write([Statement("CREATE TABLE item (id int, name text NOT NULL)")])
            try await pool.withConnection { connection in
                let bytes = Array("1\tfirst\n".utf8) + row + Array("3\tlast\n".utf8)
                let refused = await #expect(throws: PostgresError.self) {
                    try await connection.copyIn("COPY item FROM STDIN", timeout: .seconds(60)) { writer in
                        try await writer.write(bytes)
                    }
                }
                #expect(refused?.serverError?.severity == "ERROR")
                let rows = try await connection.read([Statement("SELECT count(*) AS n FROM item")])[0].single()
                #expect(try rows.value("n", as: Int.self) == 0)
            }
        }
    }
}
