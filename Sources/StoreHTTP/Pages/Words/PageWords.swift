import Commerce
import FoundationEssentials
package import UsageGuide

/// The words of the customers' pages and of the papers in one language, from `LANGUAGE.json` in this folder. No issued
/// guide depends on them, so a file is corrected in place. Dates are written, and changes of them told, as in the guide
/// of the same language.
package struct PageWords: Sendable {
    /// ISO 639-1, two letters.
    let language: String
    /// `ltr` or `rtl`, as HTML names the direction of writing.
    let direction: String
    private let sentences: Sentences<PageSentence>
    private let guide: GuideContent

    /// One for each language that guides are written in. A file that can't be used is a mistake of the program and
    /// ends it.
    static let all: [PageWords] = {
        do { return try read(Embedded.files) } catch { preconditionFailure("\(error)") }
    }()

    /// Reads the words now rather than with the first page.
    /// - Throws: where a file is missing or can't be used.
    package static func check() throws(SentenceFileError) { _ = try read(Embedded.files) }

    /// The words of an order's or a document's language.
    /// - Throws: where the language is unknown.
    init(language: String) throws {
        guard let words = Self.all.first(where: { $0.language == language }) else { throw Problem(.internalError) }
        self = words
    }

    /// Reads and checks a file of words for each language of the guides.
    /// - Parameter files: texts by file name; others than those of words are left alone.
    static func read(_ files: [String: String]) throws(SentenceFileError) -> [PageWords] {
        var all: [PageWords] = []
        for language in GuideContent.languages {
            guard let guide = GuideContent.newest(language) else { continue }
            let file = "\(language).json"
            guard let text = files[file] else { throw SentenceFileError(file: file, problem: "is missing") }
            all.append(try PageWords(file: file, text: text, guide: guide))
        }
        return all
    }

    private struct File: Decodable {
        let language: String
        let direction: String
        let sentences: [String: String]
    }

    private init(file: String, text: String, guide: GuideContent) throws(SentenceFileError) {
        let read: File
        do { read = try JSONDecoder().decode(File.self, from: Data(text.utf8)) } catch {
            throw SentenceFileError(file: file, problem: "is not a file of sentences (\(error))")
        }
        guard read.language == guide.language else {
            throw SentenceFileError(file: file, problem: "says that it is \(read.language)")
        }
        guard read.direction == guide.direction else {
            throw SentenceFileError(file: file, problem: "direction is \(guide.direction), as in the guide")
        }
        let sentences = try Sentences<PageSentence>(read.sentences, file: file)
        guard sentences.missing.isEmpty else {
            throw SentenceFileError(file: file, problem: "lacks \(sentences.missing.joined(separator: ", "))")
        }
        language = read.language
        direction = read.direction
        self.sentences = sentences
        self.guide = guide
    }

    /// A sentence with its placeholders filled in.
    func text(_ sentence: PageSentence, _ values: [String: String] = [:]) -> String {
        sentences.text(sentence, values)
    }

    /// A sentence that the guide says too.
    func text(_ sentence: Sentence) -> String { guide.text(sentence) }

    /// A whole date: `Thursday 3 December 2026`.
    func date(_ date: CalendarDate) -> String { guide.date(date, .dateFull) }

    /// What changed from one plan to the next, a sentence each.
    func changes(from old: Plan, to new: Plan) -> [String] { guide.changes(from: old, to: new) }
}
