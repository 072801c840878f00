import Commerce
import GuideFormats
import Testing
import UsageGuide

@Suite struct GuidePageTests {
    private func read(_ sample: Sample, on today: CalendarDate?) throws -> PageReader.Element {
        try PageReader(sample.page(on: today)).root
    }

    // MARK: - Form

    @Test(arguments: 0..<24)
    func pageIsSoundOnEveryKindOfDay(seed: Int) throws {
        let sample = try Sample.random(seed).named(hostileNames[seed % hostileNames.count])
        for day in sample.notableDays {
            let page = try read(sample, on: day)
            #expect(page.all("main").count == 1)
            #expect(page.all("h1").count == 1)
            let attributes = page.all.flatMap(\.attributes)
            #expect(attributes.filter { $0.key == "style" || $0.key.hasPrefix("on") }.map { $0.key } == [])
            // Nothing is asked of another address.
            let addresses = attributes.filter { $0.key == "href" || $0.key == "src" }.map { $0.value }
            #expect(addresses.filter { !$0.hasPrefix("#") && !$0.hasPrefix("/g/AAAA/") } == [])
        }
    }

    @Test(arguments: 0..<16)
    func sheetsAreSound(seed: Int) throws {
        let sample = try Sample.random(seed).named(hostileNames[seed % hostileNames.count])
        for kind in GuideSheet.Kind.allCases {
            let sheet = try PageReader(sample.sheet(kind)).root
            #expect(sheet.all("svg", "qr").count == 1)
            #expect(sheet.all.allSatisfy { $0.attributes["style"] == nil && $0.name != "script" })
        }
    }

    @Test(arguments: hostileNames)
    func nameIsShownAsItIsAndChangesNothingElse(name: String) throws {
        let (ada, other) = (try Sample.worked(), try Sample.worked().named(name))
        let today = try date("2026-12-03")
        let pages = [(ada.page(on: today), other.page(on: today))]
        let sheets = GuideSheet.Kind.allCases.map { (ada.sheet($0), other.sheet($0)) }
        for (usual, hostile) in pages + sheets {
            let (usual, hostile) = (try PageReader(usual).root, try PageReader(hostile).root)
            #expect(hostile.all.map(\.name) == usual.all.map(\.name))
            let shown = hostile.all("bdi").map { Array($0.text.utf8) }
            #expect(shown == [Array(name.utf8)])
            let elsewhere = zip(usual.all, hostile.all).filter { one, other in
                other.name != "bdi" && (one.ownText != other.ownText || one.attributes != other.attributes)
            }
            #expect(elsewhere.map { $1.name } == [])
        }
    }

    /// Days from the first session to each, the last one 83 days from it.
    static let coursesOf120Days: [[Int]] = [
        [0, 83], [0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 83], [0, 7, 15, 22, 30, 37, 45, 52, 60, 67, 75, 83],
    ]

    @Test(arguments: coursesOf120Days)
    func pageOf120DaysIsSmall(offsets: [Int]) throws {
        let first = try date("2026-12-01")
        let sample = try Sample(course(offsets.map { "\(first + $0)" }))
        #expect(sample.document.days.count == 120)
        for day in sample.notableDays { #expect(sample.page(on: day).utf8.count <= 60_000) }
    }

    // MARK: - Today

    @Test func pageSaysTheDayFirst() throws {
        let page = try read(Sample.worked(), on: date("2026-12-16"))
        #expect(page.all("h1").first?.text == "Day 4 after your second session")
        #expect(page.all("p", "eyebrow").first?.text == "Ada · Wednesday 16 December")
        #expect(page.all("body").first?.attributes["data-day"] == "2026-12-16")
        let steps = page.all("ul", "steps").flatMap { $0.all("b") }
        #expect(steps.map(\.text) == ["Wash with Cleanse Shampoo", "Apply Restore Ointment"])
        #expect(page.all("input").compactMap { $0.attributes["data-step"] } == ["wash", "ointment"])
        let cautions = page.all("ul", "leave").flatMap { $0.all("summary") }
        #expect(
            cautions.map(\.text) == ["No direct sun until Fri 18 Dec", "Don't pick or scratch until Fri 25 Dec"]
        )
    }

    @Test func everyPositionHasItsOwnPart() throws {
        let sample = try Sample.worked()
        func heading(_ day: String) throws -> String? {
            try read(sample, on: date(day)).all("h2").first { $0.attributes["id"] == "do" }?.text
        }
        #expect(try heading("2026-11-20") == "Have ready")
        #expect(try heading("2026-12-01") == "Do today")
        #expect(try heading("2027-01-17") == "Do today")
        #expect(try heading("2027-01-18") == "For good")
        let open = try Sample(course(["2026-12-01"], isFinal: false))
        let paused = try read(open, on: date("2026-12-20"))
        #expect(paused.all("h1").first?.text.hasPrefix("Between sessions ") == true)
        #expect(paused.all("p", "note").count == 1)
        #expect(!paused.all.contains { $0.attributes["id"] == "do" })
    }

    @Test func dayWithNothingToDoHasNothingToTick() throws {
        let page = try read(Sample.worked(), on: date("2026-12-08"))
        #expect(page.all("input").isEmpty)
        #expect(page.all("p", "nothing").first?.text.hasPrefix("Nothing to do today") == true)
    }

    @Test func todayIsMarkedOnceInTheMonthsAndInTheList() throws {
        let sample = try Sample.worked()
        let page = try read(sample, on: date("2026-12-16"))
        let cells = page.all("td").filter { $0.classes.contains("today") }
        #expect(cells.map(\.ownText) == ["16"])
        let rows = page.all("li").filter { $0.attributes["aria-current"] == "date" }
        #expect(rows.map(\.text) == ["Wed 16 DecWash · Ointmentno sun · don't pick"])
        let before = try read(sample, on: date("2026-11-20"))
        #expect(!before.all.contains { $0.attributes["aria-current"] != nil || $0.classes.contains("today") })
    }

    @Test func blockOfTodayIsOpen() throws {
        let sample = try Sample.worked()
        func open(_ day: String) throws -> [Bool] {
            try read(sample, on: date(day)).all("details", "block").map { $0.attributes["open"] != nil }
        }
        #expect(try open("2026-12-11") == [true, false])
        #expect(try open("2026-12-12") == [false, true])
    }

    @Test func undatedPageHasNoCalendarAndNoToday() throws {
        let page = try read(Sample(nil), on: nil)
        #expect(page.all("table").isEmpty)
        #expect(!page.all("a").contains { $0.attributes["href"] == "/g/AAAA/guide.ics" })
        #expect(page.all("a").contains { $0.attributes["href"] == "/g/AAAA/sheet" })
        #expect(page.all("body").first?.attributes["data-day"] == "")
        #expect(page.all("details", "block").allSatisfy { $0.attributes["open"] != nil })
    }

    // MARK: - Months

    /// The days of the months that are shown, each as `month number`, and the words that stand for what is drawn.
    private func cells(_ page: PageReader.Element) -> [(day: String, words: String)] {
        var cells: [(day: String, words: String)] = []
        for month in page.all("table", "month") {
            let name = month.all("caption").first?.text ?? ""
            for cell in month.all("td") where !cell.parts.isEmpty {
                cells.append((day: "\(name) \(cell.ownText)", words: cell.all("i").first?.text ?? ""))
            }
        }
        return cells
    }

    @Test(arguments: 0..<24)
    func monthsNameInWordsWhateverIsDrawn(seed: Int) throws {
        let sample = try Sample.random(seed)
        guard sample.document.status != .undated else { return }
        var days: [String: GuideDocument.Day] = [:]
        for day in sample.document.days {
            let date = try #require(day.date)
            days["\(sample.content.date(date, .dateMonth)) \(date.parts.day)"] = day
        }
        for today in [sample.document.days.first?.date, sample.document.days.last?.date] {
            let cells = try cells(read(sample, on: today))
            #expect(Set(cells.map { $0.day }).count == cells.count)
            #expect(cells.contains { days[$0.day]?.date == today })
            let wrong = cells.filter { name, words in
                let day = days[name]
                let steps = day?.steps.map(\.action) ?? []
                return words.contains("Wash") != steps.contains(.wash)
                    || words.contains("Ointment") != steps.contains(.ointment)
                    || words.contains("Lotion") != steps.contains(.lotion)
                    || words.contains("Session day") != (day?.isSession == true)
            }
            #expect(wrong.map { "\($0.day)\($0.words)" } == [])
            if sample.document.days.count <= 120 {
                #expect(Set(days.keys).isSubset(of: cells.map { $0.day }))
            }
        }
    }

    @Test(arguments: 0..<24)
    func weeksHaveSevenDaysAndMonthsBeginOnTheirWeekday(seed: Int) throws {
        let sample = try Sample.random(seed)
        let page = try read(sample, on: sample.document.days.first?.date)
        for month in page.all("table", "month") {
            let weeks = month.all("tbody").flatMap { $0.all("tr") }
            #expect(weeks.allSatisfy { $0.all("td").count == 7 })
            let cells = weeks.flatMap { $0.all("td") }
            let days = cells.filter { !$0.parts.isEmpty }
            #expect(days.map(\.ownText) == (1...days.count).map { "\($0)" })
            let name = month.all("caption").first?.text
            let first = try #require(
                sample.document.days.compactMap(\.date).first { sample.content.date($0, .dateMonth) == name }
            )
            let (year, number, _) = first.parts
            #expect(days.count == CalendarDate.daysInMonth(number, of: year))
            let start = try #require(CalendarDate(year: year, month: number, day: 1))
            #expect(cells.firstIndex { !$0.parts.isEmpty } == start.weekday - 1)
        }
    }

    // MARK: - Day by day

    private func rows(_ page: PageReader.Element) -> [String] {
        page.all("ul", "days").flatMap { $0.all("li") }.compactMap { $0.all("span", "when").first?.text }
    }

    @Test(arguments: 0..<24)
    func listHasEachDayOnceOrIsToldInRuns(seed: Int) throws {
        let sample = try Sample.random(seed)
        let rows = try rows(read(sample, on: sample.document.days.first?.date))
        if sample.document.days.count <= 120 {
            #expect(rows == sample.document.days.map(\.heading))
        } else {
            #expect(rows == sample.document.blocks.flatMap(\.runs).map(\.when))
        }
    }

    @Test(arguments: [(83, true), (84, false)])
    func plansOfMoreThan120DaysAreToldInRuns(gap: Int, isListed: Bool) throws {
        let first = try date("2026-12-01")
        let sample = try Sample(course(["\(first)", "\(first + gap)"]))
        let rows = try rows(read(sample, on: first))
        #expect(rows.contains("Thu 3 Dec") == isListed)
        #expect(rows.contains("3 Dec to 4 Dec") == !isListed)
    }

    // MARK: - Sheets

    @Test func fullSheetHasEveryDayWithABoxToTick() throws {
        let sample = try Sample.worked()
        let rows = try PageReader(sample.sheet(.full)).root.all("table", "days").flatMap { $0.all("tr") }
        #expect(rows.compactMap { $0.all("th").first?.text } == sample.document.days.map(\.heading))
        #expect(rows.allSatisfy { $0.all("td", "box").count == 1 })
    }

    @Test func insertTellsRunsAndALongCourseInGeneral() throws {
        func insert(_ sessions: [String]) throws -> PageReader.Element {
            try PageReader(Sample(course(sessions)).sheet(.insert)).root
        }
        let short = try insert(["2026-12-01", "2026-12-12"])
        #expect(short.all("h2").map(\.text).starts(with: ["From your first session", "From your second session"]))
        #expect(short.text.contains("5 Dec to 7 Dec"))
        let long = try insert(["2026-12-01", "2027-02-01", "2027-04-01", "2027-06-01"])
        #expect(long.all("h2").map(\.text).starts(with: ["After each session", "Only after the final session"]))
        #expect(long.text.contains("is on the page behind the code"))
        #expect(long.all("p", "session").count == 4)
    }

    @Test func sheetsShowEveryProductAndEveryCaution() throws {
        let sample = try Sample.worked()
        for kind in GuideSheet.Kind.allCases {
            let words = try PageReader(sample.sheet(kind)).root.text
            for product in sample.document.products { #expect(words.contains("\(product.name) (\(product.source))")) }
            for caution in sample.document.cautions { #expect(words.contains(caution.detail)) }
            for line in sample.document.call { #expect(words.contains(line)) }
        }
    }
}
