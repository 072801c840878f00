public import Commerce

extension Instant {
    /// A moment as people and PostgreSQL write it: RFC 3339, such as `2026-11-24T09:00:00Z`, with at most microseconds, a
    /// space for the `T`, and an offset in hours alone where it has no minutes. Nil for any other text, and for a day or a
    /// time that there is not.
    public init?(_ text: String) {
        let form = /(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(?:(Z)|([+\-])(\d{2})(?::?(\d{2}))?)/
        guard let match = text.wholeMatch(of: form), let date = CalendarDate(match.1), let hour = Int64(match.2),
            let minute = Int64(match.3), let second = Int64(match.4), hour < 24, minute < 60, second < 60
        else { return nil }
        let fraction = match.5.map { $0 + String(repeating: "0", count: 6 - $0.count) } ?? "0"
        let offset = (Int64(match.8 ?? "0") ?? 0) * 60 + (Int64((match.9 ?? nil) ?? "0") ?? 0)
        let minutes = hour * 60 + minute - (match.7 == "-" ? -offset : offset)
        let seconds = Int64(date.daysSince1970) * 86_400 + minutes * 60 + second
        self.init(microsecondsSince1970: seconds * 1_000_000 + (Int64(fraction) ?? 0))
    }
}
