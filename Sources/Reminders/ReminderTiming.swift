package import CivilTime
package import Commerce

/// When somebody may be reminded.
package enum ReminderTiming {
    /// What could not be told for longer is not told any more.
    static let latest = Duration.seconds(4 * 3600)
    /// So long before a reminder is due its moment is reckoned again. The rules of a zone change by
    /// less, unless the date does too.
    static let ahead = Duration.seconds(3 * 3600)
    /// The minutes of a day in which people are written.
    private static let wakingMinutes = 8 * 60..<21 * 60

    /// Whether a reminder that was due is of use, and disturbs nobody, now.
    package static func mayBeTold(_ due: Instant, _ rules: TimeZoneRules, now: Instant) -> Bool {
        due <= now && now <= due + latest && wakingMinutes.contains(rules.minutes(at: now))
    }

    /// When a reminder is looked at next.
    static func nextLook(_ due: Instant, now: Instant) -> Instant {
        let early = due + (.zero - ahead)
        return early > now ? early : due
    }
}
