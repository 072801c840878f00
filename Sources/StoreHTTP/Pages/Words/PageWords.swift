import Commerce
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
    package static func check() throws(SentenceFileError) {
        _ = try read(Embedded.files)
        _ = try ShopWords.read(Embedded.files)
        _ = try OfferWording.read(Embedded.files)
    }

    /// The words of an order's or a document's language.
    /// - Throws: where the language is unknown.
    init(language: String) throws {
        guard let words = Self.all.first(where: { $0.language == language }) else { throw Problem(.internalError) }
        self = words
    }

    /// Reads and checks a file of words for each language of the guides.
    /// - Parameter files: texts by file name; others than those of words are left alone.
    static func read(_ files: [String: String]) throws(SentenceFileError) -> [PageWords] {
        try WordsFile<PageSentence>.all(files) { "\($0).json" }.map(PageWords.init)
    }

    private init(_ file: WordsFile<PageSentence>) {
        language = file.guide.language
        direction = file.guide.direction
        sentences = file.sentences
        guide = file.guide
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
