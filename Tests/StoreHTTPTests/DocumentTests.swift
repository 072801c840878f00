import NIOHTTP1
import Orders
import Postgres
import Staff
import StoreHTTP
import TestSupport
import Testing

/// Invoices and credit notes: each order's once, numbered without a gap, and they say what was charged.
@Suite(DatabaseTrait.store) struct DocumentTests {
    private func order(_ store: TestStore, key: String) async throws -> JSON {
        let cart = try await store.cart(
            #"{"currency": "GBP", "country": "GB", "items": [{"sku": "DM-KIT", "quantity": 2}, {"sku": "CLEANSE-SHAMPOO", "quantity": 1}], "shippingMethod": "next-day", "discountCodes": ["DEMO500"]}"#
        )
        let total = try await store.send(.GET, cart.path).json.totals.total.amount.int ?? 0
        return try await store.checkout(cart.path, key: key, amount: total).json
    }

    private func documents(_ store: TestStore, _ order: JSON) async throws -> [JSON] {
        try await store.send(.GET, "/v1/orders/\(order.token.text)/documents").json.data.entries
    }

    private func staff(_ store: TestStore) async throws -> [String: String] {
        let (secret, _) = try await store.store.staff.create(
            name: "anna",
            role: .manager,
            now: store.store.now(),
            lifetime: .seconds(3600)
        )
        return ["Authorization": "Bearer \(secret.text)"]
    }

    private func act(_ store: TestStore, _ order: JSON, _ act: String, _ body: String, _ token: [String: String])
        async throws -> JSON
    {
        let answer = try await store.send(
            .POST,
            "/v1/staff/orders/\(order.number.text)/\(act)",
            body,
            token.merging(["Idempotency-Key": "\(act) \(body)"]) { $1 }
        )
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json
    }

    @Test func anInvoiceSaysWhatWasChargedAndCreditNotesTakeItBack() async throws {
        try await TestStore.run { store in
            let (order, token) = (try await order(store, key: "k"), try await staff(store))
            let total = try #require(order.totals.total.amount.int)
            let invoice = try #require(try await documents(store, order).first)
            #expect(invoice.number == "INV-000001" && invoice.total.amount.int == total)
            let page = try await store.send(.GET, invoice.page.text)
            #expect(page.status == 200)
            for words in [
                "Invoice INV-000001", order.number.text, "DM Aftercare (demo shop)", "GB 000 0000 00", "Ada Example",
                "Issued on Tuesday 24 November 2026", "IBAN: GB00 DEMO 0000 0000 0000 00", "Before tax at 20 %",
                "106.95 GBP", "17.83 GBP", "89.12 GBP",
            ] {
                #expect(page.text.contains(words), "\(words)")
            }
            _ = try await act(
                store,
                order,
                "payments",
                #"{"amount": {"amount": \#(total), "currency": "GBP"}}"#,
                token
            )
            // Paid: how to pay is said no more.
            let paid = try await store.send(.GET, invoice.page.text).text
            #expect(!paid.contains("IBAN"))
            let reason = #""reason": "broken <seal>""#
            _ = try await act(
                store,
                order,
                "refunds",
                #"{"items": [{"sku": "DM-KIT", "quantity": 1}], \#(reason)}"#,
                token
            )
            _ = try await act(store, order, "cancellation", "{\(reason)}", token)
            let all = try await documents(store, order)
            #expect(all.map(\.number.text) == ["INV-000001", "CN-000001", "CN-000002"])
            #expect(all.dropFirst().reduce(0) { $0 + ($1.total.amount.int ?? 0) } == total)
            let note = try await store.send(.GET, all[1].page.text).text
            #expect(note.contains("Credit note CN-000001") && note.contains("Why: broken &lt;seal&gt;"))
            #expect(try await store.send(.GET, "\(order.page.text)/documents/INV-000002").status == 404)
            let other = try await self.order(store, key: "other")
            #expect(try await store.send(.GET, "\(other.page.text)/documents/INV-000001").status == 404)
        }
    }

    @Test func anUnpaidInvoiceIsTakenBackWhereItWasIssuedAndNotIssuedAfterwards() async throws {
        try await TestStore.run { store in
            let (seen, unseen) = (try await order(store, key: "a"), try await order(store, key: "b"))
            let token = try await staff(store)
            #expect(try await documents(store, seen).count == 1)
            for order in [seen, unseen] { _ = try await act(store, order, "cancellation", #"{"reason": "no"}"#, token) }
            #expect(try await documents(store, seen).map(\.number.text) == ["INV-000001", "CN-000001"])
            #expect(try await documents(store, unseen).isEmpty)
        }
    }

    @Test func numbersHaveNoGapsHoweverManyAskAtOnce() async throws {
        try await TestStore.run { store in
            var orders: [JSON] = []
            for index in 0..<30 { orders.append(try await order(store, key: "k\(index)")) }
            let placed = orders
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<90 {
                    group.addTask {
                        let answer = try await documents(store, placed[index % 30])
                        #expect(answer.count == 1)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.number("SELECT max(number) AS n FROM document") == 30)
            #expect(try await store.number("SELECT count(*) AS n FROM document") == 30)
            // One that nobody has asked for a document of.
            _ = try await store.order()
            for (sql, constraint): (StaticString, String) in [
                ("UPDATE document SET total = 0", "document_is_kept"), ("DELETE FROM document", "document_is_kept"),
                ("TRUNCATE document", "document_is_not_emptied"),
                (
                    "INSERT INTO document (kind, number, order_id, issued_at, total, content, kept_until) SELECT 'invoice', 32, (SELECT max(id) FROM orders), issued_at, total, content, kept_until FROM document LIMIT 1",
                    "document_follows_the_one_before"
                ),
                (
                    "INSERT INTO document (kind, number, order_id, issued_at, total, content, kept_until) SELECT 'creditNote', 1, order_id, issued_at, total, content, kept_until FROM document LIMIT 1",
                    "document_credits_an_adjustment"
                ),
                (
                    "INSERT INTO document (kind, number, order_id, issued_at, total, content, kept_until) SELECT 'invoice', 31, order_id, issued_at, total, content, kept_until FROM document LIMIT 1",
                    "document_one_invoice"
                ),
            ] {
                let error = await #expect(throws: PostgresError.self) {
                    _ = try await store.pool.write([Statement(sql)])
                }
                #expect(error?.serverError?.constraint == constraint, "\(sql)")
            }
        }
    }
}
