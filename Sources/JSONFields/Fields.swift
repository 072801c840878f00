import FoundationEssentials
import Synchronization

/// Reads a JSON object field by field and collects everything that is wrong, each by its pointer, instead of stopping
/// at the first: unknown fields, missing ones, wrong types and whatever the reader adds.
///
/// The parser is Foundation's. Its own decoding would pass over unknown fields and report one error only.
public struct Fields {
    /// At most this many problems are told about one document.
    static let problemsMax = 20

    private let container: KeyedDecodingContainer<FieldName>
    private let problems: ProblemList
    /// Where this object is, as a JSON Pointer.
    public let pointer: String

    /// Reads a document whose root is an object.
    ///
    /// - Parameter read: makes the value, nil where a field that it needs is wrong. What it reported decides: its value
    ///   is used only when nothing was wrong.
    /// - Throws: `DocumentError.malformed` for what is not JSON, `fields` with every problem found.
    public static func read<Value: Sendable>(
        _ bytes: [UInt8],
        _ read: @escaping @Sendable (Fields) -> Value?
    ) throws(DocumentError) -> Value {
        if hasTrailingComma(bytes) { throw .malformed }
        let problems = ProblemList()
        let decoder = JSONDecoder()
        decoder.userInfo[Root<Value>.reader] = Root<Value>.Reader(problems: problems, read: read)
        let value: Value?
        do {
            value = try decoder.decode(Root<Value>.self, from: Data(bytes)).value
        } catch {
            guard problems.hasStarted else { throw .malformed }
            problems.add(FieldProblem(pointer: "", code: "wrongType", detail: "The document must be a JSON object."))
            value = nil
        }
        let found = duplicates(in: bytes) + problems.all
        guard found.isEmpty, let value else { throw .fields(Array(found.prefix(problemsMax))) }
        return value
    }

    /// Whether a list or an object ends with a comma, which Foundation takes and RFC 8259 does not.
    private static func hasTrailingComma(_ bytes: [UInt8]) -> Bool {
        var isInText = false
        var isEscaped = false
        var lastWasComma = false
        for byte in bytes {
            if isInText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): continue
            case UInt8(ascii: "]"), UInt8(ascii: "}"): if lastWasComma { return true }
            case UInt8(ascii: "\""): isInText = true
            default: break
            }
            lastWasComma = byte == UInt8(ascii: ",")
        }
        return false
    }

    /// Fields that an object has twice: Foundation takes one of them, and nobody can say which was meant.
    private static func duplicates(in bytes: [UInt8]) -> [FieldProblem] {
        DuplicateFields.pointers(in: bytes).map {
            FieldProblem(pointer: $0, code: "duplicate", detail: "This field is given twice; give it once.")
        }
    }

    fileprivate init(container: KeyedDecodingContainer<FieldName>, problems: ProblemList, pointer: String) {
        self.container = container
        self.problems = problems
        self.pointer = pointer
    }

    /// Reports every field that is not one of these. A reader calls it once, with all the names it knows.
    public func allow(_ names: String...) {
        for key in container.allKeys.map(\.stringValue).filter({ !names.contains($0) }).sorted() {
            let known = names.isEmpty ? "there are none" : "the fields are \(names.joined(separator: ", "))"
            report(key, "unknownField", "There is no such field here; \(known).")
        }
    }

    /// Whether the field is there and not null.
    public func has(_ name: String) -> Bool {
        let key = FieldName(stringValue: name)
        guard container.contains(key) else { return false }
        return (try? container.decodeNil(forKey: key)) == false
    }

    /// Adds a problem with a field; without a name, with the object itself.
    public func report(_ name: String? = nil, _ code: String, _ detail: String) {
        problems.add(FieldProblem(pointer: name.map(pointer(to:)) ?? pointer, code: code, detail: detail))
    }

    /// Adds a problem with one entry of a list.
    public func report(_ name: String, at position: Int, _ code: String, _ detail: String) {
        problems.add(FieldProblem(pointer: "\(pointer(to: name))/\(position)", code: code, detail: detail))
    }

    /// Reports a field that is not there; true when it is.
    public func require(_ name: String) -> Bool {
        if has(name) { return true }
        report(name, "missing", "This field is required.")
        return false
    }

    /// A text; nil where it is absent, null, or not a text (which is reported).
    public func text(_ name: String) -> String? { scalar(name, String.self, "a text") }
    /// A whole number; nil where it is absent, null, or not one (which is reported).
    public func integer(_ name: String) -> Int? { scalar(name, Int.self, "a whole number") }
    /// True or false; nil where it is absent, null, or neither (which is reported).
    public func flag(_ name: String) -> Bool? { scalar(name, Bool.self, "true or false") }

    /// An object; nil where it is absent, null, or not one (which is reported).
    public func object<Value>(_ name: String, _ read: (Fields) -> Value?) -> Value? {
        guard has(name) else { return nil }
        guard let nested = try? container.nestedContainer(keyedBy: FieldName.self, forKey: FieldName(stringValue: name))
        else {
            report(name, "wrongType", "This field must be an object.")
            return nil
        }
        return read(Fields(container: nested, problems: problems, pointer: pointer(to: name)))
    }

    /// A list of objects; nil where it is absent, null, or not a list of objects (which is reported).
    public func objects<Value>(_ name: String, countMax: Int, _ read: (Fields) -> Value?) -> [Value]? {
        elements(name, countMax: countMax) { list, pointer in
            guard let nested = try? list.nestedContainer(keyedBy: FieldName.self) else { return .wrong("an object") }
            return .read(read(Fields(container: nested, problems: problems, pointer: pointer)))
        }
    }

    /// A list of texts; nil where it is absent, null, or not a list of texts (which is reported).
    public func texts(_ name: String, countMax: Int) -> [String]? {
        elements(name, countMax: countMax) { list, _ in
            (try? list.decode(String.self)).map { .read($0) } ?? .wrong("a text")
        }
    }

    /// A list of whole numbers within a range; nil where it is absent, null, or not that (which is reported).
    public func integers(_ name: String, in range: ClosedRange<Int>, countMax: Int) -> [Int]? {
        elements(name, countMax: countMax) { list, _ in
            guard let number = try? list.decode(Int.self), range.contains(number) else {
                return .wrong("a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return .read(number)
        }
    }

    /// The names of this object's fields, for an object that is a map.
    public var names: [String] { container.allKeys.map(\.stringValue).sorted() }

    // MARK: -

    private enum Element<Value> {
        case read(Value?)
        case wrong(String)
    }

    private func elements<Value>(
        _ name: String,
        countMax: Int,
        _ read: (inout any UnkeyedDecodingContainer, String) -> Element<Value>
    ) -> [Value]? {
        guard has(name) else { return nil }
        guard var list = try? container.nestedUnkeyedContainer(forKey: FieldName(stringValue: name)) else {
            report(name, "wrongType", "This field must be a list.")
            return nil
        }
        if let count = list.count, count > countMax {
            report(name, "tooMany", "This list holds at most \(countMax) entries.")
            return nil
        }
        var values: [Value] = []
        var isWhole = true
        while !list.isAtEnd {
            let index = list.currentIndex
            let place = "\(pointer(to: name))/\(index)"
            switch read(&list, place) {
            case .read(let value): if let value { values.append(value) }
            case .wrong(let wanted):
                isWhole = false
                problems.add(FieldProblem(pointer: place, code: "wrongType", detail: "This entry must be \(wanted)."))
            }
            // An entry of the wrong type is still to be passed over.
            if list.currentIndex == index, (try? list.decode(Ignored.self)) == nil { return nil }
        }
        return isWhole ? values : nil
    }

    private func scalar<Value: Decodable>(_ name: String, _ type: Value.Type, _ wanted: String) -> Value? {
        do {
            return try container.decodeIfPresent(type, forKey: FieldName(stringValue: name))
        } catch {
            report(name, "wrongType", "This field must be \(wanted).")
            return nil
        }
    }

    private func pointer(to name: String) -> String {
        var escaped = ""
        for character in name.unicodeScalars.prefix(80) {
            switch character {
            case "~": escaped += "~0"
            case "/": escaped += "~1"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return "\(pointer)/\(escaped)"
    }
}

private struct FieldName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

private struct Ignored: Decodable {
    init(from decoder: any Decoder) {}
}

private final class ProblemList: Sendable {
    private let found = Mutex<[FieldProblem]>([])
    private let started = Atomic(false)

    var all: [FieldProblem] { found.withLock { $0 } }
    var hasStarted: Bool { started.load(ordering: .relaxed) }
    func start() { started.store(true, ordering: .relaxed) }
    func add(_ problem: FieldProblem) {
        found.withLock { if $0.count < Fields.problemsMax { $0.append(problem) } }
    }
}

private struct Root<Value: Sendable>: Decodable {
    struct Reader: Sendable {
        let problems: ProblemList
        let read: @Sendable (Fields) -> Value?
    }

    static var reader: CodingUserInfoKey {
        // The initializer fails for no string there is.
        CodingUserInfoKey(rawValue: "reader").unsafelyUnwrapped
    }

    let value: Value?

    init(from decoder: any Decoder) throws {
        guard let reader = decoder.userInfo[Self.reader] as? Reader else {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "no reader"))
        }
        reader.problems.start()
        let container = try decoder.container(keyedBy: FieldName.self)
        value = reader.read(Fields(container: container, problems: reader.problems, pointer: ""))
    }
}
