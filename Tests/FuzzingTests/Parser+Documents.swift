@testable import Catalog
import FoundationEssentials
@testable import JSONFields
import Logging
@testable import StaffCLI
@testable import StoreAPI
@testable import Telemetry

extension Parser {
    /// JSON as requests, files and answers bring it, and texts as they are written.
    static let documents = [
        Parser("json", readFields), Parser("catalog", readCatalog), Parser("answers", readAnswer),
        Parser("texts", writeText),
    ]

    @Sendable private static func readFields(_ input: Input) throws {
        let wasRead = (try? Fields.read(input.bytes) { readAll($0, depth: 3) }) != nil
        if wasRead { try hold(DuplicateFields.pointers(in: input.bytes).isEmpty, "nothing given twice is read") }
        guard let canonical = try? Fields.canonical(input.bytes) else { return }
        try hold(try Fields.canonical(canonical) == canonical, "what is canonical stays as it is")
        try hold(DuplicateFields.pointers(in: canonical).isEmpty, "what is canonical has each field once")
    }

    @Sendable private static func readCatalog(_ input: Input) throws {
        guard let file = try? CatalogFile(input.bytes) else { return }
        try hold(try CatalogFile(file.document).document == file.document, "a file that was read is read again")
    }

    @Sendable private static func readAnswer(_ input: Input) throws {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(input.bytes)) else { return }
        let again = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
        try hold(again == value, "an answer is written as it was read")
    }

    @Sendable private static func writeText(_ input: Input) throws {
        let text = input.text
        let written = JSONWriter.bytes(text)
        try hold(try JSONDecoder().decode(String.self, from: Data(written)) == text, "JSON holds any text")
        let line = Line()
        let logger = Logger(label: "fuzzing") { _ in LineLogHandler(.json) { line.text = $0 } }
        logger.critical("\(text)", metadata: [text: "\(text)"])
        let logged = try JSONDecoder().decode(LogLine.self, from: Data(line.text.utf8))
        try hold(logged.body == text && !line.text.utf8.contains(10), "a log line holds any text, and is one line")
        try hold(!SafeText.line(text).unicodeScalars.contains(where: SafeText.isControl), "a terminal shows text alone")
        guard let checked = try? FileText.checked(input.bytes, "a file") else { return }
        try hold(String(validating: checked, as: UTF8.self) != nil, "a file of text is UTF-8")
    }

    private struct LogLine: Decodable {
        let body: String
    }

    private final class Line: @unchecked Sendable {
        var text = ""
    }

    /// Reads an object in every way that there is.
    private static func readAll(_ fields: Fields, depth: Int) -> Bool? {
        fields.allow("text", "number", "flag", "object", "objects", "texts", "numbers")
        _ = (fields.text("text"), fields.integer("number"), fields.flag("flag"), fields.names)
        _ = (fields.texts("texts", countMax: 3), fields.integers("numbers", in: 0...9, countMax: 3))
        guard depth > 0 else { return true }
        _ = fields.object("object") { readAll($0, depth: depth - 1) }
        _ = fields.objects("objects", countMax: 3) { readAll($0, depth: depth - 1) }
        return true
    }
}
