package import Commerce

/// Which backups are kept: all of so many days, and the newest whatever their age.
package struct Retention: Sendable, Equatable {
    /// All that were made within so many days.
    package let days: Int
    /// At least so many, 1 or more.
    package let count: Int

    package init(days: Int, count: Int) {
        self.days = days
        self.count = count
    }

    /// The backups that go.
    /// - Parameter backups: oldest first.
    package func expired(_ backups: [BaseBackup], now: Instant) -> [BaseBackup] {
        let limit = now + .seconds(-days * 86_400)
        return backups.dropLast(max(1, count)).filter { $0.endedAt < limit }
    }

    /// The segment before which the log goes: the first that any of some backups needs; nil where there are none. After a
    /// restore to an earlier moment, or with a clock that was put back, that need not be the oldest backup's. Segments are
    /// counted through all timelines, and so they are compared.
    package static func firstSegment(of kept: [BaseBackup]) -> LogSegment? {
        kept.map(\.firstSegment).min { $0.number < $1.number }
    }
}
