import FoundationEssentials
import Testing
import UsageGuide

@testable import StoreHTTP

/// The files of the pages' words as a translator may get them wrong, and those that are carried in the program.
@Suite struct PageWordsTests {
    /// The English words as a file that a test may change.
    private struct File: Codable {
        var language: String
        var direction: String
        var sentences: [String: String]

        init() throws {
            self = try JSONDecoder().decode(File.self, from: Data(Embedded.text("en.json").utf8))
        }
    }

    /// Why the English words can't be used once they are changed; nil where they can.
    private func fault(_ change: (inout File) -> Void) throws -> String? {
        var file = try File()
        change(&file)
        return fault(in: ["en.json": String(decoding: try JSONEncoder().encode(file), as: UTF8.self)])
    }

    private func fault(in files: [String: String]) -> String? {
        do throws(SentenceFileError) {
            _ = try PageWords.read(files)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func carriedFilesAreRight() throws {
        #expect(fault(in: Embedded.files) == nil)
        #expect(try fault { _ in } == nil)
        try PageWords.check()
    }

    @Test func everyLanguageOfTheGuidesHasPages() throws {
        #expect(PageWords.all.map(\.language) == GuideContent.languages)
        for language in GuideContent.languages { #expect(try PageWords(language: language).language == language) }
        #expect(throws: Problem.self) { try PageWords(language: "xx") }
        #expect(fault(in: [:]) == "en.json: is missing")
    }

    @Test func everySentenceThatIsMissingIsNamed() throws {
        let found = try fault { file in
            file.sentences["slipHold"] = nil
            file.sentences["orderTitle"] = nil
        }
        #expect(found == "en.json: lacks orderTitle, slipHold")
    }

    @Test func unknownKeyIsNamed() throws {
        #expect(
            try fault { $0.sentences["order.title"] = "Order" } == "en.json: has order.title, which is not known here"
        )
    }

    @Test(arguments: [
        ("orderTitle", "Order", "{number}"), ("orderTitle", "Order {date}", "{number}"),
        ("orderThanks", "Thank you, {name}", "no placeholder"),
    ])
    func placeholdersAreExactlyThoseThatAreFilledIn(key: String, text: String, wanted: String) throws {
        #expect(try fault { $0.sentences[key] = text } == "en.json: \(key) has to use \(wanted)")
    }

    @Test func fileAgreesWithItsNameAndItsGuide() throws {
        #expect(try fault { $0.language = "de" } == "en.json: says that it is de")
        #expect(try fault { $0.direction = "rtl" } == "en.json: direction is ltr, as in the guide")
        #expect(try #require(fault(in: ["en.json": "[]"])).hasPrefix("en.json: is not a file of sentences"))
    }

    @Test(arguments: PageWords.all.map(\.language))
    func everySentenceIsWholeOnceItIsFilledIn(language: String) throws {
        let words = try PageWords(language: language)
        for sentence in PageSentence.allCases {
            let values = Dictionary(uniqueKeysWithValues: sentence.placeholders.map { ($0, "<\($0)>") })
            let text = words.text(sentence, values)
            #expect(!text.isEmpty && text != sentence.rawValue && !text.contains("{"), "\(sentence)")
            #expect(values.values.filter { !text.contains($0) } == [], "\(sentence)")
        }
    }
}
