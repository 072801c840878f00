import CivilTime
package import Commerce
package import Logging
import Metrics
package import Orders
import Postgres
import Synchronization
import Tracing

/// Tells what happens to the orders, through each of its channels. Any number of processes may run one: each event is told
/// by whoever claims its order.
package struct DeliveryWorker: Sendable {
    /// The time between two looks where nothing wakes it: another process may have written.
    private static let pause = Duration.seconds(1)
    /// The least time between two looks: what happens meanwhile is looked at together.
    private static let lookPause = Duration.milliseconds(50)
    /// So many times as long as the database takes to say what is due is waited for the next look: where it is slow
    /// because everybody orders, those come first.
    private static let restFactor = 20
    /// How long an attempt may still take when the store stops.
    private static let grace = Duration.seconds(5)

    private let feed: OrderFeed
    private let store: DeliveryStore
    private let signal: ChangeSignal
    private let channels: @Sendable () async throws -> [any DeliveryChannel]
    private let logger: Logger
    private let now: @Sendable () -> Instant

    /// - Parameter channels: asked at each look; channels may come and go.
    package init(
        _ orders: OrderStore,
        logger: Logger,
        now: @escaping @Sendable () -> Instant = Instant.now,
        channels: @escaping @Sendable () async throws -> [any DeliveryChannel]
    ) {
        self.channels = channels
        self.logger = logger
        self.now = now
        signal = orders.changes
        feed = OrderFeed(orders)
        store = DeliveryStore(orders)
    }

    /// Tells what there is and what comes, until the task is cancelled. What is being told then has a while to end.
    package func run() async {
        let clock = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.pause)
                signal.notify()
            }
        }
        defer { clock.cancel() }
        let desk = Desk()
        let ledger = DeliveryLedger(store, logger: logger, now: now)
        await withDiscardingTaskGroup { group in
            for await _ in signal.stream {
                do {
                    for work in try await look(desk) {
                        group.addTask {
                            await Self.withGrace { await tell(work, ledger) }
                            desk.end(work.channel.name)
                            signal.notify()
                        }
                    }
                    let rest = desk.answerTime * Self.restFactor
                    try await Task.sleep(for: min(max(Self.lookPause, rest), Self.pause))
                } catch {
                    // Whatever is said by what was stopped with the store did not fail.
                    if Task.isCancelled { break }
                    logger.error("telling what happened failed", metadata: ["error": "\(Self.cause(error))"])
                }
            }
        }
    }

    /// Tells all that is due now.
    package func drain() async throws {
        let desk = Desk()
        let ledger = DeliveryLedger(store, logger: logger, now: now)
        while true {
            let works = try await look(desk)
            if works.isEmpty { return }
            await withDiscardingTaskGroup { group in
                for work in works {
                    group.addTask {
                        await tell(work, ledger)
                        desk.end(work.channel.name)
                    }
                }
            }
        }
    }

    /// How many events this process is telling on each channel, and how fast the database answered last.
    private final class Desk: Sendable {
        private let state = Mutex<(busy: [String: Int], answerTime: Duration)>(([:], .zero))

        var answerTime: Duration { state.withLock(\.answerTime) }
        func free(_ channel: any DeliveryChannel) -> Int {
            state.withLock { channel.atOnce - ($0.busy[channel.name] ?? 0) }
        }
        func begin(_ channel: String, _ count: Int) { state.withLock { $0.busy[channel, default: 0] += count } }
        func end(_ channel: String) { state.withLock { $0.busy[channel]? -= 1 } }
        func answered(in time: Duration) { state.withLock { $0.answerTime = time } }
    }

    /// A claim and what it comes to.
    private struct Work: Sendable {
        let claim: DeliveryClaim
        let channel: any DeliveryChannel
        /// Nil where the channel tells none of what the claim is of.
        let entry: OrderFeed.Entry?
    }

    /// Takes what is due. Only for who has room for more then is read what is new, so that a shop in which everybody orders
    /// at once is not kept busy with what can't be told yet.
    private func look(_ desk: Desk) async throws -> [Work] {
        let channels = try await channels()
        if channels.isEmpty { return [] }
        let start = ContinuousClock.now
        let (progress, positions) = try await store.positions(now: now())
        desk.answered(in: .now - start)
        var works: [Work] = []
        var hungry: [(channel: any DeliveryChannel, place: DeliveryStore.Position?)] = []
        for channel in channels {
            let place = positions.first { $0.channel == channel.name }
            if let place { works += await attempted(channel) { try await claim(channel, place, desk) } }
            if desk.free(channel) > 0 { hungry.append((channel, place)) }
        }
        if hungry.isEmpty || Task.isCancelled { return works }
        var last = progress.last
        if progress.isBehind {
            do { last = try await feed.extend() } catch {
                // What was claimed is told even where what is new can't be read.
                if !Task.isCancelled {
                    logger.error("the feed can't be extended", metadata: ["error": "\(Self.cause(error))"])
                }
            }
        }
        for (channel, place) in hungry {
            works += await attempted(channel) { [last] in try await wake(channel, at: place, last: last, desk) }
        }
        return works
    }

    /// What came of looking at a channel; nothing where it can't be looked at, which keeps no other from it.
    private func attempted(_ channel: any DeliveryChannel, _ look: () async throws -> [Work]) async -> [Work] {
        do { return try await look() } catch {
            // Whatever is said by what was stopped with the store did not fail.
            if !Task.isCancelled {
                logger.error(
                    "a channel can't be looked at",
                    metadata: ["channel": "\(channel.name)", "error": "\(Self.cause(error))"]
                )
            }
            return []
        }
    }

    /// Takes what is due on a channel, as much as there is room for.
    private func claim(
        _ channel: any DeliveryChannel,
        _ place: DeliveryStore.Position,
        _ desk: Desk
    ) async throws -> [Work] {
        var free = desk.free(channel)
        var claims: [DeliveryClaim] = []
        if place.hasRepeats {
            claims = try await store.claimRepeats(channel.name, count: min(free, max(1, free / 4)), now: now())
            free -= claims.count
        }
        if place.isDue { claims += try await store.claim(channel.name, count: free, now: now()) }
        if claims.isEmpty { return [] }
        let entries = try await feed.first(of: channel.kinds, in: claims.map { ($0.orderID, $0.sequences) })
        desk.begin(channel.name, claims.count)
        return zip(claims, entries).map { Work(claim: $0, channel: channel, entry: $1) }
    }

    /// Wakes the cursors of those that what is new is for, and takes them.
    private func wake(
        _ channel: any DeliveryChannel,
        at place: DeliveryStore.Position?,
        last: Int64,
        _ desk: Desk
    ) async throws -> [Work] {
        var place = place
        if place == nil { place = try await store.begin(channel: channel.name, after: 0) }
        var works: [Work] = []
        while let known = place, known.number < last, desk.free(channel) > 0 {
            place = try await store.wake(channel, now: now())
            if let place, place.isDue { works += try await claim(channel, place, desk) }
        }
        return works
    }

    private func tell(_ work: Work, _ ledger: DeliveryLedger) async {
        let (at, start) = (now(), ContinuousClock.now)
        var outcome = DeliveryOutcome.delivered()
        if Task.isCancelled {
            outcome = .later(after: .zero)
        } else if let entry = work.entry {
            outcome = await Self.deliver(
                DeliveredEvent(entry: entry, attempt: work.claim.attempts, now: at),
                through: work.channel
            )
        }
        switch outcome {
        case .failed where Task.isCancelled:
            // It was ended because the store stops: whoever comes next tells it.
            outcome = .later(after: .zero)
        case .failed(let reason, _, _):
            logger.notice(
                "an event was not told",
                metadata: ["channel": "\(work.channel.name)", "reason": "\(reason)"]
            )
        case .refused(let reason, _):
            logger.error("an event is given up", metadata: ["channel": "\(work.channel.name)", "reason": "\(reason)"])
        case .delivered, .later: break
        }
        Counter(
            label: "aftercare.deliveries",
            dimensions: [("channel", work.channel.kind), ("outcome", outcome.name)]
        ).increment()
        await ledger.write(DeliveryResult(work.claim, work.entry, outcome, at: at, took: .now - start))
    }

    /// Tells an event, as a step of the trace in which it happened where that is known here.
    private static func deliver(
        _ event: DeliveredEvent,
        through channel: any DeliveryChannel
    ) async -> DeliveryOutcome {
        var context = InstrumentationContext.topLevel
        InstrumentationSystem.instrument.extract(event.entry, into: &context, using: RequestExtractor())
        return await withSpan("tell \(channel.kind)", context: context, ofKind: .producer) { span in
            span.updateAttributes { attributes in
                attributes["aftercare.channel"] = channel.kind
                attributes["aftercare.event"] = event.entry.kind
                attributes["aftercare.attempt"] = event.attempt
            }
            let outcome = await channel.deliver(event)
            switch outcome {
            case .failed, .refused: span.setStatus(SpanStatus(code: .error))
            case .delivered, .later: break
            }
            return outcome
        }
    }

    /// Finds the trace of the request in which something happened.
    private struct RequestExtractor: Extractor {
        func extract(key: String, from entry: OrderFeed.Entry) -> String? {
            key == "aftercare.request.id" ? entry.requestID : nil
        }
    }

    /// Does something that may go on for a while after the task is cancelled.
    private static func withGrace(_ work: @escaping @Sendable () async -> Void) async {
        if Task.isCancelled {
            // It has not begun.
            return await work()
        }
        let task = Task { await work() }
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            Task {
                try? await Task.sleep(for: Self.grace)
                task.cancel()
            }
        }
    }

    /// An error without the values that may be in it.
    static func cause(_ error: any Error) -> String {
        (error as? PostgresError)?.description ?? "\(type(of: error))"
    }
}
