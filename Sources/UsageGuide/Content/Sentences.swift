/// Why a file of sentences can't be used.
public struct SentenceFileError: Error, Sendable, CustomStringConvertible {
    /// Its name.
    public let file: String
    /// What is wrong in it.
    public let problem: String

    package init(file: String, problem: String) {
        self.file = file
        self.problem = problem
    }

    /// Which file, and what is wrong in it.
    public var description: String { "\(file): \(problem)" }
}

/// Names a sentence in a file of sentences.
package protocol SentenceKey: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// What is filled in: a file uses exactly these, as `{name}`.
    var placeholders: Set<String> { get }
}

/// Sentences of one language by their keys, each checked for its placeholders.
package struct Sentences<Key: SentenceKey>: Sendable {
    private let templates: [Key: SentenceTemplate]

    /// - Parameter file: named where a sentence is at fault.
    /// - Throws: for a key that is not known, and for placeholders that are not exactly those that the program fills in.
    package init(_ texts: [String: String], file: String) throws(SentenceFileError) {
        var templates: [Key: SentenceTemplate] = [:]
        for (name, text) in texts {
            guard let key = Key(rawValue: name) else {
                throw SentenceFileError(file: file, problem: "has \(name), which is not known here")
            }
            guard let template = SentenceTemplate(text) else {
                throw SentenceFileError(file: file, problem: "\(name): a brace is not closed")
            }
            guard template.placeholders == key.placeholders else {
                let wanted = key.placeholders.sorted().map { "{\($0)}" }.joined(separator: " ")
                throw SentenceFileError(
                    file: file,
                    problem: "\(name) has to use \(wanted.isEmpty ? "no placeholder" : wanted)"
                )
            }
            templates[key] = template
        }
        self.templates = templates
    }

    private init(_ templates: [Key: SentenceTemplate]) { self.templates = templates }

    /// The keys that have no sentence.
    package var missing: [String] { Key.allCases.filter { templates[$0] == nil }.map(\.rawValue) }

    /// A sentence with its placeholders filled in.
    package func text(_ key: Key, _ values: [String: String] = [:]) -> String {
        templates[key]?.filled(values) ?? key.rawValue
    }

    /// These, and those of others that are missing here.
    package func completed(by others: Sentences) -> Sentences {
        Sentences(templates.merging(others.templates) { own, _ in own })
    }
}

/// A sentence cut at its placeholders: `Day {day} after {session}`.
private struct SentenceTemplate: Sendable {
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
