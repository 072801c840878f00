import JSONFields
import Testing

@Suite struct FieldTypeTests {
    /// Each way to read a field.
    enum Accessor: String, CaseIterable, Sendable {
        case text
        case integer
        case flag
        case object
        case objects
        case texts

        /// Whether the field `a` gave a value.
        func reads(_ fields: Fields) -> Bool {
            switch self {
            case .text: return fields.text("a") != nil
            case .integer: return fields.integer("a") != nil
            case .flag: return fields.flag("a") != nil
            case .object:
                let value = fields.object("a") { _ in true }
                return value != nil
            case .objects:
                let values = fields.objects("a", countMax: 5) { _ in true }
                return values != nil
            case .texts: return fields.texts("a", countMax: 5) != nil
            }
        }
    }

    /// A value and those that take it.
    struct Value: Sendable, CustomTestStringConvertible {
        let json: String
        let accessors: [Accessor]

        var testDescription: String { json }
    }

    static let values: [Value] = [
        Value(json: "\"x\"", accessors: [.text]),
        Value(json: "\"\"", accessors: [.text]),
        Value(json: "\"1\"", accessors: [.text]),
        Value(json: "\"true\"", accessors: [.text]),
        Value(json: "0", accessors: [.integer]),
        Value(json: "1", accessors: [.integer]),
        Value(json: "-12", accessors: [.integer]),
        Value(json: "true", accessors: [.flag]),
        Value(json: "false", accessors: [.flag]),
        Value(json: "{}", accessors: [.object]),
        Value(json: "{\"b\": 1}", accessors: [.object]),
        Value(json: "[]", accessors: [.objects, .texts]),
    ]

    @Test(arguments: FieldTypeTests.values, FieldTypeTests.Accessor.allCases)
    func valueIsTakenByItsTypeAndRefusedByEveryOther(value: Value, accessor: Accessor) {
        let result = outcome(of: "{\"a\": \(value.json)}") { fields in accessor.reads(fields) }
        let expected: ReadingOutcome<Bool> =
            value.accessors.contains(accessor) ? .read(true) : .problems(["/a wrongType"])
        #expect(result == expected)
    }

    @Test(arguments: ["{}", "{\"a\": null}", "{\"b\": 1}"], FieldTypeTests.Accessor.allCases)
    func absentAndNullGiveNothingAndAreNoProblem(json: String, accessor: Accessor) {
        let result = outcome(of: json) { fields in accessor.reads(fields) }
        #expect(result == .read(false))
    }

    @Test func absentAndNullAreMissingWhereTheFieldIsRequired() {
        let result = outcome(of: "{\"b\": null, \"c\": 0}") { fields in
            [fields.require("a"), fields.require("b"), fields.require("c")]
        }
        #expect(result == .problems(["/a missing", "/b missing"]))
        let present = outcome(of: "{\"c\": 0, \"d\": \"\"}") { fields in [fields.require("c"), fields.require("d")] }
        #expect(present == .read([true, true]))
    }

    @Test func fieldIsThereUnlessItIsAbsentOrNull() {
        let result = outcome(of: "{\"a\": 0, \"b\": null, \"c\": [], \"d\": \"\"}") { fields in
            ["a", "b", "c", "d", "e"].filter { fields.has($0) }
        }
        #expect(result == .read(["a", "c", "d"]))
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("-1", -1), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
        ("1000000000000", 1_000_000_000_000),
    ])
    func wholeNumberThatFitsIsReadExactly(json: String, number: Int) {
        let result = outcome(of: "{\"a\": \(json)}") { fields in fields.integer("a") }
        #expect(result == .read(number))
    }

    @Test(arguments: [
        "1.5", "-0.1", "4500.01", "9223372036854775808", "-9223372036854775809", "99999999999999999999", "1e19",
        "1e400", "-1e400", "123456789012345678901234567890.5",
    ])
    func numberThatIsNotWholeOrTooLargeIsRefused(json: String) {
        let result = outcome(of: "{\"a\": \(json)}") { fields in fields.integer("a") }
        #expect(result == .problems(["/a wrongType"]))
    }

    @Test(arguments: ["01", "-", "1.", "1e", "1e+", "--1", "1-2", "1.2.3", "00", "-01"])
    func malformedNumberIsRefused(json: String) {
        let result = outcome(of: "{\"a\": \(json)}") { fields in fields.integer("a") }
        #expect(!result.isRead)
    }

    @Test func valueOfADocumentIsWhatItsReaderMakesOfIt() {
        let result = outcome(of: "{\"a\": \"x\", \"b\": 2, \"c\": true}") { fields -> String? in
            guard let text = fields.text("a"), let number = fields.integer("b"), let flag = fields.flag("c") else {
                return nil
            }
            return "\(text) \(number) \(flag)"
        }
        #expect(result == .read("x 2 true"))
    }
}
