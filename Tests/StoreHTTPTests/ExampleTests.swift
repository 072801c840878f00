import Foundation
import NIOHTTP1
import Postgres
import Staff
import TestSupport
import Testing

/// Every example of the contract is asked of a fresh store, and has the shape that it shows.
@Suite(DatabaseTrait.store) struct ExampleTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/StoreAPI/Contract/Examples")
    private static let course =
        #"{"timeZone": "Europe/London", "sessions": ["2026-12-02", "2026-12-12"], "final": true, "keepDryHours": 48}"#

    @Test func everyOperationHasAnExampleThatIsTrue() async throws {
        try await StripeShop.run { shop in
            let examples = Examples(shop.store)
            try await catalog(examples)
            try await cart(examples)
            let order = try await order(examples, shop)
            try await staffOrder(examples, shop.store, order)
            try await money(examples, shop.store)
            try await packing(examples, shop.store, order)
            try await stock(examples, shop.store)
            try await telling(examples, shop.store, order)
            try await personal(examples, shop.store)
            try await staff(examples, shop.store)
            if ProcessInfo.processInfo.environment["AFTERCARE_WRITE_GOLDEN"] != nil {
                try examples.write(to: Self.folder)
                Issue.record("the examples were written, not compared")
            } else {
                try examples.compare()
            }
        }
    }

    private func catalog(_ examples: Examples) async throws {
        try await examples.show("getHealth", "/healthz")
        try await examples.show("getReadiness", "/readyz")
        try await examples.show("getContract", "/openapi.json", showsAnswer: false)
        try await examples.show("getStore", "/v1/store")
        try await examples.show("listProducts", "/v1/products?currency=GBP")
        try await examples.show("getProduct", "/v1/products/DM-KIT?currency=GBP")
        let texts = try await examples.show("listLegalTexts", "/v1/legal-texts").json
        try await examples.show("getLegalText", texts.data[0].path.text)
    }

    private func cart(_ examples: Examples) async throws {
        let choice = TestStore.kitChoice
        try await examples.show(
            "makePlan",
            "/v1/plan",
            #"{"course": \#(TestStore.exampleCourse), "items": [{"sku": "DM-KIT"}]}"#
        )
        try await examples.show("makeQuote", "/v1/quote", choice)
        var answer = try await examples.show("createCart", "/v1/carts", choice, ["Idempotency-Key": "8d0b7a52-cart"])
        let path = try #require(answer.headers.first(name: "Location"))
        func change(_ id: String, _ more: String, _ body: String?) async throws {
            answer = try await examples.show(id, path + more, body, ["If-Match": answer.etag])
        }
        try await examples.show("getCart", path)
        try await change("setCartItem", "/items/RESTORE-LOTION", #"{"quantity": 2}"#)
        try await change("removeCartItem", "/items/RESTORE-LOTION", nil)
        try await change("removeCartCourse", "/course", nil)
        try await change("setCartCourse", "/course", TestStore.exampleCourse)
        try await change("replaceCart", "", choice)
        try await change("deleteCart", "", nil)
    }

    /// An order by invoice, and what its customer does.
    private func order(_ examples: Examples, _ shop: StripeShop) async throws -> JSON {
        let cart = try await shop.store.cart().path
        let body = TestStore.checkoutBody()
        let order = try await examples.show("checkout", cart + "/checkout", body, ["Idempotency-Key": "2f6c1e90-order"])
            .json
        let path = "/v1/orders/\(order.token.text)"
        let read = try await examples.show("getOrder", path)
        try await examples.show("setOrderCourse", path + "/course", Self.course, ["If-Match": read.etag])
        try await examples.show("setReminders", path + "/reminders", #"{"hour": 9}"#)
        try await examples.show("endReminders", path + "/reminders")
        try await examples.show("getOrderGuide", path + "/guide")
        try await examples.show(
            "requestLinks",
            "/v1/lost-links",
            #"{"order": "\#(order.number.text)", "email": "ada@example.com"}"#
        )
        try await ownActs(examples, shop.store, path)
        let byCard = try await shop.order(key: "by card")
        let payment = "/v1/orders/\(byCard.token.text)/payment"
        try await examples.show("startPayment", payment, "{}", ["Idempotency-Key": "51aa0c3d-payment"])
        return order
    }

    /// What a customer does with an order, with what it would change.
    private func ownActs(_ examples: Examples, _ store: TestStore, _ path: String) async throws {
        func act(_ id: String, _ more: String, _ body: String?, _ headers: [String: String] = [:]) async throws {
            try await examples.show(id, path + more, body, headers)
        }
        try await act("previewOwnCourse", "/course/preview", TestStore.exampleCourse)
        try await act("previewOwnReminders", "/reminders/preview", #"{"hour": 9}"#)
        let contact =
            #"{"customer": {"name": "Ada Example", "givenName": "Addie", "email": "ada@example.com"}, "address": {"line1": "3 High Street", "city": "London", "postalCode": "N1 1AA"}}"#
        try await act("previewOwnContact", "/contact/preview", contact)
        try await act("correctOwnContact", "/contact", contact, ["Idempotency-Key": "42c18f0e-contact"])
        try await act("previewOwnLink", "/links/preview", #"{"link": "calendar", "act": "renew"}"#)
        try await act(
            "replaceOwnLink",
            "/links",
            #"{"link": "calendar", "act": "renew"}"#,
            ["Idempotency-Key": "d9e07a5b-link"]
        )
        try await act("takeOffers", "/offers", #"{"wording": "1"}"#)
        try await act("getOffers", "/offers", nil)
        try await act("endOffers", "/offers", nil)
        let other = try await store.checkout(try await store.cart().path, key: "to cancel by oneself").json
        let shipping = "/v1/orders/\(other.token.text)/shipping"
        let preview = try await examples.show(
            "previewOwnShipping",
            shipping + "/preview",
            #"{"shippingMethod": "next-day"}"#
        )
        try await examples.show(
            "changeOwnShipping",
            shipping,
            #"{"shippingMethod": "next-day", "expectedTotal": {"amount": \#(preview.json.after.amount.int ?? 0), "currency": "GBP"}}"#,
            ["Idempotency-Key": "c41f90aa-shipping"]
        )
        let withdrawal = "/v1/orders/\(other.token.text)/withdrawal"
        try await examples.show("previewOwnWithdrawal", withdrawal + "/preview", "{}")
        let third = try await store.checkout(try await store.cart().path, key: "to withdraw from").json
        try await examples.show(
            "withdrawFromOrder",
            "/v1/orders/\(third.token.text)/withdrawal",
            "{}",
            ["Idempotency-Key": "77d3e1b0-withdrawal"]
        )
        let cancellation = "/v1/orders/\(other.token.text)/cancellation"
        try await examples.show("previewOwnCancellation", cancellation + "/preview", "{}")
        try await examples.show("cancelOwnOrder", cancellation, "{}", ["Idempotency-Key": "5be3d816-cancel"])
    }

    /// What the staff do for the customer.
    private func staffOrder(_ examples: Examples, _ store: TestStore, _ order: JSON) async throws {
        let support = try await store.staff(.support, name: "Sam")
        let path = "/v1/staff/orders/\(order.number.text)"
        func act(_ id: String, _ more: String, _ body: String?, _ headers: [String: String] = [:]) async throws {
            try await examples.show(id, path + more, body, headers, by: support)
        }
        try await act(
            "recordReceipt",
            "/payments",
            #"{"amount": {"amount": 4500, "currency": "GBP"}, "reference": "Bank 118"}"#,
            ["Idempotency-Key": "c07e55b1-receipt"]
        )
        try await examples.show("listDocuments", "/v1/orders/\(order.token.text)/documents")
        try await act("listStaffDocuments", "/documents", nil)
        try await act("noteOrder", "/notes", #"{"text": "Rings the bell twice."}"#)
        let contact =
            #"{"customer": {"name": "Ada Example", "email": "ada.example@example.com", "phone": "+44 20 7946 0000"}, "address": {"line1": "2 High Street", "city": "London", "postalCode": "N1 1AA"}}"#
        try await act("previewContact", "/contact/preview", contact)
        try await act("correctContact", "/contact", contact, ["Idempotency-Key": "77b0f9a4-contact"])
        try await act("previewCourse", "/course/preview", TestStore.exampleCourse)
        try await act("moveCourse", "/course", TestStore.exampleCourse, ["If-Match": #""2""#])
        try await act("getLinks", "/links", nil)
        try await act("replaceLink", "/links", #"{"link": "calendar", "act": "renew"}"#)
        try await act("getStaffOrder", "?reason=asked%20by%20phone", nil)
        try await examples.show("listOrders", "/v1/staff/orders?payment=paid&limit=10", by: support)
        try await examples.show("exportOrders", "/v1/staff/orders/export?format=csv", by: support)
        let wanted = #"{"cart": \#(TestStore.kitChoice), "order": \#(TestStore.checkoutBody(name: "Bo Example"))}"#
        try await examples.show(
            "createOrder",
            "/v1/staff/orders",
            wanted,
            ["Idempotency-Key": "9e41d2c8-order"],
            by: support
        )
    }

    /// Money that goes back, and orders that end.
    private func money(_ examples: Examples, _ store: TestStore) async throws {
        let (support, manager) = (try await store.staff(.support), try await store.staff(.manager, name: "Max"))
        let paid = try await store.paidOrder(key: "to refund")
        let path = "/v1/staff/orders/\(paid.number.text)"
        let refund =
            #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "shipping": false, "reason": "Not wanted any more."}"#
        try await examples.show("previewRefund", path + "/refunds/preview", refund, by: manager)
        try await examples.show(
            "refundOrder",
            path + "/refunds",
            refund,
            ["Idempotency-Key": "0a6d3f17-refund"],
            by: manager
        )
        let open = try await store.checkout(try await store.cart().path, key: "to cancel").json
        let cancelled = "/v1/staff/orders/\(open.number.text)/cancellation"
        let reason = #"{"reason": "Ordered twice."}"#
        try await examples.show("previewCancellation", cancelled + "/preview", reason, by: support)
        let shipping = "/v1/staff/orders/\(open.number.text)/shipping"
        let preview = try await examples.show(
            "previewShipping",
            shipping + "/preview",
            #"{"shippingMethod": "next-day"}"#,
            by: support
        )
        try await examples.show(
            "changeShipping",
            shipping,
            #"{"shippingMethod": "next-day", "expectedTotal": {"amount": \#(preview.json.after.amount.int ?? 0), "currency": "GBP"}}"#,
            ["Idempotency-Key": "5e0c7d1f-shipping"],
            by: support
        )
        try await examples.show("cancelOrder", cancelled, reason, ["Idempotency-Key": "3b92e8d5-cancel"], by: support)
        _ = try await store.pool.write([
            Statement(
                """
                INSERT INTO finding (kind, reference, amount, currency, found_at)
                VALUES ('refundUnknown', 're_1', 100, 'GBP', '2026-11-24 09:00Z')
                """
            )
        ])
        let found = try await examples.show("listFindings", "/v1/staff/findings?settled=false", by: manager).json
        try await examples.show(
            "settleFinding",
            "/v1/staff/findings/\(found.data[0].id.text)/settlement",
            #"{"reason": "Agreed by phone."}"#,
            by: manager
        )
    }

    private func packing(_ examples: Examples, _ store: TestStore, _ order: JSON) async throws {
        let (packer, support) = (try await store.staff(.packer, name: "bench 1"), try await store.staff(.support))
        let number = order.number.text
        let path = "/v1/staff/orders/\(number)"
        func act(_ id: String, _ more: String, _ body: String? = nil, _ headers: [String: String] = [:]) async throws {
            try await examples.show(id, path + more, body, headers, by: packer)
        }
        try await examples.show("getQueue", "/v1/staff/today?all=true&limit=10", by: packer)
        try await examples.show("leaseNextOrder", "/v1/staff/next", by: packer)
        try await act("leaseOrder", "/lease")
        try await act("dropLease", "/lease")
        try await act("getPackList", "/packing")
        try await act("holdOrder", "/hold", #"{"reason": "stockProblem", "note": "Recounting."}"#)
        try await act("releaseOrder", "/hold")
        let scanned =
            #"{"scanned": [{"code": "2000000000022"}, {"code": "2000000000039"}, {"code": "ZERO-SHINE-SAMPLE"}, {"code": "RESTORE-OINTMENT"}]}"#
        try await act("packOrder", "/packing", scanned, ["Idempotency-Key": "f3c8a611-pack"])
        try await act("unpackOrder", "/packing")
        _ = try await store.send(.POST, path + "/packing", scanned, packer.merging(["Idempotency-Key": "again"]) { $1 })
        try await examples.show("listWaitingParcels", "/v1/staff/parcels", by: packer)
        try await examples.show("print", "/v1/staff/prints?order=\(number)&kind=slip", by: packer)
        try await examples.show("getLabels", "/v1/staff/labels?order=\(number)", by: packer)
        let parcel = #"{"carrier": "royal-mail", "trackingNumber": "RR473124829GB"}"#
        try await act("shipOrder", "/shipments", parcel, ["Idempotency-Key": "b84e0f2d-ship"])
        try await act("deliverOrder", "/delivery")
        try await examples.show("getInstallation", "/v1/staff/installation", by: try await store.staff(.manager))
        try await examples.show("getDay", "/v1/staff/days/2026-11-24", by: packer)
        try await examples.show("closeDay", "/v1/staff/days/2026-11-24/close", by: packer)
        let broken = #"{"items": [{"sku": "CLEANSE-SHAMPOO", "quantity": 1}], "reason": "Arrived broken."}"#
        try await examples.show("previewReplacement", path + "/replacements/preview", broken, by: support)
        try await examples.show(
            "replaceUnits",
            path + "/replacements",
            broken,
            ["Idempotency-Key": "0f2b6a9c-replace"],
            by: support
        )
        try await examples.show(
            "cancelReplacements",
            path + "/replacements/cancellation",
            #"{"reason": "It was another order."}"#,
            ["Idempotency-Key": "c7a90e44-cancel"],
            by: support
        )
        let kit = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "reason": "Not wanted."}"#
        try await examples.show(
            "announceReturn",
            path + "/returns",
            kit,
            ["Idempotency-Key": "b8c14d07-announce"],
            by: support
        )
        try await examples.show("listReturns", "/v1/staff/returns", by: packer)
        try await examples.show("listOrderReturns", path + "/returns", by: packer)
        try await examples.show(
            "receiveReturn",
            path + "/returns/receipt",
            #"{"returnNumber": "R1", "restock": true}"#,
            ["Idempotency-Key": "6d15c7e0-return"],
            by: packer
        )
        let own = "/v1/orders/\(order.token.text)/returns"
        try await examples.show("listOwnReturns", own)
        let sent = try await store.sentOrder(key: "to send back")
        try await examples.show(
            "announceOwnReturn",
            "/v1/orders/\(sent.token.text)/returns",
            kit,
            ["Idempotency-Key": "e90d5f3a-announce"]
        )
        try await examples.show(
            "closeOwnReturn",
            "/v1/orders/\(sent.token.text)/returns/closure",
            #"{"returnNumber": "R1"}"#,
            ["Idempotency-Key": "a4b02c19-close"]
        )
        _ = try await store.send(
            .POST,
            "/v1/orders/\(sent.token.text)/returns",
            kit,
            ["Idempotency-Key": "another"]
        )
        try await examples.show(
            "closeReturn",
            "/v1/staff/orders/\(sent.number.text)/returns/closure",
            #"{"reason": "Nothing came in a month."}"#,
            ["Idempotency-Key": "5e81f7d3-close"],
            by: support
        )
    }

    private func stock(_ examples: Examples, _ store: TestStore) async throws {
        let (packer, manager) = (try await store.staff(.packer), try await store.staff(.manager))
        let path = "/v1/staff/stock/RESTORE-LOTION"
        let moved = try await examples.show(
            "adjustStock",
            path + "/adjustments",
            #"{"change": -1, "reason": "A bottle leaked."}"#,
            ["Idempotency-Key": "18f7d4c2-adjust"],
            by: manager
        )
        let count = try #require(moved.json.onHand.int)
        try await examples.show(
            "countStock",
            path + "/counts",
            #"{"expected": \#(count), "actual": \#(count - 1)}"#,
            ["Idempotency-Key": "a50e96bb-count"],
            by: packer
        )
        try await examples.show(
            "receiveStock",
            path + "/receipts",
            #"{"quantity": 100, "lot": "L-7", "expires": "2028-01-31", "reason": "Delivery note 41"}"#,
            ["Idempotency-Key": "e2a9b360-receipt"],
            by: packer
        )
        try await examples.show("listStock", "/v1/staff/stock", by: packer)
        try await examples.show("auditStock", "/v1/staff/stock/audit", by: packer)
        try await examples.show("recallLot", "/v1/staff/lots/L-7/recall", by: try await store.staff(.support))
        let file = try await examples.show("exportCatalog", "/v1/staff/catalog", by: manager)
        let changed = file.text.replacing(#""DM-KIT":4500"#, with: #""DM-KIT":4600"#)
        try await examples.show("planCatalog", "/v1/staff/catalog/plan", changed, by: manager)
        try await examples.show("applyCatalog", "/v1/staff/catalog", changed, ["If-Match": file.etag], by: manager)
    }

    /// What customers and other systems are told.
    private func telling(_ examples: Examples, _ store: TestStore, _ order: JSON) async throws {
        let (support, manager) = (try await store.staff(.support), try await store.staff(.manager))
        _ = try await store.pool.write([
            Statement("INSERT INTO delivery_position (channel, number) VALUES ('mail', 0) ON CONFLICT DO NOTHING"),
            Statement(
                """
                INSERT INTO delivery_failure (channel, order_id, sequence, at, attempts, reason)
                SELECT 'mail', id, sequence, '2026-11-24 11:00Z', 1, 'no such mailbox'
                FROM orders, generate_series(1, 2) AS sequence WHERE number = $1
                """,
                order.number.text
            ),
            Statement(
                """
                INSERT INTO delivery_attempt (channel, order_id, sequence, attempt, at, milliseconds, outcome, status,
                    answer, reason)
                SELECT 'mail', id, 1, 1, '2026-11-24 11:00Z', 80, 'refused', 550, '550 no such mailbox', 'no such mailbox'
                FROM orders WHERE number = $1
                """,
                order.number.text
            ),
        ])
        let path = "/v1/staff/deliveries"
        try await examples.show("listDeliveries", path + "?state=failed&limit=10", by: support)
        try await examples.show("listDeliveryAttempts", "\(path)/\(order.number.text)", by: support)
        try await examples.show(
            "retryDelivery",
            "\(path)/\(order.number.text)/1/retry",
            #"{"channel": "mail"}"#,
            by: support
        )
        try await examples.show(
            "dropDelivery",
            "\(path)/\(order.number.text)/2/drop",
            #"{"channel": "mail"}"#,
            by: manager
        )
        try await examples.show("listEvents", "/v1/staff/events?after=0&limit=3", by: support)
        let wanted =
            #"{"url": "https://clinic.example/hooks", "types": ["shipped", "delivered"], "description": "The clinic's calendar"}"#
        let hooks = "/v1/staff/webhooks"
        let made = try await examples.show("createWebhook", hooks, wanted, by: manager).json.id.text
        try await examples.show("listWebhooks", hooks, by: manager)
        try await examples.show("getWebhook", "\(hooks)/\(made)", by: manager)
        try await examples.show("changeWebhook", "\(hooks)/\(made)", wanted, by: manager)
        try await examples.show("rotateWebhookSecret", "\(hooks)/\(made)/secret", by: manager)
        try await examples.show("resumeWebhook", "\(hooks)/\(made)/resumption", by: manager)
        try await examples.show(
            "resendWebhooks",
            "\(hooks)/resends",
            #"{"endpoint": "\#(made)", "since": "2026-11-24T00:00:00Z"}"#,
            by: manager
        )
        try await examples.show("testWebhooks", "\(hooks)/tests", #"{"type": "placed"}"#, by: manager)
        try await examples.show("listWebhookAttempts", "\(hooks)/\(made)/attempts?limit=10", by: manager)
        try await examples.show("removeWebhook", "\(hooks)/\(made)", by: manager)
    }

    /// What is held of somebody whose order is over, handed out and erased.
    private func personal(_ examples: Examples, _ store: TestStore) async throws {
        let (support, manager) = (try await store.staff(.support), try await store.staff(.manager, name: "Mia"))
        let body = TestStore.checkoutBody(name: "Cy Example", email: "cy@example.com")
        let order = try await store.send(
            .POST,
            try await store.cart().path + "/checkout",
            body,
            ["Idempotency-Key": "to erase"]
        ).json
        // It has an invoice, and a credit note that takes it back: both stay.
        _ = try await store.send(.GET, "/v1/orders/\(order.token.text)/documents")
        let cancelled = try await store.send(
            .POST,
            "/v1/staff/orders/\(order.number.text)/cancellation",
            #"{"reason": "Ordered twice."}"#,
            support.merging(["Idempotency-Key": "before it is erased"]) { $1 }
        )
        #expect(cancelled.status == 200, "\(cancelled.text)")
        let email = #"{"email": "cy@example.com"}"#
        let path = "/v1/staff/personal"
        try await examples.show("exportPerson", path + "/export", email, by: manager)
        try await examples.show("exportPersonPage", path + "/export/page", email, by: manager, showsAnswer: false)
        try await examples.show("previewErasure", path + "/erasure/preview", email, by: manager)
        try await examples.show(
            "erasePerson",
            path + "/erasure",
            email,
            ["Idempotency-Key": "1e5b08c2-erase"],
            by: manager
        )
    }

    private func staff(_ examples: Examples, _ store: TestStore) async throws {
        let manager = try await store.staff(.manager, name: "Mo")
        try await examples.show("getStaffMember", "/v1/staff/me", by: manager)
        try await examples.show(
            "createStaffToken",
            "/v1/staff/tokens",
            #"{"name": "bench 2", "role": "packer", "days": 90}"#,
            by: manager
        )
        try await examples.show("listStaffTokens", "/v1/staff/tokens", by: manager)
        // At the end: from the first one on, carts want one.
        let keys = "/v1/staff/keys"
        let wanted = #"{"name": "web", "origins": ["https://shop.example"], "currency": "GBP", "country": "GB"}"#
        try await examples.show("createStorefrontKey", keys, wanted, by: manager)
        try await examples.show("listStorefrontKeys", keys, by: manager)
        try await examples.show("revokeStorefrontKey", keys + "/web", by: manager)
        try await examples.show("revokeStaffToken", "/v1/staff/tokens/bench%202", by: manager)
    }
}
