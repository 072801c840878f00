import Commerce
import TestSupport
import Testing
import UsageGuide

/// Random courses, and what the rules in prose say of each of their days.
@Suite struct PlanPropertyTests {
    @Test(arguments: 0..<400)
    func everyDateIsThereOnceAndIsWhatTheRulesSay(seed: Int) throws {
        let random = RandomCourse(seed: seed)
        let plan = Plan(try random.course())
        let expected = random.expectedDays()
        #expect(plan.status == (random.isFinal ? .dated : .open))
        #expect(plan.days.count == expected.count)
        let differences = zip(plan.days.map(\.line), expected).filter { $0.0 != $0.1 }
        #expect(differences.prefix(3).map { "\($0.0), not \($0.1)" } == [])
    }

    @Test(arguments: 0..<400)
    func milestonesAreWhatTheRulesSayInTheirOrder(seed: Int) throws {
        let random = RandomCourse(seed: seed)
        #expect(Plan(try random.course()).milestoneLines == random.expectedMilestones())
    }

    @Test(arguments: 0..<400)
    func milestonesAreOrderedByDateThenByCode(seed: Int) throws {
        let milestones = Plan(try RandomCourse(seed: seed).course()).milestones
        // Dates written year first sort as text.
        let keys = milestones.map { "\(text($0.dates?.from)) \($0.code.rawValue)" }
        #expect(keys == keys.sorted())
        #expect(Set(keys).count == keys.count)
    }

    @Test(arguments: 0..<400)
    func nothingIsAdvisedThatWouldHarmHealingSkin(seed: Int) throws {
        let random = RandomCourse(seed: seed)
        var wrong: [String] = []
        for day in Plan(try random.course()).days {
            let dryDays = random.keepDryHours == 48 ? [0, 1] : [0]
            let isFinal = random.isFinal && day.session == random.offsets.count
            if day.actions.contains(.wash), dryDays.contains(day.day) || day.cautions.contains(.dry) {
                wrong.append("wash while dry: \(day.line)")
            }
            if day.actions.contains(.ointment) != (0...6).contains(day.day) {
                wrong.append("ointment: \(day.line)")
            }
            if day.actions.contains(.lotion) != (isFinal && (7...36).contains(day.day)) {
                wrong.append("lotion: \(day.line)")
            }
            if day.cautions.contains(.sun) != (day.phase == .healing) { wrong.append("sun: \(day.line)") }
        }
        #expect(wrong == [])
    }

    @Test(arguments: 0..<400)
    func washesKeepTheirDistance(seed: Int) throws {
        let random = RandomCourse(seed: seed)
        let plan = Plan(try random.course())
        let washes = plan.positions(of: Plan.Action.wash)
        var wrong: [String] = []
        for (one, next) in zip(washes, washes.dropFirst()) {
            let (before, after) = (plan.days[one], plan.days[next])
            if before.session == after.session {
                let wanted = after.day <= 6 ? 2 : random.washIntervalDays
                if next - one != wanted { wrong.append("\(next - one) days before \(after.line)") }
            } else if next - one < 2 {
                wrong.append("too soon: \(after.line)")
            }
        }
        #expect(wrong == [])
    }

    @Test(arguments: 0..<400)
    func actionsStandInTheOrderInWhichTheyAreDone(seed: Int) throws {
        let order = ["wash", "ointment", "lotion"]
        let plan = Plan(try RandomCourse(seed: seed).course())
        #expect(plan.days.filter { day in day.actions.map(\.rawValue) != order.filter(day.has) }.map(\.line) == [])
    }

    @Test(arguments: 0..<50)
    func sameCourseGivesTheSamePlan(seed: Int) throws {
        let course = try RandomCourse(seed: seed).course()
        #expect(Plan(course) == Plan(course))
    }
}

extension Plan.Day {
    fileprivate func has(_ action: String) -> Bool { actions.contains { $0.rawValue == action } }
}

/// A course made from a seed, and what to expect of its plan, written down from the rules in prose.
struct RandomCourse {
    /// Days from the first session to each session.
    let offsets: [Int]
    let isFinal: Bool
    let keepDryHours: Int
    let washIntervalDays: Int
    let restDays: Int
    /// The calendar from the first session on, long enough for every milestone.
    let calendar: [String]

    /// First sessions near leap days, their absence in 2100, years' ends and clock changes.
    private static let notableDays = [
        (2028, 2, 20), (2024, 2, 29), (2100, 2, 27), (2027, 12, 31), (1999, 12, 1), (2026, 3, 28), (2026, 10, 24),
    ]

    init(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let count = Int.random(in: 1...12, using: &generator)
        // Mostly short gaps: that is where windows are cut off.
        let gapMax = [3, 8, 16, 60].randomElement(using: &generator) ?? 60
        var offsets = [0]
        for _ in 1..<count { offsets.append((offsets.last ?? 0) + Int.random(in: 1...gapMax, using: &generator)) }
        self.offsets = offsets
        isFinal = Bool.random(using: &generator)
        keepDryHours = Bool.random(using: &generator) ? 24 : 48
        washIntervalDays = Int.random(in: 2...3, using: &generator)
        restDays = Int.random(in: 3...7, using: &generator)
        var first = Self.notableDays.randomElement(using: &generator) ?? (2028, 2, 20)
        if Bool.random(using: &generator) {
            first.0 = Int.random(in: 1990...2199, using: &generator)
            first.1 = Int.random(in: 1...12, using: &generator)
            first.2 = Int.random(in: 1...28, using: &generator)
        }
        var walk = CalendarWalk(year: first.0, month: first.1, day: first.2)
        calendar = (0...(offsets.last ?? 0) + 60).map { _ in walk.next() }
    }

    func course() throws -> Course {
        try UsageGuideTests.course(
            offsets.map { calendar[$0] },
            isFinal: isFinal,
            keepDryHours: keepDryHours,
            washIntervalDays: washIntervalDays,
            restDays: restDays
        )
    }

    func expectedDays() -> [String] {
        let last = (offsets.last ?? 0) + (isFinal ? 36 : 13)
        return (0...last).map { expectedDay(at: $0) }
    }

    private func expectedDay(at position: Int) -> String {
        // A date belongs to the latest session on or before it.
        let session = offsets.count { $0 <= position } - 1
        let day = position - offsets[session]
        let isOfFinal = isFinal && session == offsets.count - 1
        let gentleWashes = keepDryHours == 48 ? [2, 4, 6] : [1, 3, 5]
        let laterWash = day > 6 && (day - gentleWashes[2]) % washIntervalDays == 0

        var actions: [String] = []
        if gentleWashes.contains(day) || laterWash { actions.append("wash") }
        if day <= 6 { actions.append("ointment") }
        if isOfFinal && day >= 7 && day <= 36 { actions.append("lotion") }

        var cautions: [String] = []
        if day == 0 || (day == 1 && keepDryHours == 48) { cautions.append("dry") }
        if day <= restDays - 1 { cautions.append("rest") }
        if day <= 6 { cautions.append("sun") }
        if day <= 13 { cautions.append("pick") }

        return dayLine(
            date: calendar[position],
            session: "\(session + 1)",
            day: day,
            phase: day <= 6 ? "healing" : isOfFinal ? "restoring" : "between",
            actions: actions,
            cautions: cautions
        )
    }

    func expectedMilestones() -> [String] {
        var found: [(from: Int, code: String, line: String)] = []
        func add(_ code: String, _ session: Int, _ from: Int, _ to: Int?) {
            let end = to.map { calendar[offsets[session] + $0] } ?? "-"
            let start = offsets[session] + from
            found.append((start, code, "\(code) \(session + 1) \(calendar[start]) \(end)"))
        }
        for session in offsets.indices {
            let next = session + 1 < offsets.count ? offsets[session + 1] : Int.max
            if offsets[session] + 14 < next { add("scabsGone", session, 10, 14) }
        }
        if isFinal {
            let last = offsets.count - 1
            add("activity", last, 14, nil)
            add("zeroShine", last, 14, nil)
            add("fullResult", last, 42, 56)
        }
        return found.sorted { $0.from == $1.from ? $0.code < $1.code : $0.from < $1.from }.map { $0.line }
    }
}

/// The calendar walked one day at a time: an oracle that shares no arithmetic with `CalendarDate`.
private struct CalendarWalk {
    private var year: Int
    private var month: Int
    private var day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day it stands on, and a step to the next.
    mutating func next() -> String {
        let here = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
        let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        day += 1
        if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
        if month > 12 { (year, month) = (year + 1, 1) }
        return here
    }
}
