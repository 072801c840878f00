import Commerce
import Fulfilment
import NIOHTTP1
import Orders
import Postgres
import Staff
import TestSupport
import Testing

@testable import StoreHTTP

/// Finding orders, taking them down, moving them, printing them: what the staff see, and that it is written down.
@Suite(DatabaseTrait.store) struct StaffOrderTests {
    @Test func listsAreFilteredAndPaged() async throws {
        try await TestStore.run { store in
            let (packer, support) = (try await store.staff(.packer), try await store.staff(.support))
            for index in 0..<5 { _ = try await store.paidOrder(key: "k\(index)") }
            let shampoo = TestStore.choice(#"[{"sku": "CLEANSE-SHAMPOO", "quantity": 2}]"#)
            let unpaid = try await store.checkout(
                try await store.cart(shampoo).path,
                key: "u",
                amount: 3195,
                name: "Zoë Özil"
            ).json
            func list(_ query: String, _ token: [String: String]) async throws -> Answer {
                try await store.send(.GET, "/v1/staff/orders\(query)", nil, token)
            }
            let first = try await list("?limit=4", packer).json
            #expect(first.data.entries.count == 4 && first.data[0].number == unpaid.number)
            let rest = try await list("?limit=4&cursor=\(first.next.text)", packer).json
            #expect(rest.data.entries.count == 2 && rest.next == .null)
            #expect(Set((first.data.entries + rest.data.entries).map(\.number.text)).count == 6)
            for query in ["payment=unpaid", "sku=CLEANSE-SHAMPOO", "from=2026-11-24&payment=unpaid&to=2026-11-24"] {
                #expect(
                    try await list("?\(query)", packer).json.data.entries.map(\.number) == [unpaid.number],
                    "\(query)"
                )
            }
            #expect(try await list("?shipBy=2026-12-31", packer).json.data.entries.count == 6)
            #expect(try await list("?fulfilment=shipped", packer).json.data.entries.isEmpty)
            #expect(try await list("?to=2026-11-23", packer).json.data.entries.isEmpty)
            #expect(try await list("?text=zo%C3%AB", packer).status == 403)
            let found = try await list("?text=zo%C3%AB", support)
            #expect(found.json.data.entries.map(\.number) == [unpaid.number])
            #expect(!found.text.contains("Özil") && !found.text.contains("example.com"))
            #expect(
                try await store.number(
                    "SELECT count(*) AS n FROM order_view WHERE reason = 'search'"
                ) == 1
            )
            #expect(try await list("?email=ADA@example.com", support).json.data.entries.count == 6)
            for query in ["status=lost", "shipBy=tomorrow", "limit=0", "cursor=x", "colour=red", "sku=a%20b"] {
                #expect(try await list("?\(query)", support).status == 422, "\(query)")
            }

            let csv = try await store.send(.GET, "/v1/staff/orders/export", nil, support)
            #expect(csv.headers.first(name: "X-Total-Count") == "6")
            #expect(csv.text.split(separator: "\r\n").count == 7 && !csv.text.contains("example.com"))
            // Each row adds up, as a bookkeeper would check it.
            let rows = csv.text.split(separator: "\r\n").map {
                $0.split(separator: ",", omittingEmptySubsequences: false)
            }
            for row in rows.dropFirst() {
                let cells = Dictionary(uniqueKeysWithValues: zip(rows[0].map(String.init), row.map(String.init)))
                func amount(_ name: String) -> Int { cells[name].flatMap { Int($0) } ?? -1 }
                let net = amount("itemsAmount") - amount("discount") + amount("shipping")
                #expect(amount("total") == net + (cells["taxIncluded"] == "true" ? 0 : amount("tax")), "\(cells)")
                #expect(amount("tax") > 0 && amount("refunded") == 0)
                #expect(amount("paid") == (cells["payment"] == "paid" ? amount("total") : 0))
            }
            let lines = try await store.send(.GET, "/v1/staff/orders/export?format=jsonl&payment=unpaid", nil, support)
            #expect(try JSON(Array(lines.text.utf8)).number == unpaid.number)
            #expect(try await store.send(.GET, "/v1/staff/orders/export", nil, packer).status == 403)
        }
    }

    /// What changed since an order was sold stands beside its total: as a number, though it may be less than 0.
    @Test func listAndFileSayWhatAnOrderComesToNow() async throws {
        try await TestStore.run { store in
            let manager = try await store.staff(.manager)
            let two = TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 2}]"#)
            func refund(_ order: JSON, _ body: String) async throws {
                let path = "/v1/staff/orders/\(order.number.text)/refunds"
                let answer = try await store.send(.POST, path, body, manager.merging(["Idempotency-Key": body]) { $1 })
                #expect(answer.status == 200, "\(answer.text)")
            }
            let paid = try await store.paidOrder(two, amount: 9000, key: "paid")
            try await refund(paid, #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "reason": "Not wanted."}"#)
            let unpaid = try await store.checkout(try await store.cart().path, key: "unpaid").json
            try await refund(unpaid, #"{"goodwill": {"amount": 500, "currency": "GBP"}, "reason": "It came late."}"#)
            let plain = try await store.paidOrder(key: "plain")

            let list = try await store.send(.GET, "/v1/staff/orders", nil, manager).json.data.entries
            #expect(list.map(\.number) == [plain, unpaid, paid].map(\.number))
            #expect(list.map(\.total.amount.int) == [4500, 4500, 9000])
            #expect(list.map(\.comesTo.amount.int) == [4500, 4000, 4500])
            #expect(list.allSatisfy { $0.country == "GB" })
            let csv = try await store.send(.GET, "/v1/staff/orders/export", nil, manager).text
            let rows = csv.split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
            func column(_ name: String) throws -> [String] {
                let index = try #require(rows[0].firstIndex { $0 == name }, "\(name)")
                return rows.dropFirst().map { String($0[index]) }
            }
            #expect(try column("country") == ["GB", "GB", "GB"])
            #expect(try column("total") == ["4500", "4500", "9000"])
            #expect(try column("adjusted") == ["0", "-500", "-4500"])
            #expect(try column("comesTo") == ["4500", "4000", "4500"])
            // A sixth of it, at 20 % within.
            #expect(try column("adjustedTax") == ["0", "-83", "-750"])
            // What was paid, less what went back, is what it comes to.
            #expect(try column("paid") == ["4500", "0", "9000"])
            #expect(try column("refunded") == ["0", "0", "4500"])
            #expect(CSV.row(["-1", "-1+2", "-", "+1", "=1"]) == "-1,'-1+2,'-,'+1,'=1\r\n")
        }
    }

    @Test func searchFindsAPartOfWhateverNamesAnOrder() async throws {
        try await TestStore.run { store in
            let support = try await store.staff(.support)
            func place(_ key: String, name: String, email: String, phone: String, postcode: String) async throws -> JSON
            {
                let body = TestStore.checkoutBody(name: name, email: email)
                    .replacing(#""phone": null"#, with: #""phone": "\#(phone)""#)
                    .replacing("N1 1AA", with: postcode)
                let cart = try await store.cart().path
                let placed = try await store.send(.POST, cart + "/checkout", body, ["Idempotency-Key": key])
                #expect(placed.status == 201, "\(placed.text)")
                return placed.json
            }
            let zoe = try await place(
                "z",
                name: "Zoë Özil",
                email: "Zoe.Oezil@post.example",
                phone: "+44 (0)20 7946-0123",
                postcode: "sw1a-2bb"
            )
            let bo = try await place(
                "b",
                name: "Bo Marks",
                email: "bo@mail.example",
                phone: "07700 900.456",
                postcode: "LS1 4AP"
            )
            try await store.sendAll()
            _ = try await store.pool.write([
                Statement("SET LOCAL session_replication_role = replica"),
                Statement(
                    "UPDATE shipment SET tracking_number = 'AB123-456789GB' WHERE order_id = (SELECT min(id) FROM orders)"
                ),
            ])
            func numbers(_ text: String, _ more: String = "") async throws -> [JSON] {
                let query = text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                let found = try await store.send(.GET, "/v1/staff/orders?text=\(query)\(more)", nil, support)
                #expect(found.status == 200, "\(found.text)")
                return found.json.data.entries.map(\.number)
            }
            let code = String(zoe.number.text.dropFirst(3)).lowercased().replacing("-", with: " ")
            for text in [
                "zoë ö", "OEZIL@post", "post.example", "020 7946", "(0)20-7946.0123", "79460123", "SW1A 2BB", "w1a2",
                "ab 123456", "6789-gb", code,
            ] { #expect(try await numbers(text) == [zoe.number], "\(text)") }
            for text in ["marks", "bo@", "07700900456", "900 456", "ls14ap"] {
                #expect(try await numbers(text) == [bo.number], "\(text)")
            }
            // Both, the newest first; and the other conditions hold as well.
            #expect(try await numbers(".example") == [bo.number, zoe.number])
            #expect(try await numbers(".example", "&limit=1") == [bo.number])
            #expect(try await numbers(".example", "&payment=paid") == [])
            #expect(try await numbers("TEST1", "&sku=DM-KIT") == [bo.number])
            // Marks alone are in no number, and nothing of SQL is anything but text.
            for text in ["()", "%", "_", "'", "' OR '1'='1", "$1", "Nobody"] {
                #expect(try await numbers(text) == [], "\(text)")
            }
            let file = try await store.send(.GET, "/v1/staff/orders/export?text=79460123", nil, support)
            #expect(file.headers.first(name: "X-Total-Count") == "1" && file.text.contains(zoe.number.text))
        }
    }

    /// A search reads a year where nobody says from when on, so it costs what that year's orders cost: the planner says so.
    @Test func searchIsBoundedByTime() async throws {
        try await TestStore.run { store in
            let first = try await store.paidOrder(key: "k")
            try await store.sendAll()
            var costs: [String: [Double]] = [:]
            for size in [1_000, 50_000] {
                try await store.multiplyOrders(to: size)
                _ = try await store.pool.write(
                    [
                        Statement("SET LOCAL session_replication_role = replica"),
                        Statement(
                            """
                            UPDATE orders SET placed_at = placed_at - interval '3 years'
                            WHERE id < 0 AND placed_at > '2025-01-01'
                            """
                        ),
                        Statement(
                            """
                            UPDATE shipment SET packed_at = packed_at - interval '3 years',
                                shipped_at = shipped_at - interval '3 years'
                            WHERE order_id < 0 AND shipped_at > '2025-01-01'
                            """
                        ),
                    ],
                    timeout: .seconds(120)
                )
                for index in 0..<3 { _ = try await store.paidOrder(key: "\(size)-\(index)") }
                try await store.analyze()
                var filter = OrderFilter()
                filter.search = OrderFilter.Search("test 1", since: store.store.now() + .seconds(-365 * 86_400))
                for (name, statements) in [
                    "newest": filter.page(count: 50).statements, "page": filter.page(before: 500, count: 50).statements,
                    "count": filter.total.statements,
                ] {
                    let cost = try await store.cost(of: try #require(statements.first))
                    costs[name, default: []].append(cost)
                }
            }
            for (name, costs) in costs { #expect(costs[1] < costs[0] * 2 + 50, "\(name): \(costs)") }

            let support = try await store.staff(.support)
            func found(_ query: String) async throws -> [JSON] {
                // The copies' numbers are none that the contract knows.
                let path = store.url + "/v1/staff/orders?text=test-1\(query)"
                let answer = try await store.client.send(.GET, path, nil, support)
                #expect(answer.status == 200, "\(query): \(answer.text)")
                return answer.json.data.entries
            }
            // Of one that is found it is noted who saw it, behind the last entry of its log.
            _ = try await store.pool.write([
                Statement(
                    """
                    INSERT INTO order_event (order_id, sequence, at, kind, actor, request_id)
                    VALUES (-1, 1, now(), 'placed', 'customer', 'copy')
                    """
                )
            ])
            #expect(try await found("").map(\.number) == [first.number])
            #expect(try await found("&from=2026-11-25") == [])
            let old = try await found("&from=2023-01-01&limit=2").map(\.number)
            #expect(old == [first.number, "X1"])
            // The days before its end, where that alone is said.
            #expect(try await found("&to=2024-06-01&limit=1").map(\.number) == ["X1"])
            #expect(try await found("&to=2025-06-01") == [])
        }
    }

    @Test func seeingAnOrderIsAnEventWithItsReason() async throws {
        try await TestStore.run { store in
            let (order, packer) = (try await store.paidOrder(key: "k"), try await store.staff(.packer, name: "mo"))
            let path = "/v1/staff/orders/\(order.number.text.lowercased().replacing("-", with: ""))"
            let read = try await store.send(.GET, path + "?reason=the%20label%20is%20torn", nil, packer).json
            let last = try #require(read.timeline.entries.last)
            #expect(last.kind == "viewed" && last.actor == "staff mo" && last.reason == "the label is torn")
            #expect(last.requestId.text.count == 32)
            let noted = try await store.send(.POST, path + "/notes", #"{"text": "called back"}"#, packer).json
            #expect(noted.timeline.entries.last?.reason == "called back")
        }
    }

    @Test func anOrderIsTakenDownOnceForAKey() async throws {
        try await TestStore.run { store in
            let support = try await store.staff(.support, name: "kim")
            let body = """
                {"cart": \(TestStore.kitChoice), "order": {"customer": {"name": "Ada Example", "email": "ada@example.com"},
                 "shippingAddress": {"line1": "1 High Street", "city": "London", "postalCode": "N1 1AA", "country": "GB"},
                 "payment": {"method": "invoice"}}}
                """
            let token = support.merging(["Idempotency-Key": "phone-1"]) { $1 }
            let made = try await store.send(.POST, "/v1/staff/orders", body, token)
            #expect(made.status == 201 && made.json.timeline[0].actor == "staff kim", "\(made.text)")
            let again = try await store.send(.POST, "/v1/staff/orders", body, token)
            #expect(again.json.number == made.json.number)
            #expect(
                try await store.send(.POST, "/v1/staff/orders", body.replacing("Ada", with: "Eve"), token).problem
                    == "key-reused"
            )
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 1)
            let empty = try await store.send(
                .POST,
                "/v1/staff/orders",
                "{}",
                support.merging(["Idempotency-Key": "e"]) { $1 }
            )
            #expect(empty.json.errors.entries.map(\.pointer.text).sorted() == ["/cart", "/order"])
        }
    }

    @Test func sessionsAreMovedAfterAPreview() async throws {
        try await TestStore.run { store in
            let (order, support) = (try await store.paidOrder(key: "k"), try await store.staff(.support))
            let path = "/v1/staff/orders/\(order.number.text)/course"
            let course = #"{"timeZone": "Europe/London", "sessions": ["2026-12-01", "2026-12-19"]}"#
            let preview = try await store.send(.POST, path + "/preview", course, support).json
            #expect(preview.version == 1 && preview.changes[0].text.contains("19"), "\(preview)")
            #expect(try await store.send(.PUT, path, course, support).status == 428)
            let moved = try await store.send(.PUT, path, course, support.merging(["If-Match": "\"1\""]) { $1 })
            #expect(moved.json.revision == 2 && moved.json.order.course.sessions[1] == "2026-12-19", "\(moved.text)")
            let other = course.replacing("19", with: "20")
            #expect(
                try await store.send(.PUT, path, other, support.merging(["If-Match": "\"1\""]) { $1 }).status == 412
            )
            #expect(moved.json.order.timeline.entries.last?.actor.text.hasPrefix("staff") == true)
        }
    }

    @Test func linksAreMadeAnewAndTheOldOnesOpenNothing() async throws {
        try await TestStore.run { store in
            let (order, support) = (try await store.paidOrder(key: "k"), try await store.staff(.support))
            let path = "/v1/staff/orders/\(order.number.text)/links"
            let links = try await store.send(.GET, path, nil, support).json
            #expect(links.order.text == "http://store.test\(order.page.text)")
            let renewed = try await store.send(.POST, path, #"{"link": "order", "act": "renew"}"#, support).json
            #expect(renewed.order != links.order && renewed.guide == links.guide)
            #expect(try await store.send(.GET, order.page.text).status == 404)
            let fresh = renewed.order.text.replacing("http://store.test", with: "")
            #expect(try await store.send(.GET, fresh).status == 200)
            #expect(
                try await store.send(.POST, path, #"{"link": "guide", "act": "revoke"}"#, support).json.guide == .null
            )
            #expect(try await store.send(.POST, path, #"{"link": "order", "act": "revoke"}"#, support).status == 422)
        }
    }

    @Test func slipsAndInsertsComeInPackingOrder() async throws {
        try await TestStore.run { store in
            let packer = try await store.staff(.packer)
            let later = try await store.paidOrder(key: "later")
            let soon = TestStore.choice(
                #"[{"sku": "DM-KIT", "quantity": 1}]"#,
                course: #"{"timeZone": "Europe/London", "sessions": ["2026-11-26"]}"#
            )
            let urgent = try await store.paidOrder(soon, key: "urgent")
            let path = "/v1/staff/prints?order=\(later.number.text)&order=\(urgent.number.text)"
            let both = try await store.send(.GET, path, nil, packer)
            #expect(both.status == 200 && both.headers.first(name: "X-Orders") == "2")
            let text = both.text
            let places = [urgent, later].map { text.firstRange(of: "<h1>\($0.number.text)")?.lowerBound }
            #expect(try #require(places[0]) < #require(places[1]))
            #expect(text.contains("2000000000022") && text.contains("1 High Street") && text.contains("2 4 6") == false)
            #expect(text.ranges(of: "class=\"qr\"").count == 4)
            let slips = try await store.send(.GET, path + "&kind=slip", nil, packer).text
            #expect(slips.ranges(of: "class=\"qr\"").count == 2 && slips.utf8.count < text.utf8.count)
            let today = try await store.send(.GET, "/v1/staff/prints?today=true&kind=slip", nil, packer)
            #expect(today.headers.first(name: "X-Orders") == "1" && today.text.contains(urgent.number.text))
            for query in ["", "?order=x", "?order=\(later.number.text)&today=true", "?today=true&kind=all"] {
                #expect(try await store.send(.GET, "/v1/staff/prints\(query)", nil, packer).status == 422, "\(query)")
            }
            #expect(try await store.number("SELECT count(*) AS n FROM order_view WHERE reason = 'print'") == 5)
        }
    }

    /// Support puts right what the customer could: shown first, logged with its name, until packing starts.
    @Test func supportCorrectsCustomerAndAddress() async throws {
        try await TestStore.run { store in
            let support = try await store.staff(.support, name: "desk")
            let order = try await store.paidOrder(key: "k")
            let path = "/v1/staff/orders/\(order.number.text)/contact"
            let address =
                #"{"address": {"line1": "2 Low Road", "line2": " Flat 2 ", "city": "Leeds", "postalCode": "LS1 1AA"}}"#
            let preview = try await store.send(.POST, path + "/preview", address, support).json
            #expect(preview.before.address.line1 == "1 High Street" && preview.after.address.line1 == "2 Low Road")
            #expect(preview.after.customer.email == "ada@example.com" && preview.after.address.country == "GB")
            #expect(try await store.number("SELECT count(*) AS n FROM orders WHERE address_city = 'Leeds'") == 0)

            let corrected = try await store.send(.POST, path, address, support)
            #expect(corrected.status == 200 && corrected.json.shippingAddress.line2 == "Flat 2", "\(corrected.text)")
            // The same again changes nothing more.
            #expect(try await store.send(.POST, path, address, support).status == 200)
            let both =
                #"{"customer": {"name": "Adah Example", "email": "ada@new.example", "phone": "1"}, "address": {"line1": "3 Low Road", "city": "Leeds", "postalCode": "LS1 1AA"}}"#
            let entries = try await store.send(.POST, path, both, support).json
            #expect(entries.customer.email == "ada@new.example" && entries.shippingAddress.line2 == .null)
            let changes = entries.timeline.entries.filter { $0.kind == "contactChanged" }
            #expect(changes.map(\.reason) == ["address", "name, e-mail, phone, address"], "\(entries.timeline)")
            #expect(changes.allSatisfy { $0.actor == "staff desk" })

            for (body, pointer) in [
                ("{}", ""), (#"{"customer": {"name": "Ada", "email": "ada.example.com"}}"#, "/customer/email"),
                (#"{"address": {"line1": "2 Low Road", "city": "Leeds"}}"#, "/address/postalCode"),
                (address.replacing("}}", with: #", "country": "FR"}}"#), "/address/country"),
            ] {
                for end in ["", "/preview"] {
                    let refused = try await store.send(.POST, path + end, body, support)
                    #expect(refused.status == 422 && refused.json.errors[0].pointer.text == pointer, "\(refused.text)")
                }
            }
            try await store.sendAll("partlyShipped")
            for end in ["", "/preview"] {
                #expect(try await store.send(.POST, path + end, address, support).problem == "course-closed")
            }
        }
    }

    /// A preview says what the act then gives back, and refuses what the act would refuse.
    @Test func whatGoesBackIsKnownBefore() async throws {
        try await TestStore.run { store in
            let manager = try await store.staff(.manager)
            let two = TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 2}]"#)
            let order = try await store.paidOrder(two, amount: 9000, key: "k")
            let unpaid = try await store.checkout(try await store.cart().path, key: "u").json
            func send(_ order: JSON, _ act: String, _ body: String) async throws -> Answer {
                try await store.send(
                    .POST,
                    "/v1/staff/orders/\(order.number.text)/\(act)",
                    body,
                    act.hasSuffix("/preview") ? manager : manager.merging(["Idempotency-Key": act + body]) { $1 }
                )
            }
            let (one, reason) = (#"{"items": [{"sku": "DM-KIT", "quantity": 1}], "reason": "x"}"#, #"{"reason": "x"}"#)
            let refund = try await send(order, "refunds/preview", one).json
            #expect(
                refund.amount.amount == 4500 && refund.to == "Ada Example" && refund.method == "invoice",
                "\(refund)"
            )
            #expect(try await send(order, "cancellation/preview", reason).json.amount.amount == 9000)
            #expect(try await send(unpaid, "cancellation/preview", reason).json.amount.amount == 0)
            #expect(try await store.number("SELECT count(*) AS n FROM payment WHERE kind = 'refund'") == 0)

            #expect(try await send(order, "refunds", one).json.refunded.amount == 4500)
            #expect(try await send(order, "cancellation/preview", reason).json.amount.amount == 4500)
            let three = one.replacing("1}", with: "2}")
            let (preview, refused) = (
                try await send(order, "refunds/preview", three), try await send(order, "refunds", three)
            )
            #expect(preview.status == refused.status && preview.problem == refused.problem, "\(preview.text)")
            #expect(preview.status == 409)
            // Nothing was paid: nothing goes back, and less is due.
            #expect(try await send(unpaid, "refunds/preview", one).json.amount.amount == 0)
            #expect(try await send(order, "cancellation", reason).json.refunded.amount == 9000)
            try await store.sendAll("partlyShipped")
            #expect(try await send(unpaid, "cancellation/preview", reason).problem == "course-closed")
        }
    }

    /// The queue and the lists cost the same, however many orders there are: the planner says so.
    @Test func queueAndListsDoNotGrowWithTheOrders() async throws {
        try await TestStore.run { store in
            let path = try await store.cart().path
            #expect(try await store.checkout(path, key: "k").status == 201)
            try await store.sendAll()
            var costs: [String: [Double]] = [:]
            for size in [1_000, 50_000] {
                try await store.multiplyOrders(to: size)
                for index in 0..<3 { _ = try await store.paidOrder(key: "\(size)-\(index)") }
                try await store.analyze()
                var filter = OrderFilter()
                var statements = [
                    "today": FulfilmentStore.queue(
                        until: CalendarDate("2026-12-31"),
                        after: nil,
                        count: 500,
                        now: store.store.now()
                    ).statements,
                    "counts": OpenOrders.counts(
                        on: CalendarDate(daysSince1970: 20_000),
                        shipsUnpaid: false
                    ).statements,
                    "newest": filter.page(before: nil, count: 50).statements,
                    "page": filter.page(before: 500, count: 50).statements,
                ]
                filter.payment = .unpaid
                statements["unpaid"] = filter.page(before: nil, count: 50).statements
                filter = OrderFilter()
                filter.shipBy = CalendarDate("2026-12-31")
                statements["due"] = filter.page(before: nil, count: 50).statements
                filter = OrderFilter()
                filter.email = EmailAddress(rawValue: "nobody@example.com")
                statements["email"] = filter.page(before: nil, count: 50).statements
                for (name, statement) in statements {
                    let cost = try await store.cost(of: try #require(statement.first))
                    costs[name, default: []].append(cost)
                }
            }
            for (name, costs) in costs { #expect(costs[1] < costs[0] * 2 + 50, "\(name): \(costs)") }
        }
    }
}
