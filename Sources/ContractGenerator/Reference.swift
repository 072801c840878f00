import Foundation

/// What the pages of the reference show: the served document without its indirections, as one JSON document.
struct Reference {
    private let document: JSON
    private let examples: JSON
    private let schemas: [JSON.Member]

    init(_ document: JSON, examples: JSON) {
        self.document = document
        self.examples = examples
        schemas = document["components"]?["schemas"]?.members ?? []
    }

    /// Its tags with their operations, and its types.
    var content: JSON {
        .of([
            "tags": .array(document["tags"]?.elements.map(tag) ?? []),
            "types": .array(schemas.filter { $0.value["enum"] != nil || $0.value["properties"] != nil }.map(type)),
        ])
    }

    private func tag(_ tag: JSON) -> JSON {
        let operations = (document["paths"]?.members ?? []).flatMap { path in
            path.value.members.filter { $0.value["tags"]?.elements.first?.text == tag["name"]?.text }
                .map { operation($0.value, method: $0.name, path: path.name) }
        }
        return .of(["name": tag["name"], "description": tag["description"], "operations": .array(operations)])
    }

    private func operation(_ operation: JSON, method: String, path: String) -> JSON {
        let body = operation["requestBody"]
        let content = body?["content"]?.members.first
        let responses = (operation["responses"]?.members ?? []).map {
            JSON.Member(name: $0.name, value: resolved($0.value))
        }
        return .of([
            "id": operation["operationId"], "method": .text(method.uppercased()), "path": .text(path),
            "summary": operation["summary"], "description": operation["description"], "role": operation["x-role"],
            "parameters": .array(
                (operation["parameters"]?.elements ?? []).map(resolved).map { parameter in
                    var field = field(
                        JSON.Member(name: parameter["name"]?.text ?? "", value: parameter["schema"] ?? .object([])),
                        isRequired: parameter["required"]?.source == "true"
                    )
                    field["in"] = parameter["in"]
                    if let description = parameter["description"] { field["description"] = description }
                    return .of(field)
                }
            ),
            "request": content.map { content in
                .of([
                    "media": .text(content.name), "isRequired": body?["required"] ?? .scalar("false"),
                    "type": content.value["schema"].flatMap(name), "description": body?["description"],
                ])
            },
            "answers": .array(responses.filter { $0.name.hasPrefix("2") }.map { answer($0.name, $0.value) }),
            "problems": .array(
                responses.flatMap { response in
                    problems(response.value).map { .of(["status": .text(response.name), "name": .text($0)]) }
                }
            ),
            "example": operation["operationId"]?.text.flatMap { examples[$0] }.map(example),
        ])
    }

    private func answer(_ status: String, _ answer: JSON) -> JSON {
        let content = answer["content"]?.members ?? []
        // Of those that say something of this answer alone.
        let headers = (answer["headers"]?.members ?? []).filter {
            !["X-Request-Id", "Cache-Control"].contains($0.name)
        }
        let described = headers.map { header in
            JSON.of(["name": .text(header.name), "description": resolved(header.value)["description"]])
        }
        return .of([
            "status": .text(status), "description": answer["description"],
            "media": .array(content.map { .text($0.name) }),
            "type": content.lazy.compactMap { $0.value["schema"].flatMap(name) }.first, "headers": .array(described),
        ])
    }

    /// An example, whose documents are text: they are shown as they are.
    private func example(_ example: JSON) -> JSON {
        .of([
            "path": example["path"], "status": example["status"], "headers": example["headers"] ?? .object([]),
            "request": example["request"].map { .text($0.source) },
            "answer": example["answer"].map { .text($0.source) },
        ])
    }

    /// The words of a list of them, as text.
    private func words(_ schema: JSON) -> [JSON] { schema["enum"]?.elements.map { .text($0.text ?? $0.source) } ?? [] }

    /// The problems that an answer can be, which its description names.
    private func problems(_ answer: JSON) -> [String] {
        answer["description"]?.text?.matches(of: /\/problems\/(?<name>[a-z-]+)/).map { String($0.name) } ?? []
    }

    private func type(_ schema: JSON.Member) -> JSON {
        let required = schema.value["required"]?.elements.compactMap(\.text) ?? []
        return .of([
            "name": .text(schema.name), "description": schema.value["description"],
            "words": .array(words(schema.value)),
            "fields": .array(
                (schema.value["properties"]?.members ?? []).map {
                    .of(field($0, isRequired: required.contains($0.name)))
                }
            ),
        ])
    }

    private func field(_ property: JSON.Member, isRequired: Bool) -> [String: JSON?] {
        let schema = property.value
        let choices = (schema["oneOf"] ?? schema["anyOf"])?.elements ?? []
        let types = schema["type"].map { $0.text.map { [$0] } ?? $0.elements.compactMap(\.text) } ?? []
        let kinds = choices.filter { $0["type"]?.text != "null" }
        let isNullable = types.contains("null") || kinds.count < choices.count
        let whole = kinds.first ?? schema
        let isList = whole["type"]?.text == "array" || types.contains("array")
        let one = isList ? (whole["items"] ?? schema["items"] ?? whole) : whole
        let kind = one["type"]?.text ?? one["type"]?.elements.compactMap(\.text).first { $0 != "null" } ?? ""
        let of = kinds.count > 1 ? kinds.compactMap { name($0)?.text } : [name(one)?.text].compactMap(\.self)
        return [
            "name": .text(property.name), "isRequired": .scalar("\(isRequired)"),
            "isNullable": .scalar("\(isNullable)"), "isList": .scalar("\(isList)"), "kind": .text(kind),
            "types": .array(of.map(JSON.text)), "words": .array(words(one)),
            "limits": .text(limits(schema, one)),
            // What it is, where nothing is said of this one.
            "description": schema["description"]
                ?? (of.count == 1 ? schemas.first { $0.name == of[0] }?.value["description"] : nil),
        ]
    }

    /// What a value is held to, in words.
    private func limits(_ schema: JSON, _ one: JSON) -> String {
        var limits: [String] = []
        func range(_ least: JSON?, _ most: JSON?, _ unit: String) {
            switch (least?.source, most?.source) {
            case (nil, nil): break
            case ("1"?, nil) where !unit.isEmpty: limits.append("not empty")
            case (let least?, nil): limits.append("at least \(least)\(unit)")
            case (nil, let most?): limits.append("at most \(most)\(unit)")
            case (let least?, let most?): limits.append("\(least) to \(most)\(unit)")
            }
        }
        range(schema["minItems"], schema["maxItems"], " entries")
        range(one["minLength"], one["maxLength"], " characters")
        range(one["minimum"], one["maximum"], "")
        if one["format"]?.text == "date-time" { limits.append("an RFC 3339 instant in UTC") }
        if one["pattern"]?.text?.hasPrefix("^[0-9]{4}-[0-9]{2}-[0-9]{2}") == true { limits.append("YYYY-MM-DD") }
        if let standard = schema["default"]?.source { limits.append("\(standard) where it is absent") }
        return limits.joined(separator: "; ")
    }

    /// The name of the schema that a reference leads to.
    private func name(_ schema: JSON) -> JSON? {
        schema["$ref"]?.text?.split(separator: "/").last.map { .text(String($0)) }
    }

    private func resolved(_ node: JSON) -> JSON {
        guard let target = node["$ref"]?.text else { return node }
        return target.split(separator: "/").dropFirst().reduce(document as JSON?) { $0?[String($1)] } ?? node
    }
}

extension JSON {
    static func text(_ text: String) -> JSON {
        .scalar((try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\"")
    }

    /// An object of what there is, in the order of names.
    static func of(_ members: [String: JSON?]) -> JSON {
        .object(
            members.sorted { $0.key < $1.key }.compactMap { member in
                member.value.map { Member(name: member.key, value: $0) }
            }
        )
    }
}
