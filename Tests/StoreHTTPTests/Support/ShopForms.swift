import NIOHTTP1
import TestSupport
import Testing

/// The storefront's forms, as a browser fills them in.
enum ShopForms {
    /// A cart of one kit, as the kit's form makes it; its path.
    static func cart(_ store: TestStore, _ more: [(String, String)] = []) async throws -> String {
        let added = try await store.submit(
            "/cart",
            [
                ("sku", "DM-KIT"), ("country", "GB"), ("currency", "GBP"), ("sessions", "2026-12-01"),
                ("sessions", "2026-12-12"), ("zone", "Europe/London"),
            ] + more
        )
        return String(try #require(added.headers.first(name: "Location")).prefix { $0 != "?" })
    }

    /// The form of a checkout as a browser sends it back, with what was typed.
    static func filled(_ page: Answer, _ typed: [String: String] = [:]) -> [(String, String)] {
        let usual = [
            "name": "Ada Example", "email": "ada@example.com", "phone": "", "line1": "1 High Street", "line2": "",
            "city": "London", "postalCode": "N1 1AA", "method": "invoice",
        ]
        let hidden = ["key", "version", "amount", "currency"].map { ($0, value(of: $0, in: page)) }
        // What was wrong is mended, and all else stays as the page has it.
        return hidden
            + usual.map { name, value in
                let shown = ShopForms.value(of: name, in: page)
                let isWrong = page.input("id=\"\(name)\"").contains("aria-invalid")
                return (name, typed[name] ?? (shown.isEmpty || isWrong || name == "method" ? value : shown))
            }
    }

    static func value(of name: String, in page: Answer) -> String {
        let tag = page.input("name=\"\(name)\"")
        guard let match = tag.firstMatch(of: #/ value="([^"]*)"/#) else { return "" }
        return [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
            .reduce(String(match.1)) { $0.replacing($1.0, with: $1.1) }
    }
}

extension TestStore {
    /// Puts something into the cart that a browser remembers.
    func add(_ fields: [(String, String)], cookie: String, accept: String = "*/*") async throws -> Answer {
        let body = fields.map { name, value in
            "\(name)=\(value.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())"
        }.joined(separator: "&")
        return try await send(
            .POST,
            "/cart",
            body,
            ["Content-Type": "application/x-www-form-urlencoded", "Cookie": "cart=\(cookie)", "Accept": accept]
        )
    }
}
