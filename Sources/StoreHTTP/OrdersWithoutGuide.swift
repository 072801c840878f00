package import Commerce
import Orders
package import Postgres
import Synchronization

/// How many orders have no guide. All of them are looked through once an hour, because that takes the longer the more
/// there are; those of the last day each time.
package final class OrdersWithoutGuide: Sendable {
    private static let pause = Duration.seconds(3600)
    private static let day = Duration.seconds(86_400)

    private let all = Mutex<(count: Int, at: Instant)?>(nil)

    package init() {}

    /// How many there are. One that has its guide again is counted until all are looked through the next time.
    package func count(_ pool: Pool, now: Instant) async throws -> Int {
        if let last = all.withLock({ $0 }), now < last.at + Self.pause {
            return max(last.count, try await pool.read(OrderStore.withoutGuide(since: now + (.zero - Self.day))))
        }
        let count = try await pool.read(OrderStore.allWithoutGuide)
        all.withLock { $0 = (count: count, at: now) }
        return count
    }
}
