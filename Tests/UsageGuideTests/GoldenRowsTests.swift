import Commerce
import Testing
import UsageGuide

/// The rows of numbers that the rules are agreed on, each continued to the end of its plan.
@Suite struct GoldenRowsTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// Days from the first session to each session.
        let sessions: [Int]
        var keepDryHours: Int? = nil
        var washIntervalDays: Int? = nil
        let washes: [Int]
        let ointment: [Int]
        let lotion: [Int]

        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(
            name: "one session, final",
            sessions: [0],
            washes: [2, 4, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36],
            ointment: Array(0...6),
            lotion: Array(7...36)
        ),
        Row(
            name: "gap of 1",
            sessions: [0, 1],
            washes: [3, 5, 7, 10, 13, 16, 19, 22, 25, 28, 31, 34, 37],
            ointment: Array(0...7),
            lotion: Array(8...37)
        ),
        Row(
            name: "gap of 6",
            sessions: [0, 6],
            washes: [2, 4, 8, 10, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39, 42],
            ointment: Array(0...12),
            lotion: Array(13...42)
        ),
        Row(
            name: "gap of 7",
            sessions: [0, 7],
            washes: [2, 4, 6, 9, 11, 13, 16, 19, 22, 25, 28, 31, 34, 37, 40, 43],
            ointment: Array(0...13),
            lotion: Array(14...43)
        ),
        Row(
            name: "gap of 8",
            sessions: [0, 8],
            washes: [2, 4, 6, 10, 12, 14, 17, 20, 23, 26, 29, 32, 35, 38, 41, 44],
            ointment: [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14],
            lotion: Array(15...44)
        ),
        Row(
            name: "one session, dry for 24 h, every 2 days",
            sessions: [0],
            keepDryHours: 24,
            washIntervalDays: 2,
            washes: [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35],
            ointment: Array(0...6),
            lotion: Array(7...36)
        ),
        Row(
            name: "one session, dry for 24 h, every 3 days",
            sessions: [0],
            keepDryHours: 24,
            washIntervalDays: 3,
            washes: [1, 3, 5, 8, 11, 14, 17, 20, 23, 26, 29, 32, 35],
            ointment: Array(0...6),
            lotion: Array(7...36)
        ),
    ]

    /// An ordinary day, the days before a leap day and before its absence in 2100, a year's end, both clock changes.
    static let firstSessions = ["2026-12-01", "2028-02-20", "2100-02-20", "2026-12-31", "2026-03-28", "2026-10-24"]

    private static func plan(_ row: Row, from first: String) throws -> Plan {
        let start = try date(first)
        return Plan(
            try course(
                row.sessions.map { "\(start + $0)" },
                keepDryHours: row.keepDryHours,
                washIntervalDays: row.washIntervalDays
            )
        )
    }

    @Test(arguments: GoldenRowsTests.rows, GoldenRowsTests.firstSessions)
    func actionsFallOnTheAgreedDays(row: Row, first: String) throws {
        let plan = try Self.plan(row, from: first)
        #expect(plan.positions(of: Plan.Action.wash) == row.washes)
        #expect(plan.positions(of: Plan.Action.ointment) == row.ointment)
        #expect(plan.positions(of: Plan.Action.lotion) == row.lotion)
    }

    @Test(arguments: GoldenRowsTests.rows, GoldenRowsTests.firstSessions)
    func planEndsOnTheLastDayOfTheLotionAndLacksNoDate(row: Row, first: String) throws {
        let plan = try Self.plan(row, from: first)
        let start = try date(first)
        let last = try #require(row.lotion.last)
        #expect(plan.status == .dated)
        #expect(plan.days.count == last + 1)
        #expect(plan.days.compactMap(\.date) == (0...last).map { start + $0 })
    }

    @Test func dayBetweenTwoSessionsHasOnlyTheCautionAgainstPicking() throws {
        let plan = Plan(try course(["2026-12-01", "2026-12-09"]))
        #expect(plan.days[7].line == "2026-12-08 session 1 day 7 between:  / pick")
    }
}
