import Commerce
import Delivery
import Logging
import Mail
import NIOHTTP1
import Orders
import Postgres
import SMTP
import StoreHTTP
import Synchronization
import TestSupport
import Testing

/// What a relay makes of a mail is what comes of telling the event, and a limit of its own is kept.
@Suite(DatabaseTrait.store, .enabled("aiosmtpd is installed") { RelayServer.isInstalled }) struct MailRelayTests {
    private func channel(_ store: TestStore, _ server: RelayServer, perMinute: Int? = nil) throws -> MailChannel {
        MailChannel(
            store.store,
            from: MailMessage.Mailbox(name: "DM Aftercare", address: try MailAddress("shop@example.com")),
            replyTo: nil,
            carrier: MailRelay(
                try SMTPRelay(url: "smtp://127.0.0.1:\(server.port)"),
                allowance: perMinute.map { MailAllowance(store.pool, perMinute: $0) },
                connectTimeout: .seconds(600),
                timeout: .seconds(600),
                now: store.store.now
            )
        )
    }

    private func worker(_ store: TestStore, _ channels: [any DeliveryChannel]) -> DeliveryWorker {
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        return DeliveryWorker(store.store.orders, logger: quiet, now: store.store.now) { channels }
    }

    /// Places an order for somebody whose name says what the server does to their mail.
    private func order(_ store: TestStore, for name: String, key: String) async throws {
        let placed = try await store.send(
            .POST,
            try await store.cart().path + "/checkout",
            TestStore.checkoutBody(email: "\(name)@example.com"),
            ["Idempotency-Key": key]
        )
        #expect(placed.status == 201, "\(placed.text)")
    }

    @Test(
        arguments: [
            ("ada", "delivered", nil), ("nobody", "refused", 550), ("spam", "refused", 554), ("grey", "failed", 451),
            ("busy", "failed", 452), ("drop", "failed", nil),
        ] as [(String, String, Int?)]
    )
    func relaysAnswerIsTheOutcome(name: String, outcome: String, status: Int?) async throws {
        try await RelayServer.run { server in
            try await TestStore.run { store in
                try await order(store, for: name, key: "k")
                try await worker(store, [try channel(store, server)]).drain()
                let attempts = try await store.pool.read(
                    Query(each: Statement("SELECT outcome, status FROM delivery_attempt")) { row in
                        (try row.value("outcome", as: String.self), try row.optional("status", as: Int.self))
                    }
                )
                #expect(attempts.map(\.0) == [outcome] && attempts.map(\.1) == [status])
                #expect(server.messages.count == (name == "ada" ? 1 : 0))
            }
        }
    }

    /// What is over the limit waits, which is no attempt, and goes when its time has come.
    @Test func whatIsOverTheLimitWaits() async throws {
        let start = try #require(TestStore.midday)
        let time = Mutex(start)
        try await RelayServer.run { server in
            try await TestStore.run(clock: { time.withLock { $0 } }) { store in
                for index in 0..<5 { try await order(store, for: "ada", key: "k\(index)") }
                let channel = try channel(store, server, perMinute: 2)
                for minute in 0..<3 {
                    time.withLock { $0 = start + .seconds(60 * minute) }
                    for second in [0, 29, 30, 59] {
                        time.withLock { $0 = start + .seconds(60 * minute + second) }
                        try await worker(store, [channel]).drain()
                    }
                    #expect(server.messages.count == min(2 * (minute + 1), 5))
                }
                #expect(try await store.number("SELECT count(*) AS n FROM delivery_attempt") == 5)
                #expect(try await store.number("SELECT max(attempt) AS n FROM delivery_attempt") == 1)
            }
        }
    }

    /// However messages come, no minute sees more of them than the limit; whoever is told to wait gets room then.
    @Test(arguments: [1, 2, 9, 60, 100, 1000]) func noMinuteSeesMoreThanTheLimit(perMinute: Int) async throws {
        try await TestStore.run { store in
            let start = try #require(TestStore.midday)
            let allowance = MailAllowance(store.pool, perMinute: perMinute)
            var now = start
            var sent: [Instant] = []
            var waits: [Duration] = []
            while sent.count < min(3 * perMinute, 400) {
                if let wait = try await allowance.take(now: now) {
                    waits.append(wait)
                    #expect(wait > .zero && wait <= .seconds(60))
                    // Somebody who does not wait long enough gets none.
                    if waits.count == 1 { #expect(try await allowance.take(now: now + wait / 2) != nil) }
                    now = now + wait
                    #expect(try await allowance.take(now: now) == nil)
                }
                sent.append(now)
            }
            for (index, instant) in sent.enumerated() {
                let end = instant + .seconds(60)
                #expect(sent[index...].prefix { $0 < end }.count <= perMinute)
            }
            // What was not used is not saved up beyond what may go at once.
            now = now + .seconds(86_400)
            var atOnce = 0
            while try await allowance.take(now: now) == nil { atOnce += 1 }
            #expect(atOnce == max(1, perMinute / 10))
            // A clock that is put back stops nothing.
            #expect(try await allowance.take(now: now + .seconds(-3_600)) == nil)
        }
    }

    @Test func serversThatAskAtOnceGetNoMoreThanThereIs() async throws {
        try await TestStore.run { store in
            let now = try #require(TestStore.midday)
            let allowance = MailAllowance(store.pool, perMinute: 100)
            let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<40 { group.addTask { try await allowance.take(now: now) == nil } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(taken == 10)
        }
    }

    /// Writes down what it is told.
    private final class Notebook: DeliveryChannel {
        let name = "notebook"
        let kinds = OrderEvent.allCases
        private let orders = Mutex<Set<Int64>>([])
        var count: Int { orders.withLock { $0.count } }
        func deliver(_ event: DeliveredEvent) async -> DeliveryOutcome {
            _ = orders.withLock { $0.insert(event.entry.orderID) }
            return .delivered()
        }
    }

    @Test func relayThatHangsHoldsUpNoOtherChannel() async throws {
        try await RelayServer.run { server in
            try await TestStore.run { store in
                for index in 0..<12 { try await order(store, for: "hang", key: "k\(index)") }
                let notebook = Notebook()
                let worker = worker(store, [try channel(store, server), notebook])
                let work = Task { await worker.run() }
                try await eventually("the relay hangs") { server.isHanging }
                try await eventually("the other channel has told all") { notebook.count == 12 }
                for index in 0..<12 { try await order(store, for: "hang", key: "m\(index)") }
                try await eventually("and what came later") { notebook.count == 24 }
                work.cancel()
                await work.value
                // What was being sent is no attempt: the store stopped.
                #expect(
                    try await store.number("SELECT count(*) AS n FROM delivery_attempt WHERE channel = 'mail'") == 0
                )
            }
        }
    }
}
