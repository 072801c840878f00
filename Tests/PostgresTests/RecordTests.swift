import TestSupport
import Testing

@testable import Postgres

/// Rows inside a column: read field by field, and refused where they are not what is asked for.
@Suite struct RecordTests {
    // MARK: - Bytes

    private static func number(_ value: Int) -> [UInt8] {
        let bits = UInt32(truncatingIfNeeded: value)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> $0) }
    }

    /// A field as the server writes it; nil for NULL.
    private static func field(_ type: PostgresType, _ bytes: [UInt8]?) -> [UInt8] {
        number(Int(type.rawValue)) + number(bytes?.count ?? -1) + (bytes ?? [])
    }

    /// An array of rows as the server writes it.
    private static func array(
        dimensions: Int = 1,
        of type: Int = 2249,
        count: Int? = nil,
        _ records: [[UInt8]]
    ) -> [UInt8] {
        number(dimensions) + number(0) + number(type) + number(count ?? records.count) + number(1)
            + records.flatMap { number($0.count) + $0 }
    }

    /// Why something was not read; nil where it was.
    private func failure<Value>(_ read: () throws -> Value) -> DecodingFailure? {
        do {
            _ = try read()
            return nil
        } catch {
            guard case .decoding(let failure) = error as? PostgresError else { return nil }
            return failure
        }
    }

    private static let word = number(1) + field(.text, Array("soap".utf8))

    @Test(
        arguments: [
            [], number(1), array([word]).dropLast(), array([word]).dropLast(5), array(count: 2, [word]),
            array(count: -1, []), array(count: Int(Int32.max), [word]), array(dimensions: 2, [word]),
            array(of: 25, [word]), number(1) + number(0) + number(2249) + number(1) + number(1) + number(-1),
            array([[]]), array([[0, 0]]),
        ] as [[UInt8]]
    )
    func malformedArrayIsRefused(bytes: [UInt8]) {
        let failure = failure { try Record.list(bytes[...], of: "lines") }
        #expect(failure?.column == "lines")
        guard case .malformed = failure?.reason else {
            Issue.record("it was read, or refused as \(String(describing: failure?.reason))")
            return
        }
    }

    @Test(
        arguments: [
            [], number(25), number(25) + number(4), number(25) + number(5) + Array("soap".utf8),
            number(25) + number(Int(Int32.max)) + Array("soap".utf8), field(.text, [0xC3]),
        ] as [[UInt8]]
    )
    func malformedFieldIsRefused(bytes: [UInt8]) throws {
        var record = try #require(try Record.list(Self.array([Self.number(1) + bytes])[...], of: "lines").first)
        let failure = failure { try record.optional(as: String.self) }
        guard case .malformed = failure?.reason else {
            Issue.record("it was read, or refused as \(String(describing: failure?.reason))")
            return
        }
    }

    @Test func everyRecordOfAnArrayEndsWhereItEnds() throws {
        let short = Self.number(0)
        let records = try Record.list(Self.array([short, Self.word])[...], of: "lines")
        var (first, second) = (records[0], records[1])
        // The first has no field: it does not run on into the second.
        #expect(failure { try first.optional(as: String.self) } != nil)
        #expect(try second.value(as: String.self) == "soap")
        #expect(failure { try second.optional(as: String.self) } != nil)
    }

    @Test func emptyArrayHoldsNothing() throws {
        #expect(try Record.list((Self.number(0) + Self.number(0) + Self.number(2249))[...], of: "lines").isEmpty)
        #expect(try Record.list(Self.array([])[...], of: "lines").isEmpty)
    }

    // MARK: - What the server says

    private static let statement = Statement(
        """
        SELECT ARRAY(SELECT ROW(n, CASE WHEN n > 1 THEN 'w' || n END, n = 2,
                ARRAY(SELECT ROW(m, m::text) FROM generate_series(1, n - 1) AS m ORDER BY m))
            FROM generate_series(1, 3) AS n ORDER BY n) AS lines,
            ARRAY(SELECT ROW(1) WHERE false) AS none, NULL::record[] AS nothing, 'word' AS word
        """
    )

    @Test(.emptyDatabase) func fieldsAreReadInTheStatementsOrder() async throws {
        try await Database.current.withPool { pool in
            let row = try await pool.read(Self.statement).single()
            let lines = try row.records("lines").map { record in
                var fields = record
                let number: Int = try fields.value()
                let word: String? = try fields.optional()
                let flag: Bool = try fields.value()
                let inner = try fields.records().map { record in
                    var fields = record
                    return "\(try fields.value(as: Int.self))\(try fields.value(as: String.self))"
                }
                return "\(number) \(word ?? "-") \(flag) \(inner)"
            }
            #expect(lines == [#"1 - false []"#, #"2 w2 true ["11"]"#, #"3 w3 false ["11", "22"]"#])
            #expect(try row.records("none").isEmpty)
            #expect(try row.records("nothing").isEmpty)
        }
    }

    @Test(.emptyDatabase) func fieldThatDoesNotFitIsRefusedWithItsColumn() async throws {
        try await Database.current.withPool { pool in
            let row = try await pool.read(Self.statement).single()
            var typed = try #require(try row.records("lines").first)
            #expect(
                failure { try typed.value(as: String.self) }
                    == DecodingFailure(column: "lines", reason: .wrongType(found: .int4, wanted: "String"))
            )
            // It was taken all the same: the next one is the word, which is NULL.
            #expect(
                failure { try typed.value(as: String.self) }
                    == DecodingFailure(column: "lines", reason: .unexpectedNull)
            )
            #expect(
                failure { try typed.records() }
                    == DecodingFailure(column: "lines", reason: .wrongType(found: .bool, wanted: "record[]"))
            )
            #expect(failure { try row.records("absent") }?.reason == .noSuchColumn)
            #expect(
                failure { try row.records("word") }?.reason
                    == .wrongType(found: .text, wanted: "record[]")
            )
        }
    }
}
