import CivilTime
import Commerce
import Delivery
import Logging
import Orders
import Postgres
import StoreHTTP
import Synchronization
import TestSupport
import Testing

/// What happens to the orders is told to each channel: all of it, in each order's sequence, and nothing that did not happen.
@Suite(DatabaseTrait.store) struct DeliveryTests {
    /// A channel that writes down what it is told, and answers as it is told to.
    private final class Notebook: DeliveryChannel {
        let name = "mail"
        let kinds: [OrderEvent]
        let forgetsAfter: Duration? = .seconds(3 * 86_400)
        private let order: String?
        private let state = Mutex<(told: [String], outcomes: [DeliveryOutcome])>(([], []))

        /// - Parameters:
        ///   - outcomes: what comes of the first attempts, before all is delivered.
        ///   - order: the order whose attempts these are; nil for any.
        init(_ kinds: [OrderEvent] = OrderEvent.allCases, outcomes: [DeliveryOutcome] = [], of order: String? = nil) {
            self.kinds = kinds
            self.order = order
            state.withLock { $0.outcomes = outcomes }
        }

        /// Order, sequence and kind of each event that was delivered.
        var told: [String] { state.withLock { $0.told } }

        func deliver(_ event: DeliveredEvent) async -> DeliveryOutcome {
            state.withLock { state in
                let isMeant = order == nil || order == event.entry.order
                let outcome = isMeant && !state.outcomes.isEmpty ? state.outcomes.removeFirst() : .delivered()
                if outcome == .delivered() {
                    state.told.append("\(event.entry.order) \(event.entry.sequence) \(event.entry.kind)")
                }
                return outcome
            }
        }
    }

    /// A clock that is moved by hand.
    private final class Clock: Sendable {
        private let time = Mutex(Instant(microsecondsSince1970: 0))
        init(_ start: Instant) { time.withLock { $0 = start } }
        var now: Instant { time.withLock { $0 } }
        func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
    }

    private func worker(_ store: TestStore, _ channel: Notebook, _ clock: Clock? = nil) -> DeliveryWorker {
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        return DeliveryWorker(
            store.store.orders,
            logger: quiet,
            now: { clock?.now ?? store.store.now() },
            channels: { [channel] }
        )
    }

    private func clock() throws -> Clock { Clock(try #require(TestStore.midday)) }

    @Test func twoWorkersTellEachEventOnceInItsOrdersSequence() async throws {
        try await TestStore.run { store in
            let channel = Notebook()
            var expected: [String] = []
            for index in 0..<12 {
                let number = try await store.paidOrder(key: "k\(index)").number.text
                expected += ["\(number) 1 placed", "\(number) 2 paid"]
            }
            let workers = [worker(store, channel), worker(store, channel)]
            async let first: Void = workers[0].drain()
            async let second: Void = workers[1].drain()
            _ = try await (first, second)
            // The one that came second may have found the other at work, and left.
            try await workers[0].drain()
            #expect(channel.told.sorted() == expected.sorted())
            for (index, line) in channel.told.enumerated() where line.hasSuffix("paid") {
                let placed = line.replacing("2 paid", with: "1 placed")
                #expect(channel.told.prefix(index).contains(placed), "\(line) came first")
            }
        }
    }

    /// What fails is tried again after a while, and what follows it in its order waits; other orders do not.
    @Test func eventThatFailsHoldsUpItsOwnOrderOnly() async throws {
        try await TestStore.run { store in
            let clock = try clock()
            let order = try await store.paidOrder(key: "k").number.text
            let other = try await store.paidOrder(key: "other").number.text
            let channel = Notebook(outcomes: [.failed(reason: "busy"), .failed(reason: "busy")], of: order)
            let worker = worker(store, channel, clock)
            try await worker.drain()
            #expect(channel.told == ["\(other) 1 placed", "\(other) 2 paid"])
            // Its second attempt is due after five seconds or so, its third after five minutes or so.
            for (pause, isTold) in [(4, false), (2, false), (4 * 60, false), (2 * 60, true)] {
                clock.advance(.seconds(pause))
                try await worker.drain()
                #expect(channel.told.contains("\(order) 1 placed") == isTold)
            }
            #expect(channel.told.suffix(2) == ["\(order) 1 placed", "\(order) 2 paid"])
        }
    }

    /// After ten attempts, or where it will never work, an event is written down as not told, and the next is told.
    @Test(arguments: [true, false]) func eventThatIsGivenUpIsWrittenDown(isRefused: Bool) async throws {
        try await TestStore.run { store in
            let clock = try clock()
            let order = try await store.paidOrder(key: "k").number.text
            let outcomes: [DeliveryOutcome] =
                isRefused ? [.refused(reason: "no such mailbox")] : Array(repeating: .failed(reason: "down"), count: 10)
            let channel = Notebook(outcomes: outcomes)
            let worker = worker(store, channel, clock)
            for _ in 0..<10 {
                try await worker.drain()
                clock.advance(.seconds(27 * 3600))
            }
            #expect(channel.told == ["\(order) 2 paid"])
            let failure = try await store.pool.read(
                Statement("SELECT sequence, attempts, reason FROM delivery_failure")
            ).single()
            #expect(try failure.value("sequence", as: Int.self) == 1)
            #expect(try failure.value("attempts", as: Int.self) == (isRefused ? 1 : 10))
            #expect(try failure.value("reason", as: String.self) == (isRefused ? "no such mailbox" : "down"))
        }
    }

    /// A relay that is down is seen at once and for as long as it is: what failed waits from when it happened on.
    @Test func whatFailsHasWaitedSinceItHappened() async throws {
        try await TestStore.run { store in
            let clock = try clock()
            let deliveries = DeliveryStore(store.store.orders)
            func backlog(quiet: [String] = []) async throws -> DeliveryStore.Backlog {
                let found = try await deliveries.backlog(givenUpSince: clock.now, now: clock.now, quiet: quiet)
                return try #require(found.channels.first)
            }
            _ = try await store.paidOrder(key: "k")
            let paid = try await store.pool.read(
                Statement("SELECT order_id, at FROM order_event WHERE kind = 'paid'")
            ).single()
            let (order, at) = (try paid.value("order_id", as: Int64.self), try paid.value("at", as: Instant.self))
            let down = Array(repeating: DeliveryOutcome.failed(reason: "down"), count: 3)
            let channel = Notebook([.paid], outcomes: down)
            let worker = worker(store, channel, clock)
            for pause in [0, 6, 600] {
                clock.advance(.seconds(pause))
                try await worker.drain()
                let waiting = try await backlog()
                #expect(waiting.due == 1 && waiting.oldest == at, "after \(pause) seconds: \(waiting)")
            }
            let quiet = try await backlog(quiet: ["mail"])
            #expect(quiet.due == 0 && quiet.oldest == nil)
            clock.advance(.seconds(3600))
            try await worker.drain()
            #expect(channel.told.count == 1)
            #expect(try await backlog().due == 0)

            // What is told again by itself waits too.
            try await deliveries.repeat("mail", [(order, 2)], now: clock.now)
            let asked = try await backlog()
            #expect(asked.due == 1 && asked.oldest == clock.now)
            #expect(try await deliveries.claimRepeats("mail", count: 1, now: clock.now).count == 1)
            #expect(try await backlog().due == 0, "what is tried for the first time did not fail")
            // Whoever tried it is dead.
            clock.advance(.seconds(91))
            #expect(try await backlog().due == 1)
        }
    }

    /// Whoever takes longer than its lease changes nothing any more: the event is somebody else's.
    @Test func leaseThatRanOutCompletesNothing() async throws {
        try await TestStore.run { store in
            let clock = try clock()
            _ = try await store.paidOrder(key: "k")
            let channel = Notebook()
            let deliveries = DeliveryStore(store.store.orders)
            try await store.store.feed.extend()
            try await deliveries.begin(channel: "mail", after: 0)
            _ = try await deliveries.wake(channel, now: clock.now)
            func result(_ claim: DeliveryClaim, _ outcome: DeliveryOutcome) async throws -> DeliveryResult {
                let entries = try await store.store.feed.first(
                    of: channel.kinds,
                    in: [(claim.orderID, claim.sequences)]
                )
                return DeliveryResult(claim, entries[0], outcome, at: clock.now, took: .zero)
            }
            let slow = try #require(try await deliveries.claim("mail", count: 8, now: clock.now).first)
            #expect(try await deliveries.claim("mail", count: 8, now: clock.now).isEmpty)
            clock.advance(.seconds(91))
            let quick = try #require(try await deliveries.claim("mail", count: 8, now: clock.now).first)
            #expect(quick.attempts == 2 && quick.sequences == 1...2)
            try await deliveries.settle([result(slow, .delivered())], now: clock.now)
            try await deliveries.settle([result(slow, .refused(reason: "late"))], now: clock.now)
            #expect(try await store.number("SELECT next_sequence::int8 AS n FROM delivery_cursor") == 1)
            #expect(try await store.number("SELECT count(*) AS n FROM delivery_failure") == 0)
            try await deliveries.settle([result(quick, .delivered())], now: clock.now)
            #expect(try await store.number("SELECT next_sequence::int8 AS n FROM delivery_cursor") == 2)
            let last = try #require(try await deliveries.claim("mail", count: 8, now: clock.now).first)
            try await deliveries.settle([result(last, .delivered())], now: clock.now)
            #expect(try await store.number("SELECT count(due_at) AS n FROM delivery_cursor") == 0)
        }
    }

    @Test func onlyWhatAChannelTellsIsTold() async throws {
        try await TestStore.run { store in
            let channel = Notebook([.paid])
            let order = try await store.paidOrder(key: "k").number.text
            #expect(try await store.checkout(try await store.cart().path, key: "unpaid").status == 201)
            try await worker(store, channel).drain()
            #expect(channel.told == ["\(order) 2 paid"])
            #expect(try await store.number("SELECT count(*) AS n FROM delivery_cursor") == 1)
        }
    }

    /// A transaction that commits late is told when it does; one that is undone never is.
    @Test func whatBecomesVisibleLateIsTold() async throws {
        try await TestStore.run { store in
            let channel = Notebook([.noted, .held])
            let worker = worker(store, channel)
            let number = try await store.paidOrder(key: "k").number.text
            let id = try await store.pool.read(Statement("SELECT id FROM orders")).single().value("id", as: Int64.self)
            func entry(_ event: OrderEvent) -> Statement {
                OrderLog.entry(event, of: id, at: store.store.now(), by: .staff("test", "r"))
            }
            try await store.pool.transaction { transaction in
                _ = try await transaction.execute([entry(.noted)])
                try await worker.drain()
                #expect(channel.told.isEmpty)
            }
            await #expect(throws: CancellationError.self) {
                try await store.pool.transaction { transaction in
                    _ = try await transaction.execute([entry(.held)])
                    throw CancellationError()
                }
            }
            try await worker.drain()
            #expect(channel.told == ["\(number) 3 noted"])
        }
    }

    /// A channel that is set up after a year does not tell the whole year.
    @Test func whatIsLongPastIsNotTold() async throws {
        try await TestStore.run { store in
            let clock = try clock()
            _ = try await store.paidOrder(key: "k")
            clock.advance(.seconds(4 * 86_400))
            let channel = Notebook()
            try await worker(store, channel, clock).drain()
            #expect(channel.told.isEmpty)
        }
    }

    /// An order that is placed here is told at once, and stopping the worker leaves nothing half told.
    @Test func workerIsWokenByWhatHappensHere() async throws {
        try await TestStore.run { store in
            let channel = Notebook()
            let running = Task { await worker(store, channel).run() }
            let order = try await store.paidOrder(key: "k").number.text
            try await eventually("both events are told") {
                channel.told == ["\(order) 1 placed", "\(order) 2 paid"]
            }
            running.cancel()
            await running.value
            #expect(try await store.number("SELECT count(lease_token) AS n FROM delivery_cursor") == 0)
        }
    }

    /// Each attempt is kept with what was answered, in its month's partition; those of months long past are dropped.
    @Test func attemptsAreKeptByMonth() async throws {
        try await TestStore.run { store in
            let clock = try clock()
            let deliveries = DeliveryStore(store.store.orders)
            try await deliveries.sweep(now: clock.now)
            try await deliveries.sweep(now: clock.now)
            _ = try await store.paidOrder(key: "k")
            let answers = [
                DeliveryOutcome.failed(reason: "busy", DeliveryAnswer(status: 503, text: "come again")),
                .delivered(DeliveryAnswer(status: 204)),
            ]
            let worker = worker(store, Notebook([.paid], outcomes: answers), clock)
            try await worker.drain()
            clock.advance(.seconds(6))
            try await worker.drain()
            let rows = try await store.pool.read(
                Statement("SELECT attempt, outcome, status, answer, reason FROM delivery_attempt ORDER BY at")
            )
            #expect(try rows.map { try $0.value("status", as: Int.self) } == [503, 204])
            #expect(try rows.map { try $0.value("outcome", as: String.self) } == ["failed", "delivered"])
            #expect(try rows.map { try $0.optional("reason", as: String.self) } == ["busy", nil])
            #expect(try await store.number("SELECT count(*) AS n FROM delivery_attempt_other") == 0)
            for _ in 0..<5 {
                clock.advance(.seconds(31 * 86_400))
                try await deliveries.sweep(now: clock.now)
            }
            #expect(try await store.number("SELECT count(*) AS n FROM delivery_attempt") == 0)
            let partitions = try await store.number(
                "SELECT count(*) AS n FROM pg_inherits WHERE inhparent = 'delivery_attempt'::regclass"
            )
            // Three months that are past, this one, the next, and what no month takes.
            #expect(partitions == 6)
        }
    }

    /// What somebody wants to be told again is told by itself; a channel that is sent back tells all again in order.
    @Test func eventsAreToldAgain() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(key: "k")
            let number = order.number.text
            let id = Int64(try await store.number("SELECT id AS n FROM orders"))
            let channel = Notebook()
            let worker = worker(store, channel)
            let deliveries = DeliveryStore(store.store.orders)
            try await worker.drain()
            try await deliveries.repeat("mail", [(id, 1)], now: store.store.now())
            try await worker.drain()
            #expect(channel.told == ["\(number) 1 placed", "\(number) 2 paid", "\(number) 1 placed"])
            try await deliveries.rewind("mail", after: 0)
            try await worker.drain()
            #expect(channel.told.suffix(2) == ["\(number) 1 placed", "\(number) 2 paid"])
            #expect(try await store.number("SELECT count(*) AS n FROM delivery_repeat") == 0)
            try await deliveries.remove("mail")
            #expect(try await store.number("SELECT count(*) AS n FROM delivery_position") == 0)
        }
    }

    /// What waits for room counts as no attempt and is told when there is some; what asks for a pause gets it.
    @Test func waitingIsNoAttempt() async throws {
        try await TestStore.run { store in
            let clock = try clock()
            let order = try await store.paidOrder(key: "k").number.text
            let later = Array(repeating: DeliveryOutcome.later(after: .seconds(20)), count: 12)
            let channel = Notebook([.paid], outcomes: later + [.failed(reason: "busy", after: .seconds(7200))])
            let worker = worker(store, channel, clock)
            for _ in 0..<13 {
                try await worker.drain()
                clock.advance(.seconds(21))
            }
            #expect(try await store.number("SELECT attempts::int8 AS n FROM delivery_cursor") == 1)
            #expect(try await store.number("SELECT count(*) AS n FROM delivery_attempt") == 1)
            clock.advance(.seconds(7100))
            try await worker.drain()
            #expect(channel.told.isEmpty)
            clock.advance(.seconds(100))
            try await worker.drain()
            #expect(channel.told == ["\(order) 2 paid"])
        }
    }

    /// A store that stops gives back what it has not begun or could not end, as if it had not been tried.
    @Test func stoppingCountsNoAttempt() async throws {
        try await TestStore.run { store in
            let channel = Hanging()
            var quiet = Logger(label: "test")
            quiet.logLevel = .critical
            let worker = DeliveryWorker(store.store.orders, logger: quiet, now: { store.store.now() }) { [channel] in
                [channel]
            }
            let running = Task { await worker.run() }
            _ = try await store.paidOrder(key: "k")
            try await eventually("an attempt has begun") { channel.hasBegun }
            running.cancel()
            await running.value
            #expect(try await store.number("SELECT count(lease_token) AS n FROM delivery_cursor") == 0)
            #expect(try await store.number("SELECT attempts::int8 AS n FROM delivery_cursor") == 0)
            #expect(try await store.number("SELECT count(due_at) AS n FROM delivery_cursor") == 1)
        }
    }

    /// Somebody who never answers keeps nobody else from being told.
    @Test func channelThatHangsHoldsUpNoOther() async throws {
        try await TestStore.run { store in
            let (hanging, channel) = (Hanging(), Notebook())
            var quiet = Logger(label: "test")
            quiet.logLevel = .critical
            let worker = DeliveryWorker(store.store.orders, logger: quiet, now: { store.store.now() }) {
                [hanging, channel]
            }
            let running = Task { await worker.run() }
            for index in 0..<12 { _ = try await store.paidOrder(key: "k\(index)") }
            try await eventually("the other is told of all") { channel.told.count == 24 }
            #expect(hanging.hasBegun)
            running.cancel()
            await running.value
        }
    }

    /// A clock that is put back an hour keeps nothing that happens from being told, and loses nothing that waited.
    @Test func clockThatGoesBackLosesNothing() async throws {
        try await TestStore.run { store in
            let clock = try clock()
            let before = try await store.paidOrder(key: "before").number.text
            let channel = Notebook([.paid], outcomes: [.failed(reason: "busy")], of: before)
            let worker = worker(store, channel, clock)
            try await worker.drain()
            clock.advance(.seconds(-3600))
            let after = try await store.paidOrder(key: "after").number.text
            try await worker.drain()
            #expect(channel.told == ["\(after) 2 paid"])
            clock.advance(.seconds(3610))
            try await worker.drain()
            #expect(channel.told == ["\(after) 2 paid", "\(before) 2 paid"])
        }
    }

    /// A channel that never answers until it is cancelled.
    private final class Hanging: DeliveryChannel {
        let name = "webhook7"
        let kinds = OrderEvent.allCases
        private let state = Mutex(false)
        var hasBegun: Bool { state.withLock(\.self) }

        func deliver(_ event: DeliveredEvent) async -> DeliveryOutcome {
            state.withLock { $0 = true }
            try? await Task.sleep(for: .seconds(600))
            return .failed(reason: "stopped")
        }
    }

    /// A look where nothing happened writes nothing.
    @Test func idleLookWritesNothing() async throws {
        try await TestStore.run { store in
            let worker = worker(store, Notebook())
            _ = try await store.paidOrder(key: "k")
            try await worker.drain()
            try await worker.drain()
            func writer() async throws -> Int {
                try await store.number(
                    """
                    SELECT (SELECT xmin::text::int8 FROM feed_position) + (SELECT xmin::text::int8 FROM delivery_position)
                        + (SELECT sum(xmin::text::int8) FROM delivery_cursor)::int8 AS n
                    """
                )
            }
            let before = try await writer()
            for _ in 0..<5 { try await worker.drain() }
            let after = try await writer()
            #expect(after == before)
        }
    }
}
