import Commerce
import Testing
import UsageGuide

@Suite struct OpenAndUndatedTests {
    @Test func openPlanEndsOnDay13OfItsLastSessionWithoutLotion() throws {
        let plan = Plan(try course(["2026-12-01"], isFinal: false))
        #expect(plan.status == .open)
        #expect(plan.days.count == 14)
        #expect(text(plan.days.last?.date) == "2026-12-14")
        #expect(plan.positions(of: Plan.Action.wash) == [2, 4, 6, 9, 12])
        #expect(plan.positions(of: Plan.Action.ointment) == Array(0...6))
        #expect(plan.positions(of: Plan.Action.lotion) == [])
        #expect(plan.days.map(\.phase.rawValue) == (0...13).map { $0 <= 6 ? "healing" : "between" })
    }

    @Test func openPlanPromisesNothingOfTheFinalSession() throws {
        let plan = Plan(try course(["2026-12-01"], isFinal: false))
        // Day 14 lies after the last day of the plan, and is still told.
        #expect(plan.milestoneLines == ["scabsGone 1 2026-12-11 2026-12-15"])
    }

    @Test func openPlanOfTwoSessionsCountsFromTheSecond() throws {
        let plan = Plan(try course(["2026-12-01", "2026-12-31"], isFinal: false))
        #expect(plan.status == .open)
        #expect(text(plan.days.last?.date) == "2027-01-13")
        #expect(
            plan.positions(of: Plan.Action.wash) == [
                2, 4, 6, 9, 12, 15, 18, 21, 24, 27, 32, 34, 36, 39, 42,
            ]
        )
        #expect(plan.days.allSatisfy { $0.phase != .restoring })
        #expect(
            plan.milestoneLines == ["scabsGone 1 2026-12-11 2026-12-15", "scabsGone 2 2027-01-10 2027-01-14"]
        )
    }

    @Test(arguments: [(13, 1), (14, 1), (15, 2), (16, 2)])
    func scabsAreToldGoneOnlyWhereDay14LiesBeforeTheNextSession(gap: Int, told: Int) throws {
        let first = try date("2026-12-01")
        let plan = Plan(try course(["\(first)", "\(first + gap)"]))
        #expect(plan.milestones.count { $0.code == .scabsGone } == told)
    }

    @Test func withoutACourseThePlanIsOneGenericSession() {
        expectGeneric(Plan(nil))
        #expect(Plan(nil).course == nil)
    }

    @Test(arguments: [true, false])
    func courseWithoutDatesIsTheGenericSessionWhetherOrNotTheLastIsFinal(isFinal: Bool) throws {
        expectGeneric(Plan(try course([], isFinal: isFinal)))
    }

    private func expectGeneric(_ plan: Plan) {
        #expect(plan.status == .undated)
        #expect(plan.days.map(\.day) == Array(0...36))
        #expect(plan.days.allSatisfy { $0.date == nil && $0.session == nil })
        #expect(plan.positions(of: Plan.Action.wash) == [2, 4, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36])
        #expect(plan.positions(of: Plan.Action.ointment) == Array(0...6))
        #expect(plan.positions(of: Plan.Action.lotion) == Array(7...36))
        #expect(plan.positions(of: Plan.Caution.dry) == [0, 1])
        #expect(plan.positions(of: Plan.Caution.rest) == [0, 1, 2, 3])
        #expect(plan.positions(of: Plan.Caution.sun) == Array(0...6))
        #expect(plan.positions(of: Plan.Caution.pick) == Array(0...13))
        #expect(
            plan.milestones.map { "\($0.code.rawValue) \($0.days.from) \(text($0.days.to))" } == [
                "scabsGone 10 14", "activity 14 -", "zeroShine 14 -", "fullResult 42 56",
            ]
        )
        #expect(plan.milestones.allSatisfy { $0.dates == nil && $0.session == nil })
    }

    @Test func undatedPlanFollowsTheArtistToo() throws {
        let plan = Plan(try course([], keepDryHours: 24, washIntervalDays: 2, restDays: 7))
        #expect(plan.positions(of: Plan.Action.wash) == Array(stride(from: 1, through: 35, by: 2)))
        #expect(plan.positions(of: Plan.Caution.dry) == [0])
        #expect(plan.positions(of: Plan.Caution.rest) == Array(0...6))
    }

    @Test func planBecomesDatedTheMomentDatesAreGiven() throws {
        #expect(try Plan(course([])).status == .undated)
        #expect(try Plan(course(["2020-01-01"])).status == .dated)
    }
}
