import Foundation

/// A JSON value whose members keep their order: it becomes the order of a type's properties.
indirect enum JSON {
    case object([Member])
    case array([JSON])
    /// A string, a number, a truth or null, as it is written.
    case scalar(String)

    /// A name in an object, and what it stands for.
    struct Member {
        let name: String
        var value: JSON
    }

    /// The value of a member; nil where there is none of this name.
    subscript(_ name: String) -> JSON? { members.first { $0.name == name }?.value }

    /// An object's members; none for anything else.
    var members: [Member] {
        guard case .object(let members) = self else { return [] }
        return members
    }

    /// A list's elements; none for anything else.
    var elements: [JSON] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// A string's text; nil for anything else.
    var text: String? {
        guard case .scalar(let source) = self, source.hasPrefix("\"") else { return nil }
        return try? JSONDecoder().decode(String.self, from: Data(source.utf8))
    }

    /// The value as JSON, without white space.
    var source: String {
        switch self {
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.name)):\($0.value.source)" }.joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(\.source).joined(separator: ",") + "]"
        case .scalar(let source): source
        }
    }

    /// The value without the members of a name, however deep they lie.
    func without(_ name: String) -> JSON { changing { $0.name == name ? nil : $0 } }

    /// The value with each member of its objects, however deep it lies, as `change` has it: nil leaves it out. What is
    /// in a member is changed before it.
    func changing(_ change: (Member) -> Member?) -> JSON {
        switch self {
        case .object(let members):
            .object(members.compactMap { change(Member(name: $0.name, value: $0.value.changing(change))) })
        case .array(let elements): .array(elements.map { $0.changing(change) })
        case .scalar: self
        }
    }

    /// The value with another one for a member, in its place.
    func setting(_ name: String, _ value: JSON) -> JSON {
        .object(members.map { $0.name == name ? Member(name: name, value: value) : $0 })
    }

    /// The targets of the references in it.
    var references: [String] {
        switch self {
        case .object(let members):
            members.flatMap { member in
                if member.name == "$ref", let target = member.value.text { return [target] }
                return member.value.references
            }
        case .array(let elements): elements.flatMap(\.references)
        case .scalar: []
        }
    }

    private static func quoted(_ name: String) -> String {
        "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

/// Reads a JSON document. Foundation says whether it is one; this keeps the order of names, and refuses one said twice.
struct JSONReader {
    private let bytes: [UInt8]
    private let file: String
    private var place = 0

    /// - Throws: `ContractError`, which names the file.
    static func read(_ text: String, file: String) throws -> JSON {
        do { _ = try JSONSerialization.jsonObject(with: Data(text.utf8)) } catch {
            throw ContractError(
                file: file,
                "is not JSON: \((error as NSError).userInfo["NSDebugDescription"] ?? error)"
            )
        }
        var reader = JSONReader(bytes: Array(text.utf8), file: file)
        return try reader.value()
    }

    private init(bytes: [UInt8], file: String) { (self.bytes, self.file) = (bytes, file) }

    private mutating func value() throws -> JSON {
        switch next() {
        case UInt8(ascii: "{"):
            var members: [JSON.Member] = []
            try list(until: "}") { reader in
                let name = reader.scalar().text ?? ""
                if members.contains(where: { $0.name == name }) {
                    throw ContractError(file: reader.file, "says \"\(name)\" twice in one object")
                }
                _ = reader.next()
                reader.place += 1
                members.append(JSON.Member(name: name, value: try reader.value()))
            }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [JSON] = []
            try list(until: "]") { elements.append(try $0.value()) }
            return .array(elements)
        default: return scalar()
        }
    }

    /// The byte that comes next, past white space and commas: the document is known to be well formed.
    private mutating func next() -> UInt8 {
        while bytes[place] <= UInt8(ascii: " ") || bytes[place] == UInt8(ascii: ",") { place += 1 }
        return bytes[place]
    }

    private mutating func list(until end: Unicode.Scalar, _ read: (inout JSONReader) throws -> Void) rethrows {
        place += 1
        while next() != UInt8(ascii: end) { try read(&self) }
        place += 1
    }

    private mutating func scalar() -> JSON {
        let start = place
        if next() == UInt8(ascii: "\"") {
            place += 1
            while bytes[place] != UInt8(ascii: "\"") { place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1 }
            place += 1
        } else {
            while place < bytes.count, bytes[place] > UInt8(ascii: " "), !",]}".utf8.contains(bytes[place]) {
                place += 1
            }
        }
        return .scalar(String(decoding: bytes[start..<place], as: UTF8.self))
    }
}
