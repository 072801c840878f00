import Commerce
import Testing
import UsageGuide

@Suite struct ApplicationsTests {
    private let plan: Plan

    init() throws {
        plan = Plan(try course(["2026-12-01", "2026-12-12"]))
    }

    /// How often ointment, wash and lotion are used from a date on.
    private func counts(from text: String?) throws -> [Int] {
        let today = try text.map { try date($0) }
        return [Regimen.Use.ointment, .wash, .lotion].map { plan.applications(of: $0, from: today) }
    }

    @Test func wholeCourseIsCountedBeforeItBegins() throws {
        #expect(try counts(from: nil) == [14, 17, 30])
        #expect(try counts(from: "2026-11-01") == [14, 17, 30])
        #expect(try counts(from: "2026-12-01") == [14, 17, 30])
    }

    @Test func todayCountsAndWhatIsPastDoesNot() throws {
        #expect(try counts(from: "2026-12-03") == [12, 17, 30])
        #expect(try counts(from: "2026-12-04") == [11, 16, 30])
        #expect(try counts(from: "2026-12-12") == [7, 13, 30])
        #expect(try counts(from: "2026-12-19") == [0, 10, 30])
        #expect(try counts(from: "2027-01-17") == [0, 1, 1])
    }

    @Test func pastCourseNeedsNothing() throws {
        #expect(try counts(from: "2027-01-18") == [0, 0, 0])
    }

    /// The day of the last use that there is enough for, where the plan goes on after it.
    @Test func productIsUsedUpOnTheDayOfItsLastUse() throws {
        let start = try date("2026-11-01")
        #expect(plan.dayUsedUp(.lotion, after: 8, from: start) == (try date("2026-12-26")))
        #expect(plan.dayUsedUp(.lotion, after: 29, from: start) == (try date("2027-01-16")))
        #expect(plan.dayUsedUp(.wash, after: 4, from: start) == (try date("2026-12-10")))
        // What was used before this day was of another bottle.
        #expect(plan.dayUsedUp(.wash, after: 4, from: try date("2026-12-04")) == (try date("2026-12-14")))
    }

    @Test func whatLastsForThePlanIsNotUsedUp() throws {
        let start = try date("2026-11-01")
        #expect(plan.dayUsedUp(.lotion, after: 30, from: start) == nil)
        #expect(plan.dayUsedUp(.lotion, after: 0, from: start) == nil)
        #expect(plan.dayUsedUp(.zeroShine, after: 1, from: start) == nil)
        #expect(Plan(nil).dayUsedUp(.lotion, after: 8, from: start) == nil)
    }

    @Test func undatedCourseIsCountedWholeWhateverTheDay() throws {
        let generic = Plan(nil)
        for today in [nil, try date("2026-12-01"), try date("2100-01-01")] {
            #expect(generic.applications(of: .ointment, from: today) == 7)
            #expect(generic.applications(of: .wash, from: today) == 13)
            #expect(generic.applications(of: .lotion, from: today) == 30)
        }
    }

    @Test func openCourseNeedsNoLotionYet() throws {
        let open = Plan(try course(["2026-12-01"], isFinal: false))
        #expect(open.applications(of: .ointment, from: nil) == 7)
        #expect(open.applications(of: .wash, from: nil) == 5)
        #expect(open.applications(of: .lotion, from: nil) == 0)
    }

    @Test func mattifierHasNoCountedUse() {
        #expect(plan.applications(of: .zeroShine, from: nil) == 0)
    }
}
