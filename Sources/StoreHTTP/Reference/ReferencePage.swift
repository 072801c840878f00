import GuideFormats
import HTTPTypes
import Hummingbird
import StoreAPI

/// A page of the reference: a body in the frame that all of them share. It asks no other address for anything.
struct ReferencePage {
    private enum Template {
        static let contents = read("reference-contents")
        static let concept = read("reference-concept")
        static let operation = read("reference-operation")
        static let type = read("reference-type")
        static let problem = read("reference-problem")

        private static func read(_ name: String) -> HTMLTemplate {
            HTMLTemplate(
                Embedded.text("reference.mustache").replacing("<!-- page -->", with: Embedded.text("\(name).mustache"))
                    .replacing("<!-- fields -->", with: Embedded.text("reference-fields.mustache")),
                style: HTMLTemplate.pageStyle + Embedded.text("reference.css")
            )
        }
    }

    private let template: HTMLTemplate
    private let title: String
    private var values: [String: Any]

    private init(_ template: HTMLTemplate, title: String, _ values: [String: Any]) {
        (self.template, self.title, self.values) = (template, title, values)
    }

    func answer(to request: Request) -> Response {
        var values = values
        values["title"] = title
        values["concepts"] = Concept.all.map { ["path": $0.path, "title": $0.title] }
        var answer = PageAnswer(html: template.render(values), template)
        answer.isListed = true
        return answer.response(to: request)
    }

    // MARK: - Its kinds

    /// What there is to read.
    static func contents(_ reference: Reference) -> ReferencePage {
        ReferencePage(
            Template.contents,
            title: "API reference",
            [
                "tags": reference.tags.map { tag in
                    [
                        "name": tag.name, "anchor": anchor(tag), "description": Prose.line(tag.description),
                        "operations": tag.operations.map(Self.link),
                    ] as [String: Any]
                },
                "topics": Concept.all.map { ["path": $0.path, "title": $0.title, "about": $0.about] },
                "problems": ProblemType.allCases.map {
                    ["path": $0.path, "name": $0.rawValue, "status": "\($0.status.code)", "title": $0.title]
                },
            ]
        )
    }

    /// What holds for all operations.
    /// - Parameter publicURL: where this store is reached, for what is to be copied.
    static func concept(_ concept: Concept, publicURL: String) -> ReferencePage {
        let index = Concept.all.firstIndex { $0.name == concept.name } ?? 0
        let next = Concept.all.dropFirst(index + 1).first
        return ReferencePage(
            Template.concept,
            title: concept.title,
            [
                "about": concept.about, "body": concept.body.replacing("https://store.example", with: publicURL),
                "next": next.map { ["path": $0.path, "title": $0.title] } ?? false,
            ]
        )
    }

    static func operation(_ operation: Reference.Operation, _ reference: Reference, publicURL: String) -> ReferencePage?
    {
        guard let tag = reference.tags.first(where: { $0.operations.contains { $0.id == operation.id } }),
            let index = tag.operations.firstIndex(where: { $0.id == operation.id })
        else { return nil }
        var values: [String: Any] = [
            "tag": tag.name, "tagPath": "/docs#\(anchor(tag))", "method": operation.method, "path": operation.path,
            "id": operation.id, "description": Prose.paragraphs(operation.description),
        ]
        if let role = operation.role { values["role"] = role }
        values["curl"] = Curl.text(operation, publicURL: publicURL)
        values["parameters"] = group("Parameters", operation.parameters.map(field))
        if let request = operation.request { values["request"] = Self.request(request, reference) }
        values["answers"] = operation.answers.map(Self.answer)
        if let answer = operation.example?.answer {
            values["example"] = beginning(of: HowPage.laidOut(Array(answer.utf8)))
        }
        values["problems"] = operation.problems.compactMap { named -> [String: Any]? in
            guard let type = ProblemType(rawValue: named.name) else { return nil }
            return ["status": named.status, "name": named.name, "path": type.path, "title": type.title]
        }
        let others = tag.operations.enumerated().filter { abs($0.offset - index) == 1 }
        values["others"] = others.map { link($0.element) }
        return ReferencePage(Template.operation, title: operation.summary, values)
    }

    static func type(_ type: Reference.NamedType, _ reference: Reference) -> ReferencePage {
        let name = type.name
        let uses = reference.operations.filter { operation in
            operation.request?.type == name || operation.answers.contains { $0.type == name }
        }
        let holders = reference.types.filter { $0.fields.contains { $0.types.contains(name) } }
        return ReferencePage(
            Template.type,
            title: name,
            [
                "description": Prose.paragraphs(type.description), "words": type.words, "hasWords": !type.words.isEmpty,
                "fields": group("Fields", type.fields.map(field)), "uses": uses.map(link),
                "isHeld": !holders.isEmpty, "holders": holders.map { ["name": $0.name, "path": path(type: $0.name)] },
            ]
        )
    }

    static func problem(_ type: ProblemType, _ reference: Reference) -> ReferencePage {
        ReferencePage(
            Template.problem,
            title: type.title,
            [
                "name": type.rawValue, "status": "\(type.status.code)", "advice": Prose.line(type.advice),
                "example": HowPage.laidOut(
                    Array(JSONWriter.bytes(Problem(type).body(requestID: "9c1f6a0d5b7e42310000000000000001")))
                ),
                "uses": reference.operations.filter { $0.problems.contains { $0.name == type.rawValue } }.map(link),
            ]
        )
    }

    // MARK: - Their parts

    /// As much of an example as a page has room for, in whole lines.
    private static func beginning(of example: String) -> String {
        let octetsMax = 20_000
        guard example.utf8.count > octetsMax else { return example }
        var octets = 0
        let lines = example.split(separator: "\n", omittingEmptySubsequences: false)
        let shown = lines.prefix { line in
            octets += line.utf8.count + 1
            return octets <= octetsMax
        }
        return shown.joined(separator: "\n") + "\n… and \(lines.count - shown.count) lines more"
    }

    private static func request(_ request: Reference.Request, _ reference: Reference) -> [String: Any] {
        let body = reference.types.first { $0.name == request.type }
        var values: [String: Any] = ["media": request.media, "isRequired": request.isRequired]
        if let type = request.type { values["type"] = ["name": type, "path": path(type: type)] }
        values["description"] = Prose.line(request.description ?? body?.description)
        values["fields"] = group("Fields of the request", body?.fields.map(field) ?? [])
        return values
    }

    private static func answer(_ answer: Reference.Answer) -> [String: Any] {
        var values: [String: Any] = ["status": answer.status, "description": Prose.line(answer.description)]
        values["media"] = answer.media
        if let type = answer.type { values["type"] = ["name": type, "path": path(type: type)] }
        values["headers"] = answer.headers.map { ["name": $0.name, "description": Prose.line($0.description)] }
        return values
    }

    private static func anchor(_ tag: Reference.Tag) -> String { tag.name.lowercased().replacing(" ", with: "-") }
    private static func path(type: String) -> String { "/docs/types/\(type)" }

    private static func link(_ operation: Reference.Operation) -> [String: Any] {
        [
            "path": "/docs/operations/\(operation.id)", "summary": operation.summary, "method": operation.method,
            "route": operation.path,
        ]
    }

    private static func group(_ title: String, _ fields: [[String: Any]]) -> Any {
        fields.isEmpty ? false : ["title": title, "fields": fields] as [String: Any]
    }

    private static func field(_ field: Reference.Field) -> [String: Any] {
        var values: [String: Any] = [
            "name": field.name, "isRequired": field.isRequired, "isNullable": field.isNullable, "isList": field.isList,
            "words": field.words, "hasWords": !field.words.isEmpty,
        ]
        values["types"] = field.types.map { ["name": $0, "path": path(type: $0)] }
        if let place = field.in { values["place"] = place }
        if field.types.isEmpty { values["kind"] = field.kind }
        if !field.limits.isEmpty { values["limits"] = field.limits }
        // A template looks further out for what is not there.
        values["description"] = field.description.map(Prose.line) ?? false
        return values
    }
}

/// An operation as a command to be pasted.
enum Curl {
    /// - Parameter publicURL: where this store is reached.
    static func text(_ operation: Reference.Operation, publicURL: String) -> String {
        var lines = [
            "curl \(operation.method == "GET" ? "" : "-X \(operation.method) ")'\(publicURL)\(path(operation))'"
        ]
        if operation.role != nil { lines.append("-H \"Authorization: Bearer $TOKEN\"") }
        for (name, value) in (operation.example?.headers ?? [:]).sorted(by: { $0.key < $1.key }) {
            lines.append("-H '\(name): \(value)'")
        }
        if let request = operation.example?.request {
            lines.append("-H 'Content-Type: application/json'")
            lines.append("-d '\(HowPage.laidOut(Array(request.utf8)).replacing("'", with: "'\\''"))'")
        }
        return lines.joined(separator: " \\\n  ")
    }

    private static func path(_ operation: Reference.Operation) -> String { operation.example?.path ?? operation.path }
}
