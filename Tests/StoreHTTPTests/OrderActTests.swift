import NIOHTTP1
import Postgres
import TestSupport
import Testing
import stripe_double

/// What a customer can do with an order through the API, by the same rules as on its page.
@Suite(DatabaseTrait.store) struct OrderActTests {
    private static func order(_ store: TestStore, key: String = "acts") async throws -> (path: String, json: JSON) {
        let placed = try await store.checkout(try await store.cart().path, key: key)
        try #require(placed.status == 201, "\(placed.text)")
        return ("/v1/orders/\(placed.json.token.text)", placed.json)
    }

    @Test func cancellingIsPreviewedAndHappensOnce() async throws {
        try await TestStore.run { store in
            let (path, _) = try await Self.order(store)
            let preview = try await store.send(.POST, path + "/cancellation/preview")
            #expect(preview.status == 200 && preview.json.amount.amount == 0 && preview.json.method == "invoice")
            #expect(try await store.send(.GET, path).json.status == "placed")
            #expect(try await store.send(.POST, path + "/cancellation").problem == "idempotency-key-missing")
            let key = ["Idempotency-Key": "cancel"]
            let first = try await store.send(.POST, path + "/cancellation", nil, key)
            #expect(first.status == 200 && first.json.status == "cancelled" && first.etag == "\"1\"")
            let again = try await store.send(.POST, path + "/cancellation", "{}", key)
            #expect(again.status == 200 && again.body == first.body)
            let other = try await store.send(.POST, path + "/cancellation", #"{"why": "so"}"#, key)
            #expect(other.status == 422 && other.json.errors[0].pointer == "/why")
            #expect(try await store.number("SELECT count(*) AS n FROM order_event WHERE kind = 'cancelled'") == 1)
            try await store.checkInvariants()
        }
    }

    @Test func whatWasPaidGoesBack() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(key: "paid")
            let path = "/v1/orders/\(order.token.text)"
            let preview = try await store.send(.POST, path + "/cancellation/preview", "{}")
            #expect(preview.json.amount.amount == 4500 && preview.json.to == "Ada Example")
            let gone = try await store.send(.POST, path + "/cancellation", nil, ["Idempotency-Key": "c"])
            #expect(gone.json.status == "cancelled" && gone.json.payment.status == "refunded")
        }
    }

    @Test func anOrderThatIsPackedIsChangedNoMoreNeitherHereNorOnItsPage() async throws {
        try await TestStore.run { store in
            let (path, order) = try await Self.order(store)
            try await store.sendAll()
            let contact = Self.customer("Ada Example", "new@example.com")
            let key = ["Idempotency-Key": "late"]
            for (act, body) in [("cancellation", "{}"), ("contact", contact)] {
                for route in [path + "/\(act)", path + "/\(act)/preview"] {
                    let answer = try await store.send(.POST, route, body, key)
                    #expect(answer.status == 409 && answer.problem == "course-closed", "\(route) \(answer.text)")
                }
            }
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            #expect(try await store.send(.POST, order.page.text + "/cancellation", "", form).status == 409)
        }
    }

    @Test func contactIsPreviewedAndPutRight() async throws {
        try await TestStore.run { store in
            let (path, order) = try await Self.order(store)
            let body = #"""
                {"customer": {"name": "Adah Example", "email": "new@example.com", "phone": "+44 20 7946 0000"},
                 "address": {"line1": "2 Low Street", "city": "Leeds", "postalCode": "LS1 1AA"}}
                """#
            let preview = try await store.send(.POST, path + "/contact/preview", body).json
            #expect(preview.before.customer == order.customer && preview.after.customer.email == "new@example.com")
            #expect(preview.after.address.line1 == "2 Low Street" && preview.after.address.country == "GB")
            #expect(try await store.send(.GET, path).json.customer.email == "ada@example.com")
            let key = ["Idempotency-Key": "contact"]
            let changed = try await store.send(.POST, path + "/contact", body, key)
            #expect(changed.status == 200 && changed.json.customer == preview.after.customer)
            #expect(changed.json.customer.phone == "+44 20 7946 0000" && changed.json.customer.givenName == .null)
            #expect(changed.json.shippingAddress == preview.after.address)
            #expect(try await store.send(.POST, path + "/contact", body, key).body == changed.body)
            let reused = try await store.send(.POST, path + "/contact", Self.customer("Adah", "x@example.com"), key)
            #expect(reused.status == 422 && reused.problem == "key-reused")
            let unknown = #"{"customer": {"email": "nobody", "hat": "1"}, "phone": "1"}"#
            let wrong = try await store.send(.POST, path + "/contact", unknown)
            #expect(
                Set(wrong.json.errors.entries.map(\.pointer.text))
                    == ["/customer/name", "/customer/email", "/customer/hat", "/phone"]
            )
            #expect(try await store.number("SELECT count(*) AS n FROM order_event WHERE kind = 'contactChanged'") == 1)
        }
    }

    /// Who was called by another name is greeted by the right one at once, in all that their guide's link opens.
    @Test func guideGreetsWhoeverTheOrderIsForNow() async throws {
        try await TestStore.run { store in
            let (path, order) = try await Self.order(store)
            let (guide, calendar) = (order.guide.page.text, order.guide.calendar.text)
            #expect(try await store.send(.GET, guide).text.contains("Ada"))
            let proof = try await store.send(.GET, path).json.guide
            for (body, name) in [
                (Self.customer("Beatrix Example"), "Beatrix"),
                (Self.customer("Beatrix Example", givenName: #""Trixie""#), "Trixie"),
            ] {
                #expect(try await store.send(.POST, path + "/contact", body).status == 200)
                for page in [guide, guide + "/insert"] {
                    let shown = try await store.send(.GET, page)
                    #expect(shown.text.contains(name) && !shown.text.contains("Ada"), "\(page) \(shown.text)")
                }
                #expect(try await store.send(.GET, calendar).status == 200)
            }
            #expect(try await store.send(.GET, path).json.guide == proof)
        }
    }

    /// A customer, given whole.
    private static func customer(
        _ name: String,
        _ email: String = "ada@example.com",
        givenName: String = "null"
    ) -> String {
        #"{"customer": {"name": "\#(name)", "givenName": \#(givenName), "email": "\#(email)"}}"#
    }

    @Test(arguments: ["guide", "calendar"]) func aLinkIsReplacedOnceForAKey(link: String) async throws {
        try await TestStore.run { store in
            let (path, order) = try await Self.order(store)
            func address(_ order: JSON) -> JSON { link == "guide" ? order.guide.page : order.guide.calendar }
            let old = address(order).text
            #expect(try await store.send(.GET, old).status == 200)
            let renewal = #"{"link": "\#(link)", "act": "renew"}"#
            let preview = try await store.send(.POST, path + "/links/preview", renewal).json
            #expect(preview.stops.text == old && preview.replaced == true)
            #expect(try await store.send(.GET, old).status == 200)
            let key = ["Idempotency-Key": "renew"]
            let renewed = try await store.send(.POST, path + "/links", renewal, key)
            #expect(renewed.status == 200 && address(renewed.json).text != old)
            #expect(try await store.send(.GET, old).status == 404)
            // A lost answer is had again, and the link in it works.
            let again = try await store.send(.POST, path + "/links", renewal, key)
            #expect(again.body == renewed.body)
            #expect(try await store.send(.GET, address(again.json).text).status == 200)
            let off = try await store.send(.POST, path + "/links", #"{"link": "\#(link)", "act": "revoke"}"#)
            #expect(off.status == 200 && address(off.json) == .null)
            #expect(try await store.send(.GET, address(again.json).text).status == 404)
            #expect(try await store.send(.POST, path + "/links/preview", renewal).json.stops == .null)
            let own = try await store.send(.POST, path + "/links", #"{"link": "order", "act": "burn"}"#)
            #expect(own.json.errors.entries.map(\.code.text) == ["unknownLink", "unknownAct"])
        }
    }

    @Test func datesAndRemindersArePreviewed() async throws {
        try await TestStore.run { store in
            let (path, _) = try await Self.order(store)
            let course = #"{"timeZone": "Europe/London", "sessions": ["2026-12-01", "2026-12-19"]}"#
            let moved = try await store.send(.POST, path + "/course/preview", course).json
            #expect(moved.version == 1 && moved.changes.entries.count == 1)
            #expect(try await store.send(.GET, path).etag == "\"1\"")
            let wish = try await store.send(.POST, path + "/reminders/preview", #"{"hour": 9}"#).json
            // The day before the first session.
            #expect(wish.before == .null && wish.after.hour == 9 && wish.next == "2026-11-30T09:00:00Z")
            #expect(try await store.send(.GET, path).json.reminders == .null)
            let none = try await store.send(.POST, path + "/reminders/preview").json
            #expect(none.after == .null && none.next == .null)
            #expect(try await store.send(.POST, path + "/reminders/preview", #"{"hour": 3}"#).status == 422)
            _ = try await store.send(.POST, path + "/cancellation", nil, ["Idempotency-Key": "c"])
            #expect(try await store.send(.POST, path + "/reminders/preview", #"{"hour": 9}"#).status == 409)
            #expect(try await store.send(.POST, path + "/course/preview", course).status == 409)
        }
    }

    @Test func whoeverHasNoLinkCanDoNothing() async throws {
        try await TestStore.run { store in
            let (_, order) = try await Self.order(store)
            // A guide's link shows and changes nothing.
            let guide = order.guide.page.text.split(separator: "/").last.map(String.init) ?? ""
            for token in [guide, "nothing", String(repeating: "A", count: 43)] {
                for act in ["cancellation", "contact", "links", "course/preview", "reminders/preview"] {
                    let body =
                        switch act {
                        case "contact": Self.customer("Ada Example", "x@example.com")
                        case "links": #"{"link": "guide", "act": "revoke"}"#
                        case "course/preview": TestStore.exampleCourse
                        default: "{}"
                        }
                    let answer = try await store.send(
                        .POST,
                        "/v1/orders/\(token)/\(act)",
                        body,
                        ["Idempotency-Key": "k"]
                    )
                    #expect(answer.status == 404 && answer.json.detail.text.contains("revoked"), "\(act)")
                }
            }
        }
    }

    @Test func aCustomerComesBackToWhereTheyWereSentFrom() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            let path = "/v1/orders/\(order.token.text)/payment"
            func start(_ address: String?) async throws -> Answer {
                let body = address.map { #"{"returnUrl": "\#($0)"}"# }
                return try await shop.store.send(.POST, path, body, ["Idempotency-Key": "p"])
            }
            func back(_ payment: String) async throws -> Answer {
                try await shop.store.send(.GET, order.page.text + "?payment=\(payment)")
            }
            let first = try await start("http://store.test/thanks?order=1#top")
            #expect(first.status == 200 && first.json.action.type == "redirect", "\(first.text)")
            let left = try await back("left")
            #expect(
                left.status == 303 && left.headers.first(name: "Location") == "http://store.test/thanks?order=1#top"
            )
            // The same session for whoever starts again from elsewhere; what was said last holds.
            let second = try await start(
                "http://store.test/other"
            )
            #expect(second.json.action == first.json.action)
            let session = second.json.action.url.text.split(separator: "/").last.map(String.init) ?? ""
            _ = try shop.stripe.pay(session)
            let paid = try await back("returned")
            #expect(paid.status == 303 && paid.headers.first(name: "Location") == "http://store.test/other")
            // The store asked the provider before it sent them on.
            #expect(try await shop.read(order).payment.status == "paid")
            #expect(try await shop.store.send(.GET, order.page.text).status == 200)
        }
    }

    @Test func nobodyIsSentAwayFromTheShop() async throws {
        try await StripeShop.run { shop in
            let order = try await shop.order()
            func start(_ address: String) async throws -> Answer {
                try await shop.store.send(
                    .POST,
                    "/v1/orders/\(order.token.text)/payment",
                    #"{"returnUrl": "\#(address)"}"#,
                    ["Idempotency-Key": "p"]
                )
            }
            for address in [
                "https://evil.example/", "https://store.test/", "http://store.test.evil.example/",
                "http://store.test:8080/", "http://store.test@evil.example/", "//store.test/", "/thanks",
                "javascript:alert(1)", "http://evil.example/#http://store.test/", "http://store.test\\\\@evil.example/",
                "http://store.test /", "http://store.test/a\\u000ab", "", "http://store.test/<b>",
            ] {
                let answer = try await start(address)
                #expect(answer.status == 422 && answer.json.errors[0].pointer == "/returnUrl", "\(address)")
            }
            let answer = try await start("https://evil.example/")
            #expect(answer.json.errors[0].detail.text.contains("http://store.test"))
            #expect(try await shop.store.number("SELECT count(*) AS n FROM payment_attempt") == 0)
            // Without an address it is the order's page.
            #expect(try await shop.start(order).status == 200)
            #expect(try await shop.store.send(.GET, order.page.text + "?payment=left").status == 200)
        }
    }
}
