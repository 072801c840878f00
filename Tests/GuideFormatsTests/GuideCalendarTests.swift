import Commerce
import GuideFormats
import Testing
import UsageGuide

@Suite struct GuideCalendarTests {
    private static let seed = [UInt8](repeating: 7, count: 32)

    /// A calendar of revisions, each issued some days after the one before, and what became of the order after as many.
    private func text(
        _ samples: [Sample],
        name: String = "Ada",
        seed: [UInt8] = GuideCalendarTests.seed,
        reminder: GuideCalendar.Reminder? = nil,
        daysApart: Int = 1,
        isCancelled: Bool = false,
        readAfter wait: Duration = .zero
    ) throws -> String {
        let last = try #require(samples.last)
        func issuedAt(_ index: Int) -> Instant { last.cover.issuedAt + .seconds(86_400 * daysApart * index) }
        return GuideCalendar.render(
            samples.enumerated().map {
                GuideCalendar.Revision(issuedAt: issuedAt($0.offset), document: $0.element.document)
            },
            cancelledAt: isCancelled ? issuedAt(samples.count) : nil,
            firstName: name,
            content: last.content,
            seed: seed,
            reminder: reminder,
            now: issuedAt(samples.count - (isCancelled ? 0 : 1)) + wait
        )
    }

    private func read(
        _ samples: Sample...,
        reminder: GuideCalendar.Reminder? = nil,
        daysApart: Int = 1,
        isCancelled: Bool = false,
        after wait: Duration = .zero
    ) throws -> CalendarReader {
        try CalendarReader(
            text(samples, reminder: reminder, daysApart: daysApart, isCancelled: isCancelled, readAfter: wait)
        )
    }

    // MARK: - Lines

    private static let names =
        hostileNames + [
            "A\nB", "a,b;c\\d\\ne\nf", "\\", ",", ";", "\\,\\;\\n", String(repeating: ",", count: 200),
            String(repeating: "ü€👍", count: 60), String(repeating: "\u{301}", count: 200),
        ]

    @Test(arguments: names.indices)
    func nameIsFoldedAndEscapedAndReadBack(index: Int) throws {
        let name = Self.names[index]
        let calendar = try CalendarReader(text([.worked()], name: name))
        #expect(calendar.folded.filter { $0.count > 75 || $0.isEmpty } == [])
        #expect(calendar.folded.filter { String(validating: $0, as: UTF8.self) == nil } == [])
        let kept = name.unicodeScalars.filter { !"\u{202E}\u{2066}\u{2069}\u{200F}".unicodeScalars.contains($0) }
        let expected = "Aftercare for \u{2068}\(String(String.UnicodeScalarView(kept)))\u{2069}"
        for property in ["NAME", "X-WR-CALNAME"] {
            #expect(try Array(calendar.calendar.text(property).utf8) == Array(expected.utf8))
        }
    }

    @Test(arguments: 0..<40)
    func noLineIsLongerThan75OctetsNorCutsACharacter(seed: Int) throws {
        let samples = try [Sample.random(seed), .random(seed + 1)]
        let calendar = try CalendarReader(text(samples, reminder: GuideCalendar.Reminder("07:00")))
        #expect(calendar.folded.filter { $0.count > 75 || $0.isEmpty } == [])
        #expect(calendar.folded.filter { String(validating: $0, as: UTF8.self) == nil } == [])
        #expect(calendar.lines.first == "BEGIN:VCALENDAR")
        #expect(calendar.lines.last == "END:VCALENDAR")
        #expect(!calendar.lines.contains { line in line.contains { "{}".contains($0) } })
    }

    @Test func nameOfAProductIsEscaped() throws {
        let name = "Oil, \"50 ml\"; 1 \\ 2 👩‍👩‍👧‍👦 " + String(repeating: "e\u{301}", count: 60)
        let sample = try Sample(course(["2026-12-01"]), products: kit(names: ["CLEANSE-SHAMPOO": name]))
        let calendar = try read(sample)
        let washes = try calendar.events.filter { try $0.text("SUMMARY").hasPrefix("Wash with ") }
        #expect(washes.count == 13)
        for wash in washes { #expect(try Array(wash.text("SUMMARY").utf8) == Array("Wash with \(name)".utf8)) }
    }

    @Test func calendarSaysWhatItIs() throws {
        let calendar = try read(.worked()).calendar
        #expect(calendar.value("VERSION") == "2.0")
        #expect(calendar.value("METHOD") == "PUBLISH")
        #expect(calendar.value("CALSCALE") == "GREGORIAN")
        #expect(calendar.value("PRODID") == "-//DermMicro//Aftercare//EN")
        #expect(calendar.value("LAST-MODIFIED") == "20261124T120000Z")
        #expect(calendar.value("REFRESH-INTERVAL") == "PT6H")
        #expect(try calendar.text("DESCRIPTION").contains("not medical advice"))
    }

    // MARK: - Events

    @Test(arguments: 0..<24)
    func everyEventOfTheDocumentIsThereWithItsDates(seed: Int) throws {
        let sample = try Sample.random(seed)
        let calendar = try read(sample)
        func plain(_ date: CalendarDate) -> String { "\(date)".split(separator: "-").joined() }
        #expect(
            calendar.events.map { "\($0.value("DTSTART") ?? "") \($0.value("DTEND") ?? "")" }
                == sample.document.events.map { "\(plain($0.from)) \(plain($0.to + 1))" }
        )
        #expect(try calendar.events.map { try $0.text("SUMMARY") } == sample.document.events.map(\.title))
        #expect(try calendar.events.map { try $0.text("DESCRIPTION") } == sample.document.events.map(\.detail))
        #expect(Set(calendar.events.compactMap { $0.value("STATUS") }).isSubset(of: ["CONFIRMED"]))
        #expect(calendar.events.allSatisfy { $0.value("TRANSP") == "TRANSPARENT" })
    }

    @Test func daysAreWholeAndEndWithTheOneAfterTheLast() throws {
        let calendar = try read(.worked())
        #expect(calendar.lines("CONFIRMED").contains("20261201 20261208 0 Restore Ointment\\, every day"))
        #expect(calendar.lines("CONFIRMED").contains("20261203 20261204 0 Wash with Cleanse Shampoo"))
        #expect(calendar.lines("CONFIRMED").contains("20261219 20270118 0 Restore Lotion\\, every day"))
        #expect(calendar.lines.contains("DTSTART;VALUE=DATE:20261201"))
        #expect(calendar.lines.contains("DTEND;VALUE=DATE:20261202"))
    }

    @Test func revisionIsToldByItsSequenceAndItsTime() throws {
        let calendar = try read(.worked(), Sample(course(["2026-12-01", "2026-12-19"])), .worked())
        #expect(!calendar.events.isEmpty)
        for event in calendar.events {
            #expect(event.value("SEQUENCE") == "2")
            #expect(event.value("LAST-MODIFIED") == "20261126T120000Z")
            #expect(event.value("DTSTAMP") == "20261126T120000Z")
        }
        #expect(calendar.calendar.value("LAST-MODIFIED") == "20261126T120000Z")
    }

    @Test func sameRevisionsAreTheSameBytes() throws {
        #expect(try Array(text([.worked()]).utf8) == Array(text([.worked()]).utf8))
    }

    // MARK: - Names

    @Test func eventKeepsItsNameWhenItMoves() throws {
        let moved = try Sample(course(["2026-12-01", "2026-12-19"]))
        let before = try read(.worked())
        let after = try read(.worked(), moved)
        #expect(Set(before.names).count == before.names.count)
        #expect(Set(after.names).count == after.names.count)
        #expect(Set(before.names).isSubset(of: after.names))
        #expect(before.calendar.value("UID") == after.calendar.value("UID"))

        func session(_ calendar: CalendarReader) throws -> CalendarReader.Component {
            try #require(calendar.events.first { $0.value("SUMMARY") == "Your second session" })
        }
        #expect(try session(before).value("UID") == session(after).value("UID"))
        #expect(try session(before).value("DTSTART") == "20261212")
        #expect(try session(after).value("DTSTART") == "20261219")
    }

    @Test func anotherOrdersEventsHaveOtherNames() throws {
        let one = try CalendarReader(text([.worked()]))
        let other = try CalendarReader(text([.worked()], seed: [UInt8](repeating: 8, count: 32)))
        #expect(Set(one.names).isDisjoint(with: other.names))
        #expect(one.calendar.value("UID") != other.calendar.value("UID"))
    }

    @Test func namesTellNothing() throws {
        let calendar = try read(.worked())
        for name in calendar.names + [calendar.calendar.value("UID") ?? ""] {
            #expect(name.count == 32 && name.allSatisfy { $0.isHexDigit }, "\(name)")
        }
        let text = try text([.worked()])
        #expect(!text.contains("DM-7K4Q-92"))
    }

    // MARK: - Cancelled

    @Test func droppedEventsAreCancelledWithTheCurrentSequence() throws {
        let shorter = try Sample(course(["2026-12-01"]))
        let before = try read(.worked())
        let after = try read(.worked(), shorter)
        // The second session with all that followed it; the first is the final one now.
        let dropped = Set(before.names).subtracting(after.events.filter { $0.value("STATUS") == "CONFIRMED" }.names)
        #expect(dropped.count == 22)
        #expect(Set(after.events.filter { $0.value("STATUS") == "CANCELLED" }.names) == dropped)
        #expect(after.lines("CANCELLED").contains("20261212 20261213 1 Your second session"))
        #expect(after.lines("CANCELLED").allSatisfy { $0.split(separator: " ")[2] == "1" })
        #expect(after.lines("CONFIRMED").count == shorter.document.events.count)
    }

    @Test func eventThatComesBackIsConfirmedAgain() throws {
        let shorter = try Sample(course(["2026-12-01"]))
        let calendar = try read(.worked(), shorter, .worked())
        #expect(calendar.lines("CONFIRMED").contains("20261212 20261213 2 Your second session"))
        #expect(!calendar.lines("CANCELLED").contains { $0.hasSuffix("Your second session") })
        // What only the revision between them had: the longer rhythm of the first session.
        let confirmed = calendar.events.filter { $0.value("STATUS") == "CONFIRMED" }.names
        #expect(confirmed.count == 30)
        #expect(calendar.lines("CANCELLED").count == 14)
        #expect(Set(calendar.names).count == calendar.names.count)
    }

    @Test func cancelledEventHasItsLastFormAndIsToldInEveryLaterRevision() throws {
        let moved = try Sample(course(["2026-12-01", "2026-12-19"]))
        let shorter = try Sample(course(["2026-12-01"]))
        let calendar = try read(.worked(), moved, shorter, shorter)
        #expect(calendar.lines("CANCELLED").contains("20261219 20261220 3 Your second session"))
        #expect(!calendar.lines("CANCELLED").contains { $0.hasPrefix("20261212 20261213") })
    }

    @Test func guideThatLosesItsDatesCancelsEveryEvent() throws {
        let calendar = try read(.worked(), Sample(nil))
        #expect(calendar.lines("CONFIRMED") == [])
        #expect(calendar.lines("CANCELLED").count == 30)
        #expect(calendar.tasks.count == 1)
    }

    @Test(arguments: 0..<24)
    func everyEventThatEverWasIsToldOnce(seed: Int) throws {
        let samples = try (0..<4).map { try Sample.random(seed * 4 + $0) }
        let calendar = try CalendarReader(text(samples))
        let ever = Set(samples.flatMap(\.document.events).map { "\($0.session) \($0.kind.rawValue) \($0.ordinal)" })
        #expect(calendar.names.count == ever.count)
        #expect(Set(calendar.names).count == ever.count)
        #expect(calendar.lines("CONFIRMED").count == samples[3].document.events.count)
    }

    private static let days30 = Duration.seconds(30 * 86_400)

    @Test func droppedEventIsToldForThirtyDays() throws {
        let shorter = try Sample(course(["2026-12-01"]))
        let told = try read(.worked(), shorter, after: Self.days30 - .seconds(1))
        #expect(told.lines("CANCELLED").count == 22)
        let gone = try read(.worked(), shorter, after: Self.days30)
        #expect(gone.lines("CANCELLED") == [])
        #expect(gone.lines("CONFIRMED") == told.lines("CONFIRMED"))
    }

    /// The days are counted from when each was dropped, not from the last revision.
    @Test func laterRevisionRenewsNoTombstone() throws {
        let moved = try Sample(course(["2026-12-01", "2026-12-19"]))
        let shorter = try Sample(course(["2026-12-01"]))
        let longer = try Sample(course(["2026-12-01", "2026-12-19", "2027-01-02"]))
        let calendar = try read(longer, shorter, moved, shorter, daysApart: 16, after: .seconds(2 * 86_400))
        #expect(calendar.lines("CANCELLED").contains { $0.hasSuffix("Your second session") })
        #expect(!calendar.lines("CANCELLED").contains { $0.hasSuffix("Your third session") })
        let sooner = try read(longer, shorter, moved, shorter)
        #expect(sooner.lines("CANCELLED").contains { $0.hasSuffix("Your third session") })
    }

    @Test func cancelledOrderIsToldAndThenForgotten() throws {
        let shorter = try Sample(course(["2026-12-01"]))
        let reminder = GuideCalendar.Reminder("07:00")
        let told = try read(.worked(), shorter, reminder: reminder, isCancelled: true)
        #expect(told.lines("CONFIRMED") == [] && told.alarms.isEmpty)
        #expect(told.names.count == 22 + shorter.document.events.count)
        #expect(told.events.allSatisfy { $0.value("SEQUENCE") == "2" && $0.value("DTSTAMP") == "20261126T120000Z" })
        #expect(try told.calendar.text("DESCRIPTION").contains("This order was cancelled"))
        let gone = try read(.worked(), shorter, isCancelled: true, after: Self.days30)
        #expect(gone.events.isEmpty && gone.tasks.isEmpty)
        // A calendar has at least one component.
        #expect(gone.components.map(\.kind) == ["STANDARD", "VTIMEZONE", "VCALENDAR"])
        #expect(try gone.calendar.text("DESCRIPTION").contains("This order was cancelled"))
    }

    @Test func questionForDatesIsTakenBackAndThenForgotten() throws {
        let answered = try read(Sample(nil), .worked())
        #expect(answered.tasks.map { $0.value("STATUS") } == ["CANCELLED"])
        #expect(try read(Sample(nil), .worked(), after: Self.days30).tasks.isEmpty)
        #expect(try read(Sample(nil), after: Self.days30).tasks.map { $0.value("STATUS") } == ["NEEDS-ACTION"])
        #expect(try read(Sample(nil), isCancelled: true).tasks.map { $0.value("STATUS") } == ["CANCELLED"])
    }

    // MARK: - Reminders

    @Test(arguments: [("07:00", "PT7H0M"), ("00:00", "PT0H0M"), ("19:05", "PT19H5M"), ("23:59", "PT23H59M")])
    func reminderRingsAtItsTime(text: String, trigger: String) throws {
        let reminder = try #require(GuideCalendar.Reminder(text))
        let calendar = try read(.worked(), reminder: reminder)
        #expect(calendar.alarms.map { $0.value("TRIGGER") } == Array(repeating: trigger, count: 30))
        #expect(calendar.alarms.map { $0.value("DESCRIPTION") } == calendar.events.map { $0.value("SUMMARY") })
        #expect(calendar.alarms.allSatisfy { $0.value("ACTION") == "DISPLAY" })
    }

    @Test(arguments: [
        "", "7:00", "07:0", "07:000", "24:00", "12:60", "07.00", "0700", "07:00 ", " 7:00", "-1:00", "+7:00", "07:0a",
        "07:00:00", "٠٧:٠٠", "０7:00", "07:00\n", "7h", "PT7H",
    ])
    func otherTimesAreNoReminder(text: String) {
        #expect(GuideCalendar.Reminder(text) == nil)
    }

    @Test func nobodyIsRemindedUnasked() throws {
        #expect(try read(.worked()).alarms.isEmpty)
    }

    @Test func cancelledEventRemindsNobody() throws {
        let shorter = try Sample(course(["2026-12-01"]))
        let calendar = try read(.worked(), shorter, reminder: GuideCalendar.Reminder("07:00"))
        #expect(calendar.alarms.count == shorter.document.events.count)
        #expect(calendar.lines("CANCELLED").count == 22)
    }

    // MARK: - Undated

    @Test func undatedGuideIsOneTask() throws {
        let calendar = try read(Sample(nil))
        #expect(calendar.events.isEmpty)
        #expect(calendar.tasks.count == 1)
        let task = try #require(calendar.tasks.first)
        #expect(try task.text("SUMMARY") == "Tell us your session dates")
        #expect(task.value("SEQUENCE") == "0")
        #expect(task.value("DTSTAMP") == "20261124T120000Z")
        #expect(task.value("UID")?.count == 32)
        #expect(task.value("UID") != calendar.calendar.value("UID"))
    }

    @Test func datedGuideHasNothingLeftToTell() throws {
        #expect(try read(.worked()).tasks.isEmpty)
        #expect(try read(Sample(course(["2026-12-01"], isFinal: false))).tasks.isEmpty)
    }
}

extension [CalendarReader.Component] {
    fileprivate var names: [String] { compactMap { $0.value("UID") } }
}
