/// Someone who orders a kit over HTTP.
enum Shopper {
    /// An order that was placed.
    struct Placed {
        let path: String
        let guidePage: String
    }

    /// A kit for two sessions; the dates differ from one shopper to the next, as they do in life.
    static func choice(_ number: Int) -> [UInt8] {
        func date(_ days: Int) -> String {
            let (month, day) = (days / 28 % 6 + 1, days % 28 + 1)
            return "2027-0\(month)-\(day < 10 ? "0" : "")\(day)"
        }
        let first = number % 60
        return Array(
            """
            {"currency":"GBP","country":"GB","items":[{"sku":"DM-KIT","quantity":1}],"course":\
            {"timeZone":"Europe/London","sessions":["\(date(first))","\(date(first + 7 + number / 60 % 14))"]}}
            """.utf8
        )
    }
    private static let checkout = Array(
        """
        {"customer":{"name":"Ada Example","email":"ada@example.com","phone":null},"shippingAddress":{"line1":\
        "1 High Street","city":"London","postalCode":"N1 1AA","country":"GB"},"payment":{"method":"invoice"},\
        "expectedTotal":{"amount":4500,"currency":"GBP"}}
        """.utf8
    )

    /// The request that orders a cart; sent again, it is the same order.
    static func checkout(_ cart: String) -> [UInt8] {
        HTTP.request("POST", "/v1/carts/\(cart)/checkout", ["Idempotency-Key": cart], body: checkout)
    }

    /// One request and its reply.
    static func ask(_ port: Int, _ request: [UInt8]) throws -> Reply {
        var answer: Reply?
        _ = Load.run(
            port: port,
            seconds: 10,
            visitors: [
                { reply in
                    answer = reply.map { Reply(status: $0.status, head: $0.head, body: $0.body) }
                    return reply == nil ? Step(request: request, beginsUnit: true) : nil
                }
            ]
        )
        guard let answer else { throw Child.Fault(description: "the server does not answer") }
        return answer
    }

    /// Places an order from an empty cart.
    static func order(on port: Int) throws -> Placed {
        let made = try ask(port, HTTP.request("POST", "/v1/carts", body: choice(0)))
        guard let cart = HTTP.field("id", in: made.body) else {
            throw Child.Fault(description: "no cart: \(String(decoding: made.body, as: UTF8.self))")
        }
        let placed = try ask(port, checkout(cart))
        guard placed.status == 201, let path = placed.header("location"),
            let range = String(decoding: placed.body, as: UTF8.self).firstRange(of: "\"page\":\"/g/")
        else { throw Child.Fault(description: "no order: \(String(decoding: placed.body, as: UTF8.self))") }
        let token = String(decoding: placed.body, as: UTF8.self)[range.upperBound...].prefix { $0 != "\"" }
        return Placed(path: path, guidePage: "/g/\(token)")
    }
}
