package import Commerce

/// How long an answer asks to be left alone.
package enum RetryAfter {
    /// Nobody is left alone for longer.
    package static let longest = Duration.seconds(86_400)

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The duration that a `Retry-After` header names, in seconds or as a date of HTTP (RFC 9110, section 5.6.7); nil where
    /// it is neither.
    package static func duration(_ header: String, now: Instant) -> Duration? {
        if let digits = header.wholeMatch(of: /[ \t]*([0-9]+)[ \t]*/)?.1 {
            // More digits than a number holds are long all the same.
            return min(Int(digits).map { .seconds($0) } ?? longest, longest)
        }
        guard let date = instant(header) else { return nil }
        let wait = date.secondsSince1970 - now.secondsSince1970
        return min(.seconds(max(wait, 0)), longest)
    }

    private static func instant(_ text: String) -> Instant? {
        let form = /[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT/
        guard let match = text.wholeMatch(of: form), let month = months.firstIndex(of: String(match.2)),
            let date = CalendarDate("\(match.3)-\(month < 9 ? "0" : "")\(month + 1)-\(match.1)"),
            let hour = Int64(match.4), let minute = Int64(match.5), let second = Int64(match.6)
        else { return nil }
        let seconds = Int64(date.daysSince1970) * 86_400 + hour * 3600 + minute * 60 + second
        return Instant(microsecondsSince1970: seconds * 1_000_000)
    }
}
