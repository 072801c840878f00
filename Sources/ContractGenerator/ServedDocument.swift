/// The document as it is served: what the pieces say, in the form that makers of clients turn into the right types.
///
/// - Requests are closed, and answers are open: a field that a request should not have is refused, and one that an answer
///   gains breaks nobody. A schema that both have is served twice, `Money` for answers and `MoneyRequest` for requests.
/// - A calendar date is text with a pattern. As `format: date` it becomes an instant in many languages, which is the day
///   before to the west of Greenwich.
/// - A word of a list that may be null is one of the two: a list of words with null among them has no type.
/// - A list is a list, also where an entry may be in it once only: a set loses the order.
struct ServedDocument {
    private static let prefix = "#/components/schemas/"

    private(set) var content: JSON

    /// - Throws: `ContractError` where the name of a request's form of a schema is taken.
    init(_ document: JSON) throws {
        content = document.changing { member in
            switch (member.name, member.value) {
            case ("uniqueItems", .scalar), ("format", .scalar(#""date""#)): nil
            default: JSON.Member(name: member.name, value: Self.word(member.value))
            }
        }
        try closeRequests()
    }

    /// What has null among its words, as a choice between a word and null.
    private static func word(_ schema: JSON) -> JSON {
        guard let words = schema["enum"]?.elements, let types = schema["type"]?.elements,
            words.contains(where: { $0.source == "null" })
        else { return schema }
        let word = JSON.object([
            JSON.Member(name: "type", value: types.first { $0.text != "null" } ?? .scalar(#""string""#)),
            JSON.Member(name: "enum", value: .array(words.filter { $0.source != "null" })),
        ])
        let null = JSON.object([JSON.Member(name: "type", value: .scalar(#""null""#))])
        let choice = JSON.Member(name: "oneOf", value: .array([word, null]))
        return .object([choice] + schema.members.filter { !["type", "enum"].contains($0.name) })
    }

    private mutating func closeRequests() throws {
        guard let components = content["components"], let schemas = components["schemas"] else { return }
        let asked = reach(Self.parts("requestBody", of: content["paths"]).flatMap(\.references))
        let told = reach(
            Self.parts("responses", of: content["paths"]).flatMap(\.references)
                + [content["webhooks"], components["pathItems"]].compactMap { $0 }.flatMap(\.references)
        )
        let both = schemas.members.filter { asked.contains($0.name) && told.contains($0.name) }
        // Those that say of themselves that they are closed, and those that hold one.
        var twins = Set(both.filter { $0.value.source.contains(#""additionalProperties":false"#) }.map(\.name))
        while let more = both.first(where: { schema in
            !twins.contains(schema.name) && schema.value.references.contains { twins.contains(Self.name($0)) }
        }) {
            twins.insert(more.name)
        }
        let written = try schemas.members.flatMap { schema -> [JSON.Member] in
            let opened = JSON.Member(name: schema.name, value: Self.opened(schema.value))
            guard asked.contains(schema.name) else { return [opened] }
            let closed = Self.asking(schema.value, for: twins)
            guard told.contains(schema.name) else { return [JSON.Member(name: schema.name, value: closed)] }
            guard twins.contains(schema.name) else { return [schema] }
            let name = Self.requestName(schema.name)
            if schemas[name] != nil {
                throw ContractError(file: name, "is needed for what \(schema.name) is in requests: call it otherwise")
            }
            return [opened, JSON.Member(name: name, value: closed)]
        }
        // Of the paths alone: what an endpoint of others is sent is an answer of ours.
        let paths = content["paths"]?.changing { member in
            member.name == "requestBody"
                ? JSON.Member(name: member.name, value: Self.asking(member.value, for: twins)) : member
        }
        content = content.setting("components", components.setting("schemas", .object(written)))
            .setting("paths", paths ?? .object([]))
    }

    /// The schemas that references lead to, and those that these lead to.
    private func reach(_ references: [String]) -> Set<String> {
        var seen: Set<String> = []
        var open = references
        while let reference = open.popLast() {
            guard seen.insert(reference).inserted else { continue }
            let parts = reference.split(separator: "/").dropFirst().map(String.init)
            open += parts.reduce(content as JSON?) { $0?[$1] }?.references ?? []
        }
        return Set(seen.filter { $0.hasPrefix(Self.prefix) }.map(Self.name))
    }

    /// What the operations have under a name.
    private static func parts(_ name: String, of paths: JSON?) -> [JSON] {
        paths?.members.flatMap { $0.value.members.compactMap { $0.value[name] } } ?? []
    }

    private static func name(_ reference: String) -> String { String(reference.dropFirst(prefix.count)) }
    private static func requestName(_ name: String) -> String { name + "Request" }

    private static func opened(_ schema: JSON) -> JSON {
        schema.changing { member in
            if member.name == "additionalProperties", case .scalar("false") = member.value { return nil }
            return member
        }
    }

    /// What a request says, with the request's form of each schema that has one.
    private static func asking(_ value: JSON, for twins: Set<String>) -> JSON {
        value.changing { member in
            guard member.name == "$ref", let target = member.value.text, twins.contains(name(target)) else {
                return member
            }
            return JSON.Member(name: "$ref", value: .scalar("\"\(prefix)\(requestName(name(target)))\""))
        }
    }
}
