import Commerce
import Links
import Metrics
import Postgres
import Synchronization
import Tracing

/// Where requests that place orders meet. Whoever comes when a lane is free goes at once; those who come while all lanes
/// are busy go together with the next one. So a lone buyer never waits for company, and a crowd shares its transactions.
final class PlacementQueue: Sendable {
    /// A request for an order.
    struct Candidate: Sendable {
        let request: OrderRequest
        let cart: Link
        let now: Instant
        let actor: Actor
        /// The trace that the request belongs to, where there is one.
        let context = InstrumentationContext.current
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

    /// A candidate whose sender has not heard yet.
    private final class Waiting: Sendable {
        let candidate: Candidate
        let deadline: ContinuousClock.Instant
        private let continuation: Mutex<CheckedContinuation<Outcome, Never>?>

        init(
            _ candidate: Candidate,
            until deadline: ContinuousClock.Instant,
            _ continuation: CheckedContinuation<Outcome, Never>
        ) {
            self.candidate = candidate
            self.deadline = deadline
            self.continuation = Mutex(continuation)
        }

        /// Tells the sender, unless they have heard.
        func answer(_ outcome: Outcome) {
            let waiting = continuation.withLock { continuation in
                defer { continuation = nil }
                return continuation
            }
            waiting?.resume(returning: outcome)
        }
    }

    private struct State {
        /// In the order in which they came: those who are being served, then those who wait in line.
        var serving: [Waiting] = []
        var line: [Waiting] = []
        var lanes = 0
        var isWatched = false
    }

    private static let batchSizes = Recorder(label: "aftercare.checkout.batch.size")
    /// The most orders in one transaction.
    private static let batchMax = 64
    /// Transactions at once: the second is put together while the first waits for the disk.
    private static let lanesMax = 2
    /// The most requests that wait: more would wait for so long that their clients are better told to come again.
    private static let waitingMax = 300

    /// How long anybody waits for an answer: longer is a database that hangs, and the same request is safe again.
    private let waitMax: Duration

    private let state = Mutex(State())

    init(waitMax: Duration) { self.waitMax = waitMax }

    /// Whether somebody who comes now would be served soon.
    var hasRoom: Bool { state.withLock { $0.line.count < Self.waitingMax } }

    /// Places an order together with whoever else is there.
    /// - Parameter place: places some in one transaction, and says what became of each.
    func join(
        _ candidate: Candidate,
        place: @escaping @Sendable ([Candidate]) async -> [Outcome]
    ) async -> Outcome {
        await withCheckedContinuation { continuation in
            let waiting = Waiting(candidate, until: .now + waitMax, continuation)
            let (opensLane, watches) = state.withLock { state in
                state.line.append(waiting)
                let watches = !state.isWatched
                state.isWatched = true
                guard state.lanes < Self.lanesMax else { return (false, watches) }
                state.lanes += 1
                return (true, watches)
            }
            if opensLane { Task { await serve(place) } }
            if watches { Task { await watch() } }
        }
    }

    /// Serves whoever waits, until nobody does.
    private func serve(_ place: @Sendable ([Candidate]) async -> [Outcome]) async {
        while true {
            let batch = state.withLock { state -> [Waiting] in
                let batch = Array(state.line.prefix(Self.batchMax))
                state.line.removeFirst(batch.count)
                state.serving += batch
                if batch.isEmpty { state.lanes -= 1 }
                return batch
            }
            if batch.isEmpty { return }
            Self.batchSizes.record(batch.count)
            let outcomes = await Self.traced(batch.map(\.candidate), place)
            state.withLock { state in state.serving.removeAll { one in batch.contains { $0 === one } } }
            for (waiting, outcome) in zip(batch, outcomes) { waiting.answer(outcome) }
        }
    }

    /// Places a batch as a step of the first one's trace, with links to the others': it is the doing of all of them. A lane
    /// was opened by one request and serves many, so that none is to be taken for the one that opened it.
    private static func traced(
        _ batch: [Candidate],
        _ place: @Sendable ([Candidate]) async -> [Outcome]
    ) async -> [Outcome] {
        let contexts = batch.compactMap(\.context)
        guard let first = contexts.first else {
            return await InstrumentationContext.$current.withValue(nil) { await place(batch) }
        }
        return await withSpan("place orders", context: first) { span in
            span.attributes["aftercare.batch.size"] = batch.count
            for context in contexts.dropFirst() { span.addLink(SpanLink(context: context, attributes: [:])) }
            return await place(batch)
        }
    }

    /// Sends those away who have waited too long, until nobody waits.
    private func watch() async {
        while true {
            let (next, late) = state.withLock { state -> (ContinuousClock.Instant?, [(Waiting, PostgresError)]) in
                let now = ContinuousClock.now
                let unserved = state.line.prefix { $0.deadline <= now }
                // What a batch that hangs has written nobody knows.
                let late =
                    state.serving.filter { $0.deadline <= now }.map { ($0, PostgresError.outcomeUnknown(.deadline)) }
                    + unserved.map { ($0, .poolExhausted) }
                state.line.removeFirst(unserved.count)
                state.serving.removeAll { $0.deadline <= now }
                let next = (state.serving + state.line).map(\.deadline).min()
                if next == nil { state.isWatched = false }
                return (next, late)
            }
            for (waiting, error) in late { waiting.answer(.failed(error)) }
            guard let next else { return }
            try? await Task.sleep(until: next, clock: .continuous)
        }
    }
}
