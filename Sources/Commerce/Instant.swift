/// A point in time, to the microsecond, as PostgreSQL keeps it.
public struct Instant: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z, negative before it.
    public let microsecondsSince1970: Int64

    /// An instant from microseconds since 1970-01-01T00:00:00Z.
    public init(microsecondsSince1970: Int64) { self.microsecondsSince1970 = microsecondsSince1970 }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    public var secondsSince1970: Int64 {
        let (seconds, rest) = microsecondsSince1970.quotientAndRemainder(dividingBy: 1_000_000)
        return rest < 0 ? seconds - 1 : seconds
    }

    /// The date in UTC.
    public var date: CalendarDate {
        let seconds = secondsSince1970
        return CalendarDate(daysSince1970: Int32(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400))
    }

    public static func < (one: Instant, other: Instant) -> Bool {
        one.microsecondsSince1970 < other.microsecondsSince1970
    }

    /// The instant so much later.
    public static func + (instant: Instant, duration: Duration) -> Instant {
        let (seconds, attoseconds) = duration.components
        return Instant(
            microsecondsSince1970: instant.microsecondsSince1970 + seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        )
    }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC, to the second: `2026-11-23T09:12:44Z`.
    public var description: String {
        let date = date
        let time = Int(secondsSince1970 - Int64(date.daysSince1970) * 86_400)
        let clock = [time / 3600, time / 60 % 60, time % 60].map { padded($0, to: 2) }.joined(separator: ":")
        return "\(date)T\(clock)Z"
    }
}
