import Commerce

/// A time zone's rule for every year to come, in the notation of the POSIX `TZ` variable: `GMT0BST,M3.5.0/1,M10.5.0`.
struct RecurringRule: Sendable {
    /// When in a year the clocks change.
    private enum Change {
        /// Day 1 to 365; 29 February is never counted.
        case julian(Int)
        /// Day 0 to 365; 29 February is counted.
        case ordinal(Int)
        /// A weekday (0 is Sunday) of a week (5 is the last) of a month.
        case weekday(month: Int, week: Int, weekday: Int)
    }

    private struct Summer {
        let offset: Int
        let start: Change
        let startTime: Int
        let end: Change
        let endTime: Int
    }

    private let standard: Int
    private let summer: Summer?

    /// A rule from its notation; nil for anything else.
    init?(_ text: String) {
        var parser = Parser(text)
        guard parser.name(), let standard = parser.time() else { return nil }
        self.standard = -standard
        if parser.isAtEnd {
            summer = nil
            return
        }
        guard parser.name() else { return nil }
        var offset = self.standard + 3600
        if !parser.isNext(",") {
            guard let given = parser.time() else { return nil }
            offset = -given
        }
        guard let (start, startTime) = parser.change(), let (end, endTime) = parser.change(), parser.isAtEnd else {
            return nil
        }
        summer = Summer(offset: offset, start: start, startTime: startTime, end: end, endTime: endTime)
    }

    /// Seconds that local clocks are ahead of UTC.
    func offset(at seconds: Int64) -> Int {
        guard let summer else { return standard }
        let local = seconds + Int64(standard)
        let days = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        let year = CalendarDate(daysSince1970: Int32(days)).parts.year
        let start = Self.moment(summer.start, of: year, time: summer.startTime - standard)
        let end = Self.moment(summer.end, of: year, time: summer.endTime - summer.offset)
        let isSummer = start < end ? (start..<end).contains(seconds) : !(end..<start).contains(seconds)
        return isSummer ? summer.offset : standard
    }

    private static func moment(_ change: Change, of year: Int, time: Int) -> Int64 {
        guard let newYear = CalendarDate(year: year, month: 1, day: 1) else { return 0 }
        let date: CalendarDate
        switch change {
        case .ordinal(let day): date = newYear + day
        case .julian(let day):
            let isLeap = CalendarDate.daysInMonth(2, of: year) == 29
            date = newYear + (day - 1 + (isLeap && day >= 60 ? 1 : 0))
        case .weekday(let month, let week, let weekday):
            guard let first = CalendarDate(year: year, month: month, day: 1) else { return 0 }
            var day = (weekday - first.weekday % 7 + 7) % 7 + 7 * (week - 1)
            while day >= CalendarDate.daysInMonth(month, of: year) { day -= 7 }
            date = first + day
        }
        return Int64(date.daysSince1970) * 86_400 + Int64(time)
    }

    private struct Parser {
        private var rest: Substring

        init(_ text: String) { rest = text[...] }

        var isAtEnd: Bool { rest.isEmpty }

        func isNext(_ character: Character) -> Bool { rest.first == character }

        mutating func take(_ character: Character) -> Bool {
            guard isNext(character) else { return false }
            rest.removeFirst()
            return true
        }

        /// `GMT`, or `<+03>` where the name is not all letters.
        mutating func name() -> Bool {
            if take("<") {
                guard let end = rest.firstIndex(of: ">") else { return false }
                rest = rest[rest.index(after: end)...]
                return true
            }
            let letters = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(letters.count)
            return letters.count >= 3
        }

        mutating func number() -> Int? {
            let digits = rest.prefix { $0.isNumber }
            rest = rest.dropFirst(digits.count)
            return Int(digits)
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time() -> Int? {
            let sign = take("-") ? -1 : 1
            _ = take("+")
            guard let hours = number(), hours <= 167 else { return nil }
            var seconds = hours * 3600
            for unit in [60, 1] where take(":") {
                guard let value = number(), value < 60 else { return nil }
                seconds += value * unit
            }
            return sign * seconds
        }

        /// `,M3.5.0/2`, `,J60` or `,59`; the time is 02:00 where none is given.
        mutating func change() -> (Change, Int)? {
            guard take(",") else { return nil }
            let change: Change
            if take("M") {
                guard let month = number(), take("."), let week = number(), take("."), let weekday = number(),
                    (1...12).contains(month), (1...5).contains(week), (0...6).contains(weekday)
                else { return nil }
                change = .weekday(month: month, week: week, weekday: weekday)
            } else if take("J") {
                guard let day = number(), (1...365).contains(day) else { return nil }
                change = .julian(day)
            } else {
                guard let day = number(), (0...365).contains(day) else { return nil }
                change = .ordinal(day)
            }
            guard take("/") else { return (change, 7200) }
            return time().map { (change, $0) }
        }
    }
}
