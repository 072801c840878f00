import FoundationEssentials
import UsageGuide

/// A file of sentences in the language of a guide, whole and checked.
struct WordsFile<Key: SentenceKey>: Sendable {
    let guide: GuideContent
    let sentences: Sentences<Key>

    /// Reads and checks a file for each language of the guides.
    /// - Parameters:
    ///   - files: texts by file name; others than those of words are left alone.
    ///   - name: the name of a language's file.
    static func all(
        _ files: [String: String],
        named name: (String) -> String
    ) throws(SentenceFileError) -> [WordsFile] {
        var all: [WordsFile] = []
        for language in GuideContent.languages {
            guard let guide = GuideContent.newest(language) else { continue }
            let file = name(language)
            guard let text = files[file] else { throw SentenceFileError(file: file, problem: "is missing") }
            all.append(try WordsFile(file: file, text: text, guide: guide))
        }
        return all
    }

    private struct Content: Decodable {
        let language: String
        let direction: String
        let sentences: [String: String]
    }

    private init(file: String, text: String, guide: GuideContent) throws(SentenceFileError) {
        let read: Content
        do { read = try JSONDecoder().decode(Content.self, from: Data(text.utf8)) } catch {
            throw SentenceFileError(file: file, problem: "is not a file of sentences (\(error))")
        }
        guard read.language == guide.language else {
            throw SentenceFileError(file: file, problem: "says that it is \(read.language)")
        }
        guard read.direction == guide.direction else {
            throw SentenceFileError(file: file, problem: "direction is \(guide.direction), as in the guide")
        }
        let sentences = try Sentences<Key>(read.sentences, file: file)
        guard sentences.missing.isEmpty else {
            throw SentenceFileError(file: file, problem: "lacks \(sentences.missing.joined(separator: ", "))")
        }
        self.guide = guide
        self.sentences = sentences
    }
}
