import Admission
import AsyncHTTPClient
import Commerce
import NIOHTTP1
import Postgres
import Staff
import StoreHTTP
import TestSupport
import Testing

/// The storefronts' keys over HTTP: made by managers, wanted by what sells, and by nothing else.
@Suite(DatabaseTrait.store) struct StorefrontKeyTests {
    private static let kit = #"{"items": [{"sku": "DM-KIT", "quantity": 1}]}"#
    private static let selling: [(HTTPMethod, String, String?)] = [
        (.GET, "/v1/store", nil), (.GET, "/v1/products", nil), (.GET, "/v1/products/DM-KIT", nil),
        (.POST, "/v1/plan", "{}"), (.POST, "/v1/quote", kit), (.POST, "/v1/carts", kit),
    ]

    private static func make(
        _ store: TestStore,
        _ body: String = #"{"name": "shop", "origins": ["https://shop.example"]}"#
    ) async throws -> String {
        let made = try await store.send(.POST, "/v1/staff/keys", body, try await store.staff(.manager))
        #expect(made.status == 201, "\(made.text)")
        return made.json.key.text
    }

    @Test func whatSellsWantsAKeyOnceThereIsOne() async throws {
        try await TestStore.run { store in
            for (method, path, body) in Self.selling {
                #expect(try await store.send(method, path, body).status < 300, "\(path)")
            }
            let key = try await Self.make(store)
            for (method, path, body) in Self.selling {
                let without = try await store.send(method, path, body)
                #expect(without.status == 401 && without.problem == "storefront-key-needed", "\(path): \(without.text)")
                #expect(without.headers["WWW-Authenticate"] == ["Aftercare-Key"])
                let unknown = try await store.send(method, path, body, ["Aftercare-Key": "aftercare_key_x"])
                #expect(unknown.status == 401 && unknown.text.contains("no such key"), "\(path): \(unknown.text)")
                let with = try await store.send(method, path, body, ["Aftercare-Key": key])
                #expect(with.status < 300, "\(path): \(with.text)")
                #expect(with.headers["Vary"].joined(separator: ",").contains("Aftercare-Key"), "\(path)")
                let elsewhere = try await store.send(
                    method,
                    path,
                    body,
                    ["Aftercare-Key": key, "Origin": "https://other.example"]
                )
                #expect(elsewhere.status == 403 && elsewhere.problem == "origin-not-allowed", "\(path)")
                let page = ["Aftercare-Key": key, "Origin": "https://shop.example"]
                #expect(try await store.send(method, path, body, page).status < 300, "\(path)")
            }
        }
    }

    @Test func whatACapabilityOpensWantsNoKey() async throws {
        try await TestStore.run { store in
            let cart = try await store.cart()
            let key = try await Self.make(store)
            #expect(try await store.send(.GET, cart.path).status == 200)
            // A key that is not in force is no more than none there.
            #expect(try await store.send(.GET, cart.path, nil, ["Aftercare-Key": "typo"]).status == 200)
            let changed = try await store.send(.PUT, cart.path, TestStore.kitChoice, ["If-Match": cart.etag])
            #expect(changed.status == 200)
            let order = try await store.checkout(cart.path, key: "k")
            #expect(order.status == 201)
            for path in ["/v1/orders/\(order.json.token.text)", order.json.guide.page.text, "/find", "/healthz"] {
                #expect(try await store.send(.GET, path).status == 200, "\(path)")
            }
            #expect(try await store.send(.GET, "/v1/legal-texts").status == 200)
            #expect(try await store.send(.GET, "/v1/staff/orders", nil, try await store.staff(.support)).status == 200)
            // The storefront that comes with the store is the shop's own.
            #expect(try await store.send(.GET, "/").status == 200)
            #expect(try await store.send(.GET, "/products/RESTORE-LOTION").status == 200)
            _ = key
        }
    }

    @Test func theLastKeyRevokedLeavesTheShopClosed() async throws {
        try await TestStore.run { store in
            let manager = try await store.staff(.manager)
            let key = try await Self.make(store, #"{"name": "shop/1 é"}"#)
            #expect(try await store.send(.GET, "/v1/products", nil, ["Aftercare-Key": key]).status == 200)
            let path = "/v1/staff/keys/shop%2F1%20%C3%A9"
            #expect(try await store.send(.DELETE, path, nil, manager).status == 204)
            #expect(try await store.send(.DELETE, path, nil, manager).status == 404)
            #expect(try await store.send(.GET, "/v1/products", nil, ["Aftercare-Key": key]).status == 401)
            #expect(try await store.send(.GET, "/v1/products").status == 401)
            let list = try await store.send(.GET, "/v1/staff/keys", nil, manager).json
            #expect(list.data.entries.map(\.key.text) == [key] && list.data.entries[0].revokedAt != .null)
            // The name is free again, and a revoked key is another.
            #expect(try await Self.make(store, #"{"name": "shop/1 é"}"#) != key)
        }
    }

    @Test func aKeySaysWhatARequestGetsThatNamesNone() async throws {
        try await TestStore.run { store in
            let key = try await Self.make(store, #"{"name": "de", "currency": "EUR", "country": "DE"}"#)
            let header = ["Aftercare-Key": key]
            #expect(try await store.send(.GET, "/v1/store", nil, header).json.currency == "EUR")
            let product = try await store.send(.GET, "/v1/products/DM-KIT", nil, header)
            #expect(product.json.price.currency == "EUR")
            let quote = try await store.send(.POST, "/v1/quote", Self.kit, header).json
            #expect(quote.currency == "EUR" && quote.country == "DE")
            let cart = try await store.send(.POST, "/v1/carts", Self.kit, header)
            #expect(cart.json.currency == "EUR" && cart.json.country == "DE")
            // What is named wins, and a change under the key is read like the first choice.
            let other = try await store.send(
                .POST,
                "/v1/quote",
                #"{"currency": "GBP", "country": "GB", "items": []}"#,
                header
            ).json
            #expect(other.currency == "GBP" && other.country == "GB")
            let path = try #require(cart.headers.first(name: "Location"))
            let changed = try await store.send(
                .PUT,
                path,
                Self.kit,
                header.merging(["If-Match": cart.etag]) { $1 }
            ).json
            #expect(changed.currency == "EUR" && changed.country == "DE")
        }
    }

    @Test func anotherServerHearsOfAKeyWithinSeconds() async throws {
        try await TestStore.run { store in
            try await TestStore.run { other in
                #expect(try await other.send(.GET, "/v1/products").status == 200)
                let key = try await Self.make(store)
                try await eventually("the other server knows the key") {
                    let (with, without) = (
                        try await other.send(.GET, "/v1/products", nil, ["Aftercare-Key": key]).status,
                        try await other.send(.GET, "/v1/products").status
                    )
                    return with == 200 && without == 401
                }
            }
        }
    }

    @Test func aBrowserMayAskOnTheOriginsOfAllKeys() async throws {
        try await TestStore.run(settings: { $0.corsOrigins = ["https://old.example"] }) { store in
            _ = try await Self.make(store)
            _ = try await Self.make(store, #"{"name": "b", "origins": ["https://b.example"]}"#)
            for (origin, isAllowed) in [
                ("https://shop.example", true), ("https://b.example", true), ("https://old.example", true),
                ("https://c.example", false),
            ] {
                let asked = try await store.client.send(
                    .OPTIONS,
                    store.url + "/v1/carts",
                    nil,
                    ["Origin": origin, "Access-Control-Request-Method": "POST"]
                )
                #expect(asked.headers["Access-Control-Allow-Origin"] == (isAllowed ? [origin] : []), "\(origin)")
                if isAllowed {
                    #expect(asked.headers["Access-Control-Allow-Headers"].first?.contains("Aftercare-Key") == true)
                }
            }
            // Why a key was refused is for the page to read.
            let key = try await Self.make(store, #"{"name": "c", "origins": ["https://d.example"]}"#)
            let refused = try await store.send(
                .GET,
                "/v1/products",
                nil,
                ["Aftercare-Key": key, "Origin": "https://b.example"]
            )
            #expect(refused.status == 403)
            #expect(refused.headers["Access-Control-Allow-Origin"] == ["https://b.example"])
        }
    }

    @Test func aKeyThatCannotBeIsRefusedByItsFields() async throws {
        try await TestStore.run { store in
            let manager = try await store.staff(.manager)
            let refused = try await store.send(
                .POST,
                "/v1/staff/keys",
                #"""
                {"name": " ", "origins": ["https://a.example/", "*", "*"], "currency": "XXX", "country": "Germany",
                 "requestsPerMinute": 0, "secret": true}
                """#,
                manager
            )
            #expect(refused.status == 422)
            #expect(
                Set(refused.json.errors.entries.map(\.pointer.text)) == [
                    "/name", "/origins/0", "/origins/2", "/currency", "/country", "/requestsPerMinute", "/secret",
                ]
            )
            _ = try await Self.make(store)
            let again = try await store.send(.POST, "/v1/staff/keys", #"{"name": "shop"}"#, manager)
            #expect(again.status == 409 && again.problem == "name-taken")
        }
    }

    @Test func plainSQLKeepsAKeyAsItWas() async throws {
        try await TestStore.run { store in
            _ = try await Self.make(store)
            let row = "SELECT 'b', 'aftercare_key_0000000000000000000000000a', '{}'::text[], 60, now()"
            let insertion = "INSERT INTO storefront_key (name, key, origins, requests_per_minute, created_at)"
            for (sql, constraint) in [
                ("DELETE FROM storefront_key", "storefront_key_is_kept"),
                ("TRUNCATE storefront_key", "storefront_key_is_not_emptied"),
                ("UPDATE storefront_key SET key = 'secret'", "storefront_key_key_check"),
                ("UPDATE storefront_key SET requests_per_minute = 0", "storefront_key_requests_per_minute_check"),
                ("UPDATE storefront_key SET currency = 'eur'", "storefront_key_currency_check"),
                ("UPDATE storefront_key SET country = 'DEU'", "storefront_key_country_check"),
                ("UPDATE storefront_key SET origins = '{NULL}'", "storefront_key_origins_check"),
                ("UPDATE storefront_key SET revoked_at = created_at - interval '1 s'", "storefront_key_check"),
                ("\(insertion) \(row.replacing("'b'", with: "'shop'"))", "storefront_key_name"),
                (
                    "\(insertion) \(row.replacing("'aftercare_key_0000000000000000000000000a'", with: "(SELECT key FROM storefront_key)"))",
                    "storefront_key_key_key"
                ),
            ] {
                let error = await #expect(throws: PostgresError.self, "\(sql)") {
                    _ = try await store.pool.write([Statement(assembled: sql)])
                }
                #expect(error?.serverError?.constraint == constraint, "\(sql)")
            }
            #expect(try await store.store.storefronts.revoke(name: "shop", now: store.store.now()))
            let error = await #expect(throws: PostgresError.self) {
                _ = try await store.pool.write([Statement("UPDATE storefront_key SET revoked_at = NULL")])
            }
            #expect(error?.serverError?.constraint == "storefront_key_stays_revoked")
        }
    }
}
