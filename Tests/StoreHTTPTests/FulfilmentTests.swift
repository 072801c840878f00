import Catalog
import Commerce
import NIOHTTP1
import Orders
import Postgres
import Staff
import StoreHTTP
import TestSupport
import Testing

/// The packing day: the most urgent first, one packer to an order, nothing wrong in a box, nothing sent twice.
@Suite(DatabaseTrait.store) struct FulfilmentTests {
    static let wholeKit =
        #"[{"code": "2000000000022"}, {"code": "2000000000039"}, {"code": "zero-shine-sample"}, {"code": "RESTORE-OINTMENT"}]"#

    private func staff(
        _ store: TestStore,
        _ method: HTTPMethod,
        _ order: JSON,
        _ act: String,
        _ body: String? = nil,
        _ token: [String: String],
        key: String? = nil
    ) async throws -> Answer {
        try await store.send(
            method,
            "/v1/staff/orders/\(order.number.text)/\(act)",
            body,
            token.merging(["Idempotency-Key": key ?? "\(act) \(body ?? "")"]) { $1 }
        )
    }

    static func packing(_ scanned: String, _ more: String = "") -> String {
        #"{"scanned": \#(scanned)\#(more)}"#
    }

    static let shipping = #"{"carrier": "royal-mail", "trackingNumber": "rr 4731 2482 9gb"}"#

    /// One that no other order has.
    private static func shipping(_ order: JSON) -> String {
        #"{"carrier": "other", "trackingNumber": "\#(order.number.text)"}"#
    }

    @Test func aDayFromItsQueueToItsClose() async throws {
        try await TestStore.run { store in
            let packer = try await store.staff(.packer, name: "bench 1")
            let soon = TestStore.choice(
                #"[{"sku": "DM-KIT", "quantity": 1}]"#,
                course: #"{"timeZone": "Europe/London", "sessions": ["2026-11-26"]}"#
            )
            let later = try await store.paidOrder(key: "later")
            let urgent = try await store.paidOrder(soon, key: "urgent")
            let unpaid = try await store.checkout(try await store.cart(soon).path, key: "unpaid").json
            let today = try await store.send(.GET, "/v1/staff/today", nil, packer).json
            #expect(today.data.entries.map(\.number.text) == [urgent.number.text, unpaid.number.text], "\(today)")
            #expect(today.data[0].state == "late" && today.data[1].state == "blocked")
            #expect(today.data[1].blockedBy == ["unpaid"] && today.data[0].slackDays.int.map { $0 < 0 } == true)
            let all = try await store.send(.GET, "/v1/staff/today?all=true", nil, packer).json
            #expect(all.data.entries.count == 3 && all.data[2].number == later.number && all.data[2].state == "waiting")

            // What was placed today was not left over yesterday, though it should have gone by then.
            let yesterday = try await store.send(.GET, "/v1/staff/days/2026-11-23", nil, packer)
            #expect(yesterday.status == 200 && yesterday.json.left.entries.isEmpty, "\(yesterday.text)")

            let next = try await store.send(.POST, "/v1/staff/next", nil, packer).json.order
            #expect(next.number == urgent.number && next.lease.by == "bench 1" && next.components.entries.count == 4)
            // Asked again it is the same one.
            #expect(try await store.send(.POST, "/v1/staff/next", nil, packer).json.order.number == urgent.number)
            let packed = try await staff(store, .POST, urgent, "packing", Self.packing(Self.wholeKit), packer)
            #expect(packed.status == 200 && packed.json.components.entries.isEmpty, "\(packed.text)")
            #expect(packed.json.parcels[0].packedBy == "staff bench 1" && packed.json.parcels[0].shippedAt == .null)
            let sent = try await staff(store, .POST, urgent, "shipments", Self.shipping, packer)
            #expect(sent.json.fulfilment.status == "shipped", "\(sent.text)")
            let shipment = try await store.send(.GET, "/v1/orders/\(urgent.token.text)").json.fulfilment.shipments[0]
            #expect(shipment.carrier == "royal-mail" && shipment.trackingNumber == "RR473124829GB")
            #expect(shipment.items == [try JSON(Array(#"{"sku": "DM-KIT", "quantity": 1}"#.utf8))])
            // The same again, with its key, sends nothing more; under another there is nothing to send.
            #expect(try await staff(store, .POST, urgent, "shipments", Self.shipping, packer).status == 200)
            #expect(
                try await staff(store, .POST, urgent, "shipments", Self.shipping, packer, key: "other").problem
                    == "not-shippable"
            )
            let delivered = try await staff(store, .POST, urgent, "delivery", nil, packer)
            #expect(delivered.json.status == "completed" && delivered.json.fulfilment.status == "delivered")

            let closed = try await store.send(.POST, "/v1/staff/days/2026-11-24/close", nil, packer).json
            #expect(closed.parcels == 1 && closed.shipped[0].number == urgent.number && closed.closedBy == "bench 1")
            #expect(closed.left.entries.map(\.why.text) == ["unpaid"])
            #expect(try await store.send(.GET, "/v1/staff/days/2026-11-24", nil, packer).json == closed)
            #expect(try await store.send(.POST, "/v1/staff/days/2026-11-25/close", nil, packer).status == 422)
            #expect(try await store.number("SELECT on_hand AS n FROM stock WHERE sku = 'RESTORE-LOTION'") == 999_999)
            #expect(try await store.store.stock.audit().differences.isEmpty)
            try await store.checkInvariants()
        }
    }

    /// Packing looks at units, not at money: what is given back with its units is over, what is given back as a kindness is
    /// packed still.
    @Test func packingLooksAtUnits() async throws {
        try await TestStore.run(settings: { $0.shipsUnpaid = true }) { store in
            let (packer, manager) = (try await store.staff(.packer), try await store.staff(.manager))
            let refunded = try await store.paidOrder(key: "refunded")
            let unpaid = try await store.checkout(try await store.cart().path, key: "unpaid").json
            let kit = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "reason": "late"}"#
            let back = try await staff(store, .POST, refunded, "refunds", kit, manager)
            #expect(back.json.payment.status == "refunded", "\(back.text)")
            #expect(back.json.status == "cancelled" && back.json.comesTo.amount == 0)
            let kind = try await store.paidOrder(key: "kind")
            let all = #"{"goodwill": {"amount": 4500, "currency": "GBP"}, "reason": "late"}"#
            let given = try await staff(store, .POST, kind, "refunds", all, manager)
            #expect(given.json.payment.status == "refunded" && given.json.status == "placed", "\(given.text)")
            let queue = try await store.send(.GET, "/v1/staff/today?all=true", nil, packer).json.data.entries
            #expect(queue.map(\.number) == [unpaid.number, kind.number])
            #expect(queue.map(\.blockedBy) == [[], []])
            let packed = try await staff(store, .POST, kind, "packing", Self.packing(Self.wholeKit), packer)
            #expect(packed.status == 200, "\(packed.text)")
        }
    }

    private static let refundOfOne = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "reason": "one too many"}"#
    private static let twoKits = TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 2}]"#)

    @Test func unitThatWasRefundedBeforeItLeftIsNotSent() async throws {
        try await TestStore.run { store in
            let (packer, manager) = (try await store.staff(.packer), try await store.staff(.manager))
            let order = try await store.paidOrder(Self.twoKits, amount: 9000, key: "two")
            #expect(try await store.number("SELECT reserved AS n FROM stock WHERE sku = 'RESTORE-LOTION'") == 2)
            #expect(try await staff(store, .POST, order, "refunds", Self.refundOfOne, manager).status == 200)
            #expect(try await store.number("SELECT reserved AS n FROM stock WHERE sku = 'RESTORE-LOTION'") == 1)
            try await store.checkInvariants()

            let queue = try await store.send(.GET, "/v1/staff/today?all=true", nil, packer).json.data
            #expect(queue[0].items.entries.map(\.quantity.int) == [1])
            let slip = try await store.send(.GET, "/v1/staff/prints?order=\(order.number.text)&kind=slip", nil, packer)
            #expect(slip.status == 200 && !slip.text.contains(">2<"), "\(slip.text)")
            let next = try await store.send(.POST, "/v1/staff/next", nil, packer).json.order
            #expect(next.components.entries.allSatisfy { $0.quantity == 1 }, "\(next)")
            let packed = try await staff(store, .POST, order, "packing", Self.packing(Self.wholeKit), packer)
            #expect(packed.status == 200 && packed.json.components.entries.isEmpty, "\(packed.text)")

            // The other one lies in a parcel: it leaves, or is taken out first.
            let refused = try await staff(store, .POST, order, "refunds", Self.refundOfOne, manager, key: "again")
            #expect(refused.status == 409 && refused.text.contains("unpacked first"), "\(refused.text)")
            let sent = try await staff(store, .POST, order, "shipments", Self.shipping, packer)
            #expect(sent.json.fulfilment.status == "shipped", "\(sent.text)")
            #expect(try await staff(store, .POST, order, "delivery", nil, packer).json.status == "completed")
            #expect(try await store.number("SELECT on_hand AS n FROM stock WHERE sku = 'RESTORE-LOTION'") == 999_999)
            #expect(try await store.store.stock.audit().differences.isEmpty)
            try await store.checkInvariants()
            // What has left is given back once it is back.
            let early = try await staff(store, .POST, order, "refunds", Self.refundOfOne, manager, key: "third")
            #expect(early.status == 409, "\(early.text)")
            let back = try await staff(
                store,
                .POST,
                order,
                "returns/receipt",
                #"{"restock": false}"#,
                packer,
                key: "back"
            )
            #expect(back.json.fulfilment.status == "returned" && back.json.items[0].returned == 1, "\(back.text)")
            let last = try await staff(
                store,
                .POST,
                order,
                "refunds",
                #"{"returnNumber": "R1", "reason": "back"}"#,
                manager,
                key: "fourth"
            )
            #expect(last.json.payment.status == "refunded" && last.json.comesTo.amount == 0, "\(last.text)")
        }
    }

    @Test func orderWhoseRestIsRefundedHasLeft() async throws {
        try await TestStore.run { store in
            let (packer, manager) = (try await store.staff(.packer), try await store.staff(.manager))
            let order = try await store.paidOrder(Self.twoKits, amount: 9000, key: "two")
            let part = Self.packing(Self.wholeKit, #", "partial": true"#)
            #expect(try await staff(store, .POST, order, "packing", part, packer).status == 200)
            #expect(
                try await staff(store, .POST, order, "shipments", Self.shipping, packer).json.fulfilment.status
                    == "partlyShipped"
            )
            let back = try await staff(store, .POST, order, "refunds", Self.refundOfOne, manager)
            #expect(back.json.fulfilment.status == "shipped", "\(back.text)")
            #expect(try await staff(store, .POST, order, "delivery", nil, packer).json.status == "completed")
            try await store.checkInvariants()
        }
    }

    @Test func guideNamesNoMoreWhatIsNotSent() async throws {
        try await TestStore.run { store in
            let manager = try await store.staff(.manager)
            let choice = TestStore.choice(
                #"[{"sku": "RESTORE-LOTION", "quantity": 1}, {"sku": "CLEANSE-SHAMPOO", "quantity": 1}]"#
            )
            let cart = try await store.send(.POST, "/v1/carts", choice)
            let amount = cart.json.totals.total.amount.int ?? 0
            let order = try await store.paidOrder(choice, amount: amount, key: "two")
            let back = #"{"items": [{"sku": "RESTORE-LOTION", "quantity": 1}], "reason": "has one"}"#
            #expect(try await staff(store, .POST, order, "refunds", back, manager).status == 200)
            let guide = try await store.send(.GET, order.guide.json.text).json
            #expect(guide.revision == 2, "\(guide)")
        }
    }

    @Test func wrongBoxContentsAreNamed() async throws {
        try await TestStore.run { store in
            let (order, packer) = (try await store.paidOrder(key: "k"), try await store.staff(.packer))
            func codes(_ scanned: String, _ more: String = "") async throws -> [String] {
                let answer = try await staff(
                    store,
                    .POST,
                    order,
                    "packing",
                    Self.packing(scanned, more),
                    packer,
                    key: scanned + more
                )
                #expect(answer.status == 422, "\(answer.text)")
                return answer.json.errors.entries.map { "\($0.pointer.text) \($0.code.text)" }
            }
            #expect(try await codes("[]").contains("/scanned missing"))
            #expect(try await codes(#"[{"code": "2000000000022"}]"#) == Array(repeating: "/scanned missing", count: 3))
            let surplus =
                Self.wholeKit.dropLast() + #", {"code": "RESTORE-LOTION"}, {"code": "DM-KIT"}, {"code": "x"}]"#
            #expect(
                try await codes(String(surplus)) == [
                    "/scanned/4 tooMany", "/scanned/5 notInOrder", "/scanned/6 notInOrder",
                ]
            )
            #expect(try await codes(Self.wholeKit, #", "without": ["RESTORE-LOTION"]"#) == ["/without/0 notOptional"])
            #expect(
                try await codes(
                    Self.wholeKit.replacing(
                        #"{"code": "RESTORE-OINTMENT"}"#,
                        with: #"{"code": "RESTORE-OINTMENT", "lot": "L1"}"#
                    )
                )
                    == ["/scanned/3 lotUnknown"]
            )
            let tracking = #"{"carrier": "royal-mail", "trackingNumber": "RR473124828GB"}"#
            let wrong = try await staff(store, .POST, order, "shipments", tracking, packer)
            #expect(wrong.status == 422 && wrong.json.errors[0].pointer == "/trackingNumber")
            let early = try await staff(store, .POST, order, "shipments", Self.shipping, packer)
            #expect(early.problem == "not-shippable")
            #expect(try await store.number("SELECT count(*) AS n FROM shipment") == 0)
        }
    }

    @Test func unpackableOrderSaysWhy() async throws {
        try await TestStore.run { store in
            let (packer, support) = (try await store.staff(.packer), try await store.staff(.support))
            let unpaid = try await store.checkout(try await store.cart().path, key: "u").json
            let refused = try await staff(store, .POST, unpaid, "packing", Self.packing(Self.wholeKit), packer)
            #expect(refused.problem == "not-packable" && refused.json.detail == "It is not paid yet.")
            let order = try await store.paidOrder(key: "k")
            let hold = #"{"reason": "addressProblem", "note": "no house number"}"#
            let held = try await staff(store, .POST, order, "hold", hold, packer)
            #expect(held.json.hold.reason == "addressProblem")
            let blocked = try await staff(store, .POST, order, "packing", Self.packing(Self.wholeKit), packer)
            #expect(blocked.problem == "not-packable" && blocked.json.detail.text.contains("no house number"))
            #expect(try await store.send(.POST, "/v1/staff/next", nil, packer).json.order == .null)
            #expect(try await staff(store, .POST, order, "hold", #"{"reason": "x"}"#, packer).status == 422)
            #expect(try await staff(store, .DELETE, order, "hold", nil, packer).json.hold == .null)
            _ = try await staff(store, .POST, order, "packing", Self.packing(Self.wholeKit), packer)
            // Packing has started: neither the customer nor the staff cancel it, until it is unpacked.
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            #expect(try await store.send(.POST, order.page.text + "/cancellation", "", form).status == 409)
            let reason = #"{"reason": "asked"}"#
            #expect(try await staff(store, .POST, order, "cancellation", reason, support, key: "c1").status == 409)
            #expect(try await staff(store, .DELETE, order, "packing", nil, packer).json.components.entries.count == 4)
            #expect(try await staff(store, .POST, order, "cancellation", reason, support, key: "c2").status == 200)
            #expect(
                try await staff(store, .POST, order, "packing", Self.packing(Self.wholeKit), packer, key: "p").json
                    .detail
                    == "It was cancelled."
            )
            try await store.checkInvariants()
        }
    }

    @Test func twoPackersNeverHaveOneOrder() async throws {
        try await TestStore.run { store in
            for index in 0..<12 { _ = try await store.paidOrder(key: "k\(index)") }
            var tokens: [[String: String]] = []
            for index in 0..<20 { tokens.append(try await store.staff(.packer, name: "bench \(index)")) }
            let benches = tokens
            let numbers = try await withThrowingTaskGroup(of: String.self) { group in
                for token in benches {
                    group.addTask { try await store.send(.POST, "/v1/staff/next", nil, token).json.order.number.text }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let got = numbers.filter { !$0.isEmpty }
            #expect(got.count == 12 && Set(got).count == 12)
            let mine = try await store.send(.POST, "/v1/staff/next", nil, benches[0]).json.order
            let other = try #require(got.first { $0 != mine.number.text })
            let path = "/v1/staff/orders/\(other)"
            #expect(try await store.send(.POST, path + "/lease", nil, benches[0]).problem == "leased")
            let key = ["Idempotency-Key": "p"]
            let packed = try await store.send(
                .POST,
                path + "/packing",
                Self.packing(Self.wholeKit),
                benches[0].merging(key) { $1 }
            )
            #expect(packed.problem == "leased")
        }
    }

    @Test func aLeaseThatIsNotKeptReturns() async throws {
        let clock = TestClock(try #require(TestStore.midday))
        try await TestStore.run(clock: { clock.now }) { store in
            let order = try await store.paidOrder(key: "k")
            let (one, two) = (try await store.staff(.packer), try await store.staff(.packer))
            #expect(try await store.send(.POST, "/v1/staff/next", nil, one).json.order.number == order.number)
            clock.advance(.seconds(500))
            #expect(try await staff(store, .POST, order, "lease", nil, one).status == 200)
            clock.advance(.seconds(500))
            #expect(try await store.send(.POST, "/v1/staff/next", nil, two).json.order == .null)
            clock.advance(.seconds(101))
            #expect(try await store.send(.POST, "/v1/staff/next", nil, two).json.order.number == order.number)
            #expect(try await staff(store, .POST, order, "lease", nil, one).problem == "leased")
            #expect(try await staff(store, .DELETE, order, "lease", nil, two).status == 204)
            #expect(try await staff(store, .POST, order, "lease", nil, one).status == 200)
        }
    }

    @Test func aKitGoesWithoutItsSampleAndTheGuideSaysSo() async throws {
        try await TestStore.run { store in
            let (order, packer) = (try await store.paidOrder(key: "k"), try await store.staff(.packer))
            let body = Self.packing(
                Self.wholeKit.replacing(#"{"code": "zero-shine-sample"}, "#, with: ""),
                #", "without": ["ZERO-SHINE-SAMPLE"]"#
            )
            #expect(try await staff(store, .POST, order, "packing", body, packer).status == 200)
            let guide = try await store.send(.GET, "/v1/orders/\(order.token.text)/guide").json
            #expect(guide.revision == 2)
            #expect(guide.products.entries.first { $0.sku == "ZERO-SHINE-SAMPLE" }?.inOrder == false)
            let sent = try await staff(store, .POST, order, "shipments", Self.shipping, packer)
            #expect(sent.json.fulfilment.status == "shipped")
            #expect(try await store.number("SELECT reserved AS n FROM stock WHERE sku = 'ZERO-SHINE-SAMPLE'") == 0)
            try await store.checkInvariants()
        }
    }

    /// What somebody wrote down reaches whoever packs, on the list and on paper, also when it was said with a hold that is
    /// over; and the list says which revision of the guide belongs into the box.
    @Test func whoeverPacksReadsWhatWasWrittenDown() async throws {
        try await TestStore.run { store in
            let (packer, support) = (try await store.staff(.packer, name: "bench 1"), try await store.staff(.support))
            let (order, other) = (try await store.paidOrder(key: "a"), try await store.paidOrder(key: "b"))
            let hold = #"{"reason": "addressProblem", "note": "no house number"}"#
            #expect(try await staff(store, .POST, order, "hold", hold, packer).status == 200)
            #expect(try await staff(store, .POST, order, "notes", #"{"text": "<rings twice>"}"#, packer).status == 200)
            #expect(try await staff(store, .POST, other, "notes", #"{"text": "a gift"}"#, packer).status == 200)
            let slips = "/v1/staff/prints?order=\(order.number.text)&order=\(other.number.text)&kind=slip"
            let held = try await store.send(.GET, slips, nil, packer).text
            #expect(held.contains("On hold: no house number") && !held.contains("Was on hold"))
            #expect(held.contains("Note: &lt;rings twice&gt;") && held.contains("Note: a gift"))

            #expect(try await staff(store, .DELETE, order, "hold", nil, packer).status == 200)
            #expect(try await store.send(.GET, slips, nil, packer).text.contains("Was on hold: no house number"))
            let begun = try await staff(store, .POST, order, "lease", nil, packer).json
            #expect(begun.notes.entries.map(\.kind) == ["hold", "note"], "\(begun)")
            #expect(begun.notes.entries.map { $0["text"] } == ["no house number", "<rings twice>"])
            #expect(begun.notes[0].by == "staff bench 1" && begun.guideRevision == 1)

            let moved = #"{"timeZone": "Europe/London", "sessions": ["2026-12-08"]}"#
            let change = try await staff(
                store,
                .PUT,
                order,
                "course",
                moved,
                support.merging(["If-Match": #""1""#]) { $1 }
            )
            #expect(change.status == 200, "\(change.text)")
            let packed = try await staff(store, .POST, order, "packing", Self.packing(Self.wholeKit), packer).json
            #expect(packed.guideRevision == 2, "\(packed)")
        }
    }

    @Test func whatIsPackedWaitsForItsCarrier() async throws {
        let clock = TestClock(try #require(TestStore.midday))
        try await TestStore.run(clock: { clock.now }) { store in
            let packer = try await store.staff(.packer, name: "bench 1")
            let (order, other) = (try await store.paidOrder(key: "a"), try await store.paidOrder(key: "b"))
            let parts = #"[{"code": "RESTORE-LOTION"}, {"code": "CLEANSE-SHAMPOO"}]"#
            let half = Self.packing(parts, #", "partial": true"#)
            #expect(try await staff(store, .POST, order, "packing", half, packer).status == 200)
            #expect(try await staff(store, .POST, other, "packing", Self.packing(Self.wholeKit), packer).status == 200)
            let waiting = try await store.send(.GET, "/v1/staff/parcels", nil, packer).json.data
            #expect(waiting.entries.map(\.number) == [order.number, other.number], "\(waiting)")
            #expect(waiting.entries.map { $0["units"].int } == [2, 4] && waiting[0].packedBy == "staff bench 1")
            #expect(waiting.entries.map(\.newGuide) == [.null, .null])
            #expect(try await store.send(.GET, "/v1/staff/today", nil, packer).json.packed == 2)

            // A session that is moved leaves an old guide in the box.
            clock.advance(.seconds(1))
            let moved = #"{"timeZone": "Europe/London", "sessions": ["2026-12-08"]}"#
            let version = try await store.staff(.support).merging(["If-Match": #""1""#]) { $1 }
            #expect(try await staff(store, .PUT, other, "course", moved, version).status == 200)
            let stale = try await store.send(.GET, "/v1/staff/parcels", nil, packer).json.data
            #expect(stale.entries.map(\.newGuide) == [.null, 2], "\(stale)")

            #expect(try await staff(store, .POST, order, "shipments", Self.shipping, packer).status == 200)
            #expect(try await store.send(.GET, "/v1/staff/parcels", nil, packer).json.data.entries.count == 1)
            #expect(try await store.send(.GET, "/v1/staff/today", nil, packer).json.packed == 1)
        }
    }

    /// Addresses for a carrier's tool: RFC 4180, and nothing that a spreadsheet would run.
    @Test func labelsAreRowsOfText() async throws {
        try await TestStore.run { store in
            let (packer, support) = (try await store.staff(.packer), try await store.staff(.support))
            let (order, open) = (try await store.paidOrder(key: "a"), try await store.paidOrder(key: "b"))
            let contact = #"""
                {"customer": {"name": "Ada Example", "email": "ada@example.com", "phone": "+44 20 7946 0000"},
                 "address": {"line1": "=1+1, \"The Yard\"", "city": "-Leeds", "postalCode": "@N1"}}
                """#
            let path = "/v1/staff/orders/\(order.number.text)/contact"
            #expect(try await store.send(.POST, path, contact, support).status == 200)
            #expect(try await staff(store, .POST, order, "packing", Self.packing(Self.wholeKit), packer).status == 200)
            let numbers = "?order=\(order.number.text)&order=\(open.number.text.lowercased())"
            let labels = try await store.send(.GET, "/v1/staff/labels" + numbers, nil, packer)
            #expect(labels.headers.first(name: "Content-Type") == "text/csv; charset=utf-8")
            let rows = labels.text.split(separator: "\r\n").map { String($0) }
            #expect(rows.count == 3 && rows[0].hasPrefix("order,parcel,name,line1,"), "\(rows)")
            let expected =
                #",1,Ada Example,"'=1+1, ""The Yard""",,'-Leeds,,'@N1,GB,ada@example.com,0044 20 7946 0000,"#
            #expect(rows[1].hasPrefix(order.number.text + expected), "\(rows[1])")
            #expect(
                rows[2].hasPrefix(open.number.text + ",,Ada Example,1 High Street,,London,,N1 1AA,GB,"),
                "\(rows[2])"
            )
            #expect(try await store.number("SELECT count(*) AS n FROM order_view WHERE reason = 'labels'") == 2)
            for (query, status) in [("", 422), ("?order=x", 422), ("?all=true", 422), ("?order=DM-7K4Q-99", 404)] {
                #expect(
                    try await store.send(.GET, "/v1/staff/labels" + query, nil, packer).status == status,
                    "\(query)"
                )
            }
        }
    }

    /// A number that the shop has no form for, or that another order's parcel has, goes once somebody says it is right.
    @Test func aDoubtfulTrackingNumberIsAskedAbout() async throws {
        try await TestStore.run { store in
            let packer = try await store.staff(.packer)
            let (first, second) = (try await store.paidOrder(key: "a"), try await store.paidOrder(key: "b"))
            for order in [first, second] {
                #expect(
                    try await staff(store, .POST, order, "packing", Self.packing(Self.wholeKit), packer).status == 200
                )
            }
            let odd = #"{"carrier": "fedex", "trackingNumber": "123-45"}"#
            let refused = try await staff(store, .POST, first, "shipments", odd, packer)
            #expect(refused.status == 409 && refused.problem == "doubtful-tracking-number", "\(refused.text)")
            let checked = odd.replacing("}", with: #", "trackingNumberChecked": true}"#)
            #expect(try await staff(store, .POST, first, "shipments", checked, packer).status == 200)

            let same = try await staff(store, .POST, second, "shipments", odd, packer)
            #expect(same.problem == "doubtful-tracking-number")
            let other = checked.replacing("fedex", with: "other").replacing("true", with: "false")
            let taken = try await staff(store, .POST, second, "shipments", other, packer)
            #expect(
                taken.problem == "doubtful-tracking-number" && taken.text.contains(first.number.text),
                "\(taken.text)"
            )
            // A wrong check digit stays one, whatever somebody says.
            let wrong = #"{"carrier": "fedex", "trackingNumber": "986578788856", "trackingNumberChecked": true}"#
            #expect(try await staff(store, .POST, second, "shipments", wrong, packer).status == 422)
            #expect(try await staff(store, .POST, second, "shipments", checked, packer).status == 200)
        }
    }

    @Test func anOrderLeavesInSeveralParcels() async throws {
        try await TestStore.run { store in
            let choice = TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 2}]"#)
            let (order, packer) = (
                try await store.paidOrder(choice, amount: 9000, key: "k"), try await store.staff(.packer)
            )
            let first = try await staff(
                store,
                .POST,
                order,
                "packing",
                Self.packing(Self.wholeKit, #", "partial": true"#),
                packer
            )
            #expect(first.json.components.entries.map { $0.quantity.int } == [1, 1, 1, 1], "\(first.text)")
            // What is packed in part is offered still.
            #expect(try await store.send(.POST, "/v1/staff/next", nil, packer).json.order.number == order.number)
            let sent = try await staff(store, .POST, order, "shipments", Self.shipping, packer, key: "s1")
            #expect(sent.json.fulfilment.status == "partlyShipped")
            #expect(sent.json.fulfilment.shipments[0].items[0].sku == "DM-KIT")
            #expect(try await staff(store, .POST, order, "packing", Self.packing(Self.wholeKit), packer).status == 200)
            let last = try await staff(store, .POST, order, "shipments", Self.shipping, packer, key: "s2")
            #expect(last.json.fulfilment.status == "shipped" && last.json.fulfilment.shipments.entries.count == 2)
            let back = try await staff(
                store,
                .POST,
                order,
                "returns/receipt",
                #"{"reason": "not wanted", "restock": true}"#,
                packer
            )
            #expect(back.json.fulfilment.status == "returned")
            #expect(try await store.number("SELECT on_hand AS n FROM stock WHERE sku = 'RESTORE-LOTION'") == 1_000_000)
            #expect(try await store.store.stock.audit().differences.isEmpty)
        }
    }

    /// The dates are moved while the order is packed: guide, queue and order agree on one version, whichever was first.
    @Test func movingAndPackingAtOnceAgree() async throws {
        try await TestStore.run { store in
            let packer = try await store.staff(.packer)
            for round in 0..<10 {
                let order = try await store.paidOrder(key: "k\(round)")
                let course = #"{"timeZone": "Europe/London", "sessions": ["2026-12-04", "2026-12-19"]}"#
                async let moved = store.send(
                    .PUT,
                    "/v1/orders/\(order.token.text)/course",
                    course,
                    ["If-Match": "\"1\""]
                )
                async let packed = staff(store, .POST, order, "packing", Self.packing(Self.wholeKit), packer)
                let answers = try await (moved, packed)
                #expect(answers.0.status == 200 && answers.1.status == 200)
                let read = try await store.send(.GET, "/v1/orders/\(order.token.text)").json
                let queue = try await store.send(.GET, "/v1/staff/today?all=true", nil, packer).json.data.entries
                #expect(queue.first { $0.number == order.number }?.shipBy == read.fulfilment.shipBy)
                #expect(read.guide.revision == 2 && read.course.sessions[0] == "2026-12-04")
                let sent = try await staff(store, .POST, order, "shipments", Self.shipping(order), packer)
                #expect(sent.status == 200, "\(sent.text)")
            }
        }
    }

    @Test func manyShipAtOnceAndTheStockIsExact() async throws {
        try await TestStore.run { store in
            let packer = try await store.staff(.packer)
            var orders: [JSON] = []
            for index in 0..<30 {
                let order = try await store.paidOrder(key: "k\(index)")
                _ = try await staff(store, .POST, order, "packing", Self.packing(Self.wholeKit), packer)
                orders.append(order)
            }
            let packed = orders
            try await withThrowingTaskGroup(of: Void.self) { group in
                for order in packed {
                    for key in ["a", "a", "b"] {
                        group.addTask {
                            let answer = try await staff(
                                store,
                                .POST,
                                order,
                                "shipments",
                                Self.shipping(order),
                                packer,
                                key: key
                            )
                            #expect([200, 409].contains(answer.status), "\(answer.text)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.number("SELECT min(on_hand) AS n FROM stock") == 999_970)
            #expect(try await store.number("SELECT max(reserved) AS n FROM stock") == 0)
            #expect(try await store.store.stock.audit().differences.isEmpty)
        }
    }

    // MARK: - Lots

    @Test func recallListsTheOrdersOfALot() async throws {
        try await TestStore.run { store in
            let (packer, support) = (try await store.staff(.packer), try await store.staff(.support))
            let receipt = #"{"quantity": 10, "lot": "L-7", "expires": "2027-06-30"}"#
            let received = try await store.send(
                .POST,
                "/v1/staff/stock/RESTORE-LOTION/receipts",
                receipt,
                packer.merging(["Idempotency-Key": "r"]) { $1 }
            )
            #expect(received.json.onHand == 1_000_010 && received.json.lots[0].lot == "L-7", "\(received.text)")
            // One lot has one date, and what has expired is not taken in.
            for (body, code) in [
                (receipt.replacing("2027", with: "2028"), "expiryDiffers"),
                (receipt.replacing("L-7", with: "L-0").replacing("2027", with: "2020"), "expired"),
            ] {
                let refused = try await store.send(
                    .POST,
                    "/v1/staff/stock/RESTORE-LOTION/receipts",
                    body,
                    packer.merging(["Idempotency-Key": code]) { $1 }
                )
                #expect(refused.json.errors[0].code.text == code, "\(refused.text)")
            }
            let order = try await store.paidOrder(key: "k")
            // While units without a lot are there, none has to be named; then there are only those of lots.
            #expect(
                try await store.send(
                    .POST,
                    "/v1/staff/stock/RESTORE-LOTION/counts",
                    #"{"expected": 1000000, "actual": 0}"#,
                    packer.merging(["Idempotency-Key": "c"]) { $1 }
                ).json.onHand == 10
            )
            let nameless = try await staff(store, .POST, order, "packing", Self.packing(Self.wholeKit), packer)
            #expect(nameless.json.errors[0].code == "lotMissing" && nameless.json.errors[0].pointer == "/scanned/1")
            let named = Self.wholeKit.replacing(
                #"{"code": "2000000000039"}"#,
                with: #"{"code": "2000000000039", "lot": "L-7"}"#
            )
            #expect(try await staff(store, .POST, order, "packing", Self.packing(named), packer).status == 200)
            _ = try await staff(store, .POST, order, "shipments", Self.shipping, packer)
            let recall = try await store.send(.GET, "/v1/staff/lots/L-7/recall", nil, support).json
            #expect(
                recall.onHand == 9 && recall.data[0].number == order.number && recall.data[0].email == "ada@example.com"
            )
            #expect(try await store.send(.GET, "/v1/staff/lots/L-8/recall", nil, support).status == 404)
            #expect(try await store.send(.GET, "/v1/staff/lots/L-7/recall", nil, packer).status == 403)
            #expect(try await store.store.stock.audit().differences.isEmpty)
        }
    }

    @Test func parcelHoldsNoMoreOfALotThanThereIs() async throws {
        try await TestStore.run { store in
            let (packer, manager) = (try await store.staff(.packer), try await store.staff(.manager))
            let support = try await store.staff(.support)
            func stock(_ act: String, _ body: String, _ token: [String: String]) async throws -> Answer {
                try await store.send(
                    .POST,
                    "/v1/staff/stock/RESTORE-LOTION/\(act)",
                    body,
                    token.merging(["Idempotency-Key": act + body]) { $1 }
                )
            }
            #expect(try await stock("receipts", #"{"quantity": 1, "lot": "L-1"}"#, packer).status == 200)
            let choice = TestStore.choice(#"[{"sku": "RESTORE-LOTION", "quantity": 2}]"#)
            let amount = try await store.send(.POST, "/v1/carts", choice).json.totals.total.amount.int ?? 0
            let order = try await store.paidOrder(choice, amount: amount, key: "two")
            let both = #"[{"code": "RESTORE-LOTION", "quantity": 2, "lot": "L-1"}]"#
            let refused = try await staff(store, .POST, order, "packing", Self.packing(both), packer)
            #expect(refused.status == 422 && refused.json.errors[0].code == "lotTooFew", "\(refused.text)")
            #expect(refused.json.errors[0].pointer == "/scanned/0")
            let one =
                #"[{"code": "RESTORE-LOTION", "quantity": 1, "lot": "L-1"}, {"code": "RESTORE-LOTION", "quantity": 1}]"#
            #expect(try await staff(store, .POST, order, "packing", Self.packing(one), packer).status == 200)

            // A recall finds it while it waits, and says of how many units nobody knows.
            let recall = try await store.send(.GET, "/v1/staff/lots/L-1/recall", nil, support).json
            #expect(recall.waiting.entries.map(\.number) == [order.number] && recall.waiting[0].quantity == 1)

            // The one there was has gone from the shelf meanwhile.
            #expect(
                try await stock("adjustments", #"{"change": -1, "lot": "L-1", "reason": "leaked"}"#, manager).status
                    == 200
            )
            let short = try await staff(store, .POST, order, "shipments", Self.shipping, packer)
            #expect(short.status == 409 && short.problem == "not-shippable", "\(short.text)")
            #expect(
                try await stock("receipts", #"{"quantity": 1, "lot": "L-1", "reason": "found"}"#, packer).status == 200
            )
            #expect(
                try await staff(store, .POST, order, "shipments", Self.shipping, packer, key: "later").status == 200
            )
            let after = try await store.send(.GET, "/v1/staff/lots/L-1/recall", nil, support).json
            #expect(after.waiting.entries.isEmpty && after.withoutLot[0].quantity == 1 && after.data.entries.count == 1)
            #expect(try await store.store.stock.audit().differences.isEmpty)
        }
    }

    @Test func lotThatNeverCameIsASlipOfTheFinger() async throws {
        try await TestStore.run { store in
            let (packer, manager) = (try await store.staff(.packer), try await store.staff(.manager))
            func stock(_ act: String, _ body: String, _ token: [String: String]) async throws -> Answer {
                try await store.send(
                    .POST,
                    "/v1/staff/stock/RESTORE-LOTION/\(act)",
                    body,
                    token.merging(["Idempotency-Key": act + body]) { $1 }
                )
            }
            _ = try await stock("receipts", #"{"quantity": 5, "lot": "L17"}"#, packer)
            let slip = try await stock("counts", #"{"expected": 0, "actual": 9, "lot": "L71"}"#, packer)
            #expect(
                slip.status == 422 && slip.json.errors[0].pointer == "/lot" && slip.text.contains("L17"),
                "\(slip.text)"
            )
            let change = try await stock("adjustments", #"{"change": 9, "lot": "L71", "reason": "found"}"#, manager)
            #expect(change.status == 422 && change.json.errors[0].code == "unknownLot")
            let meant = try await stock(
                "counts",
                #"{"expected": 0, "actual": 9, "lot": "L71", "newLot": true}"#,
                packer
            )
            #expect(meant.status == 200 && meant.json.lots.entries.contains { $0.lot == "L71" && $0.onHand == 9 })
        }
    }

    /// Two servers' clocks differ, and a parcel may be sent before it was packed, by what they say.
    @Test func parcelLeavesWhateverTheClockSays() async throws {
        let clock = TestClock(try #require(TestStore.midday))
        try await TestStore.run(clock: { clock.now }) { store in
            let packer = try await store.staff(.packer)
            let order = try await store.paidOrder(key: "k")
            #expect(try await staff(store, .POST, order, "packing", Self.packing(Self.wholeKit), packer).status == 200)
            clock.advance(.seconds(-5))
            let sent = try await staff(store, .POST, order, "shipments", Self.shipping, packer)
            #expect(sent.status == 200 && sent.json.fulfilment.status == "shipped", "\(sent.text)")
            clock.advance(.seconds(-5))
            #expect(try await staff(store, .POST, order, "delivery", nil, packer).json.status == "completed")
        }
    }

    @Test func benchThatAsksTwiceAtOnceHasOneOrder() async throws {
        try await TestStore.run { store in
            for index in 0..<6 { _ = try await store.paidOrder(key: "k\(index)") }
            for round in 0..<8 {
                let bench = try await store.staff(.packer, name: "bench \(round)")
                let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                    for _ in 0..<4 { group.addTask { try await store.send(.POST, "/v1/staff/next", nil, bench) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.allSatisfy { $0.status == 200 }, "\(answers.map(\.text))")
                let numbers = Set(answers.map { $0.json.order.number.text })
                #expect(
                    try await store.number("SELECT count(*) AS n FROM packing_lease WHERE holder LIKE 'bench%'")
                        <= round + 1
                )
                let own = numbers.filter { !$0.isEmpty }
                guard let number = own.first else { continue }
                _ = try await store.send(.DELETE, "/v1/staff/orders/\(number)/lease", nil, bench)
            }
        }
    }
}
