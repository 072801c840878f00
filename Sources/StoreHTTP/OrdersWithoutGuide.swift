package import Commerce
import Orders
package import Postgres
import Synchronization

/// How many orders have no guide. All of them are looked through once an hour, because that takes the longer the more
/// there are; those of the last day each time.
package final class OrdersWithoutGuide: Sendable {
    private static let pause = Duration.seconds(3600)
    private static let day = Duration.seconds(86_400)
    private static let timeout = Duration.seconds(600)

    private struct Look {
        /// Nil before all were looked through once.
        var count: Int?
        /// When they were last, or it was tried.
        var at: Instant?
    }

    private let look = Mutex(Look())

    /// Counts none yet.
    package init() {}

    /// How many there are; nil where the database does not say. One that has its guide again is counted until all are looked
    /// through the next time.
    package func count(_ pool: Pool, now: Instant) async -> Int? {
        let isDue = look.withLock { look in
            if let at = look.at, now < at + Self.pause { return false }
            // Whoever asks meanwhile, or after it failed, begins no second one.
            look.at = now
            return true
        }
        if isDue, let all = try? await pool.read(OrderStore.allWithoutGuide, timeout: Self.timeout) {
            look.withLock { $0.count = all }
            return all
        }
        let lately = try? await pool.read(OrderStore.withoutGuide(since: now + (.zero - Self.day)))
        guard let lately else { return nil }
        return max(look.withLock { $0.count ?? 0 }, lately)
    }
}
