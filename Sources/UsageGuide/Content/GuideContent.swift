import FoundationEssentials

/// The sentences of guides in one language, in one released version. They come from the files of
/// this folder, `LANGUAGE-NUMBER.json`: another language is another file, and a released file is never edited.
public struct GuideContent: Sendable {
    /// ISO 639-1, two letters.
    public let language: String
    /// `ltr` or `rtl`, as HTML names the direction of writing.
    public let direction: String
    /// Counts the released versions of a language.
    public let number: Int
    private let sentences: Sentences<Sentence>
    private let lists: [SentenceList: [String]]

    /// What every issued guide names: `en-1`.
    public var version: String { "\(language)-\(number)" }

    /// Every released version of every language. A file that can't be used is a mistake of the program and ends it.
    public static let released: [GuideContent] = {
        do { return try read(Embedded.files) } catch { preconditionFailure("\(error)") }
    }()

    /// Reads the sentences now rather than with the first guide.
    /// - Throws: `SentenceFileError` where a file can't be used.
    public static func check() throws(SentenceFileError) { _ = try read(Embedded.files) }

    /// The languages that guides are written in.
    public static var languages: [String] { Set(released.map(\.language)).sorted() }

    /// The newest version of a language.
    public static func newest(_ language: String) -> GuideContent? {
        released.filter { $0.language == language }.max { $0.number < $1.number }
    }

    /// A released version by its name.
    public static func named(_ version: String) -> GuideContent? { released.first { $0.version == version } }

    /// Reads and checks files of sentences. The newest version of a language has every sentence; what an older one
    /// lacks came later and is taken from the newest.
    /// - Throws: `SentenceFileError` for a sentence that is missing or unknown, and for placeholders that are not exactly those
    ///   that the program fills in.
    public static func read(_ files: [String: String]) throws(SentenceFileError) -> [GuideContent] {
        var found: [GuideContent] = []
        for (file, text) in files { found.append(try GuideContent(file: file, text: text)) }
        var complete: [GuideContent] = []
        for content in found {
            let newest = found.filter { $0.language == content.language }.max { $0.number < $1.number } ?? content
            let missing =
                newest.sentences.missing
                + SentenceList.allCases.filter { newest.lists[$0] == nil }.map(\.rawValue)
            guard missing.isEmpty else {
                throw SentenceFileError(
                    file: "\(newest.version).json",
                    problem: "lacks \(missing.joined(separator: ", "))"
                )
            }
            complete.append(content.completed(by: newest))
        }
        return complete.sorted { ($0.language, $0.number) < ($1.language, $1.number) }
    }

    /// A sentence with its placeholders filled in.
    public func text(_ sentence: Sentence, _ values: [String: String] = [:]) -> String {
        sentences.text(sentence, values)
    }

    /// A list of words or sentences.
    public func list(_ list: SentenceList) -> [String] { lists[list] ?? [] }

    // MARK: - Reading

    private struct File: Decodable {
        let language: String
        let direction: String
        let version: Int
        let sentences: [String: String]
        let lists: [String: [String]]
    }

    private init(
        language: String,
        direction: String,
        number: Int,
        sentences: Sentences<Sentence>,
        lists: [SentenceList: [String]]
    ) {
        self.language = language
        self.direction = direction
        self.number = number
        self.sentences = sentences
        self.lists = lists
    }

    private init(file: String, text: String) throws(SentenceFileError) {
        let read: File
        do { read = try JSONDecoder().decode(File.self, from: Data(text.utf8)) } catch {
            throw SentenceFileError(file: file, problem: "is not a file of sentences (\(error))")
        }
        guard file == "\(read.language)-\(read.version).json" else {
            throw SentenceFileError(file: file, problem: "says that it is \(read.language)-\(read.version)")
        }
        let sentences = try Sentences<Sentence>(read.sentences, file: file)
        var lists: [SentenceList: [String]] = [:]
        for (key, entries) in read.lists {
            guard let list = SentenceList(rawValue: key) else {
                throw SentenceFileError(file: file, problem: "has \(key), which is not known here")
            }
            guard !entries.isEmpty, list.count == nil || list.count == entries.count else {
                throw SentenceFileError(file: file, problem: "\(key) has to have \(list.count ?? 1) entries")
            }
            lists[list] = entries
        }
        guard ["ltr", "rtl"].contains(read.direction) else {
            throw SentenceFileError(file: file, problem: "direction is ltr or rtl")
        }
        self.init(
            language: read.language,
            direction: read.direction,
            number: read.version,
            sentences: sentences,
            lists: lists
        )
    }

    private func completed(by newest: GuideContent) -> GuideContent {
        GuideContent(
            language: language,
            direction: direction,
            number: number,
            sentences: sentences.completed(by: newest.sentences),
            lists: lists.merging(newest.lists) { own, _ in own }
        )
    }
}
