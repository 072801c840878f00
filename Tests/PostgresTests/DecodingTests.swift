import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct DecodingTests {
    private enum Colour: String, PostgresValue {
        case red
    }

    /// Why reading a column was refused; nil when it was not.
    private func refusal<Value>(_ read: () throws -> Value) -> DecodingFailure? {
        do {
            _ = try read()
            return nil
        } catch {
            guard case .decoding(let failure) = error as? PostgresError else { return nil }
            return failure
        }
    }

    @Test func valueThatDoesNotFitIsRefusedWithItsColumn() async throws {
        try await Database.current.withPool { pool in
            let row = try await pool.read(
                Statement(
                    """
                    SELECT 'canary-7431' AS word, NULL::text AS nothing, 7431743174::int8 AS large,
                           ARRAY[7431, NULL]::int8[] AS gaps, ARRAY[[7431], [7431]]::int8[] AS table,
                           'infinity'::date AS last_day, '-infinity'::date AS first_day,
                           'infinity'::timestamptz AS last_instant, '-infinity'::timestamptz AS first_instant,
                           7431.5::numeric AS price
                    """
                )
            ).single()
            let refusals: [(String, DecodingFailure?)] = [
                ("word", refusal { try row.value("word", as: Int.self) }),
                ("word", refusal { try row.optional("word", as: Bool.self) }),
                ("word", refusal { try row.value("word", as: [String].self) }),
                ("word", refusal { try row.value("word", as: Colour.self) }),
                ("nothing", refusal { try row.value("nothing", as: String.self) }),
                ("absent", refusal { try row.value("absent", as: String.self) }),
                ("absent", refusal { try row.optional("absent", as: String.self) }),
                ("large", refusal { try row.value("large", as: Int16.self) }),
                ("large", refusal { try row.value("large", as: Int32.self) }),
                ("large", refusal { try row.value("large", as: String.self) }),
                ("gaps", refusal { try row.value("gaps", as: [Int64].self) }),
                ("table", refusal { try row.value("table", as: [Int64].self) }),
                ("last_day", refusal { try row.value("last_day", as: DateValue.self) }),
                ("first_day", refusal { try row.value("first_day", as: DateValue.self) }),
                ("last_instant", refusal { try row.value("last_instant", as: TimestampValue.self) }),
                ("first_instant", refusal { try row.value("first_instant", as: TimestampValue.self) }),
                ("price", refusal { try row.value("price", as: Int.self) }),
            ]
            let wanted: [DecodingFailure.Reason] = [
                .wrongType(found: .text, wanted: "Int"), .wrongType(found: .text, wanted: "Bool"),
                .wrongType(found: .text, wanted: "\([String].self)"), .outOfRange(wanted: "Colour"),
                .unexpectedNull, .noSuchColumn, .noSuchColumn,
                .outOfRange(wanted: "Int16"), .outOfRange(wanted: "Int32"),
                .wrongType(found: .int8, wanted: "String"),
                .malformed(wanted: "\([Int64].self)"), .malformed(wanted: "\([Int64].self)"),
                .outOfRange(wanted: "DateValue"), .outOfRange(wanted: "DateValue"),
                .outOfRange(wanted: "TimestampValue"), .outOfRange(wanted: "TimestampValue"),
                .wrongType(found: PostgresType(rawValue: 1700), wanted: "Int"),
            ]
            try #require(refusals.count == wanted.count)
            for ((column, found), reason) in zip(refusals, wanted) {
                let failure = try #require(found, "column \(column) was read")
                #expect(failure.column == column)
                #expect(failure.reason == reason)
                let sentence = PostgresError.decoding(failure).description
                #expect(sentence.contains("\"\(column)\""))
                #expect(!sentence.contains("7431"))
                #expect(!sentence.contains("infinity"))
            }
        }
    }

    @Test func aNullIsReadAsNothingWhereThatIsAskedFor() async throws {
        try await Database.current.withPool { pool in
            let row = try await pool.read(
                Statement(
                    """
                    SELECT $1 AS no_text, $2 AS empty_text, $3 AS no_bytes, $4 AS empty_bytes, $5 AS no_numbers,
                           $6 AS empty_numbers, $7 AS empty_texts, $1 IS NULL AS text_is_null,
                           $2 IS NULL AS empty_is_null, octet_length($4) AS length, cardinality($6) AS elements
                    """,
                    String?.none,
                    "",
                    Bytea?.none,
                    Bytea([]),
                    [Int64]?.none,
                    [] as [Int64],
                    [] as [String]
                )
            ).single()
            #expect(try row.optional("no_text", as: String.self) == nil)
            #expect(try row.optional("empty_text", as: String.self) == "")
            #expect(try row.optional("no_bytes", as: Bytea.self) == nil)
            #expect(try row.optional("empty_bytes", as: Bytea.self) == Bytea([]))
            #expect(try row.optional("no_numbers", as: [Int64].self) == nil)
            #expect(try row.optional("empty_numbers", as: [Int64].self) == [])
            #expect(try row.optional("empty_texts", as: [String].self) == [])
            #expect(try row.value("text_is_null", as: Bool.self))
            #expect(try !row.value("empty_is_null", as: Bool.self))
            #expect(try row.value("length", as: Int.self) == 0)
            #expect(try row.value("elements", as: Int.self) == 0)
        }
    }

    @Test func nullsBetweenValuesDoNotShiftThem() async throws {
        try await Database.current.withPool { pool in
            let rows = try await pool.read(
                Statement(
                    """
                    SELECT a, b, c
                    FROM (VALUES (1, NULL, 'x', NULL), (2, 'yy', NULL, ''), (3, '', 'z', 'w')) AS t (n, a, b, c)
                    ORDER BY n
                    """
                )
            )
            let read = try rows.map { row in
                try ["a", "b", "c"].map { column in try row.optional(column, as: String.self) }
            }
            #expect(read == [[nil, "x", nil], ["yy", nil, ""], ["", "z", "w"]])
        }
    }

    @Test func oneRowIsNeitherNoneNorSeveral() async throws {
        try await Database.current.withPool { pool in
            let none = try await pool.read(Statement("SELECT 1 AS n WHERE false"))
            let several = try await pool.read(Statement("SELECT n FROM generate_series(1, 3) AS n"))
            let tooFew = refusal { try none.single() }
            let tooMany = refusal { try several.single() }
            #expect(tooFew?.reason == .unexpectedRowCount(0))
            #expect(tooMany?.reason == .unexpectedRowCount(3))
            #expect(tooMany?.description == "expected exactly one row and found 3")
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func randomValuesComeBackAsTheyWere(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var sent: [SampleRow] = [.smallest, .largest]
        for _ in 0..<150 { sent.append(SampleRow(&random)) }
        let samples = sent
        try await Database.current.withPool { pool in
            let answers = try await pool.read(samples.map(\.echo))
            #expect(answers.count == samples.count)
            for (sample, answer) in zip(samples, answers) {
                #expect(try SampleRow(answer.single()) == sample)
            }
        }
    }
}

/// One value of each kind.
private struct SampleRow: Equatable {
    var small: Int16
    var medium: Int32
    var large: Int64
    var text: [UInt8]
    var bytes: Bytea
    var date: DateValue
    var instant: TimestampValue
    var numbers: [Int64]
    var texts: [[UInt8]]
    var flags: [Bool]

    static let smallest = SampleRow(
        small: .min,
        medium: .min,
        large: .min,
        text: [],
        bytes: Bytea([]),
        date: DateValue(daysSince1970: -2_440_588),
        instant: TimestampValue(microsecondsSince1970: -210_866_803_200_000_000),
        numbers: [.min],
        texts: [[]],
        flags: []
    )

    static let largest = SampleRow(
        small: .max,
        medium: .max,
        large: .max,
        text: Array("\u{10FFFF}".utf8),
        bytes: Bytea(Array(0...255)),
        date: DateValue(daysSince1970: 2_145_042_905),
        instant: TimestampValue(microsecondsSince1970: 9_223_371_331_199_999_999 - 946_684_800_000_000),
        numbers: [.max],
        texts: [Array("\u{10FFFF}".utf8)],
        flags: [true]
    )

    init(
        small: Int16,
        medium: Int32,
        large: Int64,
        text: [UInt8],
        bytes: Bytea,
        date: DateValue,
        instant: TimestampValue,
        numbers: [Int64],
        texts: [[UInt8]],
        flags: [Bool]
    ) {
        self.small = small
        self.medium = medium
        self.large = large
        self.text = text
        self.bytes = bytes
        self.date = date
        self.instant = instant
        self.numbers = numbers
        self.texts = texts
        self.flags = flags
    }

    init(_ random: inout SeededGenerator) {
        small = .random(in: .min ... .max, using: &random)
        medium = .random(in: .min ... .max, using: &random)
        large = .random(in: .min ... .max, using: &random)
        text = Self.text(&random)
        let length = Int.random(in: 0...200, using: &random)
        bytes = Bytea((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
        date = DateValue(daysSince1970: .random(in: -700_000...700_000, using: &random))
        let reach: Int64 = 1 << 55
        instant = TimestampValue(microsecondsSince1970: .random(in: -reach...reach, using: &random))
        let count = Int.random(in: 0...20, using: &random)
        numbers = (0..<count).map { _ in Int64.random(in: .min ... .max, using: &random) }
        texts = (0..<Int.random(in: 0...10, using: &random)).map { _ in Self.text(&random) }
        flags = (0..<Int.random(in: 0...10, using: &random)).map { _ in Bool.random(using: &random) }
    }

    /// The same text in other bytes would be equal as a `String`, so the bytes are compared.
    private static func text(_ random: inout SeededGenerator) -> [UInt8] {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...50, using: &random) {
            let limit: UInt32 = Bool.random(using: &random) ? 0x7F : 0x10_FFFF
            if let scalar = Unicode.Scalar(UInt32.random(in: 1...limit, using: &random)) { text.append(scalar) }
        }
        return Array(String(text).utf8)
    }

    init(_ row: Row) throws {
        small = try row.value("small")
        medium = try row.value("medium")
        large = try row.value("large")
        text = Array(try row.value("text", as: String.self).utf8)
        bytes = try row.value("bytes")
        date = try row.value("date")
        instant = try row.value("instant")
        numbers = try row.value("numbers")
        texts = try row.value("texts", as: [String].self).map { Array($0.utf8) }
        flags = try row.value("flags")
    }

    var echo: Statement {
        Statement(
            """
            SELECT $1 AS small, $2 AS medium, $3 AS large, $4 AS text, $5 AS bytes, $6 AS date, $7 AS instant,
                   $8 AS numbers, $9 AS texts, $10 AS flags
            """,
            small,
            medium,
            large,
            String(decoding: text, as: UTF8.self),
            bytes,
            date,
            instant,
            numbers,
            texts.map { String(decoding: $0, as: UTF8.self) },
            flags
        )
    }
}
