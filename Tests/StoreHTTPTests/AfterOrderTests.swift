import Commerce
import NIOHTTP1
import Orders
import Payments
import Postgres
import Returns
import Staff
import TestSupport
import Testing

@testable import StoreHTTP

/// An order is not over when it is placed: every unit has its place, and people may change their minds.
@Suite(DatabaseTrait.store) struct AfterOrderTests {
    private static let twoKits = TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 2}]"#)
    private static let kitAndRefill = TestStore.choice(
        #"[{"sku": "DM-KIT", "quantity": 2}, {"sku": "CLEANSE-SHAMPOO", "quantity": 2}]"#
    )

    private func kits(_ count: Int) -> String { #"{"items": [{"sku": "DM-KIT", "quantity": \#(count)}]}"# }

    private func documents(_ store: TestStore, _ order: JSON) async throws -> [String] {
        let answer = try await store.send(.GET, "/v1/orders/\(order.token.text)/documents")
        return answer.json.data.entries.map { "\($0.kind.text) \($0.total.amount.int ?? 0)" }
    }

    // MARK: - Cancelling

    @Test func customerCancelsOneOfTwoAndIsPaidBack() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(Self.twoKits, amount: 9000, key: "two")
            let preview = try await store.own(order, "cancellation/preview", kits(1))
            #expect(preview.json.amount.amount == 4500 && preview.json.comesTo.amount == 4500, "\(preview.text)")
            let answer = try await store.own(order, "cancellation", kits(1))
            #expect(answer.json.status == "placed" && answer.json.payment.status == "partlyRefunded", "\(answer.text)")
            #expect(answer.json.items[0].cancelled == 1 && answer.json.items[0].open == 1)
            // What was sold stays as it was sold; what happened since stands beside it.
            #expect(answer.json.totals.total.amount == 9000 && answer.json.items[0].quantity == 2)
            #expect(answer.json.comesTo.amount == 4500 && answer.json.adjustments[0].cause == "cancelled")
            #expect(answer.json.adjustments[0].amount.amount == -4500)
            #expect(try await store.own(order, "cancellation", kits(1)).text == answer.text)
            #expect(try await documents(store, order) == ["invoice 9000", "creditNote 4500"])
            // The other one too: that is the whole order.
            let rest = try await store.own(order, "cancellation", kits(1), key: "rest")
            #expect(rest.json.status == "cancelled" && rest.json.comesTo.amount == 0, "\(rest.text)")
            #expect(rest.json.payment.status == "refunded")
            #expect(try await store.own(order, "cancellation", kits(1), key: "more").status == 409)
            try await store.checkInvariants()
        }
    }

    @Test func whatIsDueFallsWhereNothingWasPaid() async throws {
        try await TestStore.run { store in
            let path = try await store.cart(Self.twoKits).path
            let order = try await store.checkout(path, key: "two", amount: 9000).json
            let answer = try await store.own(order, "cancellation", kits(1))
            #expect(answer.json.payment.status == "unpaid" && answer.json.comesTo.amount == 4500, "\(answer.text)")
            // The invoice of what was sold first, then the credit note.
            #expect(try await documents(store, order) == ["invoice 9000", "creditNote 4500"])
            let issued = try await store.send(.GET, "/v1/orders/\(order.token.text)/documents").json.data[0]
            #expect(try await store.send(.GET, issued.page.text).text.contains("Please pay 45.00 GBP"))
            func receipt(_ amount: Int) async throws -> Answer {
                let body = #"{"amount": {"amount": \#(amount), "currency": "GBP"}}"#
                return try await store.staff(order, "payments", body, by: .support, key: "r\(amount)")
            }
            #expect(try await receipt(9000).status == 422)
            let paid = try await receipt(4500)
            #expect(paid.json.payment.status == "paid" && paid.json.refunded.amount == 0, "\(paid.text)")
            try await store.checkInvariants()
        }
    }

    /// A kit and a refill hold the same bottle: both are free again.
    @Test func stockOfAllThatIsCancelledIsFree() async throws {
        try await TestStore.run { store in
            let path = try await store.cart(Self.kitAndRefill).path
            let total = try await store.send(.GET, path).json.totals.total.amount.int ?? 0
            let order = try await store.checkout(path, key: "mixed", amount: total).json
            let some = #"{"items": [{"sku": "DM-KIT", "quantity": 1}, {"sku": "CLEANSE-SHAMPOO", "quantity": 1}]}"#
            #expect(try await store.own(order, "cancellation", some).status == 200)
            #expect(try await store.number("SELECT reserved AS n FROM stock WHERE sku = 'CLEANSE-SHAMPOO'") == 2)
            try await store.checkInvariants()
        }
    }

    @Test func theRestOfWhatWasPartlySentIsCancelledAndTheOrderEnds() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(Self.twoKits, amount: 9000, key: "two")
            let packed = try await store.staff(
                order,
                "packing",
                FulfilmentTests.packing(FulfilmentTests.wholeKit, #", "partial": true"#),
                by: .packer
            )
            #expect(packed.status == 200, "\(packed.text)")
            // Packing has begun: the customer cancels no more, staff cancel what is open.
            #expect(try await store.own(order, "cancellation", kits(1)).status == 409)
            let reason = #"{"reason": "Not wanted.", "items": [{"sku": "DM-KIT", "quantity": 1}]}"#
            #expect(
                try await store.staff(order, "cancellation", #"{"reason": "Not wanted."}"#, by: .support).status == 409
            )
            let sent = try await store.staff(order, "shipments", FulfilmentTests.shipping, by: .packer)
            #expect(sent.json.fulfilment.status == "partlyShipped", "\(sent.text)")
            let rest = try await store.staff(order, "cancellation", reason, by: .support, key: "rest")
            #expect(rest.json.fulfilment.status == "shipped" && rest.json.comesTo.amount == 4500, "\(rest.text)")
            let delivered = try await store.staff(order, "delivery", nil, by: .packer)
            #expect(delivered.json.status == "completed", "\(delivered.text)")
            try await store.checkInvariants()
        }
    }

    // MARK: - Money with a cause

    @Test func goodwillThenReturnOfEverythingComesToNothing() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(Self.twoKits, amount: 9000, key: "two")
            let goodwill = #"{"goodwill": {"amount": 500, "currency": "GBP"}, "reason": "It came late."}"#
            let kind = try await store.staff(order, "refunds", goodwill)
            #expect(kind.json.comesTo.amount == 8500 && kind.json.fulfilment.status == "shipped", "\(kind.text)")
            let announced = try await store.own(order, "returns", #"{"items": [{"sku": "DM-KIT", "quantity": 2}]}"#)
            #expect(announced.json.data[0].number.text == order.number.text + "-R1", "\(announced.text)")
            #expect(announced.json.address.entries.count > 1)
            #expect(
                try await store.staff(order, "refunds", #"{"returnNumber": "R1", "reason": "x"}"#, key: "e").status
                    == 409
            )
            let units =
                #"{"units": [{"sku": "CLEANSE-SHAMPOO", "quantity": 2, "restock": false}, {"sku": "RESTORE-LOTION", "quantity": 2, "restock": true}, {"sku": "RESTORE-OINTMENT", "quantity": 2, "restock": true}, {"sku": "ZERO-SHINE-SAMPLE", "quantity": 2, "restock": false}]}"#
            let back = try await store.staff(order, "returns/receipt", units, by: .packer)
            #expect(back.json.fulfilment.status == "returned" && back.json.status == "completed", "\(back.text)")
            #expect(try await store.number("SELECT sum(restocked) AS n FROM order_return_unit") == 4)
            let refund = try await store.staff(
                order,
                "refunds",
                #"{"returnNumber": "R1", "reason": "back"}"#,
                key: "r"
            )
            #expect(refund.json.comesTo.amount == 0 && refund.json.payment.status == "refunded", "\(refund.text)")
            #expect(try await documents(store, order) == ["invoice 9000", "creditNote 500", "creditNote 8500"])
            try await store.checkInvariants()
        }
    }

    /// What happened since is only ever added to, and each unit's price comes off once: tried with plain SQL.
    @Test func whatHappenedSinceIsKept() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(Self.twoKits, amount: 9000, key: "two")
            let goodwill = #"{"goodwill": {"amount": 500, "currency": "GBP"}, "reason": "It came late."}"#
            #expect(try await store.staff(order, "refunds", goodwill).status == 200)
            #expect(try await store.own(order, "returns", kits(1)).status == 200)
            #expect(try await store.staff(order, "returns/receipt", "{}", by: .packer, key: "back").status == 200)
            let forbidden: [(sql: StaticString, constraint: String)] = [
                ("UPDATE order_adjustment SET amount = amount + 1", "order_adjustment_is_kept"),
                ("DELETE FROM order_adjustment", "order_adjustment_is_kept"),
                ("UPDATE order_adjustment_part SET tax_amount = 0", "order_adjustment_part_is_kept"),
                ("DELETE FROM order_adjustment_part", "order_adjustment_part_is_kept"),
                ("DELETE FROM order_return", "order_return_is_kept"),
                ("DELETE FROM order_return_line", "order_return_line_is_kept"),
                ("UPDATE order_return_unit SET wasted = 0, restocked = 1", "order_return_unit_is_kept"),
                ("DELETE FROM order_return_unit", "order_return_unit_is_kept"),
                ("UPDATE order_line SET credited_quantity = returned_quantity", "order_line_is_credited_once"),
            ]
            for (sql, constraint) in forbidden {
                let error = await #expect(throws: PostgresError.self, "\(sql)") {
                    _ = try await store.pool.write([Statement(sql)])
                }
                #expect(error?.serverError?.constraint == constraint, "\(sql)")
            }
            let second = try await store.paidOrder(key: "one")
            #expect(second.status == "placed")
            let error = await #expect(throws: PostgresError.self) {
                _ = try await store.pool.write([
                    Statement("UPDATE order_component SET cancelled = quantity WHERE shipped = 0"),
                    Statement("UPDATE order_line SET cancelled_quantity = quantity WHERE returned_quantity = 0"),
                ])
            }
            #expect(error?.serverError?.constraint == "orders_cancelled_sends_nothing")
            try await store.checkInvariants()
        }
    }

    /// Whoever gives back all units cancels the order, and its shipping goes back too: the preview says the same.
    @Test func refundOfAllUnitsIsPreviewedAsItHappens() async throws {
        try await TestStore.run { store in
            let one = TestStore.choice(#"[{"sku": "CLEANSE-SHAMPOO", "quantity": 1}]"#)
            let total = try await store.send(.GET, try await store.cart(one).path).json.totals
            let (all, shipping) = (total.total.amount.int ?? 0, total.shipping.amount.int ?? 0)
            #expect(shipping > 0)
            let order = try await store.paidOrder(one, amount: all, key: "one")
            let bottle = #"{"items": [{"sku": "CLEANSE-SHAMPOO", "quantity": 1}], "reason": "Not wanted."}"#
            let preview = try await store.staff(order, "refunds/preview", bottle)
            #expect(preview.json.amount.amount.int == all && preview.json.comesTo.amount == 0, "\(preview.text)")
            let given = try await store.staff(order, "refunds", bottle)
            #expect(given.json.refunded == preview.json.amount && given.json.status == "cancelled", "\(given.text)")
        }
    }

    @Test func twoManagersAtOnceGiveBackOnce() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(key: "one")
            let all = #"{"goodwill": {"amount": 3000, "currency": "GBP"}, "reason": "late"}"#
            async let first = store.staff(order, "refunds", all, key: "a")
            async let second = store.staff(order, "refunds", all, key: "b")
            let answers = try await [first, second]
            #expect(answers.map(\.status).sorted() == [200, 422], "\(answers.map(\.text))")
            try await store.checkInvariants()
        }
    }

    // MARK: - Withdrawal

    @Test func withdrawalCancelsWhatIsHereAndAwaitsTheRest() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(Self.twoKits, amount: 9000, key: "two")
            _ = try await store.staff(
                order,
                "packing",
                FulfilmentTests.packing(FulfilmentTests.wholeKit, #", "partial": true"#),
                by: .packer
            )
            _ = try await store.staff(order, "shipments", FulfilmentTests.shipping, by: .packer)
            // The other one is packed too: its parcel is opened.
            _ = try await store.staff(
                order,
                "packing",
                FulfilmentTests.packing(FulfilmentTests.wholeKit),
                by: .packer,
                key: "2"
            )
            let preview = try await store.own(order, "withdrawal/preview")
            #expect(
                preview.json.cancelled[0].quantity == 1 && preview.json.comesBack[0].quantity == 1,
                "\(preview.text)"
            )
            #expect(preview.json.amount.amount == 4500 && preview.json.until == .null)
            let gone = try await store.own(order, "withdrawal")
            #expect(gone.json.comesTo.amount == 4500 && gone.json.adjustments[0].cause == "withdrawn", "\(gone.text)")
            #expect(gone.json.fulfilment.status == "shipped")
            let returns = try await store.send(.GET, "/v1/orders/\(order.token.text)/returns").json
            #expect(returns.data[0].kind == "withdrawal" && returns.withdrawUntil == .null, "\(returns)")
            #expect(try await store.own(order, "withdrawal", key: "again").status == 409)
            _ = try await store.staff(order, "returns/receipt", #"{"restock": true}"#, by: .packer, key: "r")
            let done = try await store.staff(order, "refunds", #"{"returnNumber": "1", "reason": "withdrawn"}"#)
            #expect(done.json.comesTo.amount == 0 && done.json.adjustments[1].cause == "withdrawn", "\(done.text)")
            let kinds = try await store.send(
                .GET,
                "/v1/staff/orders/\(order.number.text)",
                nil,
                try await store.staff(.packer)
            )
            .json.timeline.entries.map(\.kind.text)
            #expect(kinds.filter { $0 == "withdrawn" }.count == 1 && kinds.contains("unpacked"))
            try await store.checkInvariants()
        }
    }

    /// What is not coming is waited for no longer: its units can come back anew, and its customer's data can be erased.
    @Test func announcedReturnIsClosedByWhoeverAnnouncedItOrTheShop() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(Self.twoKits, amount: 9000, key: "two")
            let both = kits(2)
            #expect(try await store.own(order, "returns/closure", key: "none").status == 404)
            #expect(try await store.own(order, "returns", both).status == 200)
            #expect(try await store.own(order, "returns", both, key: "twice").status == 409)
            let first = #"{"returnNumber": "R1"}"#
            let kept = try await store.own(order, "returns/closure", first, key: "kept")
            #expect(kept.status == 200 && kept.json.data[0].closedAt != .null, "\(kept.text)")
            #expect(try await store.own(order, "returns/closure", first, key: "kept").body == kept.body)
            #expect(try await store.own(order, "returns/closure", first, key: "more").status == 409)
            let late = #"{"returnNumber": "R1", "restock": true}"#
            #expect(try await store.staff(order, "returns/receipt", late, by: .packer, key: "late").status == 409)

            #expect(try await store.own(order, "returns", both, key: "again").json.data.entries.count == 2)
            let reason = #"{"reason": "Nothing came in a month."}"#
            #expect(try await store.staff(order, "returns/closure", reason, by: .packer).status == 403)
            let closed = try await store.staff(order, "returns/closure", reason, by: .support)
            #expect(closed.json.data.entries.allSatisfy { $0.closedAt != .null }, "\(closed.text)")
            let packer = try await store.staff(.packer)
            #expect(try await store.send(.GET, "/v1/staff/returns", nil, packer).json.data.entries.isEmpty)
            #expect(try await store.staff(order, "delivery", nil, by: .packer).status == 200)
            func erase(_ key: String) async throws -> Answer {
                let manager = try await store.staff(.manager).merging(["Idempotency-Key": key]) { $1 }
                let body = #"{"email": "ada@example.com"}"#
                return try await store.send(.POST, "/v1/staff/personal/erasure", body, manager)
            }
            #expect(try await store.own(order, "returns", kits(1), key: "third").status == 200)
            let refused = try await erase("1")
            #expect(refused.status == 409 && refused.text.contains("aftercare return close"), "\(refused.text)")
            #expect(try await store.own(order, "returns/closure", key: "third closed").status == 200)
            let erased = try await erase("2")
            #expect(erased.status == 200, "\(erased.text)")
            try await store.checkInvariants()
        }
    }

    /// Whoever has the link can't have the customer mailed without end.
    /// The box of a return that was closed comes after all, while another one is awaited.
    @Test func boxThatDoesNotSayWhichReturnItIsTakesNoOthersPlace() async throws {
        try await TestStore.run { store in
            let choice = #"[{"sku": "DM-KIT", "quantity": 1}, {"sku": "CLEANSE-SHAMPOO", "quantity": 1}]"#
            let path = try await store.cart(TestStore.choice(choice)).path
            let total = try await store.send(.GET, path).json.totals.total.amount.int ?? 0
            let order = try await store.sentOrder(TestStore.choice(choice), amount: total, key: "mixed")
            let bottle = #"{"items": [{"sku": "CLEANSE-SHAMPOO", "quantity": 1}]}"#
            #expect(try await store.own(order, "returns", kits(1), key: "kit").status == 200)
            #expect(try await store.own(order, "returns/closure", #"{"returnNumber": "R1"}"#, key: "k").status == 200)
            #expect(try await store.own(order, "returns", bottle, key: "bottle").status == 200)
            let box = #"{"restock": true}"#
            let unsaid = try await store.staff(order, "returns/receipt", box, by: .packer, key: "unsaid")
            #expect(unsaid.status == 422 && unsaid.text.contains("R1, R2"), "\(unsaid.text)")
            let other = try await store.paidOrder(key: "other").number.text
            let misread = #"{"returnNumber": "\#(other)-R2", "restock": true}"#
            let stranger = try await store.staff(order, "returns/receipt", misread, by: .packer, key: "stranger")
            #expect(stranger.status == 422 && stranger.text.contains("otherOrder"), "\(stranger.text)")
            // What is in the box says nothing of what else came back.
            let bottles = #"{"units": [{"sku": "RESTORE-LOTION", "quantity": 1, "restock": true}]}"#
            #expect(try await store.staff(order, "returns/receipt", bottles, by: .packer, key: "units").status == 422)
            let kit = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "restock": true}"#
            #expect(try await store.staff(order, "returns/receipt", kit, by: .packer, key: "kit").status == 200)
            let returns = try await store.send(.GET, "/v1/orders/\(order.token.text)/returns").json.data
            #expect(returns[1].receivedAt == .null && returns[2].receivedAt != .null, "\(returns)")
            try await store.checkInvariants()
        }
    }

    /// A lot that never came is a mistake in reading, and no new stock that nobody knows the expiry of.
    @Test func unitsGoBackToStockOnlyInALotThatCame() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(key: "one")
            func receipt(_ restock: Bool, _ key: String) async throws -> Answer {
                let unit = #"{"sku": "CLEANSE-SHAMPOO", "quantity": 1, "lot": "L7TYPO", "restock": \#(restock)}"#
                return try await store.staff(order, "returns/receipt", #"{"units": [\#(unit)]}"#, by: .packer, key: key)
            }
            let refused = try await receipt(true, "stock")
            #expect(refused.status == 422 && refused.text.contains("unknownLot"), "\(refused.text)")
            #expect(try await receipt(false, "waste").status == 200)
            #expect(try await store.number("SELECT count(*) AS n FROM stock_lot WHERE lot = 'L7TYPO'") == 0)
            try await store.checkInvariants()
        }
    }

    @Test func returnsAreAnnouncedSoOftenAndNoMore() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(key: "one")
            for round in 1...20 {
                #expect(try await store.own(order, "returns", kits(1), key: "a\(round)").status == 200)
                #expect(try await store.own(order, "returns/closure", key: "c\(round)").status == 200)
            }
            let more = try await store.own(order, "returns", kits(1), key: "more")
            #expect(more.status == 409 && more.text.contains("too often"), "\(more.text)")
            // It takes no right away.
            #expect(try await store.own(order, "withdrawal", key: "w").status == 200)
        }
    }

    /// A withdrawal closes the announced returns that it needs the units of, and no other.
    @Test func withdrawalClosesNoMoreReturnsThanItTakes() async throws {
        try await TestStore.run { store in
            let choice = TestStore.choice(
                #"[{"sku": "DM-KIT", "quantity": 2}, {"sku": "RESTORE-LOTION", "quantity": 1}]"#
            )
            let total = try await store.send(.GET, store.cart(choice).path).json.totals.total.amount.int ?? 0
            let order = try await store.sentOrder(choice, amount: total, key: "mixed")
            let both = #"{"items": [{"sku": "DM-KIT", "quantity": 1}, {"sku": "RESTORE-LOTION", "quantity": 1}]}"#
            #expect(try await store.own(order, "returns", both, key: "R1").status == 200)
            #expect(try await store.own(order, "returns", kits(1), key: "R2").status == 200)
            let closes = try await store.own(order, "withdrawal/preview", both).json.closes
            #expect(closes.entries == [.string(order.number.text + "-R1")], "\(closes)")
            let newest = try await store.own(order, "withdrawal/preview", kits(1)).json.closes
            #expect(newest.entries == [.string(order.number.text + "-R2")], "\(newest)")
            // Each of the two is taken back on the order's page, by forms that were shown together.
            for ordinal in ["1", "2"] {
                let form = [("ordinal", ordinal), ("seen", "0.2")]
                let kept = try await store.submit(order.page.text + "/returns/closure", form)
                #expect(kept.status == 303, "\(kept.text)")
            }
            let page = try await store.send(.GET, order.page.text + "?done=returnKept")
            #expect(page.words.contains("You keep it.") && !page.words.contains("I keep it"))
        }
    }

    /// The shop's kindness takes no right away.
    @Test func withdrawalTakesThePlaceOfAnAnnouncedReturn() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(Self.twoKits, amount: 9000, key: "two")
            let one = kits(1)
            #expect(try await store.own(order, "returns", one).status == 200)
            // There is another one, of which no return speaks.
            #expect(try await store.own(order, "withdrawal/preview", one).json.closes.entries.isEmpty)
            let preview = try await store.own(order, "withdrawal/preview").json
            #expect(preview.comesBack[0].quantity == 2, "\(preview)")
            #expect(preview.closes.entries == [.string(order.number.text + "-R1")], "\(preview)")
            #expect(try await store.own(order, "withdrawal", key: "w").status == 200)
            let returns = try await store.send(.GET, "/v1/orders/\(order.token.text)/returns").json.data
            #expect(returns[0].closedAt == returns[1].announcedAt && returns[1].closedAt == .null, "\(returns)")
            #expect(returns[1].kind == "withdrawal" && returns[1].items[0].quantity == 2)
            let closing = try await store.pool.read(
                Statement("SELECT reason FROM order_event WHERE kind = 'returnClosed'")
            )
            #expect(
                try closing.map { try $0.value("reason", as: String.self) } == ["A withdrawal took the place of R1."]
            )
            // A withdrawal is said once.
            let back = try await store.own(order, "returns/closure", key: "back")
            #expect(back.status == 409 && back.text.contains("can't be taken back"), "\(back.text)")
            let unnamed = try await store.staff(order, "returns/closure", #"{"reason": "x"}"#, by: .support, key: "u")
            #expect(unnamed.status == 409, "\(unnamed.text)")
            let gone = #"{"returnNumber": "R1", "reason": "x"}"#
            #expect(try await store.staff(order, "refunds", gone, key: "gone").text.contains("Nobody waits"))
            _ = try await store.staff(order, "returns/receipt", #"{"restock": true}"#, by: .packer, key: "r")
            let done = try await store.staff(order, "refunds", #"{"returnNumber": "R2", "reason": "withdrawn"}"#)
            #expect(done.json.comesTo.amount == 0 && done.json.payment.status == "refunded", "\(done.text)")
            try await store.checkInvariants()
        }
    }

    @Test func theRightEndsFourteenDaysAfterTheLastParcelArrived() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(key: "one")
            try await store.deliverAll()
            let until = try await store.send(.GET, "/v1/orders/\(order.token.text)/returns").json.withdrawUntil
            let placed = try #require(CalendarDate(String(order.placedAt.text.prefix(10))))
            #expect(until.text == (placed + 14).description)
            #expect(try await store.own(order, "withdrawal/preview").status == 200)
            _ = try await store.pool.write([
                Statement("UPDATE orders SET delivered_at = delivered_at - interval '16 days'")
            ])
            let late = try await store.own(order, "withdrawal")
            #expect(late.status == 409 && late.text.contains("ended on"), "\(late.text)")
            // A return is the shop's kindness, and may still be announced.
            #expect(
                try await store.own(order, "returns", #"{"items": [{"sku": "DM-KIT", "quantity": 1}]}"#).status == 200
            )
        }
    }

    @Test func withdrawalFromWhatNeverLeftIsTheWholeOrder() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(key: "one")
            let gone = try await store.own(order, "withdrawal")
            #expect(gone.json.status == "cancelled" && gone.json.payment.status == "refunded", "\(gone.text)")
            #expect(gone.json.adjustments[0].cause == "withdrawn" && gone.json.comesTo.amount == 0)
            try await store.checkInvariants()
        }
    }

    // MARK: - Another way

    @Test func anotherMethodCostsMoreUntilItIsPaid() async throws {
        try await TestStore.run { store in
            let order = try await store.checkout(try await store.cart().path, key: "k").json
            #expect(try await store.send(.GET, order.page.text).words.contains("Next day: with you on "))
            let preview = try await store.own(order, "shipping/preview", #"{"shippingMethod": "next-day"}"#)
            let after = preview.json.after.amount.int ?? 0
            #expect(after > 4500 && preview.json.before.amount == 4500, "\(preview.text)")
            func change(_ method: String, _ total: Int, _ key: String) async throws -> Answer {
                let body =
                    #"{"shippingMethod": "\#(method)", "expectedTotal": {"amount": \#(total), "currency": "GBP"}}"#
                return try await store.own(order, "shipping", body, key: key)
            }
            #expect(try await change("next-day", after + 1, "a").status == 422)
            #expect(try await change("pigeon", after, "b").status == 422)
            let changed = try await change("next-day", after, "c")
            #expect(
                changed.json.comesTo.amount.int == after && changed.json.shippingMethod == "next-day",
                "\(changed.text)"
            )
            #expect(changed.json.adjustments[0].cause == "correction")
            #expect(try await documents(store, order) == ["invoice 4500", "invoice \(after - 4500)"])
            let receipt = #"{"amount": {"amount": \#(after), "currency": "GBP"}}"#
            #expect(try await store.staff(order, "payments", receipt, by: .support).json.payment.status == "paid")
            // Back again costs less, and goes back; what costs more is told.
            let back = try await change("standard", 4500, "d")
            #expect(back.json.comesTo.amount == 4500 && back.json.payment.status == "partlyRefunded", "\(back.text)")
            let more = try await change("next-day", after, "e")
            #expect(more.status == 409 && more.text.contains("more, and the order is paid"), "\(more.text)")
            try await store.checkInvariants()
        }
    }

    // MARK: - Races

    @Test func customerCancelsWhileABenchPacks() async throws {
        try await TestStore.run { store in
            for round in 0..<6 {
                let order = try await store.paidOrder(Self.twoKits, amount: 9000, key: "k\(round)")
                async let cancelled = store.own(order, "cancellation", kits(1), key: "c\(round)")
                async let packed = store.staff(
                    order,
                    "packing",
                    FulfilmentTests.packing(FulfilmentTests.wholeKit, #", "partial": true"#),
                    by: .packer,
                    key: "p\(round)"
                )
                async let withdrawn = store.own(order, "withdrawal", kits(1), key: "w\(round)")
                let answers = try await [cancelled, packed, withdrawn]
                #expect(
                    answers.allSatisfy { $0.status == 200 || $0.status == 409 || $0.status == 422 },
                    "\(answers.map(\.text))"
                )
            }
            try await store.checkInvariants()
        }
    }
}
