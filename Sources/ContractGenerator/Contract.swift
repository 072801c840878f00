/// The contract: pieces, each a part of an OpenAPI document, made into the whole one.
struct Contract {
    /// A file of the contract.
    struct Piece {
        let file: String
        let content: JSON
    }

    /// What stands at the top of a document, in the order in which it is read.
    private static let heads = ["openapi", "info", "servers", "tags", "paths", "webhooks", "components"]

    /// What stands at the top, but for the paths and the components, which come from many pieces.
    private var tops: [String: JSON] = [:]
    private var paths: [JSON.Member] = []
    private var sections: [JSON.Member] = []
    /// Which file says what.
    private var files: [String: String] = [:]

    /// - Throws: `ContractError` for a name that is said twice, and for a reference that leads nowhere.
    init(_ pieces: [Piece]) throws {
        for piece in pieces { try add(piece) }
        for piece in pieces {
            for target in piece.content.references where files[target] == nil {
                throw ContractError(file: piece.file, "$ref \"\(target)\" leads nowhere")
            }
        }
        for example in examples.members where files["the operation \(example.name)"] == nil {
            throw ContractError(
                file: files["the example of \(example.name)"] ?? "",
                "there is no operation \(example.name)"
            )
        }
        try writeOutIncluded()
        for schema in schemas {
            for name in schema.value["required"]?.elements ?? []
            where name.text.flatMap({ schema.value["properties"]?[$0] }) == nil {
                let file = files["#/components/schemas/\(schema.name)"] ?? schema.name
                throw ContractError(
                    file: file,
                    "\(schema.name) requires \(name.source), which is none of its properties"
                )
            }
        }
        tops["paths"] = .object(paths)
        tops["components"] = .object(sections)
    }

    /// The schemas, by their names.
    var schemas: [JSON.Member] { sections.first { $0.name == "schemas" }?.value.members ?? [] }

    /// The document as it is served, with its examples.
    var document: JSON {
        get throws {
            let whole = JSON.object(
                Self.heads.compactMap { name in tops[name].map { JSON.Member(name: name, value: $0) } }
            )
            return try ServedDocument(whole.without(SwiftTypes.keyword)).content.showing(examples)
        }
    }

    /// What was asked and answered once, by the operations' names.
    private(set) var examples = JSON.object([])

    private mutating func add(_ piece: Piece) throws {
        for top in piece.content.members {
            switch top.name {
            case "paths": for path in top.value.members { try add(path: path, of: piece) }
            case "examples": for example in top.value.members { try add(example: example, of: piece) }
            case "components": for section in top.value.members { try add(section: section, of: piece) }
            case let name where Self.heads.contains(name):
                try note(name, in: piece)
                tops[name] = top.value
            default: throw ContractError(file: piece.file, "\"\(top.name)\" has no place at the top of a contract")
            }
        }
    }

    private mutating func add(path: JSON.Member, of piece: Piece) throws {
        try note("the path \(path.name)", in: piece)
        for id in path.value.members.compactMap({ $0.value["operationId"]?.text }) {
            try note("the operation \(id)", in: piece)
        }
        paths.append(path)
    }

    private mutating func add(example: JSON.Member, of piece: Piece) throws {
        try note("the example of \(example.name)", in: piece)
        examples = .object(examples.members + [example])
    }

    private mutating func add(section: JSON.Member, of piece: Piece) throws {
        for component in section.value.members {
            try note("#/components/\(section.name)/\(component.name)", in: piece)
        }
        if let index = sections.firstIndex(where: { $0.name == section.name }) {
            sections[index].value = .object(sections[index].value.members + section.value.members)
        } else {
            sections.append(section)
        }
    }

    /// Writes into each schema what those say that its `allOf` names, so that every schema of the document says all of
    /// itself. A schema that is there only to be a part of others is not served.
    private mutating func writeOutIncluded() throws {
        guard let index = sections.firstIndex(where: { $0.name == "schemas" }) else { return }
        var included: Set<String> = []
        var written: [JSON.Member] = []
        for schema in schemas {
            guard let parts = schema.value["allOf"]?.elements else {
                written.append(schema)
                continue
            }
            var properties: [JSON.Member] = []
            var required: [JSON] = []
            let names = parts.compactMap { $0["$ref"]?.text?.split(separator: "/").last.map(String.init) }
            for part in schemas.filter({ names.contains($0.name) }).map(\.value) + [schema.value] {
                properties += part["properties"]?.members ?? []
                required += part["required"]?.elements ?? []
            }
            guard Set(properties.map(\.name)).count == properties.count else {
                throw ContractError(
                    file: files["#/components/schemas/\(schema.name)"] ?? schema.name,
                    "\(schema.name) says a property again that is one of \(names.joined(separator: ", "))"
                )
            }
            included.formUnion(names)
            let rest = schema.value.members.filter { !["allOf", "required", "properties"].contains($0.name) }
            let whole = [
                JSON.Member(name: "required", value: .array(required)),
                JSON.Member(name: "properties", value: .object(properties)),
            ]
            written.append(JSON.Member(name: schema.name, value: .object(rest + whole)))
        }
        sections[index].value = .object(written.filter { !included.contains($0.name) })
    }

    private mutating func note(_ name: String, in piece: Piece) throws {
        if let other = files.updateValue(piece.file, forKey: name) {
            throw ContractError(file: piece.file, "\(name) is said in \(other) already")
        }
    }
}
