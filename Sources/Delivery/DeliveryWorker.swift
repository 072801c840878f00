import CivilTime
package import Commerce
package import Logging
package import Orders
import Postgres
import Synchronization

/// Tells what happens to the orders, through each of its channels. Any number of processes may run one: each event is told
/// by whoever claims its order.
package struct DeliveryWorker: Sendable {
    /// How many events a process tells at once, on each channel: few beside the requests of a busy shop.
    private static let atOnce = 4
    /// The time between two looks where nothing wakes it: another process may have written.
    private static let pause = Duration.seconds(1)

    private let orders: OrderStore
    private let feed: OrderFeed
    private let store: DeliveryStore
    private let channels: [any DeliveryChannel]
    private let logger: Logger
    private let now: @Sendable () -> Instant

    package init(
        _ orders: OrderStore,
        channels: [any DeliveryChannel],
        logger: Logger,
        now: @escaping @Sendable () -> Instant = Instant.now
    ) {
        self.orders = orders
        self.channels = channels
        self.logger = logger
        self.now = now
        feed = OrderFeed(orders)
        store = DeliveryStore(orders)
    }

    /// Tells what there is and what comes, until the task is cancelled. What is being told then is told to its end.
    package func run() async {
        let signal = orders.changes
        let clock = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.pause)
                signal.notify()
            }
        }
        defer { clock.cancel() }
        let progress = Progress()
        await withDiscardingTaskGroup { group in
            for await _ in signal.stream {
                do {
                    try await look(progress)
                    for (claim, channel) in try await claims(progress) {
                        group.addTask {
                            // A task of its own: whoever stops the worker waits for what is being told.
                            await Task { await tell(claim, through: channel) }.value
                            progress.end(channel.name)
                            signal.notify()
                        }
                    }
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
        let progress = Progress()
        while true {
            try await look(progress)
            let claims = try await claims(progress)
            if claims.isEmpty { return }
            await withDiscardingTaskGroup { group in
                for (claim, channel) in claims {
                    group.addTask {
                        await tell(claim, through: channel)
                        progress.end(channel.name)
                    }
                }
            }
        }
    }

    /// How far this process has read the feed for each channel, and how many events it is telling there.
    private final class Progress: Sendable {
        private let state = Mutex<[String: (read: Int64, busy: Int)]>([:])

        func hasRead(_ channel: String, to number: Int64) {
            state.withLock { $0[channel, default: (0, 0)].read = number }
        }
        func read(_ channel: String) -> Int64 { state.withLock { $0[channel]?.read ?? -1 } }
        func free(_ channel: String) -> Int { state.withLock { DeliveryWorker.atOnce - ($0[channel]?.busy ?? 0) } }
        func begin(_ channel: String, _ count: Int) { state.withLock { $0[channel, default: (0, 0)].busy += count } }
        func end(_ channel: String) { state.withLock { $0[channel]?.busy -= 1 } }
    }

    private func look(_ progress: Progress) async throws {
        let last = try await feed.extend()
        for channel in channels {
            while progress.read(channel.name) < last, let read = try await store.wake(channel, now: now()) {
                progress.hasRead(channel.name, to: read)
            }
        }
    }

    private func claims(_ progress: Progress) async throws -> [(DeliveryStore.Claim, any DeliveryChannel)] {
        var claims: [(DeliveryStore.Claim, any DeliveryChannel)] = []
        for channel in channels {
            let taken = try await store.claim(channel.name, count: progress.free(channel.name), now: now())
            progress.begin(channel.name, taken.count)
            claims += taken.map { ($0, channel) }
        }
        return claims
    }

    /// Tells the first event of a claim that is of the channel.
    private func tell(_ claim: DeliveryStore.Claim, through channel: any DeliveryChannel) async {
        do {
            let entries = try await orders.entries(of: claim.orderID, in: claim.next...claim.last)
            let entry = entries.first { entry in channel.kinds.contains { $0.rawValue == entry.kind } }
            guard let entry, let order = try await orders.order(.id(claim.orderID)) else {
                return try await store.complete(claim, through: claim.last, now: now())
            }
            switch await channel.deliver(DeliveredEvent(order: order, entry: entry, now: now())) {
            case .delivered: try await store.complete(claim, through: entry.sequence, now: now())
            case .failed(let reason):
                logger.notice("an event was not told", metadata: ["channel": "\(channel.name)", "reason": "\(reason)"])
                try await store.postpone(claim, entry.sequence, reason: reason, now: now())
            case .refused(let reason):
                logger.error("an event is given up", metadata: ["channel": "\(channel.name)", "reason": "\(reason)"])
                try await store.giveUp(claim, entry.sequence, reason: reason, now: now())
            }
        } catch {
            // Its lease runs out, and somebody tells it then.
            logger.error(
                "an event was left",
                metadata: ["channel": "\(channel.name)", "error": "\(Self.cause(error))"]
            )
        }
    }

    /// An error without the values that may be in it.
    private static func cause(_ error: any Error) -> String {
        (error as? PostgresError)?.description ?? "\(type(of: error))"
    }
}
