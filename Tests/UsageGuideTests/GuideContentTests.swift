import Testing

@testable import UsageGuide

@Suite struct GuideContentTests {
    private let english = Embedded.text("en-1.json")

    private func fault(_ file: String, _ text: String) -> String {
        do throws(SentenceFileError) {
            _ = try GuideContent.read([file: text])
            return "none"
        } catch {
            return error.description
        }
    }

    @Test func aFileThatCannotBeUsedIsNamedWithWhatIsWrong() {
        for (from, to, problem) in [
            ("\"headline.day\":", "\"headline.dya\":", "en-1.json: has headline.dya, which is not known here"),
            ("\"Day {day}\"", "\"Day {dya}\"", "en-1.json: headline.day has to use {day}"),
            ("\"Day {day}\"", "\"Day\"", "en-1.json: headline.day has to use {day}"),
            ("\"Day {day}\"", "\"Day {day\"", "en-1.json: headline.day: a brace is not closed"),
            ("\"Nothing to do\"", "\"Nothing {x}\"", "en-1.json: nothing.short has to use no placeholder"),
            ("\"Mon\", ", "", "en-1.json: shortWeekdays has to have 7 entries"),
            ("\"ltr\"", "\"left\"", "en-1.json: direction is ltr or rtl"),
            ("    \"nothing.short\": \"Nothing to do\",\n", "", "en-1.json: lacks nothing.short"),
        ] {
            #expect(english.contains(from))
            #expect(fault("en-1.json", english.replacing(from, with: to)) == problem)
        }
        #expect(fault("de-1.json", english) == "de-1.json: says that it is en-1")
        #expect(fault("en-1.json", "{").hasPrefix("en-1.json: is not a file of sentences"))
    }

    @Test func anotherLanguageIsAnotherFile() throws {
        let german = english.replacing("\"language\": \"en\"", with: "\"language\": \"de\"")
            .replacing("\"Day {day}\"", with: "\"Tag {day}\"")
        let contents = try GuideContent.read(["en-1.json": english, "de-1.json": german])
        #expect(contents.map(\.version) == ["de-1", "en-1"])
        #expect(contents[0].text(.headlineDay, ["day": "3"]) == "Tag 3")
    }

    @Test func anOlderVersionKeepsItsWordsAndTakesOnlyWhatItLacks() throws {
        let older = english.replacing("    \"nothing.short\": \"Nothing to do\",\n", with: "")
        let newer = english.replacing("\"version\": 1", with: "\"version\": 2")
            .replacing("\"Nothing to do\"", with: "\"Free\"").replacing("\"Day {day}\"", with: "\"{day} days\"")
        let contents = try GuideContent.read(["en-1.json": older, "en-2.json": newer])
        #expect(contents.map { $0.text(.nothingShort) } == ["Free", "Free"])
        #expect(contents.map { $0.text(.headlineDay, ["day": "3"]) } == ["Day 3", "3 days"])
    }

    @Test func datesAreWrittenAsTheSentencesSay() throws {
        let content = try #require(GuideContent.newest("en"))
        let day = try date("2026-12-03")
        #expect(content.date(day, .dateFull) == "Thursday 3 December 2026")
        #expect(content.date(day, .dateShort) == "Thu 3 Dec")
        #expect([1, 2, 12].map { content.ordinal($0) } == ["first", "second", "twelfth"])
    }
}
