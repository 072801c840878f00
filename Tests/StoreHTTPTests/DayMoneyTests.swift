import Catalog
import Commerce
import NIOHTTP1
import Orders
import Payments
import Postgres
import Staff
import TestSupport
import Testing
import stripe_double

@testable import StoreHTTP

/// What money came and went on a day: the ledger's, by method of payment and rate of tax, and it adds up.
@Suite(DatabaseTrait.store) struct DayMoneyTests {
    /// Sells the shampoo at 5 % of tax, and all else at the 20 % of the demo.
    static func sellAtTwoRates(_ store: TestStore) async throws {
        let file = String(decoding: CatalogFile.demoBytes, as: UTF8.self)
            .replacing(
                #""weightGrams": 180, "taxClass": "standard""#,
                with: #""weightGrams": 180, "taxClass": "reduced""#
            )
            .replacing(
                #"{ "country": "GB", "basisPoints": 2000 }"#,
                with:
                    #"{ "country": "GB", "basisPoints": 2000 }, { "country": "GB", "taxClass": "reduced", "basisPoints": 500 }"#
            )
        try await CatalogFile(Array(file.utf8)).load(into: store.pool)
    }

    /// A day's money as short lines: what came in and went back by a method, and net and tax of each rate.
    private func lines(_ day: JSON) -> [String] {
        day.money.entries.flatMap { flow in
            let (received, refunded) = (flow.received, flow.refunded)
            return [
                "\(flow.method.text) \(received.currency.text) in \(flow.receipts.int ?? -1): \(received.amount.int ?? -1), "
                    + "back \(flow.refunds.int ?? -1): \(refunded.amount.int ?? -1)"
            ]
                + flow.rates.entries.map { rate in
                    let sums = [rate.receivedNet, rate.receivedTax, rate.refundedNet, rate.refundedTax]
                        .map { "\($0.amount.int ?? -1)" }
                    return "\(rate.basisPoints.int ?? -1): \(sums.joined(separator: " "))"
                }
        }
    }

    /// Net and tax of all rates are what came in, and what went back.
    static func expectToAddUp(_ day: JSON) {
        func sum(_ rates: [JSON], _ parts: String...) -> Int {
            rates.reduce(0) { sum, rate in sum + parts.reduce(0) { $0 + (rate[$1].amount.int ?? 0) } }
        }
        for flow in day.money.entries {
            let rates = flow.rates.entries
            #expect(sum(rates, "receivedNet", "receivedTax") == flow.received.amount.int, "\(flow)")
            #expect(sum(rates, "refundedNet", "refundedTax") == flow.refunded.amount.int, "\(flow)")
        }
    }

    private func day(_ store: TestStore, _ date: String, _ member: [String: String]) async throws -> JSON {
        let answer = try await store.send(.GET, "/v1/staff/days/\(date)", nil, member)
        #expect(answer.status == 200, "\(answer.text)")
        Self.expectToAddUp(answer.json)
        return answer.json
    }

    /// What the staff do with an order.
    @discardableResult
    private func act(
        _ store: TestStore,
        _ order: JSON,
        _ act: String,
        _ body: String,
        _ member: [String: String]
    ) async throws -> JSON {
        let path = "/v1/staff/orders/\(order.number.text)/\(act)"
        let answer = try await store.send(
            .POST,
            path,
            body,
            member.merging(["Idempotency-Key": "\(act) \(order.number.text) \(body)"]) { $1 }
        )
        #expect(answer.status == 200, "\(act) \(body): \(answer.text)")
        return answer.json
    }

    private func goodwill(_ amount: Int) -> String {
        #"{"goodwill": {"amount": \#(amount), "currency": "GBP"}, "reason": "It came late."}"#
    }

    /// The staff record the money of an order's invoice, all that it comes to.
    private func pay(_ store: TestStore, _ order: JSON, _ member: [String: String]) async throws {
        let path = "/v1/staff/orders/\(order.number.text)"
        let money = try await store.send(.GET, path, nil, member).json.comesTo
        let body =
            #"{"amount": {"amount": \#(money.amount.int ?? -1), "currency": "\#(money.currency.text)"}}"#
        try await act(store, order, "payments", body, member)
    }

    private static let mixed = """
        {"currency": "GBP", "country": "GB", "items": [{"sku": "DM-KIT", "quantity": 2}, {"sku": "CLEANSE-SHAMPOO",
         "quantity": 1}], "shippingMethod": "next-day", "discountCodes": ["DEMO500"]}
        """

    @Test func aDaySaysWhatCameAndWentByMethodAndRate() async throws {
        try await StripeShop.run { shop in
            let store = shop.store
            try await Self.sellAtTwoRates(store)
            let manager = try await shop.manager()
            #expect(try await day(store, "2026-11-24", manager).money.entries.isEmpty)

            // Sold for 106.95: goods at two rates, a discount over both, and shipping. One kit is cancelled and 3.00 are a
            // kindness before it is paid.
            let placed = try await store.checkout(try await store.cart(Self.mixed).path, key: "mixed", amount: 10_695)
            #expect(placed.status == 201, "\(placed.text)")
            let order = placed.json
            let one = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "reason": "Not wanted."}"#
            try await act(store, order, "cancellation", one, manager)
            try await act(store, order, "refunds", goodwill(300), manager)
            #expect(try await day(store, "2026-11-24", manager).money.entries.isEmpty)
            try await pay(store, order, manager)
            let byCard = try await shop.order(key: "card")
            try await shop.pay(byCard)
            #expect(try await shop.stripe.deliverAll() == [204])
            // What costs nothing any more is paid without any money.
            let free = try await store.checkout(try await store.cart().path, key: "free").json
            #expect(try await act(store, free, "refunds", goodwill(4500), manager).payment.status == "paid")

            let first = try await day(store, "2026-11-24", manager)
            let came = [
                "invoice GBP in 1: 6111, back 0: 0", "2000: 4034 806 0 0", "500: 1211 60 0 0",
                "stripe GBP in 1: 4500, back 0: 0", "2000: 3750 750 0 0",
            ]
            #expect(lines(first) == came)
            let closed = try await store.send(.POST, "/v1/staff/days/2026-11-24/close", nil, manager).json
            #expect(lines(closed) == came)

            // The same day, after it was closed: the day says what it was, until it is closed again.
            try await act(store, order, "refunds", goodwill(11), manager)
            #expect(try await day(store, "2026-11-24", manager) == closed)
            let again = try await store.send(.POST, "/v1/staff/days/2026-11-24/close", nil, manager).json
            #expect(
                lines(again) == [
                    "invoice GBP in 1: 6111, back 1: 11", "2000: 4034 806 8 1", "500: 1211 60 2 0",
                    "stripe GBP in 1: 4500, back 0: 0", "2000: 3750 750 0 0",
                ]
            )

            // On the next day all that is left goes back, of both.
            shop.clock.advance(.seconds(86_400))
            #expect(try await shop.refund(byCard, manager, key: "card").status == 200)
            try await act(store, order, "cancellation", #"{"reason": "Not wanted."}"#, manager)
            #expect(try await day(store, "2026-11-24", manager) == again)
            #expect(
                lines(try await day(store, "2026-11-25", manager)) == [
                    "invoice GBP in 0: 0, back 1: 6100", "2000: 0 0 4026 805", "500: 0 0 1209 60",
                    "stripe GBP in 0: 0, back 1: 4500", "2000: 0 0 3750 750",
                ]
            )
            #expect(try await day(store, "2026-11-23", manager).money.entries.isEmpty)
        }
    }

    /// Tax that is added to the prices, and money of two currencies.
    @Test func eachCurrencyHasItsOwnSums() async throws {
        try await TestStore.run { store in
            let manager = try await store.staff(.manager)
            func place(_ currency: String, _ country: String, _ code: String, _ region: String?) async throws -> JSON {
                let part = region.map { #", "region": "\#($0)""# } ?? ""
                let kit = #""items": [{"sku": "DM-KIT", "quantity": 1}]"#
                let cart = try await store.cart(
                    #"{"currency": "\#(currency)", "country": "\#(country)", \#(kit)\#(part)}"#
                )
                let total = try await store.send(.GET, cart.path).json.totals.total.amount.int ?? 0
                let body = TestStore.checkoutBody(amount: total, currency: currency, country: country)
                    .replacing(#""region": null"#, with: region.map { #""region": "\#($0)""# } ?? #""region": null"#)
                    .replacing("N1 1AA", with: code)
                let path = cart.path + "/checkout"
                let placed = try await store.send(.POST, path, body, ["Idempotency-Key": currency])
                #expect(placed.status == 201, "\(placed.text)")
                try await pay(store, placed.json, manager)
                return placed.json
            }
            let abroad = try await place("GBP", "US", "10001", "NY")
            _ = try await place("EUR", "DE", "10115", nil)
            try await act(store, abroad, "refunds", goodwill(1000), manager)
            #expect(
                lines(try await day(store, "2026-11-24", manager)) == [
                    "invoice EUR in 1: 6295, back 0: 0", "1900: 5290 1005 0 0",
                    "invoice GBP in 1: 5983, back 1: 1000", "888: 5495 488 918 82",
                ]
            )
        }
    }

    /// A day begins and ends where the shop is.
    @Test func aDayIsTheShopsOwn() async throws {
        let clock = TestClock(try #require(TestStore.midday))
        try await TestStore.run(clock: { clock.now }, settings: { $0.timeZone = "America/New_York" }) { store in
            let manager = try await store.staff(.manager, lifetime: .seconds(7 * 86_400))
            let order = try await store.checkout(try await store.cart().path, key: "late").json
            // 23:59:59 of the 24th in New York; then midnight.
            clock.advance(.seconds(16 * 3600 + 3599))
            try await pay(store, order, manager)
            clock.advance(.seconds(1))
            try await act(store, order, "refunds", goodwill(600), manager)
            #expect(
                lines(try await day(store, "2026-11-24", manager)) == [
                    "invoice GBP in 1: 4500, back 0: 0", "2000: 3750 750 0 0",
                ]
            )
            #expect(
                lines(try await day(store, "2026-11-25", manager)) == [
                    "invoice GBP in 0: 0, back 1: 600", "2000: 0 0 500 100",
                ]
            )
        }
    }

    @Test func whatWasErasedKeepsItsSums() async throws {
        try await TestStore.run { store in
            try await Self.sellAtTwoRates(store)
            let manager = try await store.staff(.manager)
            let order = try await store.checkout(try await store.cart(Self.mixed).path, key: "mixed", amount: 10_695)
                .json
            try await pay(store, order, manager)
            try await act(store, order, "cancellation", #"{"reason": "Not wanted."}"#, manager)
            let before = try await day(store, "2026-11-24", manager)
            #expect(lines(before).first == "invoice GBP in 1: 10695, back 1: 10695")
            let erased = try await store.send(
                .POST,
                "/v1/staff/personal/erasure",
                #"{"email": "ada@example.com"}"#,
                manager.merging(["Idempotency-Key": "erase"]) { $1 }
            )
            #expect(erased.status == 200 && erased.json.orders.entries.count == 1, "\(erased.text)")
            #expect(try await store.number("SELECT count(customer_email) AS n FROM orders") == 0)
            #expect(try await day(store, "2026-11-24", manager) == before)
        }
    }

    /// However many payments there are, those of a day are found by their time.
    @Test func paymentsOfADayAreFoundByTheirIndex() async throws {
        try await TestStore.run { store in
            _ = try await store.sentOrder(key: "one")
            try await store.multiplyOrders(to: 5_000)
            _ = try await store.pool.write(
                [
                    Statement(
                        """
                        INSERT INTO order_event (order_id, sequence, at, kind, actor, request_id)
                        SELECT id, 1, placed_at, 'paid', 'test', 'r' FROM orders WHERE id < 0
                        """
                    ),
                    Statement(
                        """
                        INSERT INTO payment (order_id, sequence, kind, amount, at, actor)
                        SELECT id, 1, 'receipt', paid_amount, placed_at + id * interval '1 hour', 'test' FROM orders
                        WHERE id < 0
                        """
                    ),
                ],
                timeout: .seconds(120)
            )
            try await store.analyze()
            let today = try #require(CalendarDate("2026-11-20"))
            let span = store.store.dayStart(today)..<store.store.dayStart(today + 1)
            let query = MoneyFlow.moved(in: span)
            let plan = try await store.pool.read(try #require(query.statements.first).explained)
                .map { (row) throws(PostgresError) in try row.value("QUERY PLAN", as: String.self) }
            #expect(plan.contains { $0.contains("payment_at") }, "\(plan)")
            #expect(!plan.contains { $0.contains(/Seq Scan on (payment|orders|order_line)\b/) }, "\(plan)")
            let flow = try #require(try await store.pool.read(query).first)
            #expect(flow.receipts == 24 && flow.received == 24 * 4500)
        }
    }
}
