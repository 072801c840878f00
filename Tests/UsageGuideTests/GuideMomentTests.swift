import Commerce
import Testing
import UsageGuide

@Suite struct GuideMomentTests {
    private let content: GuideContent
    private let worked: Guide

    init() throws {
        content = try #require(GuideContent.named("en-1"))
        worked = guide(try course(["2026-12-01", "2026-12-12"]))
    }

    private func moment(_ day: String?, _ guide: Guide? = nil) throws -> GuideMoment {
        let guide = guide ?? worked
        let today = try day.map { try date($0) }
        return GuideMoment(guide, GuideDocument(guide, content: content), content: content, on: today)
    }

    @Test func beforeTheFirstSessionTheDaysAreCounted() throws {
        let moment = try moment("2026-11-20")
        #expect(moment.position == .before)
        #expect(moment.dateLine == "Friday 20 November")
        #expect(moment.headline == "11 days to go")
        #expect(moment.subheading == "until your first session, on Tuesday 1 December")
        #expect(moment.day == nil)
        #expect(moment.nothing == nil)
        #expect(moment.progress == "")
        #expect(
            moment.nextLines == [
                "* Tue 1 Dec: Your first session", "* Sat 12 Dec: Your second session",
                "* Sat 19 Dec: Lotion begins, daily for 30 days", "* Tue 22 Dec: The last scabs fall",
            ]
        )
    }

    @Test func eveIsTold() throws {
        let moment = try moment("2026-11-30")
        #expect(moment.position == .before)
        #expect(moment.headline == "Tomorrow")
        #expect(moment.subheading == "is your first session")
        #expect(
            moment.nextLines == [
                "* Tomorrow: Your first session", "Wed 2 Dec: Ointment", "* Sat 12 Dec: Your second session",
                "* Sat 19 Dec: Lotion begins, daily for 30 days",
            ]
        )
    }

    @Test func twoDaysBeforeTheyAreStillCounted() throws {
        let moment = try moment("2026-11-29")
        #expect(moment.headline == "2 days to go")
        #expect(moment.nextLines.first == "* Tue 1 Dec: Your first session")
    }

    @Test func sessionDayIsTheFirstOfThePlan() throws {
        let moment = try moment("2026-12-01")
        #expect(moment.position == .during(0))
        #expect(moment.headline == "Session day")
        #expect(moment.subheading == "your first session is today")
        #expect(moment.day?.steps.map(\.title) == ["Apply Restore Ointment"])
        #expect(moment.nothing == nil)
        #expect(moment.progress == "Day 1 of 48 in your plan")
        #expect(
            moment.nextLines == [
                "Tomorrow: Ointment", "Thu 3 Dec: Wash · Ointment", "* Sat 12 Dec: Your second session",
                "* Sat 19 Dec: Lotion begins, daily for 30 days",
            ]
        )
    }

    @Test func dayIsCountedFromItsSession() throws {
        let third = try moment("2026-12-04")
        #expect(third.position == .during(3))
        #expect(third.date == third.day?.date)
        #expect(third.dateLine == "Friday 4 December")
        #expect(third.headline == "Day 3")
        #expect(third.subheading == "after your first session")
        #expect(third.progress == "Day 4 of 48 in your plan")
        let later = try moment("2026-12-15")
        #expect(later.position == .during(14))
        #expect(later.headline == "Day 3")
        #expect(later.subheading == "after your second session")
    }

    @Test func onlySessionHasNoNumber() throws {
        let one = guide(try course(["2026-12-01"]))
        #expect(try moment("2026-12-01", one).subheading == "your session is today")
        #expect(try moment("2026-12-02", one).subheading == "after your session")
        #expect(try moment("2026-11-30", one).nextLines.first == "* Tomorrow: Your session")
    }

    @Test func dayWithNothingToDoSaysSo() throws {
        let moment = try moment("2026-12-08")
        #expect(moment.position == .during(7))
        #expect(moment.day?.steps == [])
        #expect(moment.nothing?.title == "Nothing to do today")
        #expect(moment.nothing?.detail.isEmpty == false)
        #expect(
            moment.nextLines == [
                "Tomorrow: Nothing to do", "Thu 10 Dec: Wash", "* Sat 12 Dec: Your second session",
                "* Sat 19 Dec: Lotion begins, daily for 30 days",
            ]
        )
    }

    @Test func lastDayLooksForwardToTheResult() throws {
        let moment = try moment("2027-01-17")
        #expect(moment.position == .during(47))
        #expect(moment.headline == "Day 36")
        #expect(moment.progress == "Day 48 of 48 in your plan")
        #expect(moment.nextLines == ["* Sat 23 Jan: The full result shows"])
    }

    @Test func afterTheLastDayAllIsDone() throws {
        let moment = try moment("2027-01-18")
        #expect(moment.position == .after)
        #expect(moment.headline == "All done")
        #expect(moment.day == nil)
        #expect(moment.nothing == nil)
        #expect(moment.progress == "")
        #expect(moment.nextLines == ["* Sat 23 Jan: The full result shows"])
        #expect(try self.moment("2027-01-23").nextLines == [])
        #expect(try self.moment("2030-01-01").position == .after)
    }

    @Test func openCoursePausesAfterItsLastDay() throws {
        let open = guide(try course(["2026-12-01"], isFinal: false))
        #expect(try moment("2026-12-14", open).position == .during(13))
        let paused = try moment("2026-12-15", open)
        #expect(paused.position == .paused)
        #expect(paused.headline == "Between sessions")
        #expect(paused.day == nil)
        #expect(paused.nothing == nil)
        #expect(paused.nextLines == [])
        #expect(try moment("2026-11-30", open).position == .before)
    }

    @Test func undatedGuideHasNoToday() throws {
        let undated = guide(nil)
        let moment = try moment(nil, undated)
        #expect(moment.position == .undated)
        #expect(moment.date == nil)
        #expect(moment.dateLine == "")
        #expect(moment.headline == "Your plan")
        #expect(moment.subheading.hasPrefix("counted in days"))
        #expect(moment.day == nil)
        #expect(moment.nothing == nil)
        #expect(moment.next == [])
        #expect(try self.moment("2026-12-01", undated).position == .undated)
    }

    // MARK: - Turning points

    @Test func turningPointTakesThePlaceOfTheDaysSteps() throws {
        #expect(
            try moment("2026-12-18").nextLines == [
                "* Tomorrow: Lotion begins, daily for 30 days", "Sun 20 Dec: Lotion",
                "* Tue 22 Dec: The last scabs fall", "* Sat 26 Dec: Normal activity again · Zero Shine from now on",
            ]
        )
    }

    @Test func endOfTheLotionIsATurningPoint() throws {
        #expect(
            try moment("2027-01-15").nextLines == [
                "Tomorrow: Lotion", "* Sun 17 Jan: Last day of the lotion course",
                "* Sat 23 Jan: The full result shows",
            ]
        )
    }

    @Test func nextSessionIsATurningPointWhereverItLies() throws {
        let far = guide(try course(["2026-12-01", "2027-02-01"]))
        #expect(
            try moment("2026-12-10", far).nextLines == [
                "* Tomorrow: The last scabs fall", "Sat 12 Dec: Nothing to do", "* Mon 1 Feb: Your second session",
                "* Mon 8 Feb: Lotion begins, daily for 30 days",
            ]
        )
    }

    @Test(arguments: 0..<24)
    func nextEntriesAreFewInOrderAndAllToCome(seed: Int) throws {
        let guide = guide(try RandomCourse(seed: seed).course())
        let document = GuideDocument(guide, content: content)
        let first = try #require(guide.plan.days.first?.date)
        let last = try #require(guide.plan.days.last?.date)
        let days = dates(first - 5, last + 60)
        let names = days.map { content.date($0, .dateShort) }
        for (index, today) in days.enumerated() where index % 7 == seed % 7 {
            let next = GuideMoment(guide, document, content: content, on: today).next
            #expect(next.count <= 4)
            let places = next.map { entry in
                entry.when == "Tomorrow" ? index + 1 : names[index...].dropFirst(2).firstIndex(of: entry.when) ?? -1
            }
            #expect(places.allSatisfy { $0 > index }, "\(today)")
            #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 }, "\(today)")
            #expect(next.filter { !$0.isTurningPoint }.count <= 2)
            #expect(next.allSatisfy { !$0.what.isEmpty })
            // The next session is always told.
            if let session = guide.plan.course?.sessions.first(where: { $0 > today }) {
                #expect(places.contains(session - days[0]), "\(today)")
            }
        }
    }

    @Test(arguments: 0..<24)
    func everyDayOfThePlanHasItsPosition(seed: Int) throws {
        let guide = guide(try RandomCourse(seed: seed).course())
        let document = GuideDocument(guide, content: content)
        for (index, day) in document.days.enumerated() where index % 5 == seed % 5 {
            let moment = GuideMoment(guide, document, content: content, on: day.date)
            #expect(moment.position == .during(index))
            #expect(moment.day == day)
            #expect((moment.nothing == nil) == !day.steps.isEmpty)
            #expect(moment.progress == "Day \(index + 1) of \(document.days.count) in your plan")
        }
    }
}

extension GuideMoment {
    /// What comes next, a line each; a star marks a turning point.
    fileprivate var nextLines: [String] { next.map { "\($0.isTurningPoint ? "* " : "")\($0.when): \($0.what)" } }
}
