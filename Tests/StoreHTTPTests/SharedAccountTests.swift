import AsyncHTTPClient
import Commerce
import Encodings
import NIOHTTP1
import Payments
import Records
import StoreHTTP
import Stripe
import TestSupport
import Testing
import stripe_double

/// An account with Stripe that others use too, and number theirs as we do: another shop, or this one before its database
/// was made anew.
@Suite(DatabaseTrait.store) struct SharedAccountTests {
    /// Somebody else's use of the account.
    private struct Neighbour {
        let stripe: StripeDouble
        var client: StripeClient {
            StripeClient(
                .shared,
                baseURL: stripe.url,
                secretKey: Secret("sk_test_shop"),
                patience: .seconds(600)
            )
        }

        /// A payment of 45.00 pounds, which its customer has paid; the money's name.
        func payment(_ metadata: [String: String]) async throws -> String {
            let session = try await client.createSession(
                [
                    ("mode", "payment"), ("client_reference_id", metadata["order"] ?? "other"),
                    ("line_items[0][quantity]", "1"), ("line_items[0][price_data][currency]", "gbp"),
                    ("line_items[0][price_data][unit_amount]", "4500"),
                    ("line_items[0][price_data][product_data][name]", "Something"),
                    ("success_url", "https://other.example"), ("cancel_url", "https://other.example"),
                ] + metadata.map { ("metadata[\($0)]", $1) },
                key: "neighbour-\(metadata.sorted { $0.key < $1.key })"
            )
            return try #require(try stripe.pay(session.id).paymentIntent)
        }

        func refund(_ payment: String, amount: Int, _ metadata: [String: String]) async throws {
            _ = try await client.createRefund(
                [("payment_intent", payment), ("amount", "\(amount)")] + metadata.map { ("metadata[\($0)]", $1) },
                key: "neighbour-refund-\(payment)-\(metadata.sorted { $0.key < $1.key })"
            )
        }
    }

    /// What is said of a payment, besides the number of our only attempt, by what differs from ours.
    private static let claims:
        [(what: String, isOurs: Bool, metadata: @Sendable (String, String) -> [String: String])] = [
            ("nothing", false, { _, _ in ["attempt": "1"] }),
            ("only the order", false, { _, order in ["order": order, "attempt": "1"] }),
            (
                "another installation", false,
                { _, order in
                    ["installation": "00000000-0000-4000-8000-000000000000", "order": order, "attempt": "1"]
                }
            ),
            ("another order", true, { ours, _ in ["installation": ours, "order": "DM-2222-2222-2", "attempt": "1"] }),
            ("another attempt", true, { ours, order in ["installation": ours, "order": order, "attempt": "2"] }),
            (
                "an attempt beyond all numbers", true,
                { ours, order in ["installation": ours, "order": order, "attempt": "9223372036854775808"] }
            ),
        ]

    @Test(arguments: claims.indices) func moneyIsTakenOnlyWhereAllAgrees(index: Int) async throws {
        let (what, isOurs, metadata) = Self.claims[index]
        try await StripeShop.run { shop in
            let installation = try await Installation.read(shop.store.pool).id
            let order = try await shop.order()
            // The answer is lost, so that our attempt does not know its session yet.
            shop.stripe.inject(.failBefore(status: 500), method: "POST", path: "/v1/checkout/sessions")
            #expect(try await shop.start(order).status == 503)
            _ = try await Neighbour(stripe: shop.stripe).payment(metadata(installation, order.number.text))
            #expect(try await shop.stripe.deliverAll() == [204], "\(what)")
            #expect(try await shop.read(order).payment.status == "unpaid", "\(what)")
            let findings = try await shop.store.store.payments.reconcile(
                since: shop.clock.now + .seconds(-3600),
                now: shop.clock.now
            )
            #expect(try await shop.read(order).payment.status == "unpaid", "\(what)")
            #expect(findings.map(\.finding.kind) == (isOurs ? [.moneyWithoutOrder] : []), "\(what)")

            // Ours is taken all the same.
            try await shop.pay(order)
            try await shop.stripe.deliverAll()
            #expect(try await shop.read(order).payment.status == "paid", "\(what)")
        }
    }

    @Test func refundsOfOthersAreNeitherOursNorFindings() async throws {
        try await StripeShop.run { shop in
            let neighbour = Neighbour(stripe: shop.stripe)
            let theirs = try await neighbour.payment(["order": "theirs"])
            try await neighbour.refund(theirs, amount: 4500, ["refund": "1", "order": "theirs"])
            let order = try await shop.order()
            try await shop.pay(order)
            try await shop.stripe.deliverAll()
            // Ours has the number of theirs, and is lost on its way.
            shop.stripe.inject(.failBefore(status: 500), method: "POST", path: "/v1/refunds")
            _ = try await shop.refund(order, try await shop.manager(), key: "r")
            let since = shop.clock.now + .seconds(-3600)
            _ = try await shop.store.store.payments.reconcile(since: since, now: shop.clock.now)
            #expect(
                try await shop.store.number("SELECT count(*) AS n FROM provider_refund WHERE status = 'taken'") == 0
            )
            shop.clock.advance(.seconds(7200))
            try await shop.work()
            #expect(shop.money(order).refunded == 4500)
            let since2 = shop.clock.now + .seconds(-3 * 3600)
            #expect(try await shop.store.store.payments.reconcile(since: since2, now: shop.clock.now).isEmpty)
        }
    }

    @Test func refundMadeByHandIsAFindingUntilItIsSettled() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            try await shop.pay(order)
            try await shop.stripe.deliverAll()
            let payment = try #require(shop.stripe.sessions[0].paymentIntent)
            try await Neighbour(stripe: shop.stripe).refund(payment, amount: 100, [:])
            shop.clock.advance(.seconds(20 * 86_400))
            let payments = shop.store.store.payments
            let found = try await payments.reconcile(
                since: shop.clock.now + .seconds(-30 * 86_400),
                now: shop.clock.now
            )
            #expect(found.map(\.finding.kind) == [.refundUnknown] && found[0].finding.amount.amount == 100)
            // A shorter time knows nothing of it.
            let later = try await payments.reconcile(since: shop.clock.now + .seconds(-3 * 86_400), now: shop.clock.now)
            #expect(later.map(\.id) == found.map(\.id))

            let manager = try await shop.manager()
            let list = try await shop.store.send(.GET, "/v1/staff/findings", nil, manager).json
            #expect(list.data.entries.map(\.kind.text) == ["refundUnknown"] && list.data[0].settlement == .null)
            let path = "/v1/staff/findings/\(found[0].id)/settlement"
            #expect(try await shop.store.send(.POST, path, "{}", manager).status == 422)
            #expect(try await shop.store.send(.POST, path + "9", #"{"reason": "x"}"#, manager).status == 404)
            let settled = try await shop.store.send(.POST, path, #"{"reason": "Agreed by phone."}"#, manager)
            #expect(settled.status == 200 && settled.json.settlement.reason == "Agreed by phone.", "\(settled.text)")
            let again = try await shop.store.send(.POST, path, #"{"reason": "Another."}"#, manager)
            #expect(again.json.settlement.reason == "Agreed by phone.")
            #expect(try await shop.store.send(.GET, "/v1/staff/findings", nil, manager).json.data.entries.isEmpty)
            let old = try await shop.store.send(.GET, "/v1/staff/findings?settled=true", nil, manager).json
            #expect(old.data.entries.count == 1)

            // It is found again each time, and stays settled.
            let last = try await payments.reconcile(since: shop.clock.now + .seconds(-30 * 86_400), now: shop.clock.now)
            #expect(last.isEmpty)
            #expect(try await shop.store.store.payments.findings.counts()[.refundUnknown, default: 0] == 0)
        }
    }

    @Test func refundThatWasMissingIsSettledOnceTheProviderTookIt() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            try await shop.pay(order)
            try await shop.stripe.deliverAll()
            shop.stripe.inject(.failBefore(status: 500), method: "POST", path: "/v1/refunds")
            _ = try await shop.refund(order, try await shop.manager(), key: "r")
            let payments = shop.store.store.payments
            let since = shop.clock.now + .seconds(-3600)
            let found = try await payments.reconcile(since: since, now: shop.clock.now)
            #expect(found.map(\.finding.kind) == [.refundMissing])
            shop.clock.advance(.seconds(3600))
            #expect(try await payments.reconcile(since: since, now: shop.clock.now).isEmpty)
            let settled = try await payments.findings.list(settled: true)
            #expect(settled.map(\.settlement?.by) == ["system"])
        }
    }
}
