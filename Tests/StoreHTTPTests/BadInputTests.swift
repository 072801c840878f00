import NIOHTTP1
import Postgres
import StoreHTTP
import TestSupport
import Testing

/// Bad input gets a 4xx that names the field, and changes nothing.
@Suite(DatabaseTrait.store) struct BadInputTests {
    /// A choice that is wrong in one place.
    struct Case: Sendable, CustomTestStringConvertible {
        let body: String
        let pointer: String
        let code: String
        var testDescription: String { "\(pointer) \(code)" }

        init(_ body: String, _ pointer: String, _ code: String) {
            (self.body, self.pointer, self.code) = (body, pointer, code)
        }

        static func course(_ fields: String, _ pointer: String, _ code: String) -> Case {
            Case(#"{"course": {"timeZone": "Europe/London", \#(fields)}}"#, "/course" + pointer, code)
        }

        static func item(_ item: String, _ pointer: String, _ code: String) -> Case {
            Case(#"{"items": [\#(item)]}"#, "/items" + pointer, code)
        }
    }

    static let choices: [Case] = [
        Case(#"{"colour": "red"}"#, "/colour", "unknownField"),
        Case(#"{"shippingMethod": "pigeon"}"#, "/shippingMethod", "unknownMethod"),
        Case(#"{"currency": 7}"#, "/currency", "wrongType"),
        Case(#"{"currency": "ZZZ"}"#, "/currency", "unknownCurrency"),
        Case(#"{"currency": "JPY"}"#, "/currency", "unknownCurrency"),
        Case(#"{"country": "XX"}"#, "/country", "unknownCountry"),
        Case(#"{"country": "gb"}"#, "/country", "unknownCountry"),
        Case(#"{"items": {}}"#, "/items", "wrongType"),
        .item(#"{"sku": "DM-KIT"}"#, "/0/quantity", "missing"),
        .item(#"{"quantity": 1}"#, "/0/sku", "missing"),
        .item(#"{"sku": "NOPE", "quantity": 1}"#, "/0/sku", "unknownProduct"),
        .item(#"{"sku": "RESTORE-OINTMENT", "quantity": 1}"#, "/0/sku", "unknownProduct"),
        .item(#"{"sku": "DM-KIT", "quantity": 0}"#, "/0/quantity", "outOfRange"),
        .item(#"{"sku": "DM-KIT", "quantity": -1}"#, "/0/quantity", "outOfRange"),
        .item(#"{"sku": "DM-KIT", "quantity": 11}"#, "/0/quantity", "outOfRange"),
        .item(#"{"sku": "DM-KIT", "quantity": 99999999999999999999}"#, "/0/quantity", "wrongType"),
        .item(#"{"sku": "DM-KIT", "quantity": 1e400}"#, "/0/quantity", "wrongType"),
        .item(#"{"sku": "DM-KIT", "quantity": 1.5}"#, "/0/quantity", "wrongType"),
        .item(#"{"sku": "DM-KIT", "quantity": "1"}"#, "/0/quantity", "wrongType"),
        .item(#"{"sku": "ZERO-SHINE-SAMPLE", "quantity": 2}"#, "/0/quantity", "outOfRange"),
        .item(#"{"sku": "DM-KIT", "quantity": 1}, {"sku": "DM-KIT", "quantity": 1}"#, "/1/sku", "duplicate"),
        .item(#"7"#, "/0", "wrongType"),
        Case(#"{"course": {"sessions": []}}"#, "/course/timeZone", "missing"),
        Case(#"{"course": {"timeZone": "Europe/Nowhere", "sessions": []}}"#, "/course/timeZone", "unknownTimeZone"),
        Case(#"{"course": {"timeZone": "GMT+3", "sessions": []}}"#, "/course/timeZone", "unknownTimeZone"),
        Case(#"{"course": {"timeZone": "../../etc/passwd", "sessions": []}}"#, "/course/timeZone", "unknownTimeZone"),
        .course(#""final": true"#, "/sessions", "missing"),
        .course(#""sessions": ["2026-02-30"]"#, "/sessions/0", "notADate"),
        .course(#""sessions": ["2026-12-01", "2026-12-1"]"#, "/sessions/1", "notADate"),
        .course(#""sessions": [20261201]"#, "/sessions/0", "wrongType"),
        .course(#""sessions": ["2029-11-24"]"#, "/sessions/0", "tooFarAway"),
        .course(#""sessions": ["2023-11-24"]"#, "/sessions/0", "tooFarAway"),
        .course(#""sessions": ["2026-12-01", "2026-12-01"]"#, "/sessions/1", "duplicate"),
        .course(#""sessions": ["2026-12-12", "2026-12-01"]"#, "/sessions/1", "notInOrder"),
        .course(
            #""sessions": [\#((1...13).map { "\"2026-12-\($0 + 10)\"" }.joined(separator: ","))]"#,
            "/sessions",
            "tooMany"
        ),
        .course(#""sessions": [], "final": "yes""#, "/final", "wrongType"),
        .course(#""sessions": [], "keepDryHours": 36"#, "/keepDryHours", "outOfRange"),
        .course(#""sessions": [], "washIntervalDays": 4"#, "/washIntervalDays", "outOfRange"),
        .course(#""sessions": [], "restDays": 2"#, "/restDays", "outOfRange"),
        Case("[]", "", "wrongType"),
    ]

    @Test func aChoiceThatIsWrongIsRefusedByItsField() async throws {
        try await TestStore.run { store in
            for wrong in Self.choices {
                let answer = try await store.send(.POST, "/v1/carts", wrong.body)
                #expect(answer.status == 422 && answer.problem == "invalid-request", "\(wrong.body) \(answer.text)")
                let error = answer.json.errors[0]
                #expect(
                    error.pointer.text == wrong.pointer && error.code.text == wrong.code,
                    "\(wrong.body) \(answer.text)"
                )
            }
            #expect(try await store.number("SELECT count(*) AS n FROM cart") == 0)
        }
    }

    static let checkouts: [Case] = [
        Case(#""name": "Ada Example""#, #""name": "   ""#, "/customer/name blank"),
        Case(
            #""name": "Ada Example""#,
            "\"name\": \"\(String(repeating: "n", count: 10_000))\"",
            "/customer/name tooLong"
        ),
        Case(#""name": "Ada Example""#, #""name": "Ada\u0000Example""#, "/customer/name controlCharacter"),
        Case(#""name": "Ada Example""#, #""name": "Ada\nExample""#, "/customer/name controlCharacter"),
        Case(#""name": "Ada Example","#, "", "/customer/name missing"),
        Case(#""email": "ada@example.com""#, #""email": "ada.example.com""#, "/customer/email notAnEmailAddress"),
        Case(#""email": "ada@example.com""#, #""email": "ada@exam\u0000ple.com""#, "/customer/email notAnEmailAddress"),
        Case(#""phone": null"#, #""phone": {}"#, "/customer/phone wrongType"),
        Case(#""line1": "1 High Street""#, #""line1": null"#, "/shippingAddress/line1 missing"),
        Case(#""country": "GB""#, #""country": "XX""#, "/shippingAddress/country unknownCountry"),
        Case(#""country": "GB""#, #""country": "FR""#, "/shippingAddress/country countryDiffers"),
        Case(#""city": "London""#, #""city": "London", "planet": "Earth""#, "/shippingAddress/planet unknownField"),
        Case(#"{"method": "invoice"}"#, #"{"method": "card"}"#, "/payment/method unknownMethod"),
        Case(#""amount": 4500"#, #""amount": -4500"#, "/expectedTotal/amount outOfRange"),
        Case(#""currency": "GBP""#, #""currency": "EUR""#, "/expectedTotal/currency currencyDiffers"),
        Case(#""currency": "GBP""#, #""currency": "GBX""#, "/expectedTotal/currency unknownCurrency"),
        Case(#""language": "en""#, #""language": "xx""#, "/language unknownLanguage"),
        Case(#""accept": []"#, #""accept": "all""#, "/accept wrongType"),
        Case(#""accept": []"#, #""accept": ["\u0000"]"#, "/accept/0 unknownNotice"),
    ]

    @Test func aCheckoutThatIsWrongIsRefusedByItsField() async throws {
        try await TestStore.run { store in
            let path = try await store.cart().path
            for wrong in Self.checkouts {
                let body = TestStore.checkoutBody(accept: "[]").replacing(wrong.body, with: wrong.pointer)
                #expect(body != TestStore.checkoutBody(accept: "[]"))
                let answer = try await store.send(.POST, path + "/checkout", body, ["Idempotency-Key": "k"])
                #expect(answer.status == 422, "\(wrong.code) \(answer.text)")
                let error = answer.json.errors[0]
                #expect("\(error.pointer.text) \(error.code.text)" == wrong.code, "\(answer.text)")
            }
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 0)
            #expect(try await store.checkout(path, key: "k").status == 201, "a refused body uses no key up")
        }
    }

    @Test func headersAndBodiesThatAreWrongAreRefused() async throws {
        try await TestStore.run { store in
            let path = try await store.cart().path
            func post(_ body: String?, _ headers: [String: String]) async throws -> (Int, String) {
                let answer = try await store.send(.POST, path + "/checkout", body, headers)
                return (answer.status, answer.problem)
            }
            let body = TestStore.checkoutBody()
            #expect(try await post(body, [:]) == (400, "idempotency-key-missing"))
            #expect(
                try await post(body, ["Idempotency-Key": String(repeating: "k", count: 256)]) == (
                    400, "idempotency-key-invalid"
                )
            )
            #expect(try await post(body, ["Idempotency-Key": ""]) == (400, "idempotency-key-invalid"))
            #expect(try await post("{", ["Idempotency-Key": "k"]) == (400, "malformed-request"))
            #expect(try await post("", ["Idempotency-Key": "k"]).0 == 400)
            #expect(
                try await post(String(repeating: "[", count: 50_000), ["Idempotency-Key": "k"]) == (
                    400, "malformed-request"
                )
            )
            #expect(
                try await post(body, ["Idempotency-Key": "k", "Content-Type": "text/plain"]) == (
                    415, "unsupported-media-type"
                )
            )
            #expect(
                try await post(String(repeating: " ", count: 70_000), ["Idempotency-Key": "k"]) == (
                    413, "body-too-large"
                )
            )
            #expect(try await post(body, ["Idempotency-Key": "k", "If-Match": "\"9\""]) == (412, "cart-changed"))
            #expect(try await store.send(.GET, "/v1/products?currency=XYZ").status == 422)
            #expect(try await store.send(.GET, "/v1/products?colour=red").status == 422)
            #expect(try await store.send(.GET, "/v1/products/RESTORE-OINTMENT?currency=GBP").status == 404)
            let method = try await store.send(.PATCH, path)
            #expect(method.status == 405 && method.headers.first(name: "Allow") == "DELETE, GET, HEAD, PUT")
            let nothing = try await store.send(.GET, "/v1/orders/" + String(repeating: "A", count: 43))
            #expect(nothing.status == 404 && nothing.problem == "not-found")
            #expect(try await store.send(.GET, "/v1/orders/short").text.contains("not-found"))
            #expect(
                try await store.send(.GET, "/g/" + String(path.split(separator: "/")[2])).status == 404,
                "a cart's link opens no guide"
            )
            #expect(try await store.send(.GET, "/v1/orders/" + String(path.split(separator: "/")[2])).status == 404)
        }
    }

    @Test func anEmptyCartAndAnOrderedCartAreNotCheckedOut() async throws {
        try await TestStore.run { store in
            let empty = try await store.cart("{}").path
            let answer = try await store.checkout(empty, key: "k", amount: 0)
            #expect(answer.status == 422 && answer.json.errors[0].pointer == "/items")
            let (path, etag) = try await store.cart()
            #expect(try await store.checkout(path, key: "k").status == 201)
            for answer in [
                try await store.send(.PUT, path + "/items/DM-KIT", #"{"quantity": 2}"#, ["If-Match": etag]),
                try await store.send(.DELETE, path, nil, ["If-Match": etag]),
                try await store.checkout(path, key: "another"),
            ] {
                #expect(answer.status == 409 && answer.problem == "already-ordered")
                #expect(try await store.send(.GET, answer.json.order.text).status == 200)
            }
            #expect(try await store.send(.GET, path).json.problems[0].code == "alreadyOrdered")
        }
    }

    @Test func hostileTextIsShownAndNeverRun() async throws {
        try await TestStore.run { store in
            let path = try await store.cart().path
            let name = "<script>alert(1)</script>\u{202E}&\u{1F9F4}"
            let placed = try await store.checkout(path, key: "k", name: name.replacing("\"", with: ""))
            #expect(placed.json.customer.name.text == name)
            let page = try await store.send(.GET, placed.json.guide.page.text)
            #expect(!page.text.contains("<script>alert") && page.text.contains("&lt;script&gt;"))
        }
    }

    @Test func otherOriginsMayCallOnlyWhereTheyAreListed() async throws {
        try await TestStore.run(settings: { $0.corsOrigins = ["https://shop.example"] }) { store in
            let preflight = try await store.client.send(
                .OPTIONS,
                store.url + "/v1/carts",
                nil,
                ["Origin": "https://shop.example", "Access-Control-Request-Method": "POST"]
            )
            #expect(preflight.headers.first(name: "Access-Control-Allow-Origin") == "https://shop.example")
            let refused = try await store.send(.POST, "/v1/carts", "{", ["Origin": "https://shop.example"])
            #expect(
                refused.status == 400
                    && refused.headers.first(name: "Access-Control-Allow-Origin") == "https://shop.example"
            )
            let other = try await store.send(.GET, "/v1/products", nil, ["Origin": "https://evil.example"])
            #expect(other.headers.first(name: "Access-Control-Allow-Origin") == nil)
        }
    }
}
