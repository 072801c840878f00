import AsyncHTTPClient
import Catalog
import CivilTime
import Commerce
import NIOCore
import NIOHTTP1
import Postgres
import Schema
import Staff
import TestSupport
import Testing
import stripe_double

/// The server is killed while Stripe does what it was asked: the next one takes up what was left, and no money is lost or
/// moves twice.
@Suite(.serialized) struct KilledWhilePayingTests {
    @Test func paymentTakenWhileTheServerWasDownIsRecorded() async throws {
        try await withOwnCluster { cluster in
            let settings = try cluster.settings()
            let pool = Pool(settings.patient, limits: .patient(connections: 8))
            _ = try await Migrator(Schema.migrations).migrate(pool)
            try await CatalogFile(CatalogFile.demoBytes).load(into: pool)
            let link = try await SlowLink(to: settings.socketPath, delay: .zero)
            let client = HTTPClient.wide()
            try await StripeDouble.run(secretKey: "sk_test_killed", webhookSecret: "whsec_killed") { stripe in
                @Sendable func server() async throws -> StoreProcess {
                    let process = try await StoreProcess.start(
                        databasePort: link.port,
                        database: settings.databaseName,
                        environment: [
                            "AFTERCARE_STRIPE_URL=\(stripe.url)", "AFTERCARE_STRIPE_KEY=sk_test_killed",
                            "AFTERCARE_STRIPE_WEBHOOK_SECRETS=whsec_killed",
                            "AFTERCARE_PUBLIC_URL=http://store.test",
                        ]
                    )
                    stripe.webhookURL = process.url + "/v1/webhooks/stripe"
                    return process
                }
                /// Sends what Stripe is slow to answer, and kills the server once Stripe has done it.
                @Sendable func killing(
                    _ server: StoreProcess,
                    _ method: String,
                    _ path: String,
                    once isDone: @escaping @Sendable () -> Bool,
                    _ send: @escaping @Sendable () async throws -> Answer
                ) async throws {
                    stripe.inject(.hang(milliseconds: 60_000), method: method, path: path)
                    let sending = Task { try await send() }
                    try await eventually("Stripe has done it") { isDone() }
                    server.kill()
                    if let answer = try? await sending.value { #expect(answer.status == 503) }
                }

                var store = try await server()
                let made = try await client.send(.POST, store.url + "/v1/carts", kitChoice)
                let cart = try #require(made.headers.first(name: "Location"))
                let order = try await client.send(
                    .POST,
                    store.url + cart + "/checkout",
                    checkoutBody,
                    ["Idempotency-Key": "k"]
                ).json
                let payment = "/v1/orders/\(order.token.text)/payment"
                try await killing(store, "POST", "/v1/checkout/sessions", once: { stripe.sessions.count == 1 }) {
                    [store] in
                    try await client.send(.POST, store.url + payment, nil, ["Idempotency-Key": "p"])
                }

                store = try await server()
                let again = try await client.send(.POST, store.url + payment, nil, ["Idempotency-Key": "p"])
                #expect(again.json.action.type == "redirect" && stripe.sessions.count == 1, "\(again.text)")
                _ = try stripe.pay(stripe.sessions[0].id)
                // The event finds nobody at home; Stripe sends it again.
                store.kill()
                await #expect(throws: (any Error).self) { try await stripe.deliverAll() }
                store = try await server()
                #expect(try await stripe.deliverAll() == [204])

                let (secret, _) = try await StaffStore(pool).create(
                    name: "till",
                    role: .manager,
                    now: .now(),
                    lifetime: .seconds(3600)
                )
                let headers = ["Authorization": "Bearer \(secret.text)", "Idempotency-Key": "r"]
                let refunds = "/v1/staff/orders/\(order.number.text)/refunds"
                let body = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "reason": "broken seal"}"#
                try await killing(store, "POST", "/v1/refunds", once: { stripe.refunds.count == 1 }) { [store] in
                    try await client.send(.POST, store.url + refunds, body, headers)
                }
                store = try await server()
                let refunded = try await client.send(.POST, store.url + refunds, body, headers)
                #expect(refunded.json.payment.status == "refunded", "\(refunded.text)")
                // The next server has sent it again as soon as it may, and Stripe knew it.
                _ = try await pool.write([Statement("UPDATE provider_refund SET send_at = now()")])
                store.kill()
                store = try await server()
                try await eventually("the refund is noted") {
                    try await pool.read(Statement("SELECT count(*) AS n FROM provider_refund WHERE status = 'taken'"))
                        .single().value("n", as: Int.self) == 1
                }
                #expect(stripe.charged(order.number.text) == (1, 4500) && stripe.refunds.map(\.amount) == [4500])
                store.kill()
            }
            try await client.shutdown()
            try await link.close()
            await pool.close()
        }
    }
}

private let kitChoice = #"{"currency": "GBP", "country": "GB", "items": [{"sku": "DM-KIT", "quantity": 1}]}"#
private let checkoutBody =
    """
    {"customer": {"name": "Ada Example", "email": "ada@example.com"},
     "shippingAddress": {"line1": "1 High Street", "city": "London", "postalCode": "N1 1AA", "country": "GB"},
     "payment": {"method": "stripe"}, "expectedTotal": {"amount": 4500, "currency": "GBP"}}
    """
