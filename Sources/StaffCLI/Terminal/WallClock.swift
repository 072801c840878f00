import CivilTime
import Commerce
import Glibc

/// The clock on the wall where the terminal is. The store tells the time in UTC; people read their own.
struct WallClock: Sendable {
    /// The zone's name.
    let zone: String
    /// Nil for UTC.
    private let rules: TimeZoneRules?

    /// The one of the zone that `TZ` names, else of the machine's; UTC where neither is in the system's tzdata.
    init(environment: [String: String]) {
        let named = environment["TZ"].map { $0.hasPrefix(":") ? String($0.dropFirst()) : $0 } ?? ""
        let zones = try? TimeZoneDatabase()
        let name = zones?.name(named.isEmpty ? Self.machineZone : named)
        rules = name.flatMap { zones?.rules(for: $0) }
        zone = rules == nil ? "UTC" : name ?? "UTC"
    }

    /// A time of an answer to the minute: `2026-11-24 09:12`. What is no time stays as it came.
    func text(_ time: String) -> String {
        guard let instant = Self.instant(time) else { return time }
        let offset = Int64(rules?.offset(at: instant) ?? 0)
        let shown = Instant(microsecondsSince1970: instant.microsecondsSince1970 + offset * 1_000_000)
        return String(shown.description.replacing("T", with: " ").prefix(16))
    }

    /// RFC 3339 in UTC: `2026-11-24T09:12:44Z`.
    private static func instant(_ text: String) -> Instant? {
        let parts = text.split(separator: "T")
        guard parts.count == 2, let date = CalendarDate(String(parts[0])), parts[1].hasSuffix("Z") else { return nil }
        let clock = parts[1].dropLast().split(separator: ":").map { Int64($0) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
            (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second)
        else { return nil }
        let seconds = Int64(date.daysSince1970) * 86_400 + hour * 3600 + minute * 60 + second
        return Instant(microsecondsSince1970: seconds * 1_000_000)
    }

    /// Where `/etc/localtime` leads to.
    private static var machineZone: String {
        guard let path = realpath("/etc/localtime", nil) else { return "UTC" }
        defer { free(path) }
        return String(cString: path).split(separator: "/zoneinfo/", maxSplits: 1).last.map(String.init) ?? "UTC"
    }
}
