import Commerce
import Testing

@testable import UsageGuide

/// Files of sentences as a translator may get them wrong, and what comes of those that are right.
@Suite struct ContentFileTests {
    // MARK: - Faults

    @Test func unchangedFileIsRead() throws {
        #expect(try fault { _ in } == nil)
        #expect(fault(in: Embedded.files) == nil)
        try GuideContent.check()
    }

    @Test func everythingThatIsMissingIsNamed() throws {
        let sentences = try fault { file in
            file.sentences["pick.detail"] = nil
            file.sentences["dry.title"] = nil
        }
        #expect(sentences == "en-1.json: lacks dry.title, pick.detail")
        #expect(try fault { $0.lists["weekdays"] = nil } == "en-1.json: lacks weekdays")
    }

    @Test func keyThatNoGuideUsesIsNamed() throws {
        #expect(try fault { $0.sentences["titel"] = "Aftercare" } == "en-1.json: has titel, which is not known here")
        #expect(try fault { $0.lists["week"] = ["Monday"] } == "en-1.json: has week, which is not known here")
    }

    @Test(arguments: [
        ("title", "Aftercare for {name}", "no placeholder"), ("until.date", "until {day}", "{date}"),
        ("until.date", "until", "{date}"), ("until.date", "until { date}", "{date}"),
        ("until.date", "until {}", "{date}"), ("span.closed", "{from}", "{from} {to}"),
        ("change.moved", "{from} {to} {ordinal} {day}", "{from} {ordinal} {to}"),
    ])
    func placeholdersAreExactlyThoseThatAreFilledIn(key: String, text: String, wanted: String) throws {
        #expect(try fault { $0.sentences[key] = text } == "en-1.json: \(key) has to use \(wanted)")
    }

    @Test(arguments: ["until {date", "{date} {", "until {date}}", "} {date}"])
    func braceWithoutAPartnerIsNamed(text: String) throws {
        #expect(try fault { $0.sentences["until.date"] = text } == "en-1.json: until.date: a brace is not closed")
    }

    @Test(arguments: [
        ("weekdays", 7), ("shortWeekdays", 7), ("months", 12), ("shortMonths", 12), ("ordinals", 12),
    ])
    func listOfAnotherLengthIsNamed(key: String, count: Int) throws {
        let problem = "en-1.json: \(key) has to have \(count) entries"
        #expect(try fault { $0.lists[key]?.removeLast() } == problem)
        #expect(try fault { $0.lists[key]?.append("more") } == problem)
        #expect(try fault { $0.lists[key] = [] } == problem)
    }

    @Test(arguments: ["prepare", "normal", "call", "forGood"])
    func listOfSentencesHasAnyLengthButNone(key: String) throws {
        #expect(try fault { $0.lists[key] = ["One thing."] } == nil)
        #expect(try fault { $0.lists[key]?.append("One more thing.") } == nil)
        #expect(try fault { $0.lists[key] = [] } == "en-1.json: \(key) has to have 1 entries")
    }

    @Test(arguments: ["de-1.json", "en-2.json", "en-01.json", "en-1", "en-1.txt", "EN-1.json"])
    func fileIsNamedAfterWhatItHolds(name: String) throws {
        #expect(fault(in: [name: Embedded.text("en-1.json")]) == "\(name): says that it is en-1")
    }

    @Test(arguments: ["", "[]", "null", "{}", #"{"language": "en"}"#, "title: Your aftercare"])
    func fileThatIsNotOneOfSentencesIsNamed(text: String) throws {
        let found = try #require(fault(in: ["en-1.json": text]))
        #expect(found.hasPrefix("en-1.json: is not a file of sentences"))
    }

    @Test(arguments: ["", "up", "LTR"])
    func writingGoesOneOfTwoWays(direction: String) throws {
        #expect(try fault { $0.direction = direction } == "en-1.json: direction is ltr or rtl")
        #expect(try fault { $0.direction = "rtl" } == nil)
    }

    @Test func oneFaultyFileIsFoundAmongGoodOnes() throws {
        var file = try ContentFile()
        file.language = "xx"
        file.sentences["title"] = nil
        let files = ["en-1.json": Embedded.text("en-1.json"), file.name: try file.text()]
        #expect(fault(in: files) == "xx-1.json: lacks title")
    }

    // MARK: - Languages and versions

    @Test func anotherLanguageIsReadByEveryDocument() throws {
        var file = try ContentFile()
        file.language = "xx"
        file.direction = "rtl"
        file.sentences["title"] = "Nachsorge"
        file.lists["ordinals"]?[1] = "zweite"
        let read = try contents(ContentFile(), file)
        #expect(read.map(\.version) == ["en-1", "xx-1"])
        #expect(read.map(\.direction) == ["ltr", "rtl"])

        let document = GuideDocument(guide(try course(["2026-12-01", "2026-12-12"])), content: read[1])
        #expect(document.language == "xx")
        #expect(document.contentVersion == "xx-1")
        #expect(document.title == "Nachsorge")
        #expect(document.blocks.last?.heading == "From your zweite session")
    }

    @Test func newestVersionIsTheOneWithTheHighestNumber() throws {
        var old = try ContentFile()
        old.version = 9
        old.sentences["title"] = nil
        old.lists["call"] = nil
        var newest = try ContentFile()
        newest.version = 10
        newest.sentences["title"] = "The newest title"
        newest.lists["call"] = ["The newest call."]
        let read = try contents(newest, old)
        #expect(read.map(\.version) == ["en-9", "en-10"])
        #expect(read.map { $0.text(.title) } == ["The newest title", "The newest title"])
        #expect(read.map { $0.list(.call) } == [["The newest call."], ["The newest call."]])
    }

    @Test func newestVersionTakesNothingFromAnOlderOne() throws {
        var newest = try ContentFile()
        newest.version = 2
        newest.sentences["title"] = nil
        let files = ["en-1.json": Embedded.text("en-1.json"), newest.name: try newest.text()]
        #expect(fault(in: files) == "en-2.json: lacks title")
    }

    @Test func releasedVersionsAreUniqueAndFoundByTheirName() {
        let versions = GuideContent.released.map(\.version)
        #expect(versions.contains("en-1"))
        #expect(Set(versions).count == versions.count)
        for version in versions { #expect(GuideContent.named(version)?.version == version) }
        #expect(GuideContent.named("en-0")?.version == nil)
        #expect(GuideContent.named("en")?.version == nil)
        #expect(GuideContent.newest("xx")?.version == nil)
        for language in GuideContent.languages {
            let numbers = GuideContent.released.filter { $0.language == language }.map(\.number)
            #expect(GuideContent.newest(language)?.number == numbers.max())
        }
    }

    @Test(arguments: GuideContent.released.map(\.version))
    func everySentenceIsWholeOnceItIsFilledIn(version: String) throws {
        let content = try #require(GuideContent.named(version))
        for sentence in Sentence.allCases {
            let values = Dictionary(uniqueKeysWithValues: sentence.placeholders.map { ($0, "<\($0)>") })
            let text = content.text(sentence, values)
            #expect(!text.isEmpty && !text.contains("{") && !text.contains("}"), "\(sentence.rawValue)")
            #expect(values.values.filter { !text.contains($0) } == [], "\(sentence.rawValue)")
        }
        for list in SentenceList.allCases {
            #expect(content.list(list).allSatisfy { !$0.isEmpty && !$0.contains("{") }, "\(list.rawValue)")
        }
    }

    @Test func filledInTextIsNotExpandedAgain() throws {
        let content = try #require(GuideContent.named("en-1"))
        #expect(content.text(.pageFor, ["name": "{name} {date}"]) == "for {name} {date}")
    }
}

/// Dates, ordinals and stretches in words.
@Suite struct ContentWordsTests {
    private let content: GuideContent

    init() throws {
        content = try #require(GuideContent.named("en-1"))
    }

    static let dateForms: [(Sentence, String)] = [
        (.dateFull, "Thursday 3 December 2026"), (.dateWeekday, "Thursday 3 December"), (.dateShort, "Thu 3 Dec"),
        (.dateBrief, "3 Dec"), (.dateMonth, "December 2026"),
    ]

    @Test(arguments: dateForms)
    func dateIsWrittenAsItsSentenceSays(sentence: Sentence, expected: String) throws {
        #expect(try content.date(date("2026-12-03"), sentence) == expected)
    }

    @Test func everyWeekdayAndMonthHasItsOwnName() throws {
        let monday = try date("2026-11-30")
        #expect(
            (0..<7).map { content.date(monday + $0, .dateShort) } == [
                "Mon 30 Nov", "Tue 1 Dec", "Wed 2 Dec", "Thu 3 Dec", "Fri 4 Dec", "Sat 5 Dec", "Sun 6 Dec",
            ]
        )
        let months = (1...12).compactMap { CalendarDate(year: 2028, month: $0, day: 29) }
        #expect(
            months.map { content.date($0, .dateBrief) } == [
                "29 Jan", "29 Feb", "29 Mar", "29 Apr", "29 May", "29 Jun", "29 Jul", "29 Aug", "29 Sep", "29 Oct",
                "29 Nov", "29 Dec",
            ]
        )
        #expect(try content.date(date("2028-02-29"), .dateFull) == "Tuesday 29 February 2028")
    }

    @Test func everySessionThatACourseMayHaveHasItsOrdinal() {
        #expect(content.ordinal(Course.sessionsMax) == "twelfth")
        #expect(Set((1...Course.sessionsMax).map { content.ordinal($0) }).count == Course.sessionsMax)
    }

    @Test func stretchOfDatesIsToldByItsEnds() throws {
        let (first, last) = (try date("2026-12-19"), try date("2027-01-17"))
        #expect(content.span(first, last, .dateBrief) == "19 Dec to 17 Jan")
        #expect(content.span(first, last, .dateShort) == "Sat 19 Dec to Sun 17 Jan")
        #expect(content.span(first, first, .dateBrief) == "19 Dec")
        #expect(content.span(first, nil, .dateBrief) == "from 19 Dec")
    }

    @Test func stretchOfDaysIsToldByItsNumbers() {
        #expect(content.span(day: 0, 6) == "days 0 to 6")
        #expect(content.span(day: 3, 3) == "day 3")
        #expect(content.span(day: 14, nil) == "from day 14")
    }

    @Test func listIsSpoken() {
        #expect(content.spoken([]) == "")
        #expect(content.spoken(["5 Dec"]) == "5 Dec")
        #expect(content.spoken(["5 Dec", "7 Dec"]) == "5 Dec and 7 Dec")
        #expect(content.spoken(["5 Dec", "7 Dec", "9 Dec"]) == "5 Dec, 7 Dec and 9 Dec")
    }
}
