package import Commerce
import Orders
import Postgres

/// Erasures that a database has forgotten, because it was put back from an older copy, done again.
extension PersonalStore {
    /// What came of doing erasures again.
    package struct Replay: Sendable, Equatable {
        /// The numbers of the orders that were erased now.
        package var erased: [String] = []
        /// Those that stand in the older copy as they stood then: a parcel or money is still under way. They are erased once
        /// that is settled.
        package var open: [String] = []

        package init() {}
    }

    /// So many entries of a list are asked for at once.
    private static let entriesMax = 1_000

    /// Erases what a list says was erased, and the database holds.
    package func replay(_ entries: [ErasureList.Entry], now: Instant) async throws -> Replay {
        var replay = Replay()
        var rest = entries[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.entriesMax)
            rest = rest.dropFirst(Self.entriesMax)
            let held = try await pool.read(
                OrderErasure.held(
                    part.map { (id: orders.id(.number($0.number)), number: $0.number.description, erasedAt: $0.at) }
                )
            )
            for order in held {
                do {
                    try await erase(order.id, key: nil, actor: .system, now: now)
                    replay.erased.append(order.number)
                } catch PersonalError.open {
                    replay.open.append(order.number)
                } catch OrderError.erased {
                    // Another server did it at the same time.
                    continue
                }
            }
        }
        return replay
    }
}
