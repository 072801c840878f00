import Commerce
import NIOHTTP1
import Payments
import Postgres
import StoreHTTP
import TestSupport
import Testing
import stripe_double

/// Money of orders whose customers are erased: nothing of it is lost, and nothing is paid twice.
@Suite(DatabaseTrait.store) struct ErasedMoneyTests {
    /// What the ledger had when its order was erased was for an order: nobody is to send it back once more.
    @Test func moneyOfAnOrderThatWasErasedSinceIsNoFinding() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            try await shop.pay(order)
            let event = try #require(shop.stripe.undelivered.last)
            try await shop.stripe.deliverAll()
            try await Self.cancel(order, shop)
            #expect(shop.money(order) == (1, 4500, 4500))
            #expect(try await Self.erase(shop).status == 200)
            // It is told once more, and compared, again and again.
            #expect(try await shop.stripe.deliver(event) == 204)
            for _ in 0..<2 { #expect(try await Self.findings(shop).isEmpty) }
            // Another amount than the ledger has is not what was taken in.
            _ = try await shop.store.pool.write([
                Statement("SET LOCAL session_replication_role = replica"),
                Statement("UPDATE payment_attempt SET amount = amount - 1"),
            ])
            #expect(try await Self.findings(shop).map(\.finding.kind).contains(.moneyWithoutOrder))
            #expect(shop.money(order) == (1, 4500, 4500))
        }
    }

    @Test func moneyThatComesAfterItsOrderWasErasedIsFound() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            try await shop.pay(order)
            // Stripe is silent for so long that the attempt counts as over, and the customer cancels.
            shop.clock.advance(.seconds(3 * 3600))
            shop.stripe.inject(.failBefore(status: 500), method: "GET", path: "/v1/checkout/sessions")
            try await shop.work()
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            #expect(try await shop.store.send(.POST, order.page.text + "/cancellation", "", form).status == 303)
            #expect(try await shop.read(order).payment.status == "void")
            #expect(try await Self.erase(shop).status == 200)
            #expect(try await shop.stripe.deliverAll() == [204])
            let found = try await Self.findings(shop)
            #expect(found.map(\.finding.kind) == [.moneyWithoutOrder])
            #expect(found.first?.finding.orderNumber == order.number.text)
            #expect(found.first?.finding.amount.amount == 4500)
        }
    }

    /// Whose refund did not arrive is still owed it, and can't be found any more once they are erased.
    @Test func nobodyIsErasedWhileMoneyOfTheirsIsNotSettled() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            try await shop.pay(order)
            try await shop.stripe.deliverAll()
            try await Self.cancel(order, shop)
            let refund = try #require(shop.stripe.refunds.first)
            _ = try shop.stripe.failRefund(refund.id)
            try await shop.stripe.deliverAll()
            // Before a comparison has found it, and after.
            try await Self.expectUnsettled(order, shop)
            let failed = try #require(try await Self.findings(shop).first)
            #expect(failed.finding.kind == .refundFailed)
            try await Self.expectUnsettled(order, shop)
            try await Self.settle(failed.id, shop)
            #expect(try await Self.findings(shop).isEmpty)
            #expect(try await Self.erase(shop, "/preview").json.orders[0].obstacle == .null)
            // Whatever else was found of the order's money is an obstacle as well; another order's is none.
            _ = try await shop.store.pool.write([
                Statement(
                    """
                    INSERT INTO finding (kind, reference, number, amount, currency, found_at)
                    VALUES ('amountDiffers', 'cs_1', $1, 100, 'GBP', now()), ('amountDiffers', 'cs_2', 'DM-7K4Q-99', 1, 'GBP', now())
                    """,
                    order.number.text
                )
            ])
            try await Self.expectUnsettled(order, shop)
            let found = try await shop.store.store.payments.findings.list()
            let own = try #require(found.first { $0.finding.orderNumber == order.number.text })
            try await Self.settle(own.id, shop)
            #expect(try await Self.erase(shop).status == 200)
            #expect(try await shop.store.number("SELECT count(customer_name) AS n FROM orders") == 0)
        }
    }

    // MARK: - Support

    /// Nothing is erased, and whoever asks is told of which order, and what to do.
    private static func expectUnsettled(_ order: JSON, _ shop: StripeShop) async throws {
        let preview = try await erase(shop, "/preview")
        #expect(preview.status == 200 && preview.json.orders[0].obstacle == "unsettled", "\(preview.text)")
        let refused = try await erase(shop)
        #expect(refused.status == 409 && refused.problem == "not-erasable", "\(refused.text)")
        let detail = refused.json.detail.text
        #expect(detail.contains(order.number.text) && detail.contains("aftercare reconcile list"), "\(detail)")
        #expect(try await shop.store.number("SELECT count(customer_name) AS n FROM orders") == 1)
    }

    /// Somebody says how a finding was settled.
    private static func settle(_ finding: Int64, _ shop: StripeShop) async throws {
        let settled = try await shop.store.send(
            .POST,
            "/v1/staff/findings/\(finding)/settlement",
            #"{"reason": "Paid by bank."}"#,
            try await shop.manager()
        )
        #expect(settled.status == 200, "\(settled.text)")
    }

    /// Cancels an order, and has its money sent back.
    private static func cancel(_ order: JSON, _ shop: StripeShop) async throws {
        let cancelled = try await shop.store.send(
            .POST,
            "/v1/staff/orders/\(order.number.text)/cancellation",
            #"{"reason": "asked"}"#,
            try await shop.manager().merging(["Idempotency-Key": "c"]) { $1 }
        )
        #expect(cancelled.json.status == "cancelled", "\(cancelled.text)")
        try await shop.work()
    }

    /// Erases the customer of all of a shop's orders, or shows what that would do.
    private static func erase(_ shop: StripeShop, _ more: String = "") async throws -> Answer {
        var headers = try await shop.manager()
        if more.isEmpty { headers["Idempotency-Key"] = "erase" }
        return try await shop.store.send(
            .POST,
            "/v1/staff/personal/erasure" + more,
            #"{"email": "ada@example.com"}"#,
            headers
        )
    }

    /// What the hourly comparison finds.
    private static func findings(_ shop: StripeShop) async throws -> [KeptFinding] {
        try await shop.store.store.payments.reconcile(
            since: shop.clock.now + .seconds(-3 * 86_400),
            now: shop.clock.now
        )
    }
}
