import Testing
import UsageGuide

@Suite struct ArtistChoicesTests {
    @Test func omittedChoiceIsTheRegimensDefault() throws {
        let choices = try #require(ArtistChoices())
        #expect(choices.keepDryHours == 48)
        #expect(choices.washIntervalDays == 3)
        #expect(choices.restDays == 4)
        #expect(choices == Regimen.current.defaults)
    }

    @Test(arguments: [24, 48], [2, 3])
    func everyAllowedChoiceIsKeptAsItIs(keepDryHours: Int, washIntervalDays: Int) throws {
        for restDays in 3...7 {
            let choices = try #require(
                ArtistChoices(keepDryHours: keepDryHours, washIntervalDays: washIntervalDays, restDays: restDays)
            )
            #expect(choices.keepDryHours == keepDryHours)
            #expect(choices.washIntervalDays == washIntervalDays)
            #expect(choices.restDays == restDays)
        }
    }

    @Test(arguments: [Int.min, -24, 0, 1, 23, 25, 36, 47, 49, 72, Int.max])
    func otherHoursOfKeepingDryAreRefused(hours: Int) {
        #expect(ArtistChoices(keepDryHours: hours) == nil)
    }

    @Test(arguments: [Int.min, -2, 0, 1, 4, 7, Int.max])
    func otherWashIntervalsAreRefused(days: Int) {
        #expect(ArtistChoices(washIntervalDays: days) == nil)
    }

    @Test(arguments: [Int.min, -3, 0, 2, 8, 14, Int.max])
    func otherRestDaysAreRefused(days: Int) {
        #expect(ArtistChoices(restDays: days) == nil)
    }

    @Test func oneWrongChoiceSpoilsTheRest() {
        #expect(ArtistChoices(keepDryHours: 24, washIntervalDays: 2, restDays: 2) == nil)
    }

    @Test func restDaysMoveTheCautionAndNothingElse() throws {
        let usual = Plan(try course(["2026-12-01"]))
        let long = Plan(try course(["2026-12-01"], restDays: 7))
        #expect(usual.positions(of: Plan.Caution.rest) == Array(0...3))
        #expect(long.positions(of: Plan.Caution.rest) == Array(0...6))
        #expect(long.days.map(\.actions) == usual.days.map(\.actions))
        #expect(long.milestones == usual.milestones)
    }

    @Test func regimenIsKnownByTheNameThatOrdersCarry() {
        #expect(Regimen.current.name == "dm-2026-1")
        #expect(Regimen.named("dm-2026-1")?.name == "dm-2026-1")
        #expect(Regimen.named("dm-2026-2")?.name == nil)
        #expect(Set(Regimen.released.map(\.name)).count == Regimen.released.count)
    }
}
