import Commerce
import NIOHTTP1
import Orders
import Payments
import Postgres
import Staff
import StoreHTTP
import TestSupport
import Testing

/// The staff's tokens, and money in and back: each act once, by who may, and never more than there is.
@Suite(DatabaseTrait.store) struct ReceiptAndRefundTests {
    /// A token's header.
    private func token(_ store: TestStore, _ role: StaffRole, name: String? = nil, now: Instant? = nil) async throws
        -> [String: String]
    {
        let (secret, _) = try await store.store.staff.create(
            name: name ?? role.rawValue,
            role: role,
            now: now ?? store.store.now(),
            lifetime: .seconds(3600)
        )
        return ["Authorization": "Bearer \(secret.text)"]
    }

    /// Two kits and a shampoo with a discount and shipping: 9900 in all.
    private func order(_ store: TestStore, key: String = "k", codes: String = #"["DEMO500"]"#) async throws -> JSON {
        let cart = try await store.cart(
            #"{"currency": "GBP", "country": "GB", "items": [{"sku": "DM-KIT", "quantity": 2}, {"sku": "CLEANSE-SHAMPOO", "quantity": 1}], "shippingMethod": "next-day", "discountCodes": \#(codes)}"#
        )
        let total = try await store.send(.GET, cart.path).json.totals.total.amount.int ?? 0
        let placed = try await store.checkout(cart.path, key: key, amount: total)
        #expect(placed.status == 201, "\(placed.text)")
        return placed.json
    }

    private func act(
        _ store: TestStore,
        _ order: JSON,
        _ act: String,
        _ body: String,
        _ token: [String: String],
        key: String
    ) async throws -> Answer {
        try await store.send(
            .POST,
            "/v1/staff/orders/\(order.number.text)/\(act)",
            body,
            token.merging(["Idempotency-Key": key]) { $1 }
        )
    }

    private static func receipt(_ amount: Int) -> String {
        #"{"amount": {"amount": \#(amount), "currency": "GBP"}, "reference": "bank 17"}"#
    }

    @Test func onlyALiveTokenOfTheRightRoleOpensARoute() async throws {
        try await TestStore.run { store in
            let order = try await order(store)
            let path = "/v1/staff/orders/\(order.number.text)"
            for header in [
                "", "Bearer", "Bearer x", "Basic abc", "Bearer aftercare_staff_" + String(repeating: "0", count: 51),
            ] {
                let answer = try await store.send(.GET, path, nil, header.isEmpty ? [:] : ["Authorization": header])
                #expect(answer.status == 401 && answer.problem == "unauthorised")
                #expect(answer.headers.first(name: "WWW-Authenticate") == "Bearer")
            }
            let (packer, support, manager) = (
                try await token(store, .packer), try await token(store, .support), try await token(store, .manager)
            )
            #expect(try await store.send(.GET, path, nil, packer).status == 200)
            for (name, allowed) in [("payments", support), ("cancellation", support), ("refunds", manager)] {
                for token in [packer, support] where token != allowed {
                    let answer = try await act(store, order, name, "{}", token, key: "x")
                    #expect(answer.status == (token == packer || name == "refunds" ? 403 : answer.status), "\(name)")
                }
                #expect(try await act(store, order, name, "{}", allowed, key: "x").status == 422, "\(name)")
            }
            for path in ["/v1/staff/tokens"] {
                #expect(try await store.send(.GET, path, nil, support).problem == "forbidden")
                #expect(try await store.send(.GET, path, nil, manager).json.data.entries.count == 3)
            }
            let made = try await store.send(
                .POST,
                "/v1/staff/tokens",
                #"{"name": "bench 2", "role": "packer"}"#,
                manager
            )
            #expect(made.status == 201)
            let fresh = ["Authorization": "Bearer \(made.json.token.text)"]
            #expect(try await store.send(.GET, "/v1/staff/me", nil, fresh).json.name == "bench 2")
            #expect(
                try await store.send(.POST, "/v1/staff/tokens", #"{"name": "bench 2", "role": "packer"}"#, manager)
                    .problem == "name-taken"
            )
            #expect(try await store.send(.DELETE, "/v1/staff/tokens/bench%202", nil, manager).status == 204)
            #expect(try await store.send(.GET, "/v1/staff/me", nil, fresh).status == 401)
            let old = try await token(store, .manager, name: "old", now: Instant(microsecondsSince1970: 0))
            #expect(try await store.send(.GET, "/v1/staff/me", nil, old).status == 401)
            #expect(
                try await store.number(
                    "SELECT count(*) AS n FROM staff_token WHERE token_hash::text LIKE '%aftercare%'"
                ) == 0
            )
        }
    }

    @Test func aReceiptAndRefundsInStepsComeToExactlyWhatWasPaid() async throws {
        try await TestStore.run { store in
            let order = try await order(store)
            let total = try #require(order.totals.total.amount.int)
            #expect(total == 2 * 4500 + 1400 - 500 + 795)
            let (support, manager) = (try await token(store, .support), try await token(store, .manager))
            let wrong = try await act(store, order, "payments", Self.receipt(total - 1), support, key: "a")
            #expect(wrong.status == 422 && wrong.json.errors[0].pointer == "/amount")
            let paid = try await act(store, order, "payments", Self.receipt(total), support, key: "a")
            #expect(paid.status == 200 && paid.json.payment.status == "paid", "\(paid.text)")
            #expect(try await act(store, order, "payments", Self.receipt(total), support, key: "a").status == 200)
            #expect(
                try await act(store, order, "payments", Self.receipt(total), support, key: "b").problem
                    == "payment-refused"
            )
            #expect(try await act(store, order, "payments", Self.receipt(1), support, key: "a").problem == "key-reused")

            func refund(_ items: String, shipping: Bool = false, key: String) async throws -> Answer {
                try await act(
                    store,
                    order,
                    "refunds",
                    #"{"items": \#(items), "shipping": \#(shipping), "reason": "broken seal"}"#,
                    manager,
                    key: key
                )
            }
            let one = #"[{"sku": "DM-KIT", "quantity": 1}]"#
            let first = try await refund(one, key: "r1")
            #expect(
                first.json.payment.status == "partlyRefunded" && first.json.refunded.amount == 4284,
                "\(first.text)"
            )
            #expect(try await refund(one, key: "r1").json.refunded.amount == 4284)
            #expect(try await refund(#"[{"sku": "DM-KIT", "quantity": 2}]"#, key: "r2").status == 409)
            #expect(try await refund(one, shipping: true, key: "r3").json.payment.status == "partlyRefunded")
            #expect(try await refund("[]", shipping: true, key: "r4").status == 422)
            let last = try await refund(#"[{"sku": "CLEANSE-SHAMPOO", "quantity": 1}]"#, key: "r5")
            #expect(last.json.payment.status == "refunded" && last.json.refunded.amount.int == total)
            #expect(try await refund(one, key: "r6").problem == "course-closed")
            let kinds = last.json.timeline.entries.map { "\($0.kind.text) \($0.actor.text)" }
            #expect(
                kinds == [
                    "placed customer", "paid staff support", "partlyCancelled staff manager", "refunded staff manager",
                    "partlyCancelled staff manager", "refunded staff manager", "cancelled staff manager",
                    "refunded staff manager",
                ]
            )
            try await store.checkInvariants()
        }
    }

    @Test func concurrentRefundsDoNotExceedThePayment() async throws {
        try await TestStore.run { store in
            let order = try await order(store)
            let (support, manager) = (try await token(store, .support), try await token(store, .manager))
            let total = try #require(order.totals.total.amount.int)
            _ = try await act(store, order, "payments", Self.receipt(total), support, key: "a")
            let body = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "reason": "late"}"#
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<10 {
                    group.addTask { try await act(store, order, "refunds", body, manager, key: "r\(index)").status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 200] + Array(repeating: 409, count: 8))
            #expect(try await store.number("SELECT count(*) AS n FROM payment WHERE kind = 'refund'") == 2)
        }
    }

    @Test func aCancelledOrderGivesBackStockCodesAndMoney() async throws {
        try await TestStore.run { store in
            let support = try await token(store, .support)
            let paid = try await order(store, codes: #"["DEMO10"]"#)
            let total = try #require(paid.totals.total.amount.int)
            _ = try await act(store, paid, "payments", Self.receipt(total), support, key: "a")
            let cancelled = try await act(
                store,
                paid,
                "cancellation",
                #"{"reason": "asked by phone"}"#,
                support,
                key: "c"
            )
            #expect(
                cancelled.json.status == "cancelled" && cancelled.json.payment.status == "refunded",
                "\(cancelled.text)"
            )
            #expect(cancelled.json.refunded.amount.int == total)
            #expect(
                try await act(store, paid, "cancellation", #"{"reason": "again"}"#, support, key: "d").status == 200
            )
            #expect(try await store.number("SELECT sum(reserved)::bigint AS n FROM stock") == 0)
            #expect(try await store.number("SELECT count(*) AS n FROM order_event WHERE kind = 'cancelled'") == 1)
            // The code of this person is free again.
            let unpaid = try await order(store, key: "again", codes: #"["DEMO10"]"#)
            let form = try await store.send(
                .POST,
                unpaid.page.text + "/cancellation",
                "",
                ["Content-Type": "application/x-www-form-urlencoded"]
            )
            #expect(form.status == 303)
            let read = try await store.send(.GET, "/v1/orders/\(unpaid.token.text)").json
            #expect(read.status == "cancelled" && read.payment.status == "void")
            #expect(
                try await act(store, unpaid, "payments", Self.receipt(total), support, key: "e").problem
                    == "course-closed"
            )
            let left = try await order(store, key: "left", codes: "[]")
            try await store.sendAll()
            #expect(try await act(store, left, "cancellation", #"{"reason": "late"}"#, support, key: "f").status == 409)
            let late = try await store.send(
                .POST,
                left.page.text + "/cancellation",
                "",
                ["Content-Type": "application/x-www-form-urlencoded"]
            )
            #expect(late.status == 409)
        }
    }

    @Test func ordersNotPaidInTimeAreCancelled() async throws {
        try await TestStore.run { store in
            let (old, paid) = (
                try await order(store, key: "old", codes: "[]"), try await order(store, key: "paid", codes: "[]")
            )
            let total = try #require(paid.totals.total.amount.int)
            _ = try await act(store, paid, "payments", Self.receipt(total), try await token(store, .support), key: "a")
            let now = store.store.now()
            #expect(try await store.store.payments.store.cancelUnpaid(.invoice, placedBefore: now, now: now) == 0)
            #expect(
                try await store.store.payments.store.cancelUnpaid(.invoice, placedBefore: now + .seconds(1), now: now)
                    == 1
            )
            #expect(try await store.send(.GET, "/v1/orders/\(old.token.text)").json.status == "cancelled")
            #expect(try await store.send(.GET, "/v1/orders/\(paid.token.text)").json.status == "placed")
            #expect(try await store.number("SELECT count(*) AS n FROM order_event WHERE actor = 'system'") == 1)
        }
    }

    /// The code's tables and the schema's are the same, and the schema refuses every other step.
    @Test func aStateFollowsOnlyTheStatesThatItMay() async throws {
        try await TestStore.run { store in
            var coded: Set<String> = []
            for (from, next) in Transitions.order {
                for to in next { coded.insert("order \(from.rawValue) \(to.rawValue)") }
            }
            for (from, next) in Transitions.payment {
                for to in next { coded.insert("payment \(from.rawValue) \(to.rawValue)") }
            }
            for (from, next) in Transitions.fulfilment {
                for to in next { coded.insert("fulfilment \(from.rawValue) \(to.rawValue)") }
            }
            let rows = try await store.pool.read(
                Statement("SELECT concat_ws(' ', fact, from_status, to_status) AS step FROM status_transition")
            )
            #expect(Set(try rows.map { try $0.value("step", as: String.self) }) == coded)
            _ = try await order(store)
            for sql: StaticString in [
                "UPDATE orders SET fulfilment_status = 'delivered'",
                "UPDATE orders SET payment_status = 'partlyRefunded'",
                "UPDATE orders SET fulfilment_status = 'returned'",
            ] {
                let error = await #expect(throws: PostgresError.self) {
                    _ = try await store.pool.write([Statement(sql)])
                }
                #expect(error?.serverError?.constraint == "orders_transitions", "\(sql)")
            }
        }
    }
}
