import CivilTime
import Commerce
import Delivery
import FoundationEssentials
import Logging
import NIOHTTP1
@testable import Orders
import Postgres
import Staff
import StandardWebhooks
import StoreHTTP
import Synchronization
import TestSupport
import Testing
import Webhooks

/// A store that tells endpoints what happens, with a clock that a test moves.
struct WebhookShop: Sendable {
    let store: TestStore
    let clock: TestClock
    let manager: [String: String]
    let log: WrittenLog

    static func run(
        allowsPrivate: Bool = true,
        _ body: @escaping @Sendable (WebhookShop) async throws -> Void
    ) async throws {
        let clock = TestClock(try #require(TestStore.midday))
        try await TestStore.run(
            clock: { clock.now },
            settings: { settings in
                settings.allowsPrivateWebhooks = allowsPrivate
                // However busy the machine is, nobody gives up on an endpoint before a test is over.
                settings.webhookPatience = .seconds(600)
            }
        ) { store in
            let shop = WebhookShop(
                store: store,
                clock: clock,
                manager: try await store.staff(.manager, lifetime: .seconds(90 * 86_400)),
                log: WrittenLog()
            )
            try await body(shop)
        }
    }

    var worker: DeliveryWorker {
        let log = Logger(label: "test") { [log] _ in log }
        return DeliveryWorker(store.store.orders, logger: log, now: { [clock] in clock.now }) { [store] in
            try await store.store.webhooks.active().map {
                WebhookChannel($0, store.store.webhooks, store.store.webhookSender, logger: log)
            }
        }
    }

    func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: String? = nil,
        key: String? = nil
    ) async throws -> Answer {
        let headers = key.map { manager.merging(["Idempotency-Key": $0]) { $1 } } ?? manager
        return try await store.send(method, "/v1/staff/webhooks\(path)", body, headers)
    }

    /// Has an address told; the endpoint as it was answered, with its secret.
    func endpoint(_ url: String, types: String = "null") async throws -> JSON {
        let made = try await send(.POST, "", #"{"url": "\#(url)", "types": \#(types)}"#)
        #expect(made.status == 201, "\(made.text)")
        return made.json
    }

    func state(_ endpoint: JSON) async throws -> JSON { try await send(.GET, "/\(endpoint.id.text)").json }

    func order(_ key: String) async throws -> String {
        let placed = try await store.checkout(try await store.cart().path, key: key)
        #expect(placed.status == 201, "\(placed.text)")
        return placed.json.number.text
    }

    func paidOrder(_ key: String) async throws -> String { try await store.paidOrder(key: key).number.text }
}

/// What a logger was told, as text.
final class WrittenLog: LogHandler, Sendable {
    private let written = Mutex<[(level: Logger.Level, text: String)]>([])

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    var text: String { written.withLock { $0.map { "\($0.level) \($0.text)" }.joined(separator: "\n") } }

    func log(event: LogEvent) {
        let text = "\(event.message) \(event.metadata ?? [:])"
        written.withLock { $0.append((event.level, text)) }
    }
}

extension Receiver.Request {
    /// Order, place and kind of the event that it tells.
    var event: String { "\(json.data.order.text) \(json.data.sequence.int ?? 0) \(json.type.text)" }
    var id: String { headers["webhook-id"] ?? "" }

    /// Whether it is signed with a secret.
    func isSigned(with secret: String) -> Bool {
        guard let secret = WebhookSecret(text: secret), let time = Int64(headers["webhook-timestamp"] ?? "") else {
            return false
        }
        let headers = WebhookMessage(id: id, body: body).headers(seconds: time, secrets: [secret])
        return (self.headers["webhook-signature"] ?? "").split(separator: " ").contains { headers[2].value == $0 }
    }
}

/// Other systems are told what happens: all of it, in order, and nothing that says whose order it is.
@Suite(DatabaseTrait.store) struct WebhookTests {
    // MARK: - What is told

    @Test func endpointIsToldWhatHappensFromThenOn() async throws {
        try await Receiver.run { receiver in
            try await WebhookShop.run { shop in
                _ = try await shop.paidOrder("before")
                let endpoint = try await shop.endpoint(receiver.url)
                let (one, two) = (try await shop.paidOrder("one"), try await shop.paidOrder("two"))
                try await shop.worker.drain()
                let requests = receiver.requests
                #expect(
                    requests.map(\.event).sorted()
                        == ["\(one) 1 placed", "\(one) 2 paid", "\(two) 1 placed", "\(two) 2 paid"].sorted()
                )
                for order in [one, two] {
                    let sequences = requests.filter { $0.json.data.order.text == order }.map(\.json.data.sequence)
                    #expect(sequences == [1, 2])
                }
                // What is told is what whoever pulls reads, but for the units.
                let feed = try await shop.store.send(.GET, "/v1/staff/events", nil, shop.manager).json.data.entries
                for request in requests {
                    let data = request.json.data
                    let event = try #require(feed.first { $0.id == data.number })
                    #expect(event.type == request.json.type && event.at == request.json.timestamp)
                    #expect(event.order == data.order && event.amount == data.amount)
                    for name in ["status", "payment", "fulfilment", "total", "refunded"] {
                        #expect(event.state[name] == data.state[name])
                    }
                    #expect(data.test == nil && request.isSigned(with: endpoint.secret.text))
                    #expect(request.headers["webhook-timestamp"] == "\(shop.clock.now.secondsSince1970)")
                }
                #expect(Set(requests.map(\.id)).count == 4 && requests.allSatisfy { !$0.id.contains(".") })
            }
        }
    }

    /// The message is in the contract, at most 2 kB, and names nobody.
    @Test func messageIsThinAndAsTheContractSays() async throws {
        try await Receiver.run { receiver in
            try await WebhookShop.run { shop in
                _ = try await shop.endpoint(receiver.url)
                let number = try await shop.paidOrder("k")
                let note = #"{"text": "Ada rings twice."}"#
                _ = try await shop.store.send(.POST, "/v1/staff/orders/\(number)/notes", note, shop.manager)
                let refund = #"{"goodwill": {"amount": 500, "currency": "GBP"}, "reason": "Unopened."}"#
                _ = try await shop.store.send(
                    .POST,
                    "/v1/staff/orders/\(number)/refunds",
                    refund,
                    shop.manager.merging(["Idempotency-Key": "r"]) { $1 }
                )
                try await shop.worker.drain()
                let schema = ContractCheck.shared.document.components.schemas.WebhookEvent
                #expect(schema != .null && receiver.requests.count == 4, "\(receiver.requests.map(\.event))")
                for request in receiver.requests {
                    #expect(ContractCheck.shared.faults(in: request.json, schema, at: "") == [])
                    #expect(request.body.count < 2_000)
                    for personal in ["Ada", "example.com", "High Street", "2026-12", "Unopened", "twice"] {
                        #expect(!request.text.contains(personal), "\(personal)")
                    }
                }
                #expect(receiver.requests.last?.json.data.amount.amount == 500)
            }
        }
    }

    /// The longest message there can be.
    @Test func longestMessageIsBelowTwoKilobytes() throws {
        let most = Money(.max, try #require(Currency(rawValue: "GBP")))
        let entry = OrderFeed.Entry(
            number: .max,
            orderID: .max,
            order: "DM-" + String(repeating: "Z", count: 30),
            sequence: .max,
            kind: String(repeating: "k", count: 60),
            at: Instant(microsecondsSince1970: 1_795_521_600_000_000),
            requestID: String(repeating: "f", count: 32),
            amount: most,
            state: OrderFeed.State(
                status: "completed",
                payment: "partlyRefunded",
                fulfilment: "partlyShipped",
                total: most,
                comesTo: most,
                refunded: most,
                units: []
            )
        )
        let message = WebhookMessage(entry)
        #expect(message.body.count < 2_000 && message.id.utf8.count <= 100 && !message.id.contains("."))
    }

    @Test func onlyWhatAnEndpointWantsIsTold() async throws {
        try await Receiver.run { paid in
            try await Receiver.run { all in
                try await WebhookShop.run { shop in
                    let endpoint = try await shop.endpoint(paid.url, types: #"["paid", "shipped"]"#)
                    _ = try await shop.endpoint(all.url)
                    let order = try await shop.paidOrder("k")
                    try await shop.worker.drain()
                    #expect(paid.requests.map(\.event) == ["\(order) 2 paid"])
                    #expect(all.requests.count == 2 && all.requests[1].id == paid.requests[0].id)
                    // Other types from now on.
                    let changed = try await shop.send(
                        .PUT,
                        "/\(endpoint.id.text)",
                        #"{"url": "\#(paid.url)", "types": ["placed"], "description": "The clinic."}"#
                    )
                    #expect(changed.status == 200 && changed.json.description == "The clinic.")
                    #expect(changed.json.secret == .null)
                    let next = try await shop.paidOrder("next")
                    try await shop.worker.drain()
                    #expect(paid.requests.map(\.event) == ["\(order) 2 paid", "\(next) 1 placed"])
                }
            }
        }
    }

    // MARK: - What comes of it

    @Test func whatFailsIsToldAgainUnderItsNameAndSignedAnew() async throws {
        let failures = Mutex(2)
        let answers: @Sendable (Receiver.Request) -> Receiver.Reply = { _ in
            failures.withLock { left in
                left -= 1
                return left >= 0 ? .answer(500, "at the \(left)th") : .answer(200)
            }
        }
        try await Receiver.run(replying: answers) { receiver in
            try await WebhookShop.run { shop in
                let endpoint = try await shop.endpoint(receiver.url)
                let order = try await shop.order("k")
                try await shop.worker.drain()
                #expect(try await shop.state(endpoint).failingSince.text == shop.clock.now.description)
                for pause in [6, 400] {
                    shop.clock.advance(.seconds(pause))
                    try await shop.worker.drain()
                }
                let requests = receiver.requests
                #expect(requests.map(\.event) == Array(repeating: "\(order) 1 placed", count: 3))
                #expect(Set(requests.map(\.id)).count == 1 && Set(requests.map(\.body)).count == 1)
                #expect(Set(requests.map { $0.headers["webhook-signature"] }).count == 3)
                #expect(requests.allSatisfy { $0.isSigned(with: endpoint.secret.text) })
                #expect(try await shop.state(endpoint).failingSince == nil)

                let attempts = try await shop.send(.GET, "/\(endpoint.id.text)/attempts").json.data.entries
                #expect(attempts.map(\.attempt) == [3, 2, 1] && attempts.allSatisfy { $0.event.text == "\(order)/1" })
                #expect(attempts.map(\.status) == [200, 500, 500])
                #expect(attempts.map(\.outcome) == ["delivered", "failed", "failed"])
                #expect(attempts.map(\.answer) == ["", "at the 0th", "at the 1th"])
                #expect(attempts[1].reason == "it answered 500" && attempts[0].reason == nil)
                let one = try await shop.send(.GET, "/\(endpoint.id.text)/attempts?limit=1").json.data.entries
                #expect(one == [attempts[0]])
            }
        }
    }

    @Test(arguments: [("3600", 3600), ("999999", 86_400), ("Tue, 24 Nov 2026 14:00:00 GMT", 7200)])
    func whoAsksToBeLeftAloneIs(header: String, seconds: Int) async throws {
        let isBusy = Mutex(true)
        let answers: @Sendable (Receiver.Request) -> Receiver.Reply = { _ in
            isBusy.withLock { $0 } ? .answer(429, headers: ["Retry-After": header]) : .answer(200)
        }
        try await Receiver.run(replying: answers) { receiver in
            try await WebhookShop.run { shop in
                _ = try await shop.endpoint(receiver.url)
                _ = try await shop.order("k")
                try await shop.worker.drain()
                isBusy.withLock { $0 = false }
                shop.clock.advance(.seconds(seconds - 2))
                try await shop.worker.drain()
                #expect(receiver.requests.count == 1)
                shop.clock.advance(.seconds(3))
                try await shop.worker.drain()
                #expect(receiver.requests.count == 2)
            }
        }
    }

    /// It is told nothing more, somebody hears of it, and once it is mended it is told all that it missed, in order.
    @Test func endpointThatOnlyFailsIsPausedAfterFiveDaysAndMissesNothing() async throws {
        let isDown = Mutex(true)
        let answers: @Sendable (Receiver.Request) -> Receiver.Reply = { _ in
            isDown.withLock { $0 } ? .answer(503, "canary-503") : .answer(200)
        }
        try await Receiver.run(replying: answers) { receiver in
            try await WebhookShop.run { shop in
                let endpoint = try await shop.endpoint(receiver.url + "?token=canary-7431")
                let one = try await shop.paidOrder("one")
                for _ in 0..<11 {
                    try await shop.worker.drain()
                    shop.clock.advance(.seconds(11 * 3600))
                }
                // The first event is given up by then; the endpoint is not.
                #expect(try await shop.state(endpoint).state == "active")
                #expect(try await shop.store.store.backlog(now: shop.clock.now).channels.map(\.due) == [1])
                shop.clock.advance(.seconds(3600))
                let two = try await shop.paidOrder("two")
                try await shop.worker.drain()
                let paused = try await shop.state(endpoint)
                #expect(paused.state == "paused" && paused.stateReason == "it answered 503", "\(paused)")
                #expect(paused.stateSince.text == shop.clock.now.description)
                #expect(shop.log.text.contains("error a webhook's endpoint is told nothing more"))
                for secret in ["canary", "whsec_", "127.0.0.1"] {
                    #expect(!shop.log.text.contains(secret), "\(secret)")
                }

                let today = try await shop.store.send(.GET, "/v1/staff/today", nil, shop.manager)
                #expect(today.json.stoppedWebhooks == 1)
                let packer = try await shop.store.staff(.packer)
                #expect(try await shop.store.send(.GET, "/v1/staff/today", nil, packer).json.stoppedWebhooks == 0)

                let before = receiver.requests.count
                isDown.withLock { $0 = false }
                shop.clock.advance(.seconds(30 * 3600))
                try await shop.worker.drain()
                #expect(receiver.requests.count == before)
                // What waits for it waits for somebody's word, and is no delay.
                let backlog = try await shop.store.store.backlog(now: shop.clock.now)
                #expect(backlog.channels.map(\.due) == [0] && backlog.channels[0].oldest == nil)

                let resumed = try await shop.send(.POST, "/\(endpoint.id.text)/resumption")
                #expect(resumed.json.state == "active" && resumed.json.failingSince == nil, "\(resumed.text)")
                try await shop.worker.drain()
                let told = receiver.requests.dropFirst(before).map(\.event)
                #expect(told.sorted() == [one, two].flatMap { ["\($0) 1 placed", "\($0) 2 paid"] }.sorted())
                for order in [one, two] {
                    #expect(told.filter { $0.hasPrefix(order) } == ["\(order) 1 placed", "\(order) 2 paid"])
                }
                // Resuming what is told already changes nothing.
                #expect(try await shop.send(.POST, "/\(endpoint.id.text)/resumption").json == resumed.json)
                try await shop.worker.drain()
                #expect(receiver.requests.count == before + 4)
            }
        }
    }

    @Test func oneSuccessInFiveDaysKeepsAnEndpointGoing() async throws {
        let isDown = Mutex(true)
        try await Receiver.run(replying: { _ in isDown.withLock { $0 } ? .close : .answer(200) }) { receiver in
            try await WebhookShop.run { shop in
                let endpoint = try await shop.endpoint(receiver.url, types: #"["placed"]"#)
                for (hours, fails) in [(0, true), (100, false), (19, true), (100, true)] {
                    shop.clock.advance(.seconds(hours * 3600))
                    isDown.withLock { $0 = fails }
                    _ = try await shop.order("after \(hours) \(fails)")
                    try await shop.worker.drain()
                }
                let state = try await shop.state(endpoint)
                #expect(state.state == "active" && state.failingSince != nil)
            }
        }
    }

    @Test func whoIsGoneIsDisabledAtOnceUntilSomebodyResumesIt() async throws {
        let isGone = Mutex(true)
        try await Receiver.run(replying: { _ in isGone.withLock { $0 } ? .answer(410) : .answer(200) }) { receiver in
            try await WebhookShop.run { shop in
                let endpoint = try await shop.endpoint(receiver.url)
                let one = try await shop.paidOrder("one")
                try await shop.worker.drain()
                let disabled = try await shop.state(endpoint)
                #expect(disabled.state == "disabled" && disabled.stateReason.text.contains("gone for good"))
                let two = try await shop.paidOrder("two")
                shop.clock.advance(.seconds(86_400))
                try await shop.worker.drain()
                #expect(receiver.requests.count == 1)
                isGone.withLock { $0 = false }
                #expect(try await shop.send(.POST, "/\(endpoint.id.text)/resumption").status == 200)
                try await shop.worker.drain()
                #expect(
                    receiver.requests.dropFirst().map(\.event).sorted()
                        == [one, two].flatMap { ["\($0) 1 placed", "\($0) 2 paid"] }.sorted()
                )
            }
        }
    }

    /// One that never answers takes its own places only, also where the other is on the same host.
    @Test func endpointThatHangsHoldsUpNoOther() async throws {
        let answers: @Sendable (Receiver.Request) -> Receiver.Reply = { request in
            request.path == "/hooks/hang" ? .hang : .answer(200)
        }
        try await Receiver.run(replying: answers) { receiver in
            try await WebhookShop.run { shop in
                let hanging = try await shop.endpoint(receiver.url + "/hang")
                let other = try await shop.endpoint(receiver.url)
                let running = Task { await shop.worker.run() }
                for index in 0..<12 { _ = try await shop.order("k\(index)") }
                func count(_ path: String) -> Int { receiver.requests.count { $0.path == path } }
                try await eventually("the one hangs") { count("/hooks/hang") == 8 }
                try await eventually("the other one has heard it all") { count("/hooks") == 12 }
                // Nor is whoever tries it kept waiting for those that hang.
                let test = try await shop.send(.POST, "/tests", #"{"type": "paid", "endpoint": "\#(other.id.text)"}"#)
                #expect(test.json.data[0].status == 200, "\(test.text)")
                #expect(count("/hooks/hang") == 8)
                running.cancel()
                await running.value
                // What was cut off because the store stopped says nothing of the endpoint.
                for endpoint in [hanging, other] {
                    let state = try await shop.state(endpoint)
                    #expect(state.state == "active" && state.failingSince == nil, "\(state)")
                }
            }
        }
    }

    // MARK: - Telling again

    @Test func eventIsToldAgainByEachOfItsNames() async throws {
        try await Receiver.run { receiver in
            try await WebhookShop.run { shop in
                let endpoint = try await shop.endpoint(receiver.url, types: #"["placed", "paid"]"#)
                let order = try await shop.paidOrder("k")
                try await shop.worker.drain()
                let paid = try #require(receiver.requests.last)
                for (index, name) in [paid.json.data.number.text, "\(order)/2", paid.id].enumerated() {
                    let body = #"{"event": "\#(name)"}"#
                    for _ in 0..<2 {
                        let resend = try await shop.send(.POST, "/resends", body, key: "r\(index)")
                        #expect(resend.status == 200 && resend.json.endpoints == [endpoint.id], "\(resend.text)")
                    }
                    try await shop.worker.drain()
                    #expect(receiver.requests.count == 3 + index)
                    #expect(receiver.requests.last?.id == paid.id && receiver.requests.last?.body == paid.body)
                }
            }
        }
    }

    @Test func allSinceAMomentIsToldAgainInOrder() async throws {
        try await Receiver.run { receiver in
            try await WebhookShop.run { shop in
                let endpoint = try await shop.endpoint(receiver.url)
                let one = try await shop.paidOrder("one")
                shop.clock.advance(.seconds(7200))
                let since = shop.clock.now
                let two = try await shop.paidOrder("two")
                _ = try await shop.store.send(
                    .POST,
                    "/v1/staff/orders/\(one)/notes",
                    #"{"text": "Late."}"#,
                    shop.manager
                )
                try await shop.worker.drain()
                let told = receiver.requests.count
                #expect(told == 5)
                let body = #"{"since": "\#(since)", "endpoint": "\#(endpoint.id.text)"}"#
                #expect(try await shop.send(.POST, "/resends", body).status == 200)
                try await shop.worker.drain()
                let again = receiver.requests.dropFirst(told).map(\.event)
                #expect(again.filter { $0.hasPrefix(two) } == ["\(two) 1 placed", "\(two) 2 paid"])
                #expect(again.filter { $0.hasPrefix(one) } == ["\(one) 3 noted"])
                // From the future on there is nothing.
                #expect(try await shop.send(.POST, "/resends", #"{"since": "2031-01-01T00:00:00Z"}"#).status == 200)
                try await shop.worker.drain()
                #expect(receiver.requests.count == told + 3)
            }
        }
    }

    @Test func madeUpEventSaysWhatCameOfIt() async throws {
        try await Receiver.run(replying: { _ in .answer(418, "I am a teapot") }) { teapot in
            try await Receiver.run { receiver in
                try await WebhookShop.run { shop in
                    let deaf = try await shop.endpoint(teapot.url, types: #"["shipped"]"#)
                    let endpoint = try await shop.endpoint(receiver.url)
                    for _ in 0..<2 {
                        let tests = try await shop.send(.POST, "/tests", #"{"type": "paid"}"#, key: "t")
                        #expect(tests.json.data.entries.map(\.endpoint) == [endpoint.id], "\(tests.text)")
                        #expect(tests.json.data[0].status == 204 && tests.json.data[0].reason == nil)
                    }
                    let requests = receiver.requests
                    // Whoever hears it twice knows it by its name.
                    #expect(
                        requests.count == 2 && requests[0].id == requests[1].id && requests[0].id.hasPrefix("test_")
                    )
                    let schema = ContractCheck.shared.document.components.schemas.WebhookEvent
                    #expect(ContractCheck.shared.faults(in: requests[0].json, schema, at: "") == [])
                    #expect(requests[0].json.data.test == true && requests[0].json.type == "paid")
                    #expect(requests[0].isSigned(with: endpoint.secret.text))
                    let named = try await shop.send(
                        .POST,
                        "/tests",
                        #"{"type": "paid", "endpoint": "\#(deaf.id.text)"}"#
                    )
                    let outcome = named.json.data[0]
                    #expect(outcome.status == 418 && outcome.answer == "I am a teapot")
                    #expect(outcome.reason == "it answered 418" && teapot.requests.count == 1)
                    // It is no event of the shop's: nothing counts it against the endpoint.
                    #expect(try await shop.state(deaf).failingSince == nil)
                }
            }
        }
    }

    // MARK: - Secrets

    @Test func secretIsShownOnceAndRestsSealed() async throws {
        try await Receiver.run { receiver in
            try await WebhookShop.run { shop in
                let body = #"{"url": "\#(receiver.url)"}"#
                let made = try await shop.send(.POST, "", body, key: "c")
                let secret = made.json.secret.text
                #expect(made.status == 201 && secret.hasPrefix("whsec_"))
                // The same request again makes no other one, and is answered alike.
                #expect(try await shop.send(.POST, "", body, key: "c").text == made.text)
                let other = try await shop.send(.POST, "", #"{"url": "https://clinic.example/"}"#, key: "c")
                #expect(other.status == 422 && other.problem == "key-reused")
                #expect(try await shop.store.number("SELECT count(*) AS n FROM webhook_endpoint") == 1)
                #expect(try await shop.store.number("SELECT count(*) AS n FROM delivery_position") == 1)

                for path in ["", "/\(made.json.id.text)"] {
                    let shown = try await shop.send(.GET, path)
                    #expect(!shown.text.contains("whsec_") && !shown.text.contains(secret.dropFirst(6)))
                }
                let bytes = try #require(Data(base64Encoded: String(secret.dropFirst(6))))
                let rows = try await shop.store.pool.read(
                    Statement(
                        "SELECT count(*) AS n FROM webhook_endpoint WHERE position($1 IN secret) > 0",
                        Bytea(Array(bytes.prefix(8)))
                    )
                )
                #expect(try rows.single().value("n", as: Int64.self) == 0)
            }
        }
    }

    @Test func formerSecretSignsForADay() async throws {
        try await Receiver.run { receiver in
            try await WebhookShop.run { shop in
                let endpoint = try await shop.endpoint(receiver.url, types: #"["placed"]"#)
                let path = "/\(endpoint.id.text)/secret"
                let rotated = try await shop.send(.POST, path, key: "r")
                #expect(rotated.status == 200 && rotated.json.secret != endpoint.secret)
                #expect(try await shop.send(.POST, path, key: "r").text == rotated.text)
                _ = try await shop.order("one")
                try await shop.worker.drain()
                let both = try #require(receiver.requests.last)
                #expect(both.isSigned(with: endpoint.secret.text) && both.isSigned(with: rotated.json.secret.text))
                // The newest signs first, so that whoever looks at the first one only takes it.
                let signatures = both.headers["webhook-signature"]?.split(separator: " ") ?? []
                #expect(signatures.count == 2)
                #expect(rotated.json.formerSecretUntil == "2026-11-25T12:00:00Z")
                shop.clock.advance(.seconds(24 * 3600))
                _ = try await shop.order("two")
                try await shop.worker.drain()
                let one = try #require(receiver.requests.last)
                #expect(!one.isSigned(with: endpoint.secret.text) && one.isSigned(with: rotated.json.secret.text))
                #expect(try await shop.state(endpoint).formerSecretUntil == nil)
                // Two are live at most: another rotation ends the oldest at once.
                let (second, third) = (
                    try await shop.send(.POST, path).json.secret.text, try await shop.send(.POST, path).json.secret.text
                )
                _ = try await shop.order("three")
                try await shop.worker.drain()
                let last = try #require(receiver.requests.last)
                #expect(last.isSigned(with: second) && last.isSigned(with: third))
                #expect(!last.isSigned(with: rotated.json.secret.text))
            }
        }
    }

    // MARK: - Keeping endpoints

    @Test func whatIsRemovedIsToldNothingMoreAndLeavesNothing() async throws {
        try await Receiver.run(replying: { _ in .answer(500) }) { receiver in
            try await WebhookShop.run { shop in
                let endpoint = try await shop.endpoint(receiver.url)
                _ = try await shop.order("k")
                try await shop.worker.drain()
                #expect(try await shop.send(.DELETE, "/\(endpoint.id.text)").status == 204)
                #expect(try await shop.send(.DELETE, "/\(endpoint.id.text)").status == 404)
                #expect(try await shop.send(.GET, "/\(endpoint.id.text)").status == 404)
                shop.clock.advance(.seconds(61))
                try await shop.worker.drain()
                #expect(receiver.requests.count == 1)
                try await shop.store.store.webhooks.sweep(now: shop.clock.now)
                for table in ["webhook_endpoint", "delivery_position", "delivery_cursor"] {
                    let rows = try await shop.store.pool.read(Statement(assembled: "SELECT FROM \(table)"))
                    #expect(rows.isEmpty, "\(table)")
                }
            }
        }
    }

    @Test func thereAreAtMostTwentyEndpoints() async throws {
        try await WebhookShop.run { shop in
            for index in 0..<20 { _ = try await shop.endpoint("https://clinic.example/\(index)") }
            let body = #"{"url": "https://clinic.example/20"}"#
            let refused = try await shop.send(.POST, "", body)
            #expect(refused.status == 422 && refused.text.contains("tooMany"))
            #expect(try await shop.store.number("SELECT count(*) AS n FROM delivery_position") == 20)
            let first = try await shop.send(.GET, "").json.data[0]
            #expect(try await shop.send(.DELETE, "/\(first.id.text)").status == 204)
            #expect(try await shop.send(.POST, "", body).status == 201)
        }
    }

    @Test(arguments: [
        (#"{}"#, "/url"), (#"{"url": 7}"#, "/url"), (#"{"url": "clinic.example"}"#, "/url"),
        (#"{"url": "http://clinic.example/"}"#, "/url"), (#"{"url": "https://127.0.0.1/"}"#, "/url"),
        (#"{"url": "https://u:canary@clinic.example/"}"#, "/url"),
        (#"{"url": "https://clinic.example/", "types": []}"#, "/types"),
        (#"{"url": "https://clinic.example/", "types": ["placed", "gone"]}"#, "/types/1"),
        (#"{"url": "https://clinic.example/", "types": "placed"}"#, "/types"),
        (#"{"url": "https://clinic.example/", "description": " "}"#, "/description"),
        (#"{"url": "https://clinic.example/", "secret": "whsec_x"}"#, "/secret"),
    ])
    func endpointThatCannotBeIsRefusedByItsField(body: String, pointer: String) async throws {
        try await WebhookShop.run(allowsPrivate: false) { shop in
            for (method, path) in [(HTTPMethod.POST, ""), (.PUT, "/1")] {
                let refused = try await shop.send(method, path, body)
                #expect(refused.status == 422, "\(refused.text)")
                #expect(refused.json.errors.entries.map(\.pointer.text) == [pointer], "\(refused.text)")
                #expect(!refused.text.contains("canary"))
            }
        }
    }

    @Test(arguments: [
        ("/resends", #"{"since": "300000-01-01T00:00:00Z"}"#, "/since"),
        ("/resends", #"{"since": "2026-11-26T25:00:00Z"}"#, "/since"),
        ("/resends", #"{"since": "2026-02-30T09:00:00Z"}"#, "/since"),
        ("/resends", #"{}"#, "/event"), ("/resends", #"{"event": "1", "since": "2026-11-24T09:00:00Z"}"#, "/since"),
        ("/resends", #"{"since": "yesterday"}"#, "/since"), ("/resends", #"{"event": "99"}"#, "/event"),
        ("/resends", #"{"event": "0"}"#, "/event"), ("/resends", #"{"event": "-1"}"#, "/event"),
        ("/resends", #"{"event": "DM-7K4Q-99/1"}"#, "/event"), ("/resends", #"{"event": "evt_x_1_2"}"#, "/event"),
        ("/resends", #"{"event": "9999999999999999999999"}"#, "/event"),
        ("/tests", #"{}"#, "/type"), ("/tests", #"{"type": "gone"}"#, "/type"),
    ])
    func whatCannotBeSentIsRefusedByItsField(path: String, body: String, pointer: String) async throws {
        try await WebhookShop.run { shop in
            let refused = try await shop.send(.POST, path, body)
            #expect(refused.status == 422, "\(refused.text)")
            #expect(refused.json.errors.entries.map(\.pointer.text) == [pointer], "\(refused.text)")
        }
    }

    @Test func whoeverNamesNoEndpointIsTold() async throws {
        try await WebhookShop.run { shop in
            let known = try await shop.endpoint("https://clinic.example/", types: #"["shipped"]"#)
            _ = try await shop.order("k")
            for id in ["0", "7", "x", "-1", "99999999999999999999"] {
                for (method, path) in [
                    (HTTPMethod.GET, "/\(id)"), (.DELETE, "/\(id)"), (.POST, "/\(id)/secret"),
                    (.GET, "/\(id)/attempts"),
                    (.POST, "/\(id)/resumption"),
                ] {
                    #expect(try await shop.send(method, path).status == 404, "\(method) \(path)")
                }
                let body = #"{"url": "https://clinic.example/"}"#
                #expect(try await shop.send(.PUT, "/\(id)", body).status == 404)
                for (path, body) in [
                    ("/resends", #"{"event": "1", "endpoint": "\#(id)"}"#),
                    ("/tests", #"{"type": "placed", "endpoint": "\#(id)"}"#),
                ] {
                    #expect(try await shop.send(.POST, path, body).status == 404, "\(path)")
                }
            }
            let deaf = try await shop.send(.POST, "/resends", #"{"event": "1", "endpoint": "\#(known.id.text)"}"#)
            #expect(deaf.status == 422 && deaf.text.contains("notTold"))
            #expect(try await shop.send(.POST, "/resends", #"{"event": "1"}"#).json.endpoints == [])
        }
    }
}
