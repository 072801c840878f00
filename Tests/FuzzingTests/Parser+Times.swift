@testable import CivilTime
import Commerce
@testable import StaffCLI

extension Parser {
    /// Dates, times and the rules of time zones.
    static let times = [
        Parser("dates") { input in
            if let date = CalendarDate(input.text) {
                try hold(date.description == input.text, "a date is written as it was read")
                let (year, month, day) = date.parts
                try hold(CalendarDate(year: year, month: month, day: day) == date, "a date is made of its parts")
                try hold((date + 1).weekday == date.weekday % 7 + 1, "a day is followed by the next of the week")
            }
            let shown = clock.text(input.text)
            try hold(shown == input.text || shown.utf8.count == 16, "a time is shown to the minute")
        },
        Parser("zones") { input in
            if let rules = TimeZoneRules(tzif: input.bytes) { try holds(rules) }
            guard let rule = RecurringRule(input.text) else { return }
            for moment in moments { _ = rule.offset(at: moment.secondsSince1970) }
        },
    ]

    private static let clock = WallClock(environment: ["TZ": "Europe/London"])
    private static let moments = [Int64.min, -1, 0, 951_782_399, 1_795_000_000, 4_102_444_800, .max].map {
        Instant(microsecondsSince1970: $0.multipliedReportingOverflow(by: 1_000_000).overflow ? $0 : $0 * 1_000_000)
    }

    private static func holds(_ rules: TimeZoneRules) throws {
        for moment in moments {
            _ = rules.offset(at: moment)
            try hold((0..<1440).contains(rules.minutes(at: moment)), "a day has 1440 minutes")
            _ = rules.date(at: moment)
        }
        for day in [CalendarDate(year: 1, month: 1, day: 1), CalendarDate(year: 9999, month: 12, day: 31)] {
            if let day { _ = rules.instant(on: day, hour: 23) }
        }
    }
}
