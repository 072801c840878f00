import Commerce
import TestSupport
import Testing
import UsageGuide

@Suite struct CourseChangeTests {
    private func lines(_ old: Course?, _ new: Course?) -> [String] {
        CourseChange.changes(from: Plan(old), to: Plan(new)).map(\.line)
    }

    private func lines(_ old: [String], _ new: [String]) throws -> [String] {
        lines(try course(old), try course(new))
    }

    @Test func sameCourseHasNotChanged() throws {
        #expect(try lines(["2026-12-01", "2026-12-12"], ["2026-12-01", "2026-12-12"]) == [])
        #expect(try lines([], []) == [])
        #expect(lines(nil, nil) == [])
    }

    @Test func sessionThatMovedKeepsItsPlace() throws {
        #expect(
            try lines(["2026-12-01", "2026-12-12"], ["2026-12-01", "2026-12-19"])
                == ["moved 2 from 2026-12-12 to 2026-12-19"]
        )
        #expect(
            try lines(["2026-12-01", "2026-12-12"], ["2026-12-02", "2026-12-12"])
                == ["moved 1 from 2026-12-01 to 2026-12-02"]
        )
    }

    @Test func sessionThatMovedPastAnotherHasItsNewPlace() throws {
        #expect(
            try lines(["2026-12-01", "2026-12-12"], ["2026-12-12", "2026-12-24"])
                == ["moved 2 from 2026-12-01 to 2026-12-24"]
        )
    }

    @Test func everySessionMayMove() throws {
        #expect(
            try lines(["2026-12-01", "2026-12-12"], ["2026-12-08", "2026-12-19"]) == [
                "moved 1 from 2026-12-01 to 2026-12-08", "moved 2 from 2026-12-12 to 2026-12-19",
            ]
        )
    }

    @Test func sessionIsAddedAtAnyPlace() throws {
        #expect(try lines(["2026-12-01"], ["2026-12-01", "2026-12-12"]) == ["added 2026-12-12"])
        #expect(try lines(["2026-12-12"], ["2026-12-01", "2026-12-12"]) == ["added 2026-12-01"])
        #expect(
            try lines(["2026-12-01", "2026-12-24"], ["2026-12-01", "2026-12-12", "2026-12-24"])
                == ["added 2026-12-12"]
        )
    }

    @Test func sessionIsDroppedAtAnyPlace() throws {
        let three = ["2026-12-01", "2026-12-12", "2026-12-24"]
        for index in three.indices {
            let rest = three.indices.filter { $0 != index }.map { three[$0] }
            #expect(try lines(three, rest) == ["dropped \(three[index])"])
        }
    }

    @Test func oneMovesAndOneIsAddedOrDropped() throws {
        #expect(
            try lines(["2026-12-01", "2026-12-12"], ["2026-12-01", "2026-12-13", "2026-12-24"])
                == ["moved 2 from 2026-12-12 to 2026-12-13", "added 2026-12-24"]
        )
        #expect(
            try lines(["2026-12-01", "2026-12-12", "2026-12-24"], ["2026-12-01", "2026-12-13"])
                == ["moved 2 from 2026-12-12 to 2026-12-13", "dropped 2026-12-24"]
        )
    }

    @Test func firstDatesMakeTheGuideDated() throws {
        let dated = try course(["2026-12-01", "2026-12-12"])
        #expect(lines(nil, dated) == ["dated"])
        #expect(try lines(course([]), dated) == ["dated"])
        #expect(try lines(course([], isFinal: false), dated) == ["dated"])
    }

    @Test func lastDatesTakenAwayMakeItUndated() throws {
        let dated = try course(["2026-12-01", "2026-12-12"])
        #expect(lines(dated, nil) == ["undated"])
        #expect(try lines(dated, course([], isFinal: false)) == ["undated"])
    }

    @Test func lastSessionBecomesTheFinalOneAndBack() throws {
        let open = try course(["2026-12-01"], isFinal: false)
        let final = try course(["2026-12-01"])
        #expect(lines(open, final) == ["final true"])
        #expect(lines(final, open) == ["final false"])
    }

    @Test func finalSaysNothingWithoutDates() throws {
        #expect(try lines(course([], isFinal: false), course([])) == [])
    }

    @Test func eachChoiceOfTheArtistIsToldByItself() throws {
        let usual = try course(["2026-12-01"])
        #expect(try lines(usual, course(["2026-12-01"], keepDryHours: 24)) == ["keepDryHours 24"])
        #expect(try lines(usual, course(["2026-12-01"], washIntervalDays: 2)) == ["washIntervalDays 2"])
        #expect(try lines(usual, course(["2026-12-01"], restDays: 7)) == ["restDays 7"])
    }

    @Test func choicesChangeAlsoWithoutDates() throws {
        #expect(try lines(nil, course([], restDays: 7)) == ["restDays 7"])
        #expect(try lines(course([], restDays: 7), nil) == ["restDays 4"])
    }

    @Test func timeZoneMayChangeByItself() throws {
        let london = try course(["2026-12-01"])
        let tokyo = Course(
            timeZone: "Asia/Tokyo",
            sessions: london.sessions,
            isFinal: london.isFinal,
            choices: london.choices
        )
        #expect(lines(london, tokyo) == ["timeZone Asia/Tokyo"])
        #expect(lines(nil, tokyo) == ["dated"])
    }

    @Test func datesComeFirst() throws {
        let old = try course(["2026-12-01"])
        let new = try course(
            ["2026-12-02", "2026-12-12"],
            isFinal: false,
            keepDryHours: 24,
            washIntervalDays: 2,
            restDays: 3
        )
        #expect(
            lines(old, new) == [
                "moved 1 from 2026-12-01 to 2026-12-02", "added 2026-12-12", "final false", "keepDryHours 24",
                "washIntervalDays 2", "restDays 3",
            ]
        )
    }

    @Test(arguments: 0..<300)
    func changesMakeTheNewDatesOfTheOldOnes(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let start = try date("2026-12-01")
        func sessions() -> [CalendarDate] {
            // Few days to choose from: most pairs share some.
            let days = (0..<16).shuffled(using: &generator).prefix(Int.random(in: 1...12, using: &generator))
            return days.sorted().map { start + $0 }
        }
        let (before, after) = (sessions(), sessions())
        let choices = Regimen.current.defaults
        let plans = [before, after].map {
            Plan(Course(timeZone: "Europe/London", sessions: $0, isFinal: true, choices: choices))
        }

        var dates = Set(before)
        var wrong: [String] = []
        let changes = CourseChange.changes(from: plans[0], to: plans[1])
        for change in changes {
            switch change {
            case .moved(let session, let from, let to):
                if dates.remove(from) == nil || !dates.insert(to).inserted { wrong.append(change.line) }
                if !after.indices.contains(session - 1) || after[session - 1] != to { wrong.append(change.line) }
            case .added(let date):
                if !dates.insert(date).inserted { wrong.append(change.line) }
            case .dropped(let date):
                if dates.remove(date) == nil { wrong.append(change.line) }
            default:
                wrong.append(change.line)
            }
        }
        #expect(wrong == [])
        #expect(dates == Set(after))
        // No more of them than it takes.
        let (gone, come) = (Set(before).subtracting(after), Set(after).subtracting(before))
        #expect(changes.count == max(gone.count, come.count))
    }

    // MARK: - Words

    private func words(_ old: Course?, _ new: Course?) throws -> [String] {
        try #require(GuideContent.named("en-1")).changes(from: Plan(old), to: Plan(new))
    }

    @Test func changesReadAsPlainWords() throws {
        let old = try course(["2026-12-01", "2026-12-12"])
        let new = try course(
            ["2026-12-01", "2026-12-19", "2027-01-04"],
            isFinal: false,
            keepDryHours: 24,
            washIntervalDays: 2,
            restDays: 5
        )
        #expect(
            try words(old, new) == [
                "Your second session moved from Saturday 12 December to Saturday 19 December.",
                "A session was added: Monday 4 January.",
                "The last session is not the final one any more.",
                "Keep dry for 24 hours.",
                "Wash every 2 days once healed.",
                "Rest for 5 days after a session.",
            ]
        )
        #expect(
            try words(new, old).prefix(3) == [
                "Your second session moved from Saturday 19 December to Saturday 12 December.",
                "The session on Monday 4 January was dropped.",
                "The last session is the final one now.",
            ]
        )
    }

    @Test func datesGivenAndTakenAwayReadAsPlainWords() throws {
        let dated = try course(["2026-12-01"])
        #expect(try words(nil, dated) == ["The guide now has dates."])
        #expect(
            try words(dated, nil) == ["The guide is counted in days again: its dates were taken away."]
        )
    }

    @Test func thatNothingChangedIsSaid() throws {
        let dated = try course(["2026-12-01"])
        #expect(try words(dated, dated) == ["The dates stayed as they were."])
    }
}

extension CourseChange {
    fileprivate var line: String {
        switch self {
        case .moved(let session, let from, let to): "moved \(session) from \(from) to \(to)"
        case .added(let date): "added \(date)"
        case .dropped(let date): "dropped \(date)"
        case .dated: "dated"
        case .undated: "undated"
        case .final(let isFinal): "final \(isFinal)"
        case .timeZone(let zone): "timeZone \(zone)"
        case .keepDryHours(let hours): "keepDryHours \(hours)"
        case .washIntervalDays(let days): "washIntervalDays \(days)"
        case .restDays(let days): "restDays \(days)"
        }
    }
}
