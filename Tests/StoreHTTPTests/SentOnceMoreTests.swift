import Commerce
import NIOHTTP1
import Orders
import Postgres
import Staff
import TestSupport
import Testing

@testable import StoreHTTP

/// What broke or was lost is sent once more, and not to somebody who keeps nothing of it.
@Suite(DatabaseTrait.store) struct SentOnceMoreTests {
    private static let twoKits = TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 2}]"#)

    @Test func replacementHasUnitsOfItsOwnAndAPlaceInTheQueue() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(key: "one")
            try await store.deliverAll()
            let broken = #"{"items": [{"sku": "CLEANSE-SHAMPOO", "quantity": 1}], "reason": "Arrived broken."}"#
            let preview = try await store.staff(order, "replacements/preview", broken, by: .support)
            #expect(preview.json.items[0].sku == "CLEANSE-SHAMPOO" && preview.status == 200, "\(preview.text)")
            let sent = try await store.staff(order, "replacements", broken, by: .support)
            #expect(sent.json.status == "placed" && sent.json.fulfilment.status == "partlyShipped", "\(sent.text)")
            #expect(sent.json.comesTo == sent.json.totals.total && sent.json.adjustments.entries.isEmpty)
            #expect(sent.json.fulfilment.shipBy == preview.json.shipBy)
            // One bottle is with the customer once: it is not replaced twice.
            #expect(try await store.staff(order, "replacements", broken, by: .support, key: "again").status == 409)
            let packer = try await store.staff(.packer)
            let next = try await store.send(.POST, "/v1/staff/next", nil, packer).json.order
            #expect(next.number == order.number && next.components.entries.count == 1, "\(next)")
            let box = #"{"scanned": [{"code": "CLEANSE-SHAMPOO"}]}"#
            let path = "/v1/staff/orders/\(order.number.text)/packing"
            let packed = try await store.send(.POST, path, box, packer.merging(["Idempotency-Key": "box"]) { $1 })
            #expect(packed.status == 200, "\(packed.text)")
            let left = try await store.staff(order, "shipments", FulfilmentTests.shipping, by: .packer)
            #expect(left.json.fulfilment.status == "shipped", "\(left.text)")
            #expect(left.json.fulfilment.shipments[1].items[0].sku == "CLEANSE-SHAMPOO")
            let arrived = try await store.staff(order, "delivery", nil, by: .packer)
            #expect(arrived.json.status == "completed", "\(arrived.text)")
            // The kit comes back with the bottle that replaced the other.
            let back = try await store.staff(order, "returns/receipt", #"{"restock": true}"#, by: .packer, key: "back")
            #expect(back.json.fulfilment.status == "returned", "\(back.text)")
            try await store.checkInvariants()
        }
    }

    @Test func lostParcelIsSentOnceMoreOrGivenBack() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(Self.twoKits, amount: 9000, key: "two")
            let lost = try await store.staff(
                order,
                "refunds",
                #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "lost": true, "reason": "Never came."}"#
            )
            #expect(lost.json.comesTo.amount == 4500 && lost.json.adjustments[0].cause == "lost", "\(lost.text)")
            let again = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "reason": "Never came."}"#
            let sent = try await store.staff(order, "replacements", again, by: .support)
            #expect(sent.json.replacements.entries.count == 4, "\(sent.text)")
            #expect(try await store.staff(order, "replacements", again, by: .support, key: "more").status == 409)
            try await store.checkInvariants()
        }
    }

    @Test func whatWasLostIsSaidToBeLost() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(key: "one")
            let kit = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "lost": true, "reason": "Never came."}"#
            #expect(try await store.staff(order, "refunds", kit).json.status == "completed")
            let page = try await store.send(.GET, order.page.text).words
            for words in ["It was lost on its way to you.", "1 lost on the way", "nothing more is on its way"] {
                #expect(page.contains(words), "\(words)")
            }
            #expect(!page.contains("came back") && !page.contains("all done"))
        }
    }

    /// What its customer never had is neither announced nor received; once it is theirs again, it is.
    @Test func whatIsGivenUpAsLostDoesNotComeBack() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(Self.twoKits, amount: 9000, key: "two")
            let kit = #"{"items": [{"sku": "DM-KIT", "quantity": 1}]}"#
            #expect(try await store.own(order, "returns", kit, key: "first").status == 200)
            let parcel = #"{"parcel": "1", "reason": "Never came."}"#
            #expect(try await store.staff(order, "replacements", parcel, by: .support).status == 200)
            let more = try await store.own(order, "returns", kit, key: "second")
            #expect(more.status == 409, "\(more.text)")
            let box = #"{"returnNumber": "R1", "restock": true}"#
            let lost = try await store.staff(order, "returns/receipt", box, by: .packer, key: "lost")
            #expect(lost.status == 409 && lost.text.contains("given up as lost"), "\(lost.text)")
            let mistake = #"{"reason": "It was found."}"#
            #expect(try await store.staff(order, "replacements/cancellation", mistake, by: .support).status == 200)
            #expect(try await store.staff(order, "returns/receipt", box, by: .packer, key: "found").status == 200)
            try await store.checkInvariants()
        }
    }

    /// A kit without its optional sample has left whole, and is sent once more as it was.
    @Test func orderGoesWithoutWhatNeverCame() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(key: "one")
            let bottles = ["RESTORE-OINTMENT", "CLEANSE-SHAMPOO", "RESTORE-LOTION"].map { #"{"code": "\#($0)"}"# }
            let scanned = bottles.joined(separator: ", ")
            let first = #"{"scanned": [\#(scanned)], "partial": true}"#
            #expect(try await store.staff(order, "packing", first, by: .packer, key: "first").status == 200)
            let shipping = FulfilmentTests.shipping
            let left = try await store.staff(order, "shipments", shipping, by: .packer, key: "left")
            #expect(left.json.fulfilment.status == "partlyShipped", "\(left.text)")
            let nothing = try await store.staff(order, "packing", #"{"scanned": []}"#, by: .packer, key: "nothing")
            #expect(nothing.status == 422, "\(nothing.text)")
            let without = #"{"scanned": [], "without": ["ZERO-SHINE-SAMPLE"]}"#
            let whole = try await store.staff(order, "packing", without, by: .packer, key: "whole")
            #expect(whole.status == 200, "\(whole.text)")
            let read = try await store.send(.GET, "/v1/orders/\(order.token.text)").json
            #expect(read.fulfilment.status == "shipped" && read.status == "placed", "\(read)")
            #expect(try await kinds(store, order).contains("sendingCancelled"))
            #expect(try await store.number("SELECT reserved AS n FROM stock WHERE sku = 'ZERO-SHINE-SAMPLE'") == 0)
            try await store.deliverAll()
            let kit = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "reason": "Never came."}"#
            let again = try await store.staff(order, "replacements", kit, by: .support)
            #expect(again.json.replacements.entries.count == 3, "\(again.text)")
            try await store.checkInvariants()
        }
    }

    /// A line of the order's log.
    private func kinds(_ store: TestStore, _ order: JSON) async throws -> [String] {
        let path = "/v1/staff/orders/\(order.number.text)"
        return try await store.send(.GET, path, nil, try await store.staff(.packer)).json.timeline.entries.map(
            \.kind.text
        )
    }

    private static let broken = #"{"items": [{"sku": "CLEANSE-SHAMPOO", "quantity": 1}], "reason": "Arrived broken."}"#

    @Test func replacementThatWasAMistakeIsCancelled() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(key: "one")
            try await store.deliverAll()
            let reason = #"{"reason": "It was another order."}"#
            #expect(try await store.staff(order, "replacements/cancellation", reason, key: "none").status == 409)
            let free = try await store.number("SELECT reserved AS n FROM stock WHERE sku = 'CLEANSE-SHAMPOO'")
            _ = try await store.staff(order, "replacements", Self.broken, by: .support)
            #expect(try await store.staff(order, "replacements/cancellation", reason, by: .packer).status == 403)
            let unsaid = try await store.staff(order, "replacements/cancellation", "{}", by: .support, key: "unsaid")
            #expect(unsaid.status == 422)
            let support = try await store.staff(.support).merging(["Idempotency-Key": "c"]) { $1 }
            let path = "/v1/staff/orders/\(order.number.text)/replacements/cancellation"
            let cancelled = try await store.send(.POST, path, reason, support)
            #expect(cancelled.json.status == "completed" && cancelled.json.replacements == [], "\(cancelled.text)")
            #expect(cancelled.json.fulfilment.status == "delivered")
            #expect(try await store.number("SELECT reserved AS n FROM stock WHERE sku = 'CLEANSE-SHAMPOO'") == free)
            #expect(try await store.send(.POST, path, reason, support).body == cancelled.body)
            #expect(try await kinds(store, order).filter { $0 == "sendingCancelled" }.count == 1)
            // The bottle is the customer's again: it may break, and its replacement too.
            for round in 0..<2 {
                let next = try await store.staff(order, "replacements", Self.broken, by: .support, key: "r\(round)")
                #expect(next.status == 200, "\(next.text)")
                try await store.sendAll()
            }
            _ = try await store.staff(order, "replacements", Self.broken, by: .support, key: "third")
            let last = try await store.staff(order, "replacements/cancellation", reason, by: .support, key: "d")
            #expect(
                last.json.replacements.entries.count == 2 && last.json.fulfilment.status == "shipped",
                "\(last.text)"
            )
            let lost = try await store.pool.read(
                Statement(
                    "SELECT replacement, lost FROM order_component WHERE sku = 'CLEANSE-SHAMPOO' ORDER BY position"
                )
            )
            #expect(try lost.map { try $0.value("lost", as: Int.self) } == [1, 0, 1, 0, 0])
            try await store.checkInvariants()
        }
    }

    /// Only what lies in no parcel is held back: what is packed is unpacked first.
    @Test func replacementInAParcelIsNotCancelledBeforeItIsUnpacked() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(key: "one")
            _ = try await store.staff(order, "replacements", Self.broken, by: .support)
            let box = #"{"scanned": [{"code": "CLEANSE-SHAMPOO"}]}"#
            #expect(try await store.staff(order, "packing", box, by: .packer).status == 200)
            let reason = #"{"reason": "It was another order."}"#
            let packed = try await store.staff(order, "replacements/cancellation", reason, key: "packed")
            #expect(packed.status == 409 && packed.json.detail.text.contains("unpacked"), "\(packed.text)")
            let packer = try await store.staff(.packer)
            let open = try await store.send(.DELETE, "/v1/staff/orders/\(order.number.text)/packing", nil, packer)
            #expect(open.status == 200, "\(open.text)")
            #expect(try await store.staff(order, "replacements/cancellation", reason, key: "open").status == 200)
            try await store.checkInvariants()
        }
    }

    /// Ways in which nothing of a line stays with its customer, while something of it waits to be sent once more.
    enum Ending: CaseIterable { case withdrawn, withdrawnWhilePacked, received, lost, receivedAndCancelled }

    @Test(arguments: Ending.allCases) func nothingIsSentOnceMoreOfWhatNobodyKeeps(ending: Ending) async throws {
        try await TestStore.run { store in
            let isTwo = ending == .receivedAndCancelled
            let order = try await store.paidOrder(
                isTwo ? Self.twoKits : TestStore.kitChoice,
                amount: isTwo ? 9000 : 4500,
                key: "one"
            )
            if isTwo {
                let part = FulfilmentTests.packing(FulfilmentTests.wholeKit, #", "partial": true"#)
                #expect(try await store.staff(order, "packing", part, by: .packer, key: "p").status == 200)
                #expect(try await store.staff(order, "shipments", FulfilmentTests.shipping, key: "s").status == 200)
            } else {
                try await store.sendAll()
            }
            #expect(try await store.staff(order, "replacements", Self.broken, by: .support, key: "r").status == 200)
            let lost = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "lost": true, "reason": "Never came."}"#
            switch ending {
            case .withdrawn, .withdrawnWhilePacked:
                if ending == .withdrawnWhilePacked {
                    let box = #"{"scanned": [{"code": "CLEANSE-SHAMPOO"}]}"#
                    #expect(try await store.staff(order, "packing", box, by: .packer, key: "p").status == 200)
                }
                let preview = try await store.own(order, "withdrawal/preview")
                #expect(preview.json.notSent[0].sku == "CLEANSE-SHAMPOO", "\(preview.text)")
                let asked = try await store.submit(
                    "\(order.page.text)/withdrawal",
                    [("sku[]", "DM-KIT"), ("quantity[]", "1")]
                )
                #expect(asked.text.contains("was still to be sent, and is not"), "\(asked.text)")
                let withdrawn = try await store.own(order, "withdrawal")
                #expect(withdrawn.status == 200, "\(withdrawn.text)")
            case .received:
                let back = try await store.staff(order, "returns/receipt", #"{"restock": true}"#, by: .packer)
                #expect(back.json.fulfilment.status == "returned", "\(back.text)")
            case .lost:
                #expect(try await store.staff(order, "refunds", lost).status == 200)
            case .receivedAndCancelled:
                // While the other kit is still to come, the bottle may go with it.
                let one = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "restock": true}"#
                let first = try await store.staff(order, "returns/receipt", one, by: .packer, key: "back")
                #expect(first.json.replacements.entries.count == 1, "\(first.text)")
                let rest = try await store.staff(
                    order,
                    "cancellation",
                    #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "reason": "Not wanted."}"#
                )
                #expect(rest.status == 200, "\(rest.text)")
            }
            let path = "/v1/staff/orders/\(order.number.text)"
            let after = try await store.send(.GET, path, nil, try await store.staff(.packer))
            #expect(after.json.replacements == [] && after.json.fulfilment.status != "partlyShipped", "\(after.text)")
            let log = after.json.timeline.entries.map(\.kind.text)
            #expect(log.filter { $0 == "sendingCancelled" }.count == 1, "\(log)")
            #expect(try await store.number("SELECT reserved AS n FROM stock WHERE sku = 'CLEANSE-SHAMPOO'") == 0)
            // Nor can anybody ask for it now that all of it is gone.
            #expect(try await store.staff(order, "replacements", Self.broken, key: "late").status == 409)
            try await store.checkInvariants()
        }
    }

    /// What left in part: the rest of it is not sent to somebody who withdraws, and is no loss on its way.
    @Test func restOfWhatTheCustomerWithdrawsFromIsNotSent() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(key: "one")
            let part = #"{"scanned": [{"code": "CLEANSE-SHAMPOO"}], "partial": true}"#
            #expect(try await store.staff(order, "packing", part, by: .packer, key: "p").status == 200)
            #expect(try await store.staff(order, "shipments", FulfilmentTests.shipping, key: "s").status == 200)
            let lost = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "lost": true, "reason": "Never came."}"#
            let refused = try await store.staff(order, "refunds", lost, key: "lost")
            #expect(refused.status == 409 && refused.json.detail.text.contains("none"), "\(refused.text)")
            // It lies in a parcel: that is opened.
            let rest = #"{"scanned": [{"code": "RESTORE-LOTION"}], "partial": true}"#
            #expect(try await store.staff(order, "packing", rest, by: .packer, key: "rest").status == 200)
            let preview = try await store.own(order, "withdrawal/preview")
            #expect(preview.json.notSent.entries.contains { $0.sku == "RESTORE-LOTION" }, "\(preview.text)")
            let withdrawn = try await store.own(order, "withdrawal")
            #expect(withdrawn.json.fulfilment.status == "shipped", "\(withdrawn.text)")
            #expect(try await store.number("SELECT sum(reserved)::int8 AS n FROM stock") == 0)
            let back = try await store.staff(order, "returns/receipt", #"{"restock": true}"#, by: .packer, key: "b")
            #expect(back.json.fulfilment.status == "returned", "\(back.text)")
            let paid = try await store.staff(
                order,
                "refunds",
                #"{"returnNumber": "1", "reason": "withdrawn"}"#,
                key: "m"
            )
            #expect(paid.json.comesTo.amount == 0, "\(paid.text)")
            try await store.checkInvariants()
        }
    }

    /// A kit whose price goes back is not sent once more, however many others there are.
    @Test func whatIsGivenBackAsLostIsNotSentOnceMore() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(Self.twoKits, amount: 9000, key: "two")
            let part = FulfilmentTests.packing(FulfilmentTests.wholeKit, #", "partial": true"#)
            #expect(try await store.staff(order, "packing", part, by: .packer, key: "p").status == 200)
            #expect(try await store.staff(order, "shipments", FulfilmentTests.shipping, key: "s").status == 200)
            let again = #"{"parcel": "1", "reason": "Never came."}"#
            #expect(try await store.staff(order, "replacements", again, by: .support, key: "r").status == 200)
            let lost = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "lost": true, "reason": "Never came."}"#
            let given = try await store.staff(order, "refunds", lost)
            #expect(given.json.replacements == [] && given.json.comesTo.amount == 4500, "\(given.text)")
            let none = try await store.staff(order, "replacements/cancellation", #"{"reason": "x"}"#, key: "none")
            #expect(none.status == 409, "\(none.text)")
            // The other kit is sent, and that is all.
            try await store.sendAll()
            let kits = try await store.number(
                "SELECT sum(shipped)::int8 AS n FROM order_component WHERE sku = 'CLEANSE-SHAMPOO'"
            )
            #expect(kits == 2)
            try await store.checkInvariants()
        }
    }

    /// A price that was given back as lost stays so: of what is sent once more besides, only the rest is taken back.
    @Test func cancellingAReplacementGivesBackNoMoreThanWasReplaced() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(Self.twoKits, amount: 9000, key: "two")
            let both = #"{"items": [{"sku": "CLEANSE-SHAMPOO", "quantity": 2}], "reason": "Broken."}"#
            #expect(try await store.staff(order, "replacements", both, by: .support, key: "r").status == 200)
            let lost = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "lost": true, "reason": "Never came."}"#
            let given = try await store.staff(order, "refunds", lost)
            #expect(given.json.replacements[0].quantity == 1, "\(given.text)")
            let rest = try await store.staff(order, "replacements/cancellation", #"{"reason": "x"}"#, key: "c")
            #expect(rest.json.replacements == [] && rest.json.fulfilment.status == "shipped", "\(rest.text)")
            let counts = try await store.number(
                "SELECT sum(lost)::int8 AS n FROM order_component WHERE sku = 'CLEANSE-SHAMPOO'"
            )
            #expect(counts == 1)
            try await store.checkInvariants()
        }
    }

    /// A parcel that comes back to the shop has not been with the customer: what replaces it is on its way.
    @Test func lostParcelThatComesBackTakesNoReplacementWithIt() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(key: "one")
            let again = #"{"parcel": "1", "reason": "Never came."}"#
            #expect(try await store.staff(order, "replacements", again, by: .support, key: "r").status == 200)
            for body in [#"{"restock": true}"#, #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "restock": true}"#] {
                let back = try await store.staff(order, "returns/receipt", body, by: .packer, key: body)
                #expect([404, 409].contains(back.status), "\(back.text)")
            }
            try await store.sendAll()
            let path = "/v1/staff/orders/\(order.number.text)"
            let sent = try await store.send(.GET, path, nil, try await store.staff(.packer))
            #expect(sent.json.fulfilment.status == "shipped", "\(sent.text)")
            try await store.checkInvariants()
        }
    }

    /// Two kits in two parcels, of which the second is lost: no more comes back than the customer has.
    @Test func onlyWhatTheCustomerHasComesBack() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(Self.twoKits, amount: 9000, key: "two")
            for (key, part) in [("1", #", "partial": true"#), ("2", "")] {
                let box = FulfilmentTests.packing(FulfilmentTests.wholeKit, part)
                #expect(try await store.staff(order, "packing", box, by: .packer, key: "p" + key).status == 200)
                let parcel = FulfilmentTests.shipping
                #expect(try await store.staff(order, "shipments", parcel, key: "s" + key).status == 200)
            }
            let again = #"{"parcel": "2", "reason": "Never came."}"#
            let replaced = try await store.staff(order, "replacements", again, by: .support, key: "r")
            #expect(replaced.status == 200, "\(replaced.text)")
            let both = #"{"items": [{"sku": "DM-KIT", "quantity": 2}], "restock": true}"#
            #expect(try await store.staff(order, "returns/receipt", both, by: .packer, key: "both").status == 409)
            let back = try await store.staff(order, "returns/receipt", #"{"restock": true}"#, by: .packer, key: "one")
            #expect(back.json.items[0].returned == 1, "\(back.text)")
            #expect(back.json.replacements == replaced.json.replacements, "\(back.text)")
            try await store.checkInvariants()
        }
    }

    /// The time to withdraw begins with the last parcel; and before it is confirmed, the page says all that is not sent.
    @Test func withdrawalStaysOpenWhileSomethingIsToBeSent() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(Self.twoKits, amount: 9000, key: "two")
            let part = FulfilmentTests.packing(FulfilmentTests.wholeKit, #", "partial": true"#)
            #expect(try await store.staff(order, "packing", part, by: .packer, key: "p").status == 200)
            #expect(try await store.staff(order, "shipments", FulfilmentTests.shipping, key: "s").status == 200)
            #expect(try await store.staff(order, "replacements", Self.broken, by: .support, key: "r").status == 200)
            _ = try await store.pool.write([
                Statement("UPDATE orders SET delivered_at = placed_at - interval '30 days'")
            ])
            let preview = try await store.own(order, "withdrawal/preview")
            #expect(preview.status == 200 && preview.json.until == .null, "\(preview.text)")
            #expect(preview.json.cancelled[0].quantity == 1 && preview.json.comesBack[0].quantity == 1)
            #expect(preview.json.notSent.entries.map(\.sku.text) == ["CLEANSE-SHAMPOO"], "\(preview.text)")
            let withdrawn = try await store.own(order, "withdrawal")
            #expect(withdrawn.json.replacements == [], "\(withdrawn.text)")
            try await store.checkInvariants()
        }
    }

    /// Of two units the customer withdraws from one and sends back the other: nothing of them is sent any more.
    @Test func whatComesBackBesideAWithdrawalLeavesNothingToBeSent() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(Self.twoKits, amount: 9000, key: "two")
            #expect(try await store.staff(order, "replacements", Self.broken, by: .support, key: "r").status == 200)
            let one = #"{"items": [{"sku": "DM-KIT", "quantity": 1}]}"#
            #expect(try await store.own(order, "withdrawal", one, key: "w").status == 200)
            #expect(try await store.own(order, "returns", one, key: "a").status == 200)
            let back = #"{"returnNumber": "R2", "restock": true}"#
            let received = try await store.staff(order, "returns/receipt", back, by: .packer, key: "b")
            #expect(received.json.replacements == [] && received.status == 200, "\(received.text)")
            try await store.checkInvariants()
        }
    }

    /// Whoever withdraws, and keeps it in the end, may have it replaced again.
    @Test func closedWithdrawalLeavesTheUnitsTheCustomers() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(key: "one")
            #expect(try await store.staff(order, "replacements", Self.broken, by: .support, key: "r").status == 200)
            let withdrawn = try await store.own(order, "withdrawal")
            #expect(withdrawn.json.fulfilment.status == "shipped", "\(withdrawn.text)")
            let closure = #"{"returnNumber": "R1", "reason": "Keeps it."}"#
            #expect(try await store.staff(order, "returns/closure", closure, by: .support, key: "c").status == 200)
            let again = try await store.staff(order, "replacements", Self.broken, by: .support, key: "again")
            #expect(again.json.replacements[0].quantity == 1, "\(again.text)")
            try await store.checkInvariants()
        }
    }

    @Test func schemaSendsNothingOnceMoreOfWhatNobodyKeeps() async throws {
        try await TestStore.run { store in
            let order = try await store.sentOrder(key: "one")
            #expect(try await store.staff(order, "replacements", Self.broken, by: .support).status == 200)
            let error = await #expect(throws: PostgresError.self) {
                _ = try await store.pool.write([
                    Statement(
                        """
                        WITH gone AS (UPDATE order_component SET lost = shipped WHERE replacement = 0)
                        UPDATE order_line SET lost_quantity = quantity
                        """
                    )
                ])
            }
            #expect(
                error?.serverError?.constraint == "order_line_that_is_gone_sends_nothing",
                "\(String(describing: error))"
            )
        }
    }

    /// What is sent once more takes no time from what was to go before.
    @Test func replacementDoesNotPutOffWhatIsStillToBeSent() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(Self.twoKits, amount: 9000, key: "two")
            let part = FulfilmentTests.packing(FulfilmentTests.wholeKit, #", "partial": true"#)
            #expect(try await store.staff(order, "packing", part, by: .packer).status == 200)
            let left = try await store.staff(order, "shipments", FulfilmentTests.shipping)
            let sample = #"{"items": [{"sku": "RESTORE-OINTMENT", "quantity": 1}], "reason": "Leaked."}"#
            let sent = try await store.staff(order, "replacements", sample, by: .support, key: "r")
            #expect(sent.status == 200, "\(sent.text)")
            let (before, after) = (left.json.fulfilment.shipBy.text, sent.json.fulfilment.shipBy.text)
            #expect(after <= before, "\(before) became \(after)")
            // Once it is not sent, the rest has its time again.
            let reason = #"{"reason": "It was another order."}"#
            let cancelled = try await store.staff(order, "replacements/cancellation", reason, by: .support, key: "c")
            #expect(cancelled.json.fulfilment.shipBy.text == before, "\(cancelled.text)")
        }
    }
}
