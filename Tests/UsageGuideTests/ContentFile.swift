import FoundationEssentials
import Testing

@testable import UsageGuide

/// The English sentences as a file that a test may change.
struct ContentFile: Codable {
    var language: String
    var direction: String
    var version: Int
    var sentences: [String: String]
    var lists: [String: [String]]

    init() throws {
        self = try JSONDecoder().decode(ContentFile.self, from: Data(Embedded.text("en-1.json").utf8))
    }

    var name: String { "\(language)-\(version).json" }

    func text() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
}

/// What the files are read as.
func contents(_ files: ContentFile...) throws -> [GuideContent] {
    var texts: [String: String] = [:]
    for file in files { texts[file.name] = try file.text() }
    return try GuideContent.read(texts)
}

/// Why files of sentences can't be used: the file and the problem. Nil where they can.
func fault(in files: [String: String]) -> String? {
    do throws(SentenceFileError) {
        _ = try GuideContent.read(files)
        return nil
    } catch {
        return error.description
    }
}

/// Why the English sentences can't be used once they are changed.
func fault(_ change: (inout ContentFile) -> Void) throws -> String? {
    var file = try ContentFile()
    change(&file)
    return fault(in: [file.name: try file.text()])
}
