/// The TypeScript types of the schemas that a storefront meets: an interface for each object, a union for each list of
/// words.
struct TypeScriptTypes {
    private let schemas: [JSON.Member]

    /// - Parameter document: as it is served.
    init(_ document: JSON) {
        let paths = document["paths"]?.members.filter {
            $0.name.hasPrefix("/v1/") && !$0.name.hasPrefix("/v1/staff/") && !$0.name.hasPrefix("/v1/webhooks/")
        }
        var open = paths?.flatMap(\.value.references) ?? []
        var seen: Set<String> = []
        while let reference = open.popLast() {
            guard seen.insert(reference).inserted else { continue }
            let parts = reference.split(separator: "/").dropFirst()
            open += parts.reduce(document as JSON?) { $0?[String($1)] }?.references ?? []
        }
        schemas = (document["components"]?["schemas"]?.members ?? [])
            .filter { seen.contains("#/components/schemas/\($0.name)") }
    }

    var source: String {
        schemas.map { schema in
            let description = comment(schema.value, indent: "")
            guard let properties = schema.value["properties"]?.members else {
                return "\(description)export type \(schema.name) = \(type(schema.value));\n"
            }
            let required = schema.value["required"]?.elements.compactMap(\.text) ?? []
            let fields = properties.map { property in
                comment(property.value, indent: "    ")
                    + "    \(property.name)\(required.contains(property.name) ? "" : "?"): \(type(property.value));\n"
            }
            return "\(description)export interface \(schema.name) {\n\(fields.joined())}\n"
        }.joined(separator: "\n")
    }

    private func type(_ schema: JSON) -> String {
        if let name = schema["$ref"]?.text?.split(separator: "/").last { return String(name) }
        if let choices = (schema["oneOf"] ?? schema["anyOf"])?.elements {
            return choices.map(type).joined(separator: " | ")
        }
        if let words = schema["enum"]?.elements { return words.map(\.source).joined(separator: " | ") }
        let types = schema["type"].map { $0.text.map { [$0] } ?? $0.elements.compactMap(\.text) } ?? []
        return types.map { name in
            switch name {
            case "integer", "number": "number"
            case "array": "Array<\(type(schema["items"] ?? .object([])))>"
            case "object": "Record<string, unknown>"
            default: name
            }
        }.joined(separator: " | ")
    }

    private func comment(_ schema: JSON, indent: String) -> String {
        guard let text = schema["description"]?.text else { return "" }
        return "\(indent)/** \(text.split(separator: "\n").joined(separator: " ")) */\n"
    }
}
