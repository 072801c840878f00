/// The Swift types of the contract's schemas.
///
/// An object `Cart` is a struct `CartBody`, with a property for each of its own. One that is required and may be null is
/// `@Nullable`, so that the null is written; one that is not required is left out where it is nil. A string `HoldReason`
/// with an enum is an enum of this name, with a case for what a later contract adds.
///
/// `x-swift` in a schema names a type that is made elsewhere, or is false where none is needed.
struct SwiftTypes {
    static let keyword = "x-swift"
    /// Words of Swift that contracts use as values.
    private static let reserved: Set = ["return", "default", "case", "is", "in", "self", "switch", "where"]

    let schemas: [JSON.Member]

    /// The file with all types.
    /// - Throws: `ContractError` for a schema that no type can be made of.
    func source() throws -> String {
        try schemas.filter { $0.value[Self.keyword] == nil }.compactMap { schema in
            if schema.value["enum"] != nil { return enumeration(schema) }
            guard let properties = schema.value["properties"] else { return nil }
            return try structure(schema, properties.members)
        }.joined(separator: "\n")
    }

    private struct Property {
        let name: String
        let type: String
        let isNullable: Bool
        let isRequired: Bool
        let description: String

        private var isOptional: Bool { isNullable || !isRequired }
        var declaration: String {
            let storage = isNullable && isRequired ? "@Nullable package var" : "package let"
            return description + "    \(storage) \(name): \(type)\(isOptional ? "?" : "")\n"
        }
        var parameter: String { "\(name): \(type)\(isOptional ? "?" : "")\(isRequired ? "" : " = nil")" }
        var assignment: String { "        self.\(name) = \(name)\n" }
        /// Writes the member, or nothing where it may be absent and is.
        var writing: String {
            let member = "writer.member(\"\\\"\(name)\\\":\")"
            return isRequired
                ? "        \(member)\n        \(name).write(to: &writer)\n"
                : "        if let \(name) {\n            \(member)\n            \(name).write(to: &writer)\n        }\n"
        }
    }

    private func structure(_ schema: JSON.Member, _ members: [JSON.Member]) throws -> String {
        let required = schema.value["required"]?.elements.compactMap(\.text) ?? []
        let properties = try members.map { member in
            let (type, isNullable) = try self.type(of: member.value, at: "\(schema.name).\(member.name)")
            return Property(
                name: member.name,
                type: type,
                isNullable: isNullable,
                isRequired: required.contains(member.name),
                description: documentation(member.value, indent: "    ")
            )
        }
        return documentation(schema.value)
            + "package struct \(schema.name)Body: Codable, Sendable, Hashable {\n"
            + properties.map(\.declaration).joined()
            + "\n    package init(\(properties.map(\.parameter).joined(separator: ", "))) {\n"
            + properties.map(\.assignment).joined() + "    }\n}\n\n"
            + "extension \(schema.name)Body: JSONWritable {\n"
            + "    package func write(to writer: inout JSONWriter) {\n        writer.openObject()\n"
            + properties.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.map(\.writing).joined()
            + "        writer.closeObject()\n    }\n}\n"
    }

    private func enumeration(_ schema: JSON.Member) -> String {
        let names = schema.value["enum"]?.elements.compactMap(\.text) ?? []
        func lines(_ line: (String) -> String) -> String { names.map { "    \(line($0))\n" }.joined() }
        return documentation(schema.value)
            + "package enum \(schema.name): RawRepresentable, CaseIterable, CustomStringConvertible,"
            + " Codable, Sendable, Hashable {\n"
            // A word of the language stands in quotes where it is declared.
            + lines { Self.reserved.contains($0) ? "case `\($0)`" : "case \($0)" }
            + "    /// A value that this version does not know.\n    case unknown(String)\n\n"
            + "    package static let allCases: [Self] = [\(names.map { ".\($0)" }.joined(separator: ", "))]\n\n"
            + "    package init(rawValue: String) {\n        switch rawValue {\n"
            + lines { "    case \"\($0)\": self = .\($0)" }
            + "        default: self = .unknown(rawValue)\n        }\n    }\n\n"
            + "    package var rawValue: String {\n        switch self {\n"
            + lines { "    case .\($0): \"\($0)\"" }
            + "        case .unknown(let text): text\n        }\n    }\n\n"
            + "    package var description: String { rawValue }\n}\n\n"
            + "extension \(schema.name): JSONWritable {\n"
            + "    package func write(to writer: inout JSONWriter) { writer.write(rawValue) }\n}\n"
    }

    /// A schema's type, and whether null is one of its values.
    private func type(of schema: JSON, at place: String) throws -> (name: String, isNullable: Bool) {
        let choices = (schema["oneOf"] ?? schema["anyOf"])?.elements ?? []
        let others = choices.filter { $0["type"]?.text != "null" }
        let types = schema["type"].map { $0.text.map { [$0] } ?? $0.elements.compactMap(\.text) } ?? []
        let isNullable = others.count < choices.count || types.contains("null")
        if let name = schema[Self.keyword]?.text { return (name, isNullable) }
        if let name = schema["$ref"]?.text?.split(separator: "/").last { return (try reference(String(name)), false) }
        if others.count == 1 { return (try type(of: others[0], at: place).name, isNullable) }
        switch types.first {
        case "string": return ("String", isNullable)
        case "boolean": return ("Bool", isNullable)
        case "integer": return (schema["format"]?.text == "int64" ? "Int64" : "Int", isNullable)
        case "array":
            guard let items = schema["items"] else { break }
            return ("[\(try type(of: items, at: place).name)]", isNullable)
        default: break
        }
        throw ContractError(file: place, "no Swift type is made of this; give it a name of its own, or \(Self.keyword)")
    }

    private func reference(_ name: String) throws -> String {
        let schema = schemas.first { $0.name == name }?.value
        if let type = schema?[Self.keyword]?.text { return type }
        if schema?["enum"] != nil { return name }
        guard schema?["properties"] != nil, schema?[Self.keyword] == nil else {
            throw ContractError(file: name, "has no Swift type, and another type needs it")
        }
        return name + "Body"
    }

    private func documentation(_ schema: JSON, indent: String = "") -> String {
        schema["description"]?.text?.split(separator: "\n").map { "\(indent)/// \($0)\n" }.joined() ?? ""
    }
}
