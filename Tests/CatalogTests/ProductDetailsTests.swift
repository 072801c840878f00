import Commerce
import JSONFields
import Testing

@testable import Catalog
@testable import Samples

/// What a catalog file says of a product beside its name and its price.
@Suite struct ProductDetailsTests {
    private static let right = """
        {"products": [{"sku": "CREAM", "kind": "product", "name": "Cream", "description": "A cream.", "maxPerOrder": 1,
          "media": [{"url": "https://images.example/cream.jpg", "alternativeText": "A jar.", "width": 800, "height": 600}],
          "ingredients": "Aqua, Glycerin", "warnings": ["Not for the eyes."],
          "responsible": {"name": "Example Ltd", "addressLines": ["1 Example Road"], "contact": "safety@example.com"},
          "translations": {"de": {"name": "Creme", "description": "Eine Creme.", "warnings": ["Nicht in die Augen."],
            "alternativeTexts": ["Ein Tiegel."]}}, "sealed": true}],
         "prices": {}}
        """

    private func problems(_ json: String) -> [String] {
        do {
            _ = try CatalogFile(Array(json.utf8))
            return []
        } catch {
            guard case .fields(let problems) = error else { return ["malformed"] }
            return problems.map { "\($0.pointer) \($0.code)" }
        }
    }

    @Test func aWholeFileIsRead() { #expect(problems(Self.right) == []) }

    @Test(arguments: [
        ["https://images", "http://images", "/products/0/media/0/url notAnAddress"],
        ["https://images.example/cream.jpg", "cream.jpg", "/products/0/media/0/url notAnAddress"],
        ["https://images.example/cream.jpg", "https://images.example", "/products/0/media/0/url notAnAddress"],
        ["/cream.jpg", "/a cream.jpg", "/products/0/media/0/url notAnAddress"],
        ["/cream.jpg", "/<cream>.jpg", "/products/0/media/0/url notAnAddress"],
        [#""alternativeText": "A jar.", "#, "", "/products/0/media/0/alternativeText missing"],
        ["A jar.", " ", "/products/0/media/0/alternativeText blank"],
        [#""width": 800"#, #""width": 0"#, "/products/0/media/0/width outOfRange"],
        [#", "height": 600"#, "", "/products/0/media/0/height missing"],
        [#""width": 800"#, #""width": 800, "size": 1"#, "/products/0/media/0/size unknownField"],
        [#""Aqua, Glycerin""#, #"["Aqua"]"#, "/products/0/ingredients wrongType"],
        ["Not for the eyes.", "", "/products/0/warnings/0 notALine"],
        [#""contact": "safety@example.com""#, #""contact": null"#, "/products/0/responsible/contact missing"],
        [
            #""addressLines": ["1 Example Road"]"#, #""addressLines": []"#,
            "/products/0/responsible/addressLines missing",
        ],
        [#""sealed": true"#, #""sealed": "yes""#, "/products/0/sealed wrongType"],
        [#""de""#, #""en""#, "/products/0/translations/en notALanguage"],
        [#""de""#, #""German""#, "/products/0/translations/German notALanguage"],
        [#"{"name": "Creme", "#, "{", "/products/0/translations/de/name missing"],
        // Whoever reads a translation misses nothing that the English says.
        [#""description": "Eine Creme.", "#, "", "/products/0/translations/de/description notWhole"],
        [#""description": "A cream.", "#, "", "/products/0/translations/de/description notWhole"],
        [#"["Nicht in die Augen."]"#, "[]", "/products/0/translations/de/warnings notWhole"],
        [#"["Ein Tiegel."]"#, "[]", "/products/0/translations/de/alternativeTexts notWhole"],
    ])
    func whatIsWrongIsNamedByItsPlace(change: [String]) throws {
        try #require(Self.right.contains(change[0]))
        let json = Self.right.replacing(change[0], with: change[1], maxReplacements: 1)
        #expect(problems(json) == [change[2]])
    }

    @Test func aTranslationThatLacksSomethingIsNotUsed() throws {
        func texts(_ warnings: [String]) -> ProductTexts {
            ProductTexts(language: "de", name: "Creme", description: "", warnings: warnings, alternativeTexts: [])
        }
        var cream = try product("CREAM")
        cream.details.warnings = ["Not for the eyes."]
        cream.details.translations = [texts([])]
        #expect(cream.texts(in: "de").language == "en")
        cream.details.translations = [texts(["Nicht in die Augen."])]
        #expect(cream.texts(in: "de").name == "Creme" && cream.texts(in: "fr").language == "en")
    }

    @Test func aKitIsSealedWhereAnythingInItIs() throws {
        func seals(_ sealed: String...) throws -> [Bool] {
            let shop = try Shop()
            let products = shop.catalog.products.map { product in
                var product = product
                product.details.isSealed = sealed.contains(product.sku.rawValue)
                return product
            }
            let catalog = Catalog(version: 1, isDemo: false, products: products, prices: [:])
            return products.map(catalog.isSealed)
        }
        // The kit, the bottles, and the sample that it may go without.
        #expect(try seals() == [false, false, false, false, false])
        #expect(try seals("LOTION") == [true, false, false, true, false])
        #expect(try seals("SAMPLE") == [true, false, false, false, true])
        #expect(try seals("KIT") == [true, false, false, false, false])
    }

    @Test func theCheapestWayCounts() throws {
        func method(_ code: String, _ amount: Int64, freeFrom: Int64?, _ countries: [String]) throws -> ShippingMethod {
            ShippingMethod(
                code: code,
                name: code,
                transitDays: 1...1,
                cutOffMinutes: 0,
                workingWeekdays: [1],
                holidays: [],
                rates: [
                    ShippingMethod.Rate(
                        countries: Set(countries.compactMap(Country.init(rawValue:))),
                        currency: try currency("GBP"),
                        weightMaxGrams: nil,
                        amount: amount,
                        freeFrom: freeFrom
                    )
                ]
            )
        }
        let cream = try product("CREAM")
        func from(_ methods: [ShippingMethod], _ country: String, at price: Int64) throws -> Int64? {
            let catalog = Catalog(
                version: 1,
                isDemo: false,
                products: [cream],
                prices: [:],
                terms: Terms(markets: [], taxes: [], shipping: methods, discounts: [])
            )
            let place = try #require(Country(rawValue: country))
            return ProductDelivery(of: cream, at: Money(price, try currency("GBP")), to: place, in: catalog).from?
                .amount
        }
        let methods = [
            try method("quick", 795, freeFrom: nil, ["GB"]), try method("slow", 395, freeFrom: 4000, ["GB"]),
        ]
        #expect(try from(methods, "GB", at: 1400) == 395)
        #expect(try from(methods, "GB", at: 4000) == 0)
        #expect(try from(methods, "DE", at: 1400) == nil)
        #expect(try from([], "DE", at: 1400) == 0)
    }
}
