import Commerce
import Testing
import UsageGuide

/// The agreed example: sessions on 1 and 12 December 2026, the second one final, nothing changed by the artist.
@Suite struct WorkedExampleTests {
    private let plan: Plan

    init() throws {
        plan = Plan(try course(["2026-12-01", "2026-12-12"]))
    }

    private func december(_ days: ClosedRange<Int>) -> [String] {
        days.map { "2026-12-\($0 < 10 ? "0" : "")\($0)" }
    }

    @Test func planIsDatedAndEchoesItsCourse() {
        #expect(plan.status == .dated)
        #expect(plan.regimen == "dm-2026-1")
        #expect(plan.course?.timeZone == "Europe/London")
        #expect(plan.course?.sessions.map { "\($0)" } == ["2026-12-01", "2026-12-12"])
        #expect(plan.course?.isFinal == true)
        #expect(plan.choices.keepDryHours == 48)
        #expect(plan.choices.washIntervalDays == 3)
        #expect(plan.choices.restDays == 4)
    }

    @Test func planRunsFromTheFirstSessionTo17January() {
        #expect(text(plan.days.first?.date) == "2026-12-01")
        #expect(text(plan.days.last?.date) == "2027-01-17")
        #expect(plan.days.count == 48)
    }

    @Test func ointmentIsUsedInTheWeekAfterEachSession() {
        #expect(plan.dates(of: Plan.Action.ointment) == december(1...7) + december(12...18))
    }

    @Test func washesFollowTheirTwoRhythms() {
        #expect(
            plan.dates(of: Plan.Action.wash) == [
                "2026-12-03", "2026-12-05", "2026-12-07", "2026-12-10",
                "2026-12-14", "2026-12-16", "2026-12-18", "2026-12-21", "2026-12-24", "2026-12-27", "2026-12-30",
                "2027-01-02", "2027-01-05", "2027-01-08", "2027-01-11", "2027-01-14", "2027-01-17",
            ]
        )
    }

    @Test func lotionIsUsedDailyFrom19DecemberTo17January() {
        let january = (1...17).map { "2027-01-\($0 < 10 ? "0" : "")\($0)" }
        #expect(plan.dates(of: Plan.Action.lotion) == december(19...31) + january)
        #expect(plan.dates(of: Plan.Action.lotion).count == 30)
    }

    /// Of bottles that are lost, the one that is needed first says when they have to be there again.
    @Test(
        arguments: [
            (["RESTORE-OINTMENT"], "2026-12-07", "2026-12-07"), (["RESTORE-OINTMENT"], "2026-12-08", "2026-12-12"),
            (["CLEANSE-SHAMPOO"], "2026-12-08", "2026-12-10"), (["RESTORE-LOTION"], "2026-12-01", "2026-12-19"),
            (["CLEANSE-SHAMPOO", "RESTORE-OINTMENT"], "2026-12-08", "2026-12-10"),
            (["RESTORE-LOTION"], "2027-01-17", "2027-01-17"), (["RESTORE-LOTION"], "2027-01-18", nil),
            (["ZERO-SHINE-SAMPLE"], "2026-12-01", "2026-12-26"), (["ZERO-SHINE-SAMPLE"], "2026-12-27", nil),
            (["SOMETHING-ELSE"], "2026-12-01", nil), ([], "2026-12-01", nil),
        ] as [([String], String, String?)]
    )
    func bottleIsNextUsed(codes: [String], today: String, day: String?) throws {
        let skus = Set(codes.compactMap { SKU(rawValue: $0) })
        let from = try #require(CalendarDate(today))
        #expect(plan.nextUse(of: skus, from: from).map { "\($0)" } == day)
        #expect(Plan(nil).nextUse(of: skus, from: from) == nil)
    }

    @Test func sunIsAvoidedInTheWeekAfterEachSession() {
        #expect(plan.dates(of: Plan.Caution.sun) == december(1...7) + december(12...18))
    }

    @Test func theOtherCautionsStartAgainWithTheSecondSession() {
        #expect(plan.dates(of: Plan.Caution.dry) == december(1...2) + december(12...13))
        #expect(plan.dates(of: Plan.Caution.rest) == december(1...4) + december(12...15))
        #expect(plan.dates(of: Plan.Caution.pick) == december(1...25))
    }

    @Test func milestonesAreThoseOfTheFinalSession() {
        #expect(
            plan.milestoneLines == [
                "scabsGone 2 2026-12-22 2026-12-26",
                "activity 2 2026-12-26 -",
                "zeroShine 2 2026-12-26 -",
                "fullResult 2 2027-01-23 2027-02-06",
            ]
        )
    }

    @Test func thirdOfDecemberIsADayOfHealingWithAWash() throws {
        let third = try date("2026-12-03")
        let day = try #require(plan.days.first { $0.date == third })
        #expect(day.session == 1)
        #expect(day.day == 2)
        #expect(day.phase == .healing)
        #expect(day.actions == [.wash, .ointment])
        #expect(day.cautions == [.rest, .sun, .pick])
    }

    @Test func daysThatStandAtAnEdgeReadAsAgreed() {
        let lines = Set(plan.days.map(\.line))
        let edges = [
            "2026-12-01 session 1 day 0 healing: ointment / dry+rest+sun+pick",
            "2026-12-08 session 1 day 7 between:  / pick",
            "2026-12-10 session 1 day 9 between: wash / pick",
            "2026-12-11 session 1 day 10 between:  / pick",
            "2026-12-12 session 2 day 0 healing: ointment / dry+rest+sun+pick",
            "2026-12-18 session 2 day 6 healing: wash+ointment / sun+pick",
            "2026-12-19 session 2 day 7 restoring: lotion / pick",
            "2026-12-21 session 2 day 9 restoring: wash+lotion / pick",
            "2026-12-26 session 2 day 14 restoring: lotion / ",
            "2027-01-17 session 2 day 36 restoring: wash+lotion / ",
        ]
        #expect(edges.filter { !lines.contains($0) } == [])
    }
}
