import Catalog
import Commerce
import NIOHTTP1
import Orders
import Postgres
import Staff
import TestSupport
import Testing

@testable import StoreHTTP

/// Random acts on random orders: after each, what units, money and documents say agrees to the last one.
@Suite(DatabaseTrait.store) struct AfterOrderPropertyTests {
    private static let codes = ["DM-KIT", "CLEANSE-SHAMPOO", "RESTORE-LOTION"]

    /// What may be done to an order, each with how it is asked: whether it is possible, the store says.
    /// - Parameter isLate: whether much has been done already. Withdrawing from all of it early would be the end of most.
    private func act(_ random: inout SeededGenerator, _ order: JSON, isLate: Bool) -> (path: String, body: String) {
        let staff = "/v1/staff/orders/\(order.number.text)"
        let own = "/v1/orders/\(order.token.text)"
        let code = Self.codes.randomElement(using: &random) ?? "DM-KIT"
        let items = #""items": [{"sku": "\#(code)", "quantity": \#(Int.random(in: 1...2, using: &random))}]"#
        let part = ["CLEANSE-SHAMPOO", "RESTORE-OINTMENT", code].randomElement(using: &random) ?? code
        let amount = Int.random(in: 1...900, using: &random)
        let acts: [(String, String)] = [
            (own + "/cancellation", "{\(items)}"), (staff + "/cancellation", #"{\#(items), "reason": "x"}"#),
            (staff + "/refunds", #"{"goodwill": {"amount": \#(amount), "currency": "GBP"}, "reason": "x"}"#),
            (staff + "/refunds", #"{"shippingAmount": {"amount": \#(amount), "currency": "GBP"}, "reason": "x"}"#),
            (staff + "/refunds", #"{"shipping": true, "reason": "x"}"#),
            (staff + "/refunds", #"{\#(items), "shipping": true, "reason": "x"}"#),
            (staff + "/refunds", #"{\#(items), "lost": true, "reason": "x"}"#),
            (staff + "/refunds", #"{"returnNumber": "R\#(Int.random(in: 1...3, using: &random))", "reason": "x"}"#),
            (own + "/returns", "{\(items)}"), (own + "/withdrawal", "{\(items)}"),
            isLate ? (own + "/withdrawal", "{}") : ("pack some", ""),
            (staff + "/returns/receipt", #"{"restock": true}"#), (staff + "/returns/receipt", "{\(items)}"),
            (own + "/returns/closure", "{}"), (staff + "/returns/closure", #"{"reason": "x"}"#),
            (staff + "/replacements", #"{"items": [{"sku": "\#(part)", "quantity": 1}], "reason": "x"}"#),
            (staff + "/replacements", #"{"parcel": "1", "reason": "x"}"#),
            (staff + "/replacements/cancellation", #"{"reason": "x"}"#),
            ("ship by standard", ""), ("ship by next-day", ""), ("ship by next-day", ""),
            (own + "/contact", #"{"customer": {"name": "Bo \#(amount)", "email": "bo@example.com"}}"#),
            ("pack", ""), ("pack", ""), ("pack some", ""), ("pack some", ""), ("ship", ""), ("ship", ""), ("ship", ""),
            ("ship", ""), (staff + "/delivery", ""), ("pay", ""), ("pay", ""), ("unpack", ""),
        ]
        return acts.randomElement(using: &random) ?? acts[0]
    }

    @Test(arguments: [1, 2, 3, 10, 27]) func randomActsOnRandomOrdersAddUp(seed: UInt64) async throws {
        try await TestStore.run(settings: { $0.shipsUnpaid = true }) { store in
            var random = SeededGenerator(seed: seed)
            try await DayMoneyTests.sellAtTwoRates(store)
            let manager = try await store.staff(.manager)
            var done: [String: Int] = [:]
            for round in 0..<8 {
                let lines = Self.codes.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)).map {
                    #"{"sku": "\#($0)", "quantity": \#(Int.random(in: 1...3, using: &random))}"#
                }
                var order = try await place(lines, hasCode: Bool.random(using: &random), key: "o\(round)", store)
                for step in 0..<40 {
                    let (path, body) = act(&random, order, isLate: step > 28)
                    let key = ["Idempotency-Key": "\(round) \(step)"]
                    var answer = try await perform(path, body, order, store, manager.merging(key) { $1 })
                    // Who isn't answered in time asks again.
                    for _ in 0..<20 where answer.status == 503 {
                        answer = try await perform(path, body, order, store, manager.merging(key) { $1 })
                    }
                    #expect(
                        [200, 404, 409, 422].contains(answer.status),
                        "\(seed) \(round) \(step) \(path) \(body): \(answer.text)"
                    )
                    if answer.status == 200 {
                        done[path.split(separator: "/").last.map(String.init) ?? "", default: 0] += 1
                    }
                    try await check(store)
                    order = try await store.send(.GET, "/v1/orders/\(order.token.text)").json
                }
            }
            // The acts were really done, most of them.
            #expect(done.count >= 12, "\(done)")
            try await payForAll(store, manager)
            try await checkDay(store, manager)
            try await store.checkInvariants()
        }
    }

    /// Places an order of some lines, with a discount where it is enough for one.
    private func place(_ lines: [String], hasCode: Bool, key: String, _ store: TestStore) async throws -> JSON {
        let code = hasCode ? #", "discountCodes": ["DEMO500"]"# : ""
        let path = try await store.cart(TestStore.choice("[\(lines.joined(separator: ", "))]\(code)")).path
        let total = try await store.send(.GET, path).json.totals.total.amount.int ?? 0
        let placed = try await store.checkout(path, key: key, amount: total)
        if placed.status == 422, hasCode { return try await place(lines, hasCode: false, key: key + "-", store) }
        try #require(placed.status == 201, "\(placed.text)")
        return placed.json
    }

    /// An order of everything that stays as it was sold, so that the day has money of both rates whatever became of others.
    private func payForAll(_ store: TestStore, _ manager: [String: String]) async throws {
        let lines = Self.codes.map { #"{"sku": "\#($0)", "quantity": 1}"# }.joined(separator: ", ")
        let path = try await store.cart(TestStore.choice("[\(lines)]")).path
        let total = try await store.send(.GET, path).json.totals.total.amount.int ?? 0
        let order = try await store.checkout(path, key: "all", amount: total).json
        let key = ["Idempotency-Key": "all"]
        let paid = try await perform("pay", "", order, store, manager.merging(key) { $1 })
        try #require(paid.status == 200, "\(paid.text)")
    }

    private func perform(
        _ path: String,
        _ body: String,
        _ order: JSON,
        _ store: TestStore,
        _ headers: [String: String]
    ) async throws -> Answer {
        let staff = "/v1/staff/orders/\(order.number.text)"
        switch path {
        case "pack", "pack some":
            let open = try await store.send(.GET, staff + "/packing", nil, headers).json.components.entries
            let box = (path == "pack" ? open[...] : open.prefix(1)).map {
                #"{"code": "\#($0.sku.text)", "quantity": \#($0.quantity.int ?? 1)}"#
            }
            let scanned = #"{"scanned": [\#(box.joined(separator: ", "))], "partial": \#(path != "pack")}"#
            return try await store.send(.POST, staff + "/packing", scanned, headers)
        case "ship by standard", "ship by next-day":
            let method = String(path.dropFirst("ship by ".count))
            let own = "/v1/orders/\(order.token.text)/shipping"
            let preview = try await store.send(.POST, own + "/preview", #"{"shippingMethod": "\#(method)"}"#, headers)
            guard preview.status == 200 else { return preview }
            let total = preview.json.after.amount.int ?? 0
            let change =
                #"{"shippingMethod": "\#(method)", "expectedTotal": {"amount": \#(total), "currency": "GBP"}}"#
            return try await store.send(.POST, own, change, headers)
        case "unpack": return try await store.send(.DELETE, staff + "/packing", nil, headers)
        case "ship":
            let parcel = #"{"carrier": "other", "trackingNumber": "T1234", "trackingNumberChecked": true}"#
            return try await store.send(.POST, staff + "/shipments", parcel, headers)
        case "pay":
            let amount = order.comesTo.amount.int ?? 0
            let receipt = #"{"amount": {"amount": \#(amount), "currency": "GBP"}}"#
            return try await store.send(.POST, staff + "/payments", receipt, headers)
        default: return try await store.send(.POST, path, body.isEmpty ? nil : body, headers)
        }
    }

    /// What the schema does not see to by itself, in one look: documents are what was sold and adjusted, the ledger is what
    /// they come to, and both series have no gap.
    private func check(_ store: TestStore) async throws {
        let broken = try await store.pool.read(
            Statement(
                """
                SELECT concat_ws(' ', id, what) AS broken FROM (
                    SELECT o.id, 'documents' AS what FROM orders AS o
                        JOIN document AS sold ON sold.order_id = o.id AND sold.adjustment IS NULL
                    WHERE sold.total <> o.total_amount OR EXISTS (SELECT 1 FROM order_adjustment AS a WHERE a.order_id = o.id
                        AND a.amount <> 0 AND NOT EXISTS (SELECT 1 FROM document AS d WHERE (d.order_id, d.adjustment)
                            = (a.order_id, a.ordinal) AND d.total = abs(a.amount)
                            AND d.kind = CASE WHEN a.amount < 0 THEN 'creditNote' ELSE 'invoice' END))
                    UNION ALL SELECT o.id, 'ledger' FROM orders AS o
                    WHERE payment_status IN ('paid', 'partlyRefunded', 'refunded') AND total_amount + adjusted_amount <>
                        (SELECT sum(CASE kind WHEN 'receipt' THEN amount ELSE -amount END) FROM payment WHERE order_id = o.id)
                    UNION ALL SELECT max(number), 'gap in ' || kind FROM document GROUP BY kind HAVING max(number) <> count(*)
                    UNION ALL SELECT o.id, 'guide' FROM orders AS o JOIN guide ON order_id = o.id AND revision = guide_revision
                        CROSS JOIN LATERAL jsonb_array_elements(products) AS product
                    WHERE o.status <> 'cancelled' AND (product ->> 2)::boolean <> EXISTS (SELECT 1 FROM order_component AS c
                        WHERE c.order_id = o.id AND c.sku = product ->> 0 AND quantity - cancelled > returned + lost)
                ) AS wrong
                """
            )
        )
        #expect(try broken.map { try $0.value("broken", as: String.self) } == [])
        #expect(try await store.store.stock.audit().differences.isEmpty)
    }

    /// What came in on the day less what went back is what the documents of all that was paid say, rate by rate.
    private func checkDay(_ store: TestStore, _ manager: [String: String]) async throws {
        let day = try await store.send(.GET, "/v1/staff/days/2026-11-24", nil, manager).json
        DayMoneyTests.expectToAddUp(day)
        let rows = try await store.pool.read(
            Statement(
                """
                SELECT tax ->> 'basisPoints' AS rate, sum(side * (tax ->> 'net')::bigint)::bigint AS net,
                    sum(side * (tax ->> 'tax')::bigint)::bigint AS tax
                FROM document CROSS JOIN LATERAL jsonb_array_elements(content -> 'taxes') AS tax
                    CROSS JOIN LATERAL (SELECT CASE kind WHEN 'invoice' THEN 1 ELSE -1 END) AS sign (side)
                WHERE EXISTS (SELECT 1 FROM payment WHERE payment.order_id = document.order_id)
                GROUP BY 1 HAVING sum(side * (tax ->> 'net')::bigint) <> 0
                """
            )
        )
        var documents: [String: [Int]] = [:]
        for row in rows { documents[try row.value("rate")] = [try row.value("net"), try row.value("tax")] }
        var moved: [String: [Int]] = [:]
        for rate in day.money[0].rates.entries {
            func left(_ received: JSON, _ refunded: JSON) -> Int {
                (received.amount.int ?? 0) - (refunded.amount.int ?? 0)
            }
            let sums = [left(rate.receivedNet, rate.refundedNet), left(rate.receivedTax, rate.refundedTax)]
            if sums[0] != 0 { moved["\(rate.basisPoints.int ?? -1)"] = sums }
        }
        #expect(moved == documents && moved.count == 2)
        let paid = try await store.number(
            "SELECT coalesce(sum(amount), 0)::bigint AS n FROM payment WHERE kind = 'receipt'"
        )
        #expect(day.money[0].received.amount.int == paid)
    }
}
