import AsyncHTTPClient
import Catalog
import NIOHTTP1
import NIOHTTPCompression
import Postgres
import Staff
import TestSupport
import Testing

/// The products as a storefront asks for them.
@Suite(DatabaseTrait.store) struct ProductTests {
    /// The demo's file with all that can be said of two of its products.
    private static func file() throws -> String {
        let demo = String(decoding: CatalogFile.demoBytes, as: UTF8.self)
        let kit = #""sku": "DM-KIT", "kind": "kit","#
        let ointment = #""sku": "RESTORE-OINTMENT", "kind": "product","#
        try #require(demo.contains(kit) && demo.contains(ointment))
        return demo.replacing(
            kit,
            with: kit + #"""
                "media": [{"url": "https://images.example/kit.jpg", "alternativeText": "An open box.", "width": 1200, "height": 900}],
                "translations": {"de": {"name": "DM-Pflegeset", "description": "Alles in einer Box.",
                    "alternativeTexts": ["Eine offene Box."]}},
                """#
        ).replacing(
            ointment,
            with: ointment + #"""
                "ingredients": "Aqua, Glycerin", "warnings": ["Not for the eyes."],
                "responsible": {"name": "Example Ltd", "addressLines": ["1 Example Road", "Exampletown"], "contact": "safety@example.com"},
                "translations": {"de": {"name": "Salbe", "description": "Beruhigt.", "warnings": ["Nicht in die Augen."]}},
                """#
        )
    }

    private static func withFile(_ body: @escaping @Sendable (TestStore) async throws -> Void) async throws {
        try await TestStore.run { store in
            try await CatalogFile(Array(Self.file().utf8)).load(into: store.pool)
            try await body(store)
        }
    }

    @Test func allThatTheFileSaysOfAProductIsServed() async throws {
        try await Self.withFile { store in
            let kit = try await store.send(.GET, "/v1/products/DM-KIT").json
            #expect(kit.language == "en" && kit.name == "DM aftercare kit" && kit.ingredients == .null)
            #expect(
                kit.media[0].url == "https://images.example/kit.jpg" && kit.media[0].alternativeText == "An open box."
            )
            #expect(kit.media[0].width == 1200 && kit.media[0].height == 900)
            // What is not sold alone is told where it is a part.
            let ointment = kit.contents[0]
            #expect(ointment.sku == "RESTORE-OINTMENT" && ointment.ingredients == "Aqua, Glycerin")
            #expect(ointment.warnings == ["Not for the eyes."] && ointment.responsible.name == "Example Ltd")
            #expect(ointment.responsible.addressLines == ["1 Example Road", "Exampletown"])
            #expect(ointment.responsible.contact == "safety@example.com")
            let sample = try await store.send(.GET, "/v1/products/ZERO-SHINE-SAMPLE").json
            #expect(sample.warnings == ["Never on skin that has not healed."] && sample.responsible == .null)
        }
    }

    @Test func textsAreInTheReadersLanguageAsFarAsTheyAreTranslated() async throws {
        try await Self.withFile { store in
            let german = try await store.send(.GET, "/v1/products/DM-KIT", nil, ["Accept-Language": "fr, de-AT;q=0.8"])
            #expect(german.json.name == "DM-Pflegeset" && german.json.description == "Alles in einer Box.")
            #expect(german.json.media[0].alternativeText == "Eine offene Box.")
            #expect(
                german.json.contents[0].name == "Salbe" && german.json.contents[0].warnings == ["Nicht in die Augen."]
            )
            #expect(german.json.contents[1].name == "Cleanse Shampoo" && german.json.contents[1].language == "en")
            #expect(german.headers.first(name: "Content-Language") == "de, en")
            #expect(german.headers[canonicalForm: "Vary"].contains("Accept-Language"))
            let list = try await store.send(.GET, "/v1/products", nil, ["Accept-Language": "de"])
            #expect(list.json.data[0].name == "DM-Pflegeset" && list.json.data[1].language == "en")
            for header in ["fr", "en", "*", "de;q=0", "", ";;,"] {
                let english = try await store.send(.GET, "/v1/products/DM-KIT", nil, ["Accept-Language": header])
                #expect(english.json.name == "DM aftercare kit", "\(header)")
                #expect(english.headers.first(name: "Content-Language") == "en", "\(header)")
            }
        }
    }

    @Test func theFileComesBackAsItWasAndChangesNothing() async throws {
        try await Self.withFile { store in
            let staff = try await store.staff(.support)
            let exported = try await store.send(.GET, "/v1/staff/catalog", nil, staff)
            let file = try JSON(Array(Self.file().utf8))
            #expect(exported.json.products[0].media == file.products[0].media)
            #expect(exported.json.products[4].translations == file.products[4].translations)
            let plan = try await store.send(.POST, "/v1/staff/catalog/plan", exported.text, staff)
            #expect(plan.status == 200 && plan.json.changes == [], "\(plan.text)")
            let other = exported.text.replacing("Not for the eyes.", with: "Keep away from the eyes.")
            let change = try await store.send(.POST, "/v1/staff/catalog/plan", other, staff).json.changes
            #expect(change.entries.count == 1 && change[0].what == "product RESTORE-OINTMENT")
            #expect(change[0].field == "warnings")
            // What a file lacks is gone.
            try await CatalogFile(CatalogFile.demoBytes).load(into: store.pool)
            #expect(try await store.number("SELECT count(*) AS n FROM product_media") == 0)
            #expect(try await store.number("SELECT count(*) AS n FROM product_translation") == 0)
        }
    }

    @Test func aCountryAddsWhatTheDeliveryCostsAtTheLeast() async throws {
        try await TestStore.run { store in
            func product(_ query: String) async throws -> JSON {
                try await store.send(.GET, "/v1/products/CLEANSE-SHAMPOO\(query)").json
            }
            #expect(try await product("").delivery == .null)
            #expect(try await product("?country=GB").delivery.from.amount == 395)
            #expect(try await product("?country=DE").delivery.from.amount == 995)
            #expect(try await product("?country=DE&currency=EUR").delivery.from.amount == 1095)
            // The kit is worth more than from where on it is free.
            #expect(try await store.send(.GET, "/v1/products/DM-KIT?country=GB").json.delivery.from.amount == 0)
            // A cart says the same.
            let quote = try await store.send(
                .POST,
                "/v1/quote",
                #"{"country": "DE", "items": [{"sku": "CLEANSE-SHAMPOO", "quantity": 1}]}"#
            ).json
            #expect(quote.totals.shipping.amount == 995)
            _ = try await store.pool.write([Statement("UPDATE shipping_rate SET countries = '{GB}'")])
            try await eventually("Germany is not served") {
                try await product("?country=DE").delivery.from == .null
            }
            let german = try await product("?country=DE")
            #expect(german.delivery.country == "DE" && german.availability.sellable == 0)
            #expect(try await product("?country=GB").availability.sellable == 10)
        }
    }

    @Test func severalAreAskedForAtOnce() async throws {
        try await TestStore.run { store in
            let some = try await store.send(.GET, "/v1/products?sku=RESTORE-LOTION&currency=GBP&sku=DM-KIT")
            #expect(some.json.data.entries.map(\.sku.text) == ["DM-KIT", "RESTORE-LOTION"])
            let wrong = try await store.send(
                .GET,
                "/v1/products?sku=DM-KIT&sku=NOTHING&sku=RESTORE-OINTMENT&sku=no%20code"
            )
            #expect(wrong.status == 422 && wrong.json.errors.entries.count == 3)
            #expect(
                wrong.json.errors[0].detail
                    == "The shop does not sell NOTHING in GBP. There is DM-KIT, CLEANSE-SHAMPOO, RESTORE-LOTION, ZERO-SHINE-SAMPLE."
            )
            #expect(wrong.json.errors[1].detail.text.contains("RESTORE-OINTMENT in GBP"))
            #expect(!wrong.json.errors[2].detail.text.contains("no code"))
            let many = (0...50).map { _ in "sku=DM-KIT" }.joined(separator: "&")
            #expect(try await store.send(.GET, "/v1/products?\(many)").json.errors[0].code == "tooMany")
            #expect(try await store.send(.GET, "/v1/products?currency=GBP&currency=EUR").status == 422)
            #expect(try await store.send(.GET, "/v1/products/DM-KIT?sku=DM-KIT").status == 422)
        }
    }

    @Test func whatThereIsNotIsToldWithWhatThereIs() async throws {
        try await TestStore.run { store in
            let missing = try await store.send(.GET, "/v1/products/NOTHING")
            #expect(missing.status == 404 && missing.json.detail.text.contains("There is DM-KIT, CLEANSE-SHAMPOO"))
            #expect(!missing.json.detail.text.contains("link"))
            let currency = try await store.send(.GET, "/v1/products?currency=JPY")
            #expect(currency.status == 422 && currency.json.detail.text.hasSuffix("There is EUR, GBP."))
            let country = try await store.send(.GET, "/v1/products?country=XX")
            #expect(country.status == 422 && country.json.detail.text.hasSuffix("There is DE, GB, IE, US."))
        }
    }

    @Test func itIsAskedForAgainOnlyWhereItHasChanged() async throws {
        try await TestStore.run { store in
            for path in ["/v1/products?currency=GBP", "/v1/products/DM-KIT"] {
                let first = try await store.send(.GET, path)
                #expect(first.headers.first(name: "Cache-Control") == "max-age=1")
                let known = try await store.send(.GET, path, nil, ["If-None-Match": first.etag])
                #expect(known.status == 304 && known.body.isEmpty && known.etag == first.etag)
                let other = try await store.send(
                    .GET,
                    path,
                    nil,
                    ["If-None-Match": #""000000000000000000000000""#]
                )
                #expect(other.status == 200 && other.body == first.body)
            }
            let first = try await store.send(.GET, "/v1/products/DM-KIT")
            try await store.setStock("RESTORE-LOTION", 3)
            try await eventually("the kits are fewer") {
                try await store.send(.GET, "/v1/products/DM-KIT", nil, ["If-None-Match": first.etag]).status == 200
            }
            #expect(try await store.send(.GET, "/v1/products/DM-KIT").json.availability.sellable == 3)
        }
    }

    @Test func whoeverTakesItCompressedGetsTheSameInFewerOctets() async throws {
        try await TestStore.run { store in
            let path = "/v1/products?currency=GBP"
            let plain = try await store.send(.GET, path, nil, ["Accept-Encoding": "br, gzip;q=0"])
            #expect(plain.headers.first(name: "Content-Encoding") == nil)
            let small = try await store.client.send(.GET, store.url + path, nil, ["Accept-Encoding": "deflate, gzip"])
            #expect(small.headers.first(name: "Content-Encoding") == "gzip" && small.etag != plain.etag)
            #expect(small.body.count * 2 < plain.body.count)
            let known = ["Accept-Encoding": "gzip", "If-None-Match": small.etag]
            #expect(try await store.send(.GET, path, nil, known).status == 304)
            var configuration = HTTPClient.Configuration()
            configuration.decompression = .enabled(limit: .none)
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            let read = try await client.send(.GET, store.url + path, nil, ["Accept-Encoding": "gzip"])
            try await client.shutdown()
            #expect(read.body == plain.body)
            // What a link opens is never compressed beside what others chose.
            let cart = try await store.cart().path
            let own = try await store.send(.GET, cart, nil, ["Accept-Encoding": "gzip"])
            #expect(own.status == 200 && own.headers.first(name: "Content-Encoding") == nil)
        }
    }
}
