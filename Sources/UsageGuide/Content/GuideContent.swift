import FoundationEssentials

/// The sentences of guides and customers' pages in one language, in one released version. They come from the files of
/// this folder, `LANGUAGE-NUMBER.json`: another language is another file, and a released file is never edited.
public struct GuideContent: Sendable {
    /// Why a file of sentences can't be used.
    public struct Fault: Error, Sendable, CustomStringConvertible {
        public let file: String
        public let problem: String

        /// Which file, and what is wrong in it.
        public var description: String { "\(file): \(problem)" }
    }

    /// ISO 639-1, two letters.
    public let language: String
    /// `ltr` or `rtl`, as HTML names the direction of writing.
    public let direction: String
    /// Counts the released versions of a language.
    public let number: Int
    private let sentences: [Sentence: Template]
    private let lists: [SentenceList: [String]]

    /// What every issued guide names: `en-1`.
    public var version: String { "\(language)-\(number)" }

    /// Every released version of every language. A file that can't be used is a mistake of the program and ends it.
    public static let released: [GuideContent] = {
        do { return try read(Embedded.files) } catch { preconditionFailure("\(error)") }
    }()

    /// Reads the sentences now rather than with the first guide.
    /// - Throws: `Fault` where a file can't be used.
    public static func check() throws(Fault) { _ = try read(Embedded.files) }

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
    /// - Throws: `Fault` for a sentence that is missing or unknown, and for placeholders that are not exactly those
    ///   that the program fills in.
    public static func read(_ files: [String: String]) throws(Fault) -> [GuideContent] {
        var found: [GuideContent] = []
        for (file, text) in files { found.append(try GuideContent(file: file, text: text)) }
        var complete: [GuideContent] = []
        for content in found {
            let newest = found.filter { $0.language == content.language }.max { $0.number < $1.number } ?? content
            let missing =
                Sentence.allCases.filter { newest.sentences[$0] == nil }.map(\.rawValue)
                + SentenceList.allCases.filter { newest.lists[$0] == nil }.map(\.rawValue)
            guard missing.isEmpty else {
                throw Fault(file: "\(newest.version).json", problem: "lacks \(missing.joined(separator: ", "))")
            }
            complete.append(content.completed(by: newest))
        }
        return complete.sorted { ($0.language, $0.number) < ($1.language, $1.number) }
    }

    /// A sentence with its placeholders filled in.
    public func text(_ sentence: Sentence, _ values: [String: String] = [:]) -> String {
        sentences[sentence]?.filled(values) ?? sentence.rawValue
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
        sentences: [Sentence: Template],
        lists: [SentenceList: [String]]
    ) {
        self.language = language
        self.direction = direction
        self.number = number
        self.sentences = sentences
        self.lists = lists
    }

    private init(file: String, text: String) throws(Fault) {
        let read: File
        do { read = try JSONDecoder().decode(File.self, from: Data(text.utf8)) } catch {
            throw Fault(file: file, problem: "is not a file of sentences (\(error))")
        }
        guard file == "\(read.language)-\(read.version).json" else {
            throw Fault(file: file, problem: "says that it is \(read.language)-\(read.version)")
        }
        var sentences: [Sentence: Template] = [:]
        for (key, text) in read.sentences {
            guard let sentence = Sentence(rawValue: key) else {
                throw Fault(file: file, problem: "has \(key), which no guide uses")
            }
            guard let template = Template(text) else {
                throw Fault(file: file, problem: "\(key): a brace is not closed")
            }
            guard template.placeholders == sentence.placeholders else {
                let wanted = sentence.placeholders.sorted().map { "{\($0)}" }.joined(separator: " ")
                throw Fault(file: file, problem: "\(key) has to use \(wanted.isEmpty ? "no placeholder" : wanted)")
            }
            sentences[sentence] = template
        }
        var lists: [SentenceList: [String]] = [:]
        for (key, entries) in read.lists {
            guard let list = SentenceList(rawValue: key) else {
                throw Fault(file: file, problem: "has \(key), which no guide uses")
            }
            guard !entries.isEmpty, list.count == nil || list.count == entries.count else {
                throw Fault(file: file, problem: "\(key) has to have \(list.count ?? 1) entries")
            }
            lists[list] = entries
        }
        guard ["ltr", "rtl"].contains(read.direction) else {
            throw Fault(file: file, problem: "direction is ltr or rtl")
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
            sentences: sentences.merging(newest.sentences) { own, _ in own },
            lists: lists.merging(newest.lists) { own, _ in own }
        )
    }
}

/// A sentence cut at its placeholders: `Day {day} after {session}`.
private struct Template: Sendable {
    private enum Piece { case text(String), placeholder(String) }

    private let pieces: [Piece]
    let placeholders: Set<String>

    /// Nil where a brace has no partner.
    init?(_ text: String) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { return nil }
            if rest[..<open].contains("}") { return nil }
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            pieces.append(.placeholder(String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        if rest.contains("}") { return nil }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.pieces = pieces
        placeholders = Set(pieces.compactMap { if case .placeholder(let name) = $0 { name } else { nil } })
    }

    func filled(_ values: [String: String]) -> String {
        pieces.reduce(into: "") { text, piece in
            switch piece {
            case .text(let part): text += part
            case .placeholder(let name): text += values[name] ?? ""
            }
        }
    }
}
