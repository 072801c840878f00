import NIOHTTP1
import StoreAPI
import TestSupport
import Testing

/// Holds what is served against the OpenAPI document: a route, a status, a header or a field that it does not describe
/// is a failure.
struct ContractCheck: Sendable {
    static let shared = ContractCheck()

    let document: JSON

    init() { document = (try? JSON(Array(Contract.source.utf8))) ?? .null }

    /// The document's path that a request's path is an instance of; of several, the one that the router takes.
    func template(_ path: String) -> String? {
        let parts = path.prefix { $0 != "?" }.split(separator: "/")
        return document.paths.fields.keys.filter { template in
            let names = template.split(separator: "/")
            return names.count == parts.count && zip(names, parts).allSatisfy(Self.fits)
        }.min { Self.freedom($0).lexicographicallyPrecedes(Self.freedom($1)) }
    }

    /// How much each part of a template leaves open: nothing, all but its ends, or all of it.
    private static func freedom(_ template: String) -> [Int] {
        template.split(separator: "/").map { name in
            name.hasPrefix("{") && name.hasSuffix("}") ? 2 : name.contains("{") ? 1 : 0
        }
    }

    /// Whether a part of a path is an instance of a template's, such as `abc.ics` of `{token}.ics`.
    private static func fits(_ name: Substring, _ part: Substring) -> Bool {
        guard let open = name.firstIndex(of: "{"), let close = name.lastIndex(of: "}") else { return name == part }
        return part.hasPrefix(name[..<open]) && part.hasSuffix(name[name.index(after: close)...])
    }

    func check(_ method: HTTPMethod, _ path: String, _ answer: Answer) throws {
        guard let template = template(path) else {
            #expect(answer.status == 404, "\(path) is served and not described")
            return
        }
        let operation = document.paths[template][method.rawValue.lowercased()]
        guard operation != .null else {
            #expect([405, 200, 204].contains(answer.status), "\(method) \(template) is served and not described")
            return
        }
        let response = resolve(operation.responses["\(answer.status)"])
        guard response != .null else {
            Issue.record(
                "\(method) \(template) answers \(answer.status), which is not described: \(answer.text.prefix(300))"
            )
            return
        }
        let type = answer.headers.first(name: "Content-Type").map { String($0.prefix { $0 != ";" }) } ?? ""
        // A client that prefers no body gets none.
        if answer.body.isEmpty, !answer.headers["Preference-Applied"].isEmpty { return }
        guard response.content != .null else {
            #expect(answer.body.isEmpty, "\(method) \(template) \(answer.status) has a body that is not described")
            return
        }
        let schema = response.content[type].schema
        #expect(schema != .null, "\(method) \(template) \(answer.status) answers \(type), which is not described")
        guard type.hasSuffix("json"), template != "/openapi.json" else { return }
        for fault in faults(in: try JSON(answer.body), schema, at: "") {
            Issue.record("\(method) \(template) \(answer.status): \(fault)")
        }
    }

    private func resolve(_ node: JSON) -> JSON {
        guard case .string(let reference) = node["$ref"] else { return node }
        return resolve(reference.dropFirst(2).split(separator: "/").reduce(document) { $0[String($1)] })
    }

    /// The keywords of JSON Schema that the document uses.
    func faults(in value: JSON, _ node: JSON, at place: String) -> [String] {
        let schema = resolve(node)
        for keyword in ["oneOf", "anyOf"] where schema[keyword] != .null {
            let fits = schema[keyword].entries.contains { faults(in: value, $0, at: place).isEmpty }
            return fits ? [] : ["\(place) fits none of \(keyword): \(value)"]
        }
        var found: [String] = []
        let types = schema.type.entries.isEmpty ? [schema.type] : schema.type.entries
        if schema.type != .null, !types.contains(where: { isOf($0.text, value) }) {
            return ["\(place) is not \(types)"]
        }
        if schema.enum != .null, value != .null, !schema.enum.entries.contains(value) {
            found.append("\(place) is not in the enum: \(value)")
        }
        if schema.const != .null, schema.const != value { found.append("\(place) is not the constant") }
        if case .object(let fields) = value {
            for name in schema.required.entries.map(\.text) where fields[name] == nil {
                found.append("\(place)/\(name) is missing")
            }
            for (name, field) in fields {
                if schema.properties[name] != .null {
                    found += faults(in: field, schema.properties[name], at: "\(place)/\(name)")
                } else if case .object = schema.additionalProperties {
                    found += faults(in: field, schema.additionalProperties, at: "\(place)/\(name)")
                } else if schema.properties != .null {
                    // An answer may gain fields, and this version describes all that it has.
                    found.append("\(place)/\(name) is not described")
                }
            }
        }
        if case .array(let entries) = value, schema.items != .null {
            for (index, entry) in entries.enumerated() {
                found += faults(in: entry, schema.items, at: "\(place)/\(index)")
            }
            if let most = schema.maxItems.int, entries.count > most { found.append("\(place) has too many entries") }
        }
        if case .string(let text) = value, let pattern = try? Regex(schema.pattern.text), !schema.pattern.text.isEmpty,
            text.firstMatch(of: pattern) == nil
        {
            found.append("\(place) does not fit its pattern")
        }
        if case .number(let number) = value {
            if case .number(let least) = schema.minimum, number < least {
                found.append("\(place) is below its minimum")
            }
            if case .number(let most) = schema.maximum, number > most { found.append("\(place) is above its maximum") }
        }
        return found
    }

    private func isOf(_ type: String, _ value: JSON) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
            ("number", .number):
            true
        case ("integer", .number(let number)): number.rounded() == number
        default: false
        }
    }
}
