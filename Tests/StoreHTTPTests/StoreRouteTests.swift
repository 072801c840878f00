import NIOHTTP1
import Postgres
import TestSupport
import Testing

/// What a storefront asks before it sells: the shop itself, and what a choice comes to.
@Suite(DatabaseTrait.store) struct StoreRouteTests {
    @Test func theShopSaysAllThatAStorefrontWouldHardCode() async throws {
        try await TestStore.run { store in
            let answer = try await store.send(.GET, "/v1/store")
            #expect(answer.status == 200)
            let shop = answer.json
            #expect(shop.demo == true && shop.currency == "GBP" && shop.timeZone == "Europe/London")
            #expect(shop.currencies == ["EUR", "GBP"] && shop.languages == ["en"])
            #expect(shop.name.text == "DM Aftercare (demo shop)" && shop.seller.email.text == "shop@example.com")
            #expect(shop.deliveryMethods.entries.map(\.code.text) == ["standard", "next-day"])
            #expect(shop.deliveryMethods[0].transitDays.most == 3)
            #expect(shop.paymentMethods == ["invoice"])
            // The markets, by what they are called.
            #expect(
                shop.countries.entries.map(\.name.text) == ["Germany", "Ireland", "United Kingdom", "United States"]
            )
            func fields(_ country: Int) -> [String] {
                shop.countries[country].addressFields.entries.map(\.name.text)
            }
            #expect(fields(0) == ["line1", "line2", "postalCode", "city"])
            #expect(fields(2) == ["line1", "line2", "city", "postalCode"])
            #expect(fields(3) == ["line1", "line2", "city", "region", "postalCode"])
            #expect(shop.countries[3].taxIncluded == false && shop.countries[2].taxIncluded == true)
            #expect(shop.countries[3].regions.entries.count == 51 && shop.countries[2].regions == [])
        }
    }

    @Test func whatAStorefrontWouldLookUpElsewhereIsThere() async throws {
        try await TestStore.run { store in
            let shop = try await store.send(.GET, "/v1/store").json
            // The texts that orders are placed under, as they are listed by themselves.
            let texts = try await store.send(.GET, "/v1/legal-texts")
            #expect(shop.legalTexts.entries.count == 2 && shop.legalTexts == texts.json.data)
            let terms = try await store.send(.GET, shop.legalTexts[0].path.text)
            #expect(terms.text.hasPrefix("TERMS OF THE DEMO SHOP"))
            #expect(terms.headers.first(name: "Cache-Control") == "max-age=31536000, immutable")
            for (path, etag) in [(shop.legalTexts[0].path.text, terms.etag), ("/v1/legal-texts", texts.etag)] {
                #expect(try await store.send(.GET, path, nil, ["If-None-Match": etag]).status == 304)
            }
            #expect(shop.currencyDigits[1].currency == "GBP" && shop.currencyDigits[1].digits == 2)
            #expect(shop.catalogLanguages == ["en"] && shop.limits.items == 50)
            #expect(shop.deliveryMethods[0].destinations[1].countries == [])
            #expect(shop.deliveryMethods[1].destinations.entries.count == 1)
            #expect(shop.deliveryMethods[1].destinations[0].countries == ["GB"])
            #expect(shop.reminderHours.entries.first == 8 && shop.reminderHours.entries.last == 20)
        }
    }

    /// What is said of courses is what the reader of courses takes.
    @Test func whatACourseMaySayIsTakenAndNothingElse() async throws {
        try await TestStore.run { store in
            let limits = try await store.send(.GET, "/v1/store").json.course
            func status(_ fields: String) async throws -> Int {
                let course = #"{"timeZone": "Europe/London", "sessions": ["2026-12-01"], \#(fields)}"#
                return try await store.send(.POST, "/v1/plan", #"{"course": \#(course)}"#).status
            }
            for name in ["keepDryHours", "washIntervalDays", "restDays"] {
                let allowed = limits[name].allowed.entries.compactMap(\.int)
                #expect(allowed.contains(try #require(limits[name].standard.int)))
                for value in 0...60 {
                    #expect(
                        try await status(#""\#(name)": \#(value)"#) == (allowed.contains(value) ? 200 : 422),
                        "\(name) \(value)"
                    )
                }
            }
        }
    }

    @Test func aShopWithAProviderTakesItsPayments() async throws {
        try await StripeShop.run { shop in
            let answer = try await shop.store.send(.GET, "/v1/store")
            #expect(answer.json.paymentMethods == ["invoice", "stripe"])
        }
    }

    @Test func itIsKeptUntilTheCatalogChanges() async throws {
        try await TestStore.run { store in
            let first = try await store.send(.GET, "/v1/store")
            #expect(first.headers.first(name: "Cache-Control") == "max-age=300")
            let known = try await store.send(.GET, "/v1/store", nil, ["If-None-Match": first.etag])
            #expect(known.status == 304 && known.body.isEmpty && known.etag == first.etag)
            _ = try await store.pool.write([Statement("UPDATE seller SET name = 'Another shop'")])
            // What is shown may be a second old.
            try await eventually("the shop has its new name") {
                try await store.send(.GET, "/v1/store", nil, ["If-None-Match": first.etag]).status == 200
            }
            #expect(try await store.send(.GET, "/v1/store").json.name.text == "Another shop")
            #expect(try await store.send(.GET, "/v1/store?country=GB").status == 422)
        }
    }

    @Test func aShopWithoutMarketsSellsWhereverItsMethodsGo() async throws {
        try await TestStore.run { store in
            _ = try await store.pool.write([Statement("DELETE FROM market")])
            #expect(try await store.send(.GET, "/v1/store").json.countries.entries.count == 249)
        }
    }

    @Test func aQuoteIsWhatTheCartWouldSayAndIsNotKept() async throws {
        try await TestStore.run { store in
            let quote = try await store.send(.POST, "/v1/quote", TestStore.kitChoice)
            #expect(quote.status == 200, "\(quote.text)")
            let cart = try await store.send(.POST, "/v1/carts", TestStore.kitChoice).json
            for (name, value) in quote.json.fields { #expect(cart[name] == value, "\(name)") }
            #expect(Set(cart.fields.keys).subtracting(quote.json.fields.keys) == ["id", "expiresAt"])
            #expect(try await store.number("SELECT count(*) AS n FROM cart") == 1)
            let wrong = try await store.send(.POST, "/v1/quote", #"{"items": [{"sku": "NOTHING", "quantity": 1}]}"#)
            #expect(wrong.status == 422 && wrong.json.errors[0].pointer == "/items/0/sku")
            let key = ["Idempotency-Key": String(repeating: "k", count: 300)]
            #expect(try await store.send(.POST, "/v1/quote", "{}", key).status == 400)
        }
    }
}
