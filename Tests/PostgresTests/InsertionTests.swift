import Postgres
import TestSupport
import Testing

/// New rows, however many, by one statement.
@Suite(.emptyDatabase) struct InsertionTests {
    private struct Bottle: Sendable {
        var name: String
        var size: Int = 100
        var note: String?
        var tags = ""
    }

    private struct Refusal: Error {}

    private static let columns: [Insertion<Bottle>.Column] = [
        .column("name") { $0.name }, .column("size") { $0.size }, .optional("note") { $0.note },
        .column("tags", as: "string_to_array(%, ',')") { $0.tags },
    ]

    /// Runs a body with a table of bottles.
    private func withBottles(_ body: (Pool) async throws -> Void) async throws {
        try await Database.current.withPool { pool in
            _ = try await pool.write([
                Statement("CREATE TABLE bottle (name text PRIMARY KEY, size bigint, note text, tags text[])")
            ])
            try await body(pool)
        }
    }

    /// The table, row by row.
    private func bottles(_ pool: Pool) async throws -> [String] {
        try await pool.read(
            Query(each: Statement("SELECT name, size, note, tags FROM bottle ORDER BY name")) { row in
                let note = try row.optional("note", as: String.self) ?? "-"
                return "\(try row.value("name", as: String.self)) \(try row.value("size", as: Int.self)) \(note) "
                    + (try row.value("tags", as: [String].self)).joined(separator: "+")
            }
        )
    }

    @Test func rowsAreWrittenWithTheirExpressionsAndNulls() async throws {
        try await withBottles { pool in
            let insertion = Insertion(into: "bottle", Self.columns)
            let written = try await pool.write([
                try insertion.statement([
                    Bottle(name: "a", note: "new", tags: "x,y"), Bottle(name: "b", size: -1),
                    Bottle(name: "c", note: ""),
                ])
            ])
            #expect(written.map(\.affected) == [3])
            #expect(try await bottles(pool) == ["a 100 new x+y", "b -1 - ", "c 100  "])
        }
    }

    @Test func expressionMayNameItsValueTwice() async throws {
        try await withBottles { pool in
            let insertion = Insertion<Bottle>(
                into: "bottle",
                [
                    .column("name", as: "% || '-' || upper(%)") { $0.name }, .column("size") { $0.size },
                    .optional("note", as: "coalesce(%, 'none')") { $0.note },
                    .column("tags", as: "ARRAY['fixed']") { $0.tags },
                ]
            )
            _ = try await pool.write([try insertion.statement([Bottle(name: "a"), Bottle(name: "b", note: "mine")])])
            #expect(try await bottles(pool) == ["a-A 100 none fixed", "b-B 100 mine fixed"])
        }
    }

    @Test func noRowsWriteNothing() async throws {
        try await withBottles { pool in
            for insertion in [
                Insertion(into: "bottle", Self.columns), Insertion(into: "bottle", Self.columns, replacing: "name"),
                Insertion(into: "bottle", Self.columns, keeping: "name"),
            ] {
                let written = try await pool.write([try insertion.statement([])])
                #expect(written.map(\.affected) == [0])
            }
            #expect(try await bottles(pool) == [])
        }
    }

    @Test func rowThatIsThereAlreadyIsRefusedReplacedOrKept() async throws {
        try await withBottles { pool in
            let plain = Insertion(into: "bottle", Self.columns)
            let replacing = Insertion(into: "bottle", Self.columns, replacing: "name")
            let keeping = Insertion(into: "bottle", Self.columns, keeping: "name")
            _ = try await pool.write([try plain.statement([Bottle(name: "a", note: "first", tags: "x")])])
            let refused = await #expect(throws: PostgresError.self) {
                _ = try await pool.write([try plain.statement([Bottle(name: "b"), Bottle(name: "a")])])
            }
            #expect(refused?.serverError?.constraint == "bottle_pkey")
            #expect(try await bottles(pool) == ["a 100 first x"])

            let kept = try await pool.write([
                try keeping.statement([Bottle(name: "a", size: 1), Bottle(name: "b", size: 2)])
            ])
            #expect(kept.map(\.affected) == [1])
            #expect(try await bottles(pool) == ["a 100 first x", "b 2 - "])

            let replaced = try await pool.write([
                try replacing.statement([Bottle(name: "a", size: 3), Bottle(name: "c", size: 4, note: "new")])
            ])
            #expect(replaced.map(\.affected) == [2])
            #expect(try await bottles(pool) == ["a 3 - ", "b 2 - ", "c 4 new "])
        }
    }

    @Test func valueThatCannotBeMadeStopsTheStatement() {
        let insertion = Insertion<Bottle>(into: "bottle", [.column("name") { _ -> String in throw Refusal() }])
        #expect(throws: Refusal.self) { try insertion.statement([Bottle(name: "a")]) }
        #expect(throws: Never.self) { try insertion.statement([]) }
    }
}
