import Commerce
import Testing
import UsageGuide

@Suite struct CourseFaultsTests {
    /// Each fault as `position fault`.
    private func faults(_ sessions: [String], today: String = "2026-11-01") throws -> [String] {
        Course.faults(in: try sessions.map { try date($0) }, today: try date(today))
            .map { "\($0.position) \($0.fault.rawValue)" }
    }

    static let rightCourses: [[String]] = [
        [], ["2026-12-01"], ["2026-12-01", "2026-12-12"], ["2026-12-01", "2026-12-02", "2026-12-03"],
        // Bought late: a course may lie wholly in the past.
        ["2026-01-05", "2026-01-19"],
    ]

    @Test(arguments: CourseFaultsTests.rightCourses)
    func rightCourseHasNoFaults(sessions: [String]) throws {
        #expect(try faults(sessions) == [])
    }

    @Test func sameDateTwiceIsADuplicateAtItsSecondPlace() throws {
        #expect(try faults(["2026-12-01", "2026-12-01"]) == ["1 duplicate"])
        #expect(try faults(["2026-12-01", "2026-12-12", "2026-12-01"]) == ["2 duplicate"])
    }

    @Test func earlierDateAfterALaterOneIsNotInOrder() throws {
        #expect(try faults(["2026-12-12", "2026-12-01"]) == ["1 notInOrder"])
        #expect(try faults(["2026-12-12", "2026-12-20", "2026-12-01", "2026-12-30"]) == ["2 notInOrder"])
    }

    @Test func session730DaysAwayIsAcceptedAndOneDayMoreIsNot() throws {
        let today = try date("2026-11-01")
        #expect(try faults(["\(today + 730)"]) == [])
        #expect(try faults(["\(today + 731)"]) == ["0 tooFarAway"])
        #expect(try faults(["\(today - 730)"]) == [])
        #expect(try faults(["\(today - 731)"]) == ["0 tooFarAway"])
    }

    @Test func distanceIsCountedFromTheDayOnWhichTheCourseIsWritten() throws {
        #expect(try faults(["2028-12-01"], today: "2026-11-01") == ["0 tooFarAway"])
        #expect(try faults(["2028-12-01"], today: "2026-12-02") == [])
    }

    @Test func everyFaultyDateIsNamed() throws {
        #expect(
            try faults(["2026-12-12", "2026-12-12", "2026-12-01", "2030-01-01"])
                == ["1 duplicate", "2 notInOrder", "3 tooFarAway"]
        )
    }

    @Test func limitsAreTheAgreedOnes() {
        #expect(Course.sessionsMax == 12)
        #expect(Course.daysFromTodayMax == 730)
    }
}
