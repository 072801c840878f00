import Commerce
import Links
import Postgres
import Synchronization

/// Where requests that place orders meet. Whoever comes when a lane is free goes at once; those who come while all lanes
/// are busy go together with the next one. So a lone buyer never waits for company, and a crowd shares its transactions.
final class PlacementQueue: Sendable {
    /// A request for an order.
    struct Candidate: Sendable {
        let request: OrderRequest
        let cart: Link
        let now: Instant
        let actor: Actor
    }

    /// What became of a candidate.
    enum Outcome: Sendable {
        case placed(Order)
        case refused(PlacementError)
        /// It can't be decided together with others, or what was decided did not hold: it goes by itself.
        case alone
        /// The database is not there, or nobody knows what it did: the same request is safe again.
        case failed(PostgresError)
    }

    private struct Waiting {
        let candidate: Candidate
        let continuation: CheckedContinuation<Outcome, Never>
    }

    /// The most orders in one transaction.
    private static let batchMax = 64
    /// Transactions at once: the second is put together while the first waits for the disk.
    private static let lanesMax = 2
    /// The most requests that wait: more would wait for so long that their clients are better told to come again.
    private static let waitingMax = 300

    private let state = Mutex<(waiting: [Waiting], lanes: Int)>(([], 0))

    /// Whether somebody who comes now would be served soon.
    var hasRoom: Bool { state.withLock { $0.waiting.count < Self.waitingMax } }

    /// Places an order together with whoever else is there.
    /// - Parameter place: places some in one transaction, and says what became of each.
    func join(
        _ candidate: Candidate,
        place: @escaping @Sendable ([Candidate]) async -> [Outcome]
    ) async -> Outcome {
        await withCheckedContinuation { continuation in
            let opensLane = state.withLock { state in
                state.waiting.append(Waiting(candidate: candidate, continuation: continuation))
                guard state.lanes < Self.lanesMax else { return false }
                state.lanes += 1
                return true
            }
            if opensLane { Task { await serve(place) } }
        }
    }

    /// Serves whoever waits, until nobody does.
    private func serve(_ place: @Sendable ([Candidate]) async -> [Outcome]) async {
        while true {
            let batch = state.withLock { state -> [Waiting] in
                let batch = Array(state.waiting.prefix(Self.batchMax))
                state.waiting.removeFirst(batch.count)
                if batch.isEmpty { state.lanes -= 1 }
                return batch
            }
            if batch.isEmpty { return }
            let outcomes = await place(batch.map(\.candidate))
            for (waiting, outcome) in zip(batch, outcomes) { waiting.continuation.resume(returning: outcome) }
        }
    }
}
