import Commerce
import NIOHTTP1
import Orders
import Payments
import Postgres
import StoreHTTP
import TestSupport
import Testing
import stripe_double

/// Money through Stripe: an order that is really paid for, once, whatever is heard of it, when, and how often.
@Suite(DatabaseTrait.store) struct StripePaymentTests {
    @Test func fromCartToPaidToPartlyRefunded() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            #expect(order.payment.status == "unpaid" && order.payment.method == "stripe")
            let started = try await shop.start(order)
            #expect(started.json.status == "unpaid" && started.json.action.type == "redirect")
            // Asked again, under any key, it is the same place.
            #expect(try await shop.start(order, key: "other").json.action == started.json.action)
            let session = try await shop.pay(order)
            #expect(try await shop.read(order).payment.status == "unpaid")
            #expect(try await shop.stripe.deliverAll() == [204])
            #expect(try await shop.read(order).payment.status == "paid")
            #expect(try await shop.start(order).json.action == .null)
            #expect(shop.stripe.sessions.map(\.id) == [session] && shop.money(order) == (1, 4500, 0))

            let manager = try await shop.manager()
            let two = try await shop.refund(order, manager, key: "r", quantity: 2)
            #expect(two.status == 409)
            let refunded = try await shop.refund(order, manager, key: "r1")
            #expect(refunded.json.payment.status == "refunded" && shop.money(order).refunded == 4500)
            #expect(try await shop.refund(order, manager, key: "r1").status == 200)
            try await shop.work()
            #expect(shop.money(order).refunded == 4500 && shop.stripe.refunds.count == 1)
            let documents = try await shop.store.send(.GET, "/v1/orders/\(order.token.text)/documents").json.data
            #expect(documents.entries.map(\.number.text) == ["INV-000001", "CN-000001"])
            try await shop.store.checkInvariants()
        }
    }

    @Test func aShopWithoutAProviderTakesInvoicesOnly() async throws {
        try await TestStore.run { store in
            let refused = try await store.checkout(try await store.cart().path, key: "k", method: "stripe")
            #expect(refused.status == 422 && refused.json.errors[0].pointer == "/payment/method")
            let order = try await store.checkout(try await store.cart().path, key: "k2").json
            let path = "/v1/orders/\(order.token.text)/payment"
            let started = try await store.send(.POST, path, "{}", ["Idempotency-Key": "p"])
            #expect(started.json.action == .null && started.json.status == "unpaid")
            #expect(try await store.send(.POST, path, "{}").problem == "idempotency-key-missing")
            #expect(
                try await store.send(.POST, path, #"{"x": 1}"#, ["Idempotency-Key": "p"]).json.errors[0].pointer == "/x"
            )
            #expect(try await store.send(.POST, "/v1/webhooks/stripe", "{}").problem == "signature-invalid")
        }
    }

    // MARK: - Orderings

    private enum Step: CaseIterable {
        case comesBack
        case event
        case eventAgain
        case triesAgain
        case crash
    }

    private static func orderings(_ steps: [Step]) -> [[Step]] {
        guard steps.count > 1 else { return [steps] }
        return steps.indices.flatMap { index in
            var rest = steps
            let first = rest.remove(at: index)
            return orderings(rest).map { [first] + $0 }
        }
    }

    /// The customer returns, the event arrives, arrives again, the customer tries to pay again, the database breaks off in
    /// the middle of an event: in each of the 120 orders there is one order, one payment, one movement of stock.
    @Test func everyOrderOfEverythingEndsInOneOrderOnePaymentOneStockMovement() async throws {
        let link = try await CuttingLink(to: Database.current.settings.socketPath)
        try await StripeShop.run(connection: Database.current.settings.through(port: link.port)) { shop in
            let orderings = Self.orderings(Step.allCases)
            #expect(orderings.count == 120)
            for (index, steps) in orderings.enumerated() {
                let order = try await shop.order(key: "k\(index)")
                try await shop.pay(order)
                let event = try #require(shop.stripe.undelivered.last)
                for step in steps {
                    switch step {
                    case .comesBack: try await shop.comeBack(order)
                    case .event, .eventAgain:
                        // Stripe, too, sends again what was not taken.
                        try await eventually("the event is taken") { try await shop.stripe.deliver(event) == 204 }
                    case .triesAgain:
                        // The session is there still, or the order is paid.
                        try await eventually("the payment goes on") {
                            try await shop.start(order, key: "again").status == 200
                        }
                    case .crash:
                        link.cut(after: 1 + index % 24)
                        _ = try await shop.stripe.deliver(event)
                        _ = link.mend()
                    }
                }
                let read = try await shop.read(order)
                #expect(read.payment.status == "paid" && read.status == "placed", "\(steps)")
                #expect(shop.money(order) == (1, 4500, 0), "\(steps)")
            }
            #expect(try await shop.store.number("SELECT count(*) AS n FROM orders") == 120)
            #expect(try await shop.store.number("SELECT count(*) AS n FROM payment") == 120)
            #expect(try await shop.store.number("SELECT count(*) AS n FROM order_event WHERE kind = 'paid'") == 120)
            #expect(
                try await shop.store.number("SELECT reserved AS n FROM stock WHERE sku = 'RESTORE-LOTION'") == 120
            )
            #expect(try await shop.store.number("SELECT count(*) AS n FROM provider_refund") == 0)
            try await shop.store.checkInvariants()
        }
        try await link.close()
    }

    @Test func oneEventThreeTimesAtOnceIsOneChange() async throws {
        try await StripeShop.run { shop in
            for round in 0..<10 {
                let order = try await shop.order(key: "k\(round)")
                try await shop.pay(order)
                let event = try #require(shop.stripe.undelivered.last)
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<3 { group.addTask { try await shop.stripe.deliver(event) } }
                    group.addTask {
                        try await shop.comeBack(order)
                        return 204
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses == [204, 204, 204, 204])
            }
            #expect(try await shop.store.number("SELECT count(*) AS n FROM payment") == 10)
            #expect(try await shop.store.number("SELECT count(*) AS n FROM provider_event") == 10)
            #expect(try await shop.store.number("SELECT count(*) AS n FROM order_event WHERE kind = 'paid'") == 10)
        }
    }

    // MARK: - Forged, stale, replayed

    @Test func unsignedEventChangesNothing() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            try await shop.pay(order)
            var event = try #require(shop.stripe.undelivered.last)
            let now = shop.clock.now.secondsSince1970
            #expect(try await shop.stripe.deliver(event, secret: "whsec_other") == 400)
            #expect(try await shop.stripe.deliver(event, at: now - 301) == 400)
            #expect(try await shop.stripe.deliver(event, at: now + 301) == 400)
            let path = "/v1/webhooks/stripe"
            let body = String(decoding: event.body, as: UTF8.self)
            for header in ["", "t=\(now)", "t=\(now),v1=00", "nonsense"] {
                let answer = try await shop.store.send(.POST, path, body, ["Stripe-Signature": header])
                #expect(answer.status == 400 && answer.problem == "signature-invalid")
            }
            #expect(try await shop.read(order).payment.status == "unpaid")
            // Signed, and yet no event.
            event.body = Array("not JSON".utf8)
            #expect(try await shop.stripe.deliver(event) == 400)
            #expect(try await shop.store.number("SELECT count(*) AS n FROM provider_event") == 0)
        }
    }

    // MARK: - A provider that fails

    @Test(arguments: [
        StripeDouble.Fault.failBefore(status: 500), .failAfter(status: 500), .lose, .failBefore(status: 429),
    ])
    func aSessionWhoseAnswerIsLostIsNotMadeTwice(fault: StripeDouble.Fault) async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            shop.stripe.inject(fault, method: "POST", path: "/v1/checkout/sessions")
            let lost = try await shop.start(order)
            #expect(lost.status == 503 && lost.headers.first(name: "Retry-After") != nil)
            try await shop.pay(order)
            #expect(shop.stripe.sessions.count == 1)
            try await shop.stripe.deliverAll()
            #expect(try await shop.read(order).payment.status == "paid")
        }
    }

    @Test(arguments: [
        StripeDouble.Fault.failBefore(status: 500), .failAfter(status: 500), .lose, .failBefore(status: 503),
    ])
    func aRefundWhoseAnswerIsLostGoesBackOnce(fault: StripeDouble.Fault) async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            try await shop.pay(order)
            try await shop.stripe.deliverAll()
            shop.stripe.inject(fault, method: "POST", path: "/v1/refunds")
            #expect(try await shop.refund(order, try await shop.manager(), key: "r").json.payment.status == "refunded")
            #expect(
                try await shop.store.number("SELECT count(*) AS n FROM provider_refund WHERE status = 'waiting'") == 1
            )
            // Long after Stripe has forgotten the key.
            shop.clock.advance(.seconds(30 * 3600))
            try await shop.work()
            #expect(shop.money(order).refunded == 4500 && shop.stripe.refunds.count == 1)
            #expect(
                try await shop.store.number("SELECT count(*) AS n FROM provider_refund WHERE status = 'taken'") == 1
            )
            let since = shop.clock.now + .seconds(-172_800)
            #expect(try await shop.store.store.payments.reconcile(since: since, now: shop.clock.now).isEmpty)
        }
    }

    @Test func aRefundThatDoesNotArriveIsFound() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            try await shop.pay(order)
            try await shop.stripe.deliverAll()
            _ = try await shop.refund(order, try await shop.manager(), key: "r")
            let refund = try #require(shop.stripe.refunds.first)
            _ = try shop.stripe.failRefund(refund.id)
            try await shop.stripe.deliverAll()
            let findings = try await shop.store.store.payments.reconcile(
                since: shop.clock.now + .seconds(-3600),
                now: shop.clock.now
            )
            #expect(
                findings.map(\.finding.kind) == [.refundFailed] && findings[0].finding.orderNumber == order.number.text
            )
            #expect(try await shop.store.store.payments.findings.counts()[.refundFailed] == 1)
        }
    }

    // MARK: - Stock that is held, let go and taken again

    @Test func whoeverDoesNotPayLetsGoOfTheStock() async throws {
        try await StripeShop.run { shop in
            let (never, started) = (try await shop.order(key: "a"), try await shop.order(key: "b"))
            _ = try await shop.start(started)
            shop.clock.advance(.seconds(59 * 60))
            try await shop.work()
            #expect(try await shop.store.number("SELECT reserved AS n FROM stock WHERE sku = 'RESTORE-LOTION'") == 2)
            shop.clock.advance(.seconds(120))
            try await shop.work()
            #expect(try await shop.store.number("SELECT reserved AS n FROM stock WHERE sku = 'RESTORE-LOTION'") == 0)
            for order in [never, started] { #expect(try await shop.read(order).payment.status == "failed") }
            // Whoever tries again has it again.
            _ = try await shop.pay(started)
            #expect(try await shop.store.number("SELECT reserved AS n FROM stock WHERE sku = 'RESTORE-LOTION'") == 1)
            try await shop.stripe.deliverAll()
            #expect(try await shop.read(started).payment.status == "paid")
            shop.clock.advance(.seconds(24 * 3600))
            try await shop.work()
            #expect(try await shop.read(never).status == "cancelled")
            #expect(try await shop.read(started).status == "placed")
            try await shop.store.checkInvariants()
        }
    }

    /// Stripe repeats old answers for a key: whoever comes back after the session's end is not sent there again.
    @Test func expiredSessionIsReplacedByANewOne() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            let first = try await shop.start(order).json.action.url
            shop.clock.advance(.seconds(61 * 60))
            let second = try await shop.start(order, key: "later")
            #expect(second.status == 200 && second.json.action.url != first, "\(second.text)")
            #expect(shop.stripe.sessions.map(\.status).contains(.open) && shop.stripe.sessions.count == 2)
            #expect(try await shop.store.number("SELECT reserved AS n FROM stock WHERE sku = 'RESTORE-LOTION'") == 1)
            try await shop.store.checkInvariants()
        }
    }

    @Test func lateRetryIsRefusedAsOutOfStock() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            shop.clock.advance(.seconds(3700))
            try await shop.work()
            try await shop.store.setStock("RESTORE-LOTION", 0)
            let refused = try await shop.start(order)
            #expect(refused.status == 409 && refused.problem == "out-of-stock")
            #expect(shop.stripe.sessions.isEmpty)
            try await shop.store.checkInvariants()
        }
    }

    /// What is left of an order whose payment failed costs nothing: it is paid, whether its customer asks or not.
    @Test(arguments: [true, false]) func whatCostsNothingAfterAFailedPaymentIsPaid(isAsked: Bool) async throws {
        try await StripeShop.run { shop in
            let path = try await shop.store.cart(
                TestStore.choice(
                    #"[{"sku": "DM-KIT", "quantity": 1}, {"sku": "ZERO-SHINE-SAMPLE", "quantity": 1}]"#
                )
            ).path
            let total = try await shop.store.send(.GET, path).json.totals.total.amount.int ?? 0
            let placed = try await shop.store.checkout(path, key: "k", amount: total, method: "stripe")
            try #require(placed.status == 201, "\(placed.text)")
            shop.clock.advance(.seconds(3700))
            try await shop.work()
            let kit = #"{"items": [{"sku": "DM-KIT", "quantity": 1}]}"#
            let rest = try await shop.store.own(placed.json, "cancellation", kit)
            #expect(rest.json.comesTo.amount == 0 && rest.json.payment.status == "failed", "\(rest.text)")
            if isAsked {
                let started = try await shop.start(placed.json)
                #expect(started.status == 200 && started.json.action == .null, "\(started.text)")
            } else {
                shop.clock.advance(.seconds(30 * 86_400))
                try await shop.work()
            }
            #expect(try await shop.read(placed.json).payment.status == "paid")
            try await shop.store.checkInvariants()
        }
    }

    /// Stripe is silent for so long that the stock is let go; then it turns out that the customer had paid.
    @Test(arguments: [true, false]) func moneyThatComesTooLateGetsItsStockOrGoesBack(isThere: Bool) async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            try await shop.pay(order)
            shop.clock.advance(.seconds(3 * 3600))
            shop.stripe.inject(.failBefore(status: 500), method: "GET", path: "/v1/checkout/sessions")
            try await shop.work()
            #expect(try await shop.read(order).payment.status == "failed")
            if !isThere { try await shop.store.setStock("RESTORE-LOTION", 0) }
            try await shop.stripe.deliverAll()
            let read = try await shop.read(order)
            if isThere {
                #expect(read.status == "placed" && read.payment.status == "paid")
            } else {
                #expect(read.status == "cancelled" && read.payment.status == "void" && read.comesTo.amount == 0)
                let page = try await shop.store.send(.GET, order.page.text).text
                #expect(page.contains("This order was cancelled.") && page.contains("Nothing is to be paid."))
            }
            try await shop.work()
            #expect(shop.money(order) == (1, 4500, isThere ? 0 : 4500))
            try await shop.store.checkInvariants()
        }
    }

    @Test func moneyForACancelledOrderGoesBackByItself() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            try await shop.pay(order)
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            #expect(try await shop.store.send(.POST, order.page.text + "/cancellation", "", form).status == 303)
            #expect(try await shop.read(order).payment.status == "void")
            try await shop.stripe.deliverAll()
            try await shop.work()
            #expect(shop.money(order) == (1, 4500, 4500))
            let kinds = try await shop.store.send(
                .GET,
                "/v1/staff/orders/\(order.number.text)",
                nil,
                try await shop.manager()
            ).json.timeline.entries.map(\.kind.text)
            #expect(kinds.contains("paymentReturned"))
            #expect(try await shop.read(order).payment.status == "void")
        }
    }

    @Test func aCancelledOrderCanBePaidNoMore() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            _ = try await shop.start(order)
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            _ = try await shop.store.send(.POST, order.page.text + "/cancellation", "", form)
            try await shop.work()
            #expect(shop.stripe.sessions[0].status == .expired)
            #expect(try await shop.start(order).status == 409)
        }
    }

    @Test(arguments: [true, false]) func moneyThatTakesDaysIsWaitedFor(comes: Bool) async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            let session = try await shop.start(order).json.action.url.text.split(separator: "/").last.map(String.init)
            _ = try shop.stripe.payLater(try #require(session))
            try await shop.stripe.deliverAll()
            #expect(try await shop.read(order).payment.status == "authorised")
            #expect(try await shop.start(order).json.action == .null)
            shop.clock.advance(.seconds(2 * 86_400))
            try await shop.work()
            #expect(try await shop.read(order).payment.status == "authorised")
            _ = try shop.stripe.settle(try #require(session), succeeds: comes)
            // No event arrives: it is asked for. An order that has waited for so long is not kept for another try.
            shop.clock.advance(.seconds(600))
            try await shop.work()
            #expect(try await shop.read(order).payment.status.text == (comes ? "paid" : "void"))
            // What was told by then is heard at last, and changes nothing.
            try await shop.stripe.deliverAll()
            #expect(try await shop.read(order).payment.status.text == (comes ? "paid" : "void"))
            try await shop.store.checkInvariants()
        }
    }

    @Test func anOrderThatCostsNothingIsPaidAtOnceAndCanBeCancelled() async throws {
        try await StripeShop.run { shop in
            let cart = try await shop.store.cart(
                TestStore.choice(#"[{"sku": "ZERO-SHINE-SAMPLE", "quantity": 1}]"#)
            ).path
            _ = try await shop.store.pool.write([Statement("UPDATE shipping_rate SET amount = 0")])
            let placed = try await shop.store.checkout(cart, key: "k", amount: 0, method: "stripe")
            #expect(placed.status == 201, "\(placed.text)")
            let started = try await shop.start(placed.json)
            #expect(started.json.status == "paid" && started.json.action == .null, "\(started.text)")
            let cancelled = try await shop.store.send(
                .POST,
                "/v1/staff/orders/\(placed.json.number.text)/cancellation",
                #"{"reason": "asked"}"#,
                try await shop.manager().merging(["Idempotency-Key": "c"]) { $1 }
            )
            #expect(cancelled.json.status == "cancelled", "\(cancelled.text)")
        }
    }

    @Test func totalThatStripeDoesNotTakeIsSaidBeforeTheOrder() async throws {
        try await StripeShop.run { shop in
            _ = try await shop.store.pool.write([
                Statement("UPDATE shipping_rate SET amount = 0"),
                Statement("UPDATE price SET amount = 29 WHERE sku = 'RESTORE-LOTION' AND currency = 'GBP'"),
            ])
            let choice = TestStore.choice(#"[{"sku": "RESTORE-LOTION", "quantity": 1}]"#)
            let cart = try await shop.store.send(.POST, "/v1/carts", choice)
            #expect(cart.json.totals.total.amount == 29, "\(cart.text)")
            #expect(cart.json.notices.entries.map(\.code.text).contains("invoiceOnly"), "\(cart.text)")
            let path = try #require(cart.headers.first(name: "Location"))
            let refused = try await shop.store.checkout(path, key: "k", amount: 29, method: "stripe")
            #expect(refused.status == 422 && refused.json.errors[0].code == "amountNotTaken", "\(refused.text)")
            #expect(refused.json.errors[0].pointer == "/payment")
            #expect(try await shop.store.checkout(path, key: "k", amount: 29).status == 201)
        }
    }

    @Test func orderThatCostsNothingIsPaidByInvoiceToo() async throws {
        try await TestStore.run { store in
            _ = try await store.pool.write([Statement("UPDATE shipping_rate SET amount = 0")])
            let choice = TestStore.choice(#"[{"sku": "ZERO-SHINE-SAMPLE", "quantity": 1}]"#)
            let placed = try await store.checkout(try await store.cart(choice).path, key: "k", amount: 0)
            #expect(placed.status == 201 && placed.json.payment.status == "paid", "\(placed.text)")
        }
    }

    // MARK: - Comparing

    @Test func missedPaymentIsFoundAndSettled() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            try await shop.pay(order)
            let findings = try await shop.store.store.payments.reconcile(
                since: shop.clock.now + .seconds(-3600),
                now: shop.clock.now
            )
            #expect(findings.isEmpty)
            #expect(try await shop.read(order).payment.status == "paid")
        }
    }

    @Test func unsettledFindingsAreListed() async throws {
        try await StripeShop.run { shop in
            // Somebody paid in a session that this database does not know: it was restored from a backup, say.
            let order = try await shop.order()
            try await shop.pay(order)
            _ = try await shop.store.pool.write([
                Statement("ALTER TABLE payment_attempt DISABLE TRIGGER ALL"), Statement("DELETE FROM payment_attempt"),
                Statement("ALTER TABLE payment_attempt ENABLE TRIGGER ALL"),
            ])
            #expect(try await shop.stripe.deliverAll() == [204])
            let findings = try await shop.store.store.payments.reconcile(
                since: shop.clock.now + .seconds(-3600),
                now: shop.clock.now
            )
            #expect(
                findings.map(\.finding.kind) == [.moneyWithoutOrder]
                    && findings[0].finding.orderNumber == order.number.text
            )
            #expect(findings[0].finding.amount.amount == 4500)
            #expect(try await shop.store.store.payments.findings.counts()[.moneyWithoutOrder] == 1)
        }
    }
}
