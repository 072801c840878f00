package import FoundationEssentials

/// Any JSON value, for looking into answers.
@dynamicMemberLookup
package enum JSON: Decodable, Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    package init(_ bytes: some DataProtocol) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(bytes))
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    package subscript(dynamicMember name: String) -> JSON { self[name] }

    package subscript(name: String) -> JSON {
        if case .object(let fields) = self { fields[name] ?? .null } else { .null }
    }

    package subscript(position: Int) -> JSON {
        if case .array(let entries) = self, entries.indices.contains(position) { entries[position] } else { .null }
    }

    package var text: String { if case .string(let value) = self { value } else { "" } }
    package var int: Int? { if case .number(let value) = self { Int(exactly: value) } else { nil } }
    package var double: Double? { if case .number(let value) = self { value } else { nil } }
    package var entries: [JSON] { if case .array(let entries) = self { entries } else { [] } }
    package var fields: [String: JSON] { if case .object(let fields) = self { fields } else { [:] } }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .number(Double(value)) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
}
