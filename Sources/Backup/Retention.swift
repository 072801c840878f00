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
}
