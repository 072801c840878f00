import Commerce
import GuideFormats
import TestSupport
import Testing
import UsageGuide

@Suite struct FormatTests {
    /// Guides of many shapes.
    static let shapes: [[Int]?] = [
        nil, [0], [0, 11], [0, 1], [0, 6], [0, 7], [0, 8], [0, 83], [0, 10, 20, 30], (0..<12).map { $0 * 9 },
        (0..<12).map { $0 * 66 },
    ]

    private static func sample(_ shape: [Int]?, isFinal: Bool = true, name: String = "Ada") throws -> Sample {
        let first = try #require(CalendarDate("2026-12-01"))
        var sample = try Sample(sessions: shape.map { $0.map { first + $0 } }, isFinal: isFinal)
        sample.firstName = name
        return sample
    }

    static let names = [
        "Ada", "\u{202E}\u{1F469}\u{200D}\u{1F52C}", "e" + String(repeating: "\u{0301}", count: 200), "W;,\\W",
    ]

    @Test(arguments: shapes, names)
    func aTextIsSeventyTwoColumnsWide(shape: [Int]?, name: String) throws {
        let text = try Self.sample(shape, name: name).text
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.count <= 72 && $0.last != " " }, "\(lines.first { $0.count > 72 } ?? "")")
        #expect(text.hasSuffix("\n") && !text.contains("{"))
    }

    @Test func aProofIsOfTheGuideAloneAndOfAllOfIt() throws {
        func proof(_ sample: Sample) -> [UInt8] { GuideText.proof(sample.document, content: sample.content) }
        let guide = try Self.sample([0, 11])
        #expect(try proof(guide) == proof(Self.sample([0, 11], name: "Another")))
        #expect(try proof(guide) != proof(Self.sample([0, 12])))
        let first = try #require(CalendarDate("2026-12-01"))
        #expect(try proof(guide) != proof(Sample(sessions: [first, first + 11], bought: [])))
    }

    @Test(arguments: shapes, names)
    func aCalendarIsWellFormed(shape: [Int]?, name: String) throws {
        let calendar = try Self.sample(shape, name: name).calendar(reminder: GuideCalendar.Reminder("07:00"))
        #expect(calendar.hasSuffix("END:VCALENDAR\r\n"))
        for line in calendar.utf8.split(separator: 10) {
            #expect(line.last == 13 && line.count <= 76)
            #expect(String(validating: Array(line), as: UTF8.self) != nil)
        }
        var open: [String] = []
        for line in calendar.replacing("\r\n ", with: "").split(separator: "\r\n") {
            if line.hasPrefix("BEGIN:") { open.append(String(line.dropFirst(6))) }
            if line.hasPrefix("END:") { #expect(open.popLast() == String(line.dropFirst(4))) }
        }
        #expect(open.isEmpty)
        #expect(calendar.contains("BEGIN:VTODO") == (shape == nil))
    }

    /// An event's lines by name.
    private func events(_ calendar: String) -> [[String: String]] {
        calendar.replacing("\r\n ", with: "").split(separator: "BEGIN:VEVENT\r\n").dropFirst().map { part in
            Dictionary(
                part.split(separator: "\r\n").compactMap { line in
                    line.firstIndex(of: ":").map { (String(line[..<$0]), String(line[line.index(after: $0)...])) }
                },
                uniquingKeysWith: { first, _ in first }
            )
        }
    }

    @Test func anEventKeepsItsNameAndADroppedOneIsCancelled() throws {
        let (one, two, three) = (try Self.sample([0, 11]), try Self.sample([0]), try Self.sample([0, 12]))
        let before = events(one.calendar())
        let dropped = events(two.calendar(after: [one]))
        let back = events(three.calendar(after: [one, two]))
        let names = Set(before.compactMap { $0["UID"] })
        #expect(names.count == before.count)
        #expect(Set(dropped.compactMap { $0["UID"] }).isSuperset(of: names))
        let cancelled = dropped.filter { $0["STATUS"] == "CANCELLED" }
        #expect(cancelled.contains { $0["SUMMARY"] == "Your second session" })
        #expect(dropped.allSatisfy { $0["SEQUENCE"] == "1" } && back.allSatisfy { $0["SEQUENCE"] == "2" })
        #expect(back.contains { $0["SUMMARY"] == "Your second session" && $0["STATUS"] == "CONFIRMED" })
        #expect(names.isDisjoint(with: events(one.calendar(seed: 8)).compactMap { $0["UID"] }))
        let ointment = try #require(before.first { $0["SUMMARY"] == "Restore Ointment\\, every day" })
        #expect(ointment["DTSTART;VALUE=DATE"] == "20261201" && ointment["DTEND;VALUE=DATE"] == "20261208")
    }

    @Test func aReminderIsReadStrictly() {
        for good in ["00:00", "07:00", "23:59"] { #expect(GuideCalendar.Reminder(good) != nil) }
        for bad in ["", "7:00", "24:00", "07:60", "07-00", "ab:cd", "07:000"] {
            #expect(GuideCalendar.Reminder(bad) == nil, "\(bad)")
        }
    }

    @Test(arguments: shapes, [true, false])
    func aPageIsWellFormedOnEveryKindOfDay(shape: [Int]?, isFinal: Bool) throws {
        let sample = try Self.sample(shape, isFinal: isFinal, name: "<b>\"\u{0301}")
        let first = try #require(CalendarDate("2026-12-01"))
        let days: [CalendarDate?] = shape == nil ? [nil] : [-1, 0, 1, 3, 9, 40, 800].map { first + $0 }
        for day in days {
            let page = sample.page(on: day)
            #expect(Markup.faults(in: page) == [], "on \(day?.description ?? "no day")")
            #expect(!page.contains("<b>\"") && !page.contains("{{"))
            if sample.document.days.count <= 120 { #expect(page.utf8.count <= 60_000) }
        }
        for kind in GuideSheet.Kind.allCases {
            #expect(Markup.faults(in: sample.sheet(kind)) == [])
        }
    }

    @Test func theMonthsSayInWordsWhatTheyShow() throws {
        let sample = try Self.sample([0, 11])
        let page = sample.page(on: sample.guide.plan.days.first?.date)
        for text in ["3<i>: Wash · Ointment</i>", "8<i></i>", "19<i>: Lotion</i>", "1<i>: Session day · Ointment</i>"] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(page.split(separator: "<i>: Wash").count - 1 == 17)
    }
}

/// A strict reading of our own pages.
enum Markup {
    private static let void: Set<String> = ["meta", "link", "input", "br", "path", "rect", "circle"]

    /// Tags that are not closed, ids that are given twice, and references to none.
    static func faults(in page: String) -> [String] {
        var (open, ids, references, faults): ([String], Set<String>, [String], [String]) = ([], [], [], [])
        for piece in page.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
            guard let end = piece.firstIndex(of: ">") else {
                faults.append("a tag is not closed: \(piece.prefix(20))"); continue
            }
            let tag = piece[..<end]
            if tag.hasPrefix("!") { continue }
            let name = String(tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }).lowercased()
            if tag.hasPrefix("/") {
                if open.popLast() != name { faults.append("</\(name)> closes something else") }
            } else if !void.contains(name), !tag.hasSuffix("/") {
                open.append(name)
            }
            for part in tag.split(separator: " ").dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != "\"" && $0 != "/" } }
                guard pair.count == 2 else { continue }
                if pair[0] == "id", !ids.insert(pair[1]).inserted { faults.append("the id \(pair[1]) is given twice") }
                if pair[0] == "aria-labelledby" { references.append(pair[1]) }
                if pair[0] == "href", part.contains("\"#") { references.append(String(pair[1].dropFirst())) }
                if pair[0] == "style" { faults.append("a style attribute") }
            }
        }
        if !open.isEmpty { faults.append("left open: \(open)") }
        return faults + references.filter { !ids.contains($0) }.map { "nothing has the id \($0)" }
    }
}
