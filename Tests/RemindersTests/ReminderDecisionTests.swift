import CivilTime
import Commerce
import Testing
import UsageGuide

@testable import Orders
@testable import Reminders
@testable import Samples

/// What becomes of reminders at a moment, told by the order as it stands then.
@Suite struct ReminderDecisionTests {
    private let zones: TimeZoneDatabase

    init() throws { zones = try TimeZoneDatabase() }

    /// London is at UTC in December.
    private func time(_ date: String, _ hour: Int, _ minute: Int = 0) throws -> Instant {
        let day = try #require(CalendarDate(date))
        return Instant(
            microsecondsSince1970: (Int64(day.daysSince1970) * 1440 + Int64(hour * 60 + minute)) * 60_000_000
        )
    }

    private func decision(
        _ sessions: [String] = ["2026-12-01"],
        hour: Int? = 9,
        zone: String = "Europe/London",
        status: Order.Status = .placed,
        kept: ReminderDecision.Kept = .init(planned: [], told: []),
        offers: [Reminder] = [],
        at now: Instant
    ) throws -> ReminderDecision {
        var sample = SampleOrder(lines: [.kit()])
        sample.status = status
        sample.isStockHeld = status != .cancelled
        sample.reminders = hour.flatMap { Order.Reminders(hour: $0) }
        sample.course = Course(
            timeZone: zone,
            sessions: try sessions.map { try #require(CalendarDate($0)) },
            isFinal: true,
            choices: try #require(ArtistChoices())
        )
        return ReminderDecision(
            try sample.order,
            kept: kept,
            offers: offers,
            rules: zones.rules(for: zone),
            now: now
        )
    }

    /// What waits after what was planned long before.
    private func planned(_ sessions: [String] = ["2026-12-01"], hour: Int = 9) throws -> ReminderDecision.Kept {
        let first = try decision(sessions, hour: hour, at: time("2026-11-01", 12))
        return ReminderDecision.Kept(planned: first.planned, told: [])
    }

    private func ended(_ decision: ReminderDecision) -> [String] {
        decision.ended.map { "\($0.reminder.date) \($0.reminder.kind) \($0.end)" }
    }

    @Test func everyReminderIsPlannedAtItsHour() throws {
        let decision = try decision(at: time("2026-11-01", 12))
        #expect(
            decision.planned.map(\.dueAt) == [
                try time("2026-11-30", 9), try time("2026-12-03", 9), try time("2026-12-08", 9),
                try time("2027-01-06", 9),
            ]
        )
        #expect(try decision.planned.map(\.lookAt).first == time("2026-11-30", 6))
        #expect(decision.ended.isEmpty)
    }

    @Test func whatIsPastIsNeverPlanned() throws {
        let decision = try decision(at: time("2026-12-03", 9))
        #expect(decision.planned.map(\.reminder.kind) == [.lotion, .end] && decision.ended.isEmpty)
    }

    @Test func whatStandsIsLeftAsItIs() throws {
        let decision = try decision(kept: planned(), at: time("2026-11-02", 12))
        #expect(decision.planned.isEmpty && decision.ended.isEmpty)
    }

    /// From its hour on for four hours, and not at night.
    @Test(
        arguments: [
            (8, 7, 59, nil), (8, 8, 0, .told), (9, 8, 59, nil), (9, 9, 0, .told), (9, 13, 0, .told), (9, 13, 1, .late),
            (17, 20, 59, .told), (17, 21, 0, .late), (20, 19, 59, nil), (20, 20, 0, .told), (20, 21, 0, .late),
            (20, 23, 59, .late),
        ] as [(Int, Int, Int, ReminderDecision.End?)]
    )
    func reminderIsToldWithinFourHoursByDay(hour: Int, nowHour: Int, minute: Int, end: ReminderDecision.End?) throws {
        let now = try time("2026-12-03", nowHour, minute)
        let decision = try decision(hour: hour, kept: planned(hour: hour), at: now)
        #expect(decision.ended.filter { $0.reminder.kind == .wash }.map(\.end) == [end].compactMap(\.self))
    }

    @Test func nightIsNobodysMorning() throws {
        let decision = try decision(hour: 20, kept: planned(hour: 20), at: time("2026-12-04", 0, 0))
        #expect(decision.ended.last?.end == .late)
    }

    @Test func twoOfOneDayAreToldTogether() throws {
        let sessions = ["2026-12-01", "2026-12-04"]
        let decision = try decision(sessions, kept: planned(sessions), at: time("2026-12-03", 9))
        #expect(decision.told.map(\.kind) == [.wash, .session])
    }

    /// A day that had its reminder has no second one, though it be of something else.
    @Test func dayThatHadItsReminderHasNoSecond() throws {
        var kept = try planned(["2026-12-04"], hour: 18)
        let wash = Reminder(.wash, on: try #require(CalendarDate("2026-12-03")))
        kept.told = [wash]
        let decision = try decision(["2026-12-04"], hour: 18, kept: kept, at: time("2026-12-03", 18))
        #expect(ended(decision) == ["2026-12-03 session secondOfDay"])
    }

    /// What was told is not planned again, whatever the hour is now.
    @Test func whatWasToldIsNotPlannedAgain() throws {
        let eve = Reminder(.session, on: try #require(CalendarDate("2026-11-30")))
        let kept = ReminderDecision.Kept(planned: [], told: [eve])
        let decision = try decision(hour: 20, kept: kept, at: time("2026-11-30", 10))
        #expect(!decision.planned.map(\.reminder).contains(eve) && decision.planned.count == 3)
    }

    @Test(arguments: [nil, Order.Status.cancelled]) func whatIsWantedNoMoreIsEnded(status: Order.Status?) throws {
        let decision = try decision(
            hour: status == nil ? nil : 9,
            status: status ?? .placed,
            kept: planned(),
            at: time("2026-12-03", 9)
        )
        #expect(decision.ended.map(\.end) == Array(repeating: .superseded, count: 4) && decision.planned.isEmpty)
    }

    /// The step may have left the plan a moment ago, with nobody having planned anew.
    @Test func stepThatLeftThePlanIsNotTold() throws {
        let decision = try decision(["2026-12-08"], kept: planned(), at: time("2026-12-03", 9))
        #expect(!decision.ended.contains { $0.end == .told })
        #expect(decision.planned.map(\.reminder.date.description).first == "2026-12-07")
    }

    /// Another hour is another wish: a moment that it has missed is not caught up with, one that is to come is waited for.
    @Test(arguments: [(8, false), (11, true)]) func hourThatIsChangedOnTheDay(hour: Int, isToCome: Bool) throws {
        let decision = try decision(hour: hour, kept: planned(), at: time("2026-12-03", 9, 30))
        #expect(ended(decision).contains("2026-12-03 wash superseded") == !isToCome)
        #expect(decision.planned.contains { $0.reminder.kind == .wash } == isToCome)
        #expect(decision.told.isEmpty)
    }

    @Test func zoneThatIsChangedMovesTheMoment() throws {
        let west = try decision(zone: "America/New_York", kept: planned(), at: time("2026-12-03", 9))
        #expect(try west.told.isEmpty && west.planned.first?.dueAt == time("2026-12-03", 14))
        let east = try decision(zone: "Asia/Tokyo", kept: planned(), at: time("2026-12-03", 8))
        #expect(ended(east).contains("2026-12-03 wash superseded"))
    }

    // MARK: - Offers

    private func offer(_ kind: Reminder.Kind, on date: String) throws -> Reminder {
        Reminder(kind, on: try #require(CalendarDate(date)))
    }

    @Test(arguments: [false, true]) func offersComeToWhoTakesThem(takesOffers: Bool) throws {
        let offers = [try offer(.shampooRefill, on: "2026-12-10"), try offer(.lotionRefill, on: "2026-12-15")]
        let kept = ReminderDecision.Kept(planned: [], told: [], takesOffers: takesOffers)
        let decision = try decision(hour: nil, kept: kept, offers: offers, at: time("2026-11-01", 12))
        #expect(decision.planned.map(\.reminder) == (takesOffers ? offers : []))
        // At nine, where no hour was chosen.
        #expect(try decision.planned.first?.dueAt == (takesOffers ? time("2026-12-10", 9) : nil))
    }

    /// An offer comes at the hour of the reminders, and gives way to them.
    @Test func offerGivesWayToTheReminderOfItsDay() throws {
        let offers = [try offer(.shampooRefill, on: "2026-12-08"), try offer(.lotionRefill, on: "2026-12-15")]
        let kept = ReminderDecision.Kept(planned: [], told: [], takesOffers: true)
        let decision = try decision(hour: 18, kept: kept, offers: offers, at: time("2026-11-01", 12))
        #expect(decision.planned.filter(\.reminder.kind.isOffer).map(\.reminder) == [offers[1]])
        #expect(try decision.planned.last?.dueAt == time("2026-12-15", 18) || decision.planned.count == 5)
    }

    /// Once of each product, however the plan moves; and of nothing that the customer takes no more.
    @Test func offerIsMadeOnceAndWithdrawnAtOnce() throws {
        let (first, moved) = (try offer(.lotionRefill, on: "2026-12-15"), try offer(.lotionRefill, on: "2026-12-20"))
        var kept = ReminderDecision.Kept(planned: [], told: [first], takesOffers: true)
        #expect(try decision(hour: nil, kept: kept, offers: [moved], at: time("2026-12-16", 12)).planned.isEmpty)
        kept.told = []
        kept.planned = try decision(hour: nil, kept: kept, offers: [moved], at: time("2026-12-16", 12)).planned
        #expect(kept.planned.count == 1)
        kept.takesOffers = false
        let after = try decision(hour: nil, kept: kept, offers: [moved], at: time("2026-12-20", 9))
        #expect(ended(after) == ["2026-12-20 lotionRefill superseded"])
    }

    @Test func dayThatHadItsReminderHasNoOffer() throws {
        let offers = [try offer(.lotionRefill, on: "2026-12-15")]
        var kept = ReminderDecision.Kept(planned: [], told: [], takesOffers: true)
        kept.planned = try decision(hour: nil, kept: kept, offers: offers, at: time("2026-11-01", 12)).planned
        kept.told = [try offer(.wash, on: "2026-12-15")]
        let decision = try decision(hour: nil, kept: kept, offers: offers, at: time("2026-12-15", 9))
        #expect(ended(decision) == ["2026-12-15 lotionRefill secondOfDay"])
    }

    /// Some hours ahead the moment is reckoned anew: the rules of the zone may have changed meanwhile.
    @Test func momentIsReckonedAgainBeforeItComes() throws {
        let kept = try planned()
        let stale = ReminderDecision.Kept(
            planned: kept.planned.map {
                ReminderDecision.Planned(
                    reminder: $0.reminder,
                    wish: $0.wish,
                    revision: $0.revision,
                    dueAt: $0.dueAt + .seconds(3600),
                    lookAt: $0.lookAt
                )
            },
            told: []
        )
        let decision = try decision(kept: stale, at: time("2026-11-30", 6))
        let eve = try #require(decision.planned.first)
        #expect(try eve.dueAt == time("2026-11-30", 9) && eve.lookAt == eve.dueAt)
    }
}
