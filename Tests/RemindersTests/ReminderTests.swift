import Commerce
import Reminders
import Testing
import UsageGuide

/// What a plan reminds of, and on which days.
@Suite struct ReminderTests {
    private func reminders(
        _ sessions: [String],
        isFinal: Bool = true,
        keepDryHours: Int = 48
    ) throws -> [String] {
        let choices = try #require(ArtistChoices(keepDryHours: keepDryHours))
        let dates = try sessions.map { try #require(CalendarDate($0)) }
        let course = Course(timeZone: "Europe/London", sessions: dates, isFinal: isFinal, choices: choices)
        return Reminder.all(of: Plan(course)).map { "\($0.date) \($0.kind)" }
    }

    @Test func oneSessionHasItsEveItsWashTheLotionAndTheEnd() throws {
        #expect(
            try reminders(["2026-12-01"]) == [
                "2026-11-30 session", "2026-12-03 wash", "2026-12-08 lotion", "2027-01-06 end",
            ]
        )
    }

    /// The worked example of the guide: lotion comes after the final session alone.
    @Test func twoSessionsHaveAnEveAndAWashEach() throws {
        #expect(
            try reminders(["2026-12-01", "2026-12-12"]) == [
                "2026-11-30 session", "2026-12-03 wash", "2026-12-11 session", "2026-12-14 wash", "2026-12-19 lotion",
                "2027-01-17 end",
            ]
        )
    }

    /// The wash falls on the eve: what is for the day itself comes first.
    @Test func washOnTheEveOfTheNextSessionComesBeforeIt() throws {
        #expect(
            try reminders(["2026-12-01", "2026-12-04"]).prefix(4) == [
                "2026-11-30 session", "2026-12-03 wash", "2026-12-03 session", "2026-12-06 wash",
            ]
        )
    }

    /// A session that the next one follows at once has no wash of its own.
    @Test func sessionWithoutAWashHasOnlyItsEve() throws {
        #expect(
            try reminders(["2026-12-01", "2026-12-02"]).prefix(3) == [
                "2026-11-30 session", "2026-12-01 session", "2026-12-04 wash",
            ]
        )
    }

    @Test func whoeverKeepsDryForADayWashesOnTheFirst() throws {
        #expect(try reminders(["2026-12-01"], keepDryHours: 24)[1] == "2026-12-02 wash")
    }

    @Test func openPlanHasNeitherLotionNorEnd() throws {
        #expect(try reminders(["2026-12-01"], isFinal: false) == ["2026-11-30 session", "2026-12-03 wash"])
    }

    @Test func undatedPlanRemindsOfNothing() throws {
        #expect(try reminders([]) == [])
        #expect(Reminder.all(of: Plan(nil)) == [])
    }
}
