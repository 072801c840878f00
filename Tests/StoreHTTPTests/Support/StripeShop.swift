import AsyncHTTPClient
import Commerce
import Encodings
import NIOHTTP1
import Orders
import Payments
import Postgres
import Staff
import StoreHTTP
import Stripe
import Synchronization
import TestSupport
import Testing
import stripe_double

/// A clock that a test moves.
final class TestClock: Sendable {
    private let time: Mutex<Instant>

    init(_ start: Instant) { time = Mutex(start) }

    var now: Instant { time.withLock { $0 } }
    func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
}

/// A store whose customers pay at a double of Stripe.
struct StripeShop: Sendable {
    static let secret = "whsec_shop"

    let store: TestStore
    let stripe: StripeDouble
    let clock: TestClock

    static func run(
        connection: ConnectionSettings? = nil,
        _ body: @escaping @Sendable (StripeShop) async throws -> Void
    ) async throws {
        let clock = TestClock(try #require(TestStore.midday))
        try await StripeDouble.run(
            secretKey: "sk_test_shop",
            webhookSecret: secret,
            now: { clock.now.secondsSince1970 }
        ) {
            stripe in
            try await TestStore.run(
                clock: { clock.now },
                connection: connection,
                provider: { client in
                    StripePayments(
                        StripeClient(
                            client,
                            baseURL: stripe.url,
                            secretKey: Secret("sk_test_shop"),
                            patience: .seconds(600)
                        ),
                        webhookSecrets: [Secret(secret)]
                    )
                }
            ) { store in
                stripe.webhookURL = store.url + "/v1/webhooks/stripe"
                try await body(StripeShop(store: store, stripe: stripe, clock: clock))
            }
        }
    }

    /// A kit to be paid by card.
    func order(key: String = "k") async throws -> JSON {
        let placed = try await store.checkout(try await store.cart().path, key: key, method: "stripe")
        #expect(placed.status == 201, "\(placed.text)")
        return placed.json
    }

    /// The customer starts to pay; the session.
    func start(_ order: JSON, key: String = "p") async throws -> Answer {
        try await store.send(
            .POST,
            "/v1/orders/\(order.token.text)/payment",
            nil,
            ["Idempotency-Key": key]
        )
    }

    /// The customer starts to pay and pays; the events wait.
    @discardableResult
    func pay(_ order: JSON) async throws -> String {
        let started = try await start(order)
        #expect(started.status == 200, "\(started.text)")
        let session = started.json.action.url.text.split(separator: "/").last.map(String.init) ?? ""
        _ = try stripe.pay(session)
        return session
    }

    /// The customer comes back from Stripe's page.
    func comeBack(_ order: JSON) async throws {
        let page = try await store.send(.GET, order.page.text + "?payment=returned")
        #expect(page.status == 200 || page.status == 503)
    }

    func read(_ order: JSON) async throws -> JSON {
        try await store.send(.GET, "/v1/orders/\(order.token.text)").json
    }

    func work() async throws { try await store.store.payments.work(now: clock.now) }

    func manager() async throws -> [String: String] {
        let (secret, _) = try await store.store.staff.create(
            name: "manager \(UInt32.random(in: .min ... .max))",
            role: .manager,
            now: clock.now,
            lifetime: .seconds(86_400 * 30)
        )
        return ["Authorization": "Bearer \(secret.text)"]
    }

    func refund(_ order: JSON, _ token: [String: String], key: String, quantity: Int = 1) async throws -> Answer {
        try await store.send(
            .POST,
            "/v1/staff/orders/\(order.number.text)/refunds",
            #"{"items": [{"sku": "DM-KIT", "quantity": \#(quantity)}], "reason": "broken seal"}"#,
            token.merging(["Idempotency-Key": key]) { $1 }
        )
    }

    /// What Stripe really took and gave back for an order.
    func money(_ order: JSON) -> (charges: Int, charged: Int64, refunded: Int64) {
        let (count, amount) = stripe.charged(order.number.text)
        let payments = Set(
            stripe.sessions.filter { $0.clientReferenceID == order.number.text }.compactMap(\.paymentIntent)
        )
        return (count, amount, payments.reduce(0) { $0 + stripe.refunded($1) })
    }
}
