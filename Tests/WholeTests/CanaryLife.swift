import AsyncHTTPClient
import CivilTime
import Commerce
import NIOCore
import NIOHTTP1
import Postgres
import Staff
import TestSupport
import Testing
import stripe_double

/// The life of an order with a canary in every field, and all that can go wrong on the way.
struct CanaryLife {
    let shop: LoggedStore
    let pool: Pool
    /// Adds what must not be found.
    let add: (String) throws -> Void

    /// What is sent with each request, and is nobody's affair.
    private static let headers = [
        "User-Agent": "zcanary-agent", "Referer": "https://zcanary.example/zcanary", "Cookie": "zcanary=zcanary",
        "Accept-Language": "zcanary", "X-Forwarded-For": "zcanary, 2001:db8::zcanary", "X-Request-Id": "zcanary",
    ]

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: String? = nil,
        _ headers: [String: String] = [:],
        is status: Int? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let key = ["Idempotency-Key": "zcanary \(method) \(path) \(body?.count ?? 0)"]
        let all = Self.headers.merging(key) { $1 }.merging(headers) { $1 }
        let answer = try await shop.client.send(method, shop.url + path, body, all)
        if let status { #expect(answer.status == status, "\(path): \(answer.text)", sourceLocation: sourceLocation) }
        return answer
    }

    private static func customer(_ email: String) -> String {
        #"{"name": "Zoë Zcanary", "givenName": "Zcanary", "email": "\#(email)", "phone": "07700900461"}"#
    }

    private func checkout(_ email: String, method: String) async throws -> JSON {
        let cart = try await send(
            .POST,
            "/v1/carts",
            #"{"currency": "GBP", "country": "GB", "items": [{"sku": "DM-KIT", "quantity": 1}], "ref": "zcanary:1", "course": {"timeZone": "Europe/London", "sessions": ["2027-03-01"]}}"#,
            ["Idempotency-Key": "zcanary \(email)"],
            is: 201
        )
        let path = try #require(cart.headers.first(name: "Location"))
        try add(cart.json.id.text)
        let address = """
            {"line1": "1 Zcanary Street", "line2": "Flat Zcanary", "city": "Zcanary", "region": "Zcanaryshire",
             "postalCode": "ZCANARY", "country": "GB"}
            """
        let order = try await send(
            .POST,
            path + "/checkout",
            """
            {"customer": \(Self.customer(email)),
             "shippingAddress": \(address), "billingAddress": \(address), "payment": {"method": "\(method)"},
             "expectedTotal": {"amount": 4500, "currency": "GBP"}, "accept": ["late"], "reminders": {"hour": 9}}
            """,
            is: 201
        ).json
        for link in [order.token.text, order.number.text, order.guide.page.text, order.guide.calendar.text] {
            try add(String(link.split(separator: "/").last?.split(separator: ".").first ?? ""))
        }
        return order
    }

    /// From the cart to the parcel at the door, and money back.
    /// - Returns: what a manager says who they are with.
    func lead(
        _ stripe: StripeDouble,
        _ endpoint: Receiver,
        _ relay: RelayServer
    ) async throws -> [String: String] {
        let (secret, _) = try await StaffStore(pool).create(
            name: "owner",
            role: .manager,
            now: .now(),
            lifetime: .seconds(3600)
        )
        try add(secret.text)
        let staff = ["Authorization": "Bearer \(secret.text)"]
        let webhook = #"{"url": "\#(endpoint.url)/zcanary?key=zcanary", "description": "Zcanary"}"#
        try add(try await send(.POST, "/v1/staff/webhooks", webhook, staff, is: 201).json.secret.text)
        let token = #"{"name": "zcanary", "role": "packer", "days": 1}"#
        try add(try await send(.POST, "/v1/staff/tokens", token, staff, is: 201).json.token.text)
        let order = try await checkout("ada@zcanary.example", method: "stripe")
        let own = "/v1/orders/\(order.token.text)"
        let paying = try await send(.POST, own + "/payment", nil, is: 200)
        #expect(paying.json.action.type == "redirect")
        _ = try stripe.pay(try #require(stripe.sessions.first).id)
        #expect(try await stripe.deliverAll() == [204])
        // Later the order has an address that the relay does not take at once: a mail that waits is written to that one.
        try await eventually("the first mail is taken") { !relay.messages.isEmpty }
        let version = try await send(.GET, own, is: 200).etag
        let course = #"{"timeZone": "Europe/London", "sessions": ["2027-03-08"]}"#
        _ = try await send(.PUT, own + "/course", course, ["If-Match": version], is: 200)
        for email in ["eve@zcanary.example", "grey@zcanary.example"] {
            _ = try await send(.POST, own + "/contact", #"{"customer": \#(Self.customer(email))}"#, is: 200)
        }
        _ = try await send(
            .POST,
            "/v1/lost-links",
            #"{"order": "\#(order.number.text)", "email": "grey@zcanary.example"}"#,
            is: 202
        )
        for path in [order.guide.page.text, order.guide.calendar.text, "/o/\(order.token.text)"] {
            _ = try await send(.GET, path, is: 200)
        }
        _ = try await send(.GET, order.guide.page.text + "?zcanary=zcanary")

        let number = "/v1/staff/orders/\(order.number.text)"
        _ = try await send(.POST, number + "/notes", #"{"text": "Zcanary calls"}"#, staff, is: 200)
        _ = try await send(.POST, number + "/notes", #"{"text": "Zcanary, card 4242424242424242"}"#, staff, is: 422)
        _ = try await send(.POST, number + "/hold", #"{"reason": "other", "note": "Zcanary calls"}"#, staff, is: 200)
        _ = try await send(.DELETE, number + "/hold", nil, staff, is: 200)
        let codes = ["RESTORE-OINTMENT", "CLEANSE-SHAMPOO", "RESTORE-LOTION", "ZERO-SHINE-SAMPLE"]
        let scanned = codes.map { #"{"code": "\#($0)"}"# }.joined(separator: ", ")
        _ = try await send(.POST, number + "/packing", #"{"scanned": [\#(scanned)]}"#, staff, is: 200)
        let parcel = #"{"carrier": "other", "trackingNumber": "ZCANARY1"}"#
        _ = try await send(.POST, number + "/shipments", parcel, staff, is: 200)
        _ = try await send(.POST, number + "/delivery", nil, staff, is: 200)
        let refund = #"{"goodwill": {"amount": 500, "currency": "GBP"}, "reason": "Zcanary"}"#
        _ = try await send(.POST, number + "/refunds", refund, staff, is: 200)
        _ = try await send(.GET, "/v1/staff/orders?email=grey@zcanary.example&text=zcanary", nil, staff, is: 200)
        _ = try await send(.GET, "/v1/staff/orders/export", nil, staff, is: 200)

        // The one whose mail nobody takes, who pays an invoice.
        let other = try await checkout("nobody@zcanary.example", method: "invoice")
        let receipt = #"{"amount": {"amount": 4500, "currency": "GBP"}, "reference": "Zcanary 1"}"#
        _ = try await send(.POST, "/v1/staff/orders/\(other.number.text)/payments", receipt, staff, is: 200)
        _ = try await send(.POST, "/v1/orders/\(other.token.text)/cancellation", nil)
        try await eventually("mail is taken, mail is refused, and an endpoint refuses what it is told") {
            let failed = try await pool.read(
                Statement("SELECT count(DISTINCT channel) AS n FROM delivery_attempt WHERE outcome <> 'delivered'")
            ).single().value("n", as: Int.self)
            return !relay.messages.isEmpty && failed >= 2 && !endpoint.requests.isEmpty
        }
        return staff
    }

    /// A storefront has a key. From then on whoever buys needs one.
    func sell(by staff: [String: String]) async throws {
        let key = try await send(
            .POST,
            "/v1/staff/keys",
            #"{"name": "zcanary", "origins": ["https://zcanary.example"]}"#,
            staff,
            is: 201
        ).json.key.text
        try add(key)
        let storefront = ["Aftercare-Key": key, "Origin": "https://zcanary.example"]
        _ = try await send(.GET, "/v1/products", nil, storefront, is: 200)
    }

    /// What goes wrong, in requests and in the database.
    func fail() async throws {
        let cart = try await send(.POST, "/v1/carts", "{}", is: 201)
        let path = try #require(cart.headers.first(name: "Location"))
        for body in [
            #"{"customer": zcanary"#, #"{"zcanary": "zcanary"}"#, #"{"customer": {"name": ["zcanary"]}}"#,
            #"{"customer": {"email": "zcanary"}, "payment": {"method": "zcanary"}, "language": "zcanary"}"#,
            "zcanary 4242424242424242", #"{"a": "zcanary\#(String(repeating: "zcanary", count: 10_000))"}"#,
        ] {
            let answer = try await send(.POST, path + "/checkout", body)
            #expect((400..<500).contains(answer.status), "\(answer.text)")
        }
        for header in [
            "If-Match", "Content-Type", "Idempotency-Key", "Prefer", "Authorization", "Aftercare-Key", "Origin",
        ] {
            _ = try await send(.PUT, path, #"{"items": []}"#, [header: "zcanary"])
        }
        _ = try await send(.GET, "/zcanary/zcanary?zcanary", is: 404)
        _ = try await send(.RAW(value: "ZCANARY"), "/v1/store")
        _ = try await send(.GET, "/v1/products?currency=zcanary&zcanary=zcanary")
        let token = String(repeating: "zcanary", count: 7).prefix(43)
        _ = try await send(.GET, "/v1/orders/\(token)", is: 404)
        _ = try await send(.GET, "/g/\(token)", is: 404)
        let staffToken = "aftercare_staff_" + String(repeating: "zcanary", count: 8).prefix(51)
        _ = try await send(.GET, "/v1/staff/me", nil, ["Authorization": "Bearer \(staffToken)"], is: 401)
        _ = try await send(.POST, "/v1/webhooks/stripe", #"{"id": "zcanary"}"#, ["Stripe-Signature": "t=1,v1=zcanary"])
        _ = try await send(
            .POST,
            "/find",
            "order=zcanary&email=zcanary",
            ["Content-Type": "application/x-www-form-urlencoded"]
        )

        let insertion: StaticString = """
            INSERT INTO staff_token (name, role, token_hash, created_at, expires_at)
            VALUES ($1, $2, sha256(convert_to($1, 'UTF8')), now(), now() + interval '1 hour')
            """
        let (name, role) = ("zcanary twice", "packer")
        _ = try await pool.write([Statement(insertion, name, role)])
        // A constraint that refuses a row, one that refuses a second, and what takes too long.
        await #expect(throws: PostgresError.self) { _ = try await pool.write([Statement(insertion, name, role)]) }
        await #expect(throws: PostgresError.self) {
            _ = try await pool.write([Statement(insertion, "zcanary", "zcanary")])
        }
        await #expect(throws: PostgresError.self) {
            _ = try await pool.read([Statement("SELECT pg_sleep(30), $1", name)], timeout: .milliseconds(200))
        }
    }
}
