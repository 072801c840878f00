import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct QueryTests {
    @Test func valuesOfEveryTypeComeBackAsTheyWere() async throws {
        try await Database.current.withPool { pool in
            let uuid = UUIDValue.random()
            let row = try await pool.read(
                Statement(
                    """
                    SELECT $1::int2 AS small, $2::int4 AS medium, $3::int8 AS large, $4::text AS text, $5::bool AS flag,
                           $6::uuid AS uuid, $7::bytea AS bytes, $8::date AS date, $9::timestamptz AS instant,
                           $10::jsonb AS document, $11::text[] AS texts, $12::int8[] AS numbers, $13::text AS nothing
                    """,
                    Int16(-7),
                    Int32(70_000),
                    Int64.min,
                    "naïve 🧴 \u{202E}",
                    true,
                    uuid,
                    Bytea([0, 255, 1]),
                    DateValue(daysSince1970: 20_000),
                    TimestampValue(microsecondsSince1970: -1),
                    JSONBValue(utf8: Array(#"{"a": 1}"#.utf8)),
                    ["", "x,\"}", "ü"],
                    [Int64.max, 0],
                    String?.none
                )
            ).single()
            #expect(try row.value("small", as: Int16.self) == -7)
            #expect(try row.value("small", as: Int.self) == -7)
            #expect(try row.value("medium", as: Int32.self) == 70_000)
            #expect(try row.value("large", as: Int64.self) == .min)
            #expect(try row.value("text", as: String.self) == "naïve 🧴 \u{202E}")
            #expect(try row.value("flag", as: Bool.self))
            #expect(try row.value("uuid", as: UUIDValue.self) == uuid)
            #expect(try row.value("bytes", as: Bytea.self) == Bytea([0, 255, 1]))
            #expect(try row.value("date", as: DateValue.self).daysSince1970 == 20_000)
            #expect(try row.value("instant", as: TimestampValue.self).microsecondsSince1970 == -1)
            #expect(try row.value("document", as: JSONBValue.self).utf8 == Array(#"{"a": 1}"#.utf8))
            #expect(try row.value("texts", as: [String].self) == ["", "x,\"}", "ü"])
            #expect(try row.value("numbers", as: [Int64].self) == [.max, 0])
            #expect(try row.optional("nothing", as: String.self) == nil)
        }
    }

    @Test func deferredConstraintIsRefusedAtTheCommitOfABatch() async throws {
        try await Database.current.withPool { pool in
            _ = try await pool.write([
                Statement("CREATE TABLE parent (id int PRIMARY KEY)"),
                Statement("CREATE TABLE child (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)"),
            ])
            let refused = await #expect(throws: PostgresError.self) {
                _ = try await pool.write([Statement("INSERT INTO child VALUES (1)")])
            }
            #expect(refused?.serverError?.state == .foreignKeyViolation)
            #expect(refused?.serverError?.constraint == "child_id_fkey")
            #expect(refused?.serverError?.statement == nil)
            let explicit = await #expect(throws: PostgresError.self) {
                try await pool.transaction { transaction in
                    _ = try await transaction.commit([Statement("INSERT INTO child VALUES (1)")])
                }
            }
            #expect(explicit?.serverError?.constraint == "child_id_fkey")
            #expect(
                try await pool.read(Statement("SELECT count(*) AS n FROM child")).single().value("n", as: Int.self) == 0
            )
        }
    }
}
