import Commerce
import Testing
import UsageGuide

/// A date that a test names.
func date(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }

/// A course in London; what is left out is the regimen's default.
func course(
    _ sessions: [String],
    isFinal: Bool = true,
    keepDryHours: Int? = nil,
    washIntervalDays: Int? = nil,
    restDays: Int? = nil
) throws -> Course {
    let choices = try #require(
        ArtistChoices(keepDryHours: keepDryHours, washIntervalDays: washIntervalDays, restDays: restDays)
    )
    let dates = try sessions.map { try date($0) }
    return Course(timeZone: "Europe/London", sessions: dates, isFinal: isFinal, choices: choices)
}

/// A value as text; a dash where there is none.
func text<Value>(_ value: Value?) -> String { value.map { "\($0)" } ?? "-" }

extension Plan {
    /// The positions of the days on which something is to be done: days since the first session.
    func positions(of action: Action) -> [Int] { days.indices.filter { days[$0].actions.contains(action) } }

    /// The positions of the days on which something is to be left alone.
    func positions(of caution: Caution) -> [Int] { days.indices.filter { days[$0].cautions.contains(caution) } }

    /// The dates on which something is to be done.
    func dates(of action: Action) -> [String] { positions(of: action).map { text(days[$0].date) } }

    /// The dates on which something is to be left alone.
    func dates(of caution: Caution) -> [String] { positions(of: caution).map { text(days[$0].date) } }

    /// The milestones as `code session from to`.
    var milestoneLines: [String] {
        milestones.map { "\($0.code.rawValue) \(text($0.session)) \(text($0.dates?.from)) \(text($0.dates?.to))" }
    }
}

extension Plan.Day {
    /// The whole day in one line, so that a difference can be read.
    var line: String {
        dayLine(
            date: text(date),
            session: text(session),
            day: day,
            phase: phase.rawValue,
            actions: actions.map(\.rawValue),
            cautions: cautions.map(\.rawValue)
        )
    }
}

/// A day's line from its parts.
func dayLine(
    date: String,
    session: String,
    day: Int,
    phase: String,
    actions: [String],
    cautions: [String]
) -> String {
    "\(date) session \(session) day \(day) \(phase): \(actions.joined(separator: "+")) / "
        + cautions.joined(separator: "+")
}
