package import Commerce
package import JSONFields

/// A catalog as a JSON file: products, what is in the kit, the price lists, and how the shop sells. It is read once, into
/// the values that the database then holds.
package struct CatalogFile: Sendable {
    /// A product with what the file says beyond the product.
    struct Entry: Sendable {
        let product: Product
        /// How many there are when the counting begins; nil for a kit, and where nothing is said.
        let openingStock: Int?
    }

    /// Whether it says of itself that it is a demo.
    package let isDemo: Bool
    /// In the order in which they are listed.
    let entries: [Entry]
    let prices: [Currency: [SKU: Int64]]
    let terms: Terms
    let legalTexts: [LegalText]
    /// The file as it was read, not as it was written: a field that is given twice has one value, and it is the checked
    /// one.
    let document: [UInt8]

    package var productCount: Int { entries.count }

    /// The demo catalog that the program carries: made-up prices in GBP and EUR, a million of each component.
    package static var demoBytes: [UInt8] { Array(Embedded.text("demo-catalog.json").utf8) }

    /// Reads and checks a file.
    /// - Throws: `DocumentError` with everything that is wrong in it.
    package init(_ bytes: [UInt8]) throws(DocumentError) {
        (isDemo, entries, prices, terms, legalTexts) = try Fields.read(bytes) { fields in
            fields.allow(
                "demo",
                "seller",
                "products",
                "prices",
                "markets",
                "taxes",
                "shipping",
                "discounts",
                "legalTexts"
            )
            guard fields.require("products"), fields.require("prices") else { return nil }
            let entries = fields.objects("products", countMax: 500, Self.readProduct) ?? []
            Self.checkAcross(entries.map(\.product), fields)
            let known = Set(entries.map(\.product.sku))
            let prices = fields.object("prices") { lists in Self.readPrices(lists, known: known) } ?? [:]
            let isDemo = fields.flag("demo") ?? false
            return (isDemo, entries, prices, Self.readTerms(fields), Self.readLegalTexts(fields))
        }
        document = try Fields.canonical(bytes)
    }

    // MARK: - Reading

    /// The tax class of what names none, and of shipping.
    static let standardTaxClass = "standard"

    private static func readProduct(_ fields: Fields) -> Entry? {
        fields.allow(
            "sku",
            "kind",
            "name",
            "description",
            "barcode",
            "weightGrams",
            "taxClass",
            "lowStockMark",
            "tracksLots",
            "applicationsPerUnit",
            "maxPerOrder",
            "contents",
            "stock",
            "media",
            "ingredients",
            "warnings",
            "responsible",
            "translations",
            "sealed"
        )
        let sku = fields.sku("sku")
        var kind: Product.Kind?
        if fields.require("kind"), let text = fields.text("kind") {
            kind = Product.Kind(rawValue: text)
            if kind == nil { fields.report("kind", "unknownKind", "A product is a kit, a product or a sample.") }
        }
        let name = fields.require("name") ? fields.checkLine("name", lengthMax: 120) : nil
        let description = fields.has("description") ? fields.checkLine("description", lengthMax: 2000) : nil
        let barcode = fields.text("barcode")
        if let barcode, GTIN(barcode) == nil {
            fields.report(
                "barcode",
                "notABarcode",
                "A barcode is a GTIN: 8, 12, 13 or 14 digits with a right check digit."
            )
        }
        let taxClass = taxClass(fields)
        let weightGrams = fields.integer("weightGrams", in: 1...1_000_000)
        let lowStockMark = fields.integer("lowStockMark", in: 0...1_000_000_000)
        let applicationsPerUnit = fields.integer("applicationsPerUnit", in: 1...100_000)
        let openingStock = fields.integer("stock", in: 0...1_000_000_000)
        let tracksLots = fields.flag("tracksLots")
        let quantityMax = fields.require("maxPerOrder") ? fields.integer("maxPerOrder", in: 1...1000) : nil
        let contents = fields.objects("contents", countMax: 50, readComponent)
        if kind == .kit, contents?.isEmpty ?? true { fields.report("contents", "missing", "A kit has contents.") }
        if kind == .kit, fields.has("stock") {
            fields.report("stock", "notKept", "Stock is kept per component, never per kit.")
        }
        if kind != .kit, fields.has("contents") { fields.report("contents", "notAKit", "Only a kit has contents.") }
        let details = readDetails(fields, isDescribed: description != nil)
        guard let sku, let kind else { return nil }
        if kind == .kit, let contents, !contents.isEmpty, !contents.contains(where: \.isRequired) {
            fields.report(
                "contents",
                "nothingRequired",
                "A kit has at least one component that it can't be sold without."
            )
        }
        // What is missing was reported: these values are never used then, but for the checks across products.
        return Entry(
            product: Product(
                sku: sku,
                kind: kind,
                name: name ?? "",
                description: description ?? "",
                barcode: barcode,
                weightGrams: weightGrams,
                taxClass: taxClass,
                lowStockMark: lowStockMark ?? 0,
                tracksLots: tracksLots ?? false,
                applicationsPerUnit: applicationsPerUnit,
                quantityMax: quantityMax ?? 1,
                components: contents ?? [],
                details: details
            ),
            openingStock: openingStock
        )
    }

    private static func readComponent(_ fields: Fields) -> Product.Component? {
        fields.allow("sku", "quantity", "required")
        let quantity = fields.require("quantity") ? fields.integer("quantity", in: 1...100) : nil
        let isRequired = fields.require("required") ? fields.flag("required") : nil
        return fields.sku("sku").map {
            Product.Component(sku: $0, quantity: quantity ?? 1, isRequired: isRequired ?? true)
        }
    }

    static func taxClass(_ fields: Fields) -> String {
        guard let taxClass = fields.text("taxClass") else { return standardTaxClass }
        if !isTaxClass(taxClass) {
            fields.report("taxClass", "notATaxClass", "A tax class is 1 to 40 lower-case letters and dashes.")
        }
        return taxClass
    }

    private static func checkAcross(_ products: [Product], _ fields: Fields) {
        var kinds: [SKU: Product.Kind] = [:]
        for product in products {
            if kinds.updateValue(product.kind, forKey: product.sku) != nil {
                fields.report("products", "duplicate", "\(product.sku) is listed twice.")
            }
        }
        var barcodes: Set<GTIN?> = []
        for barcode in products.compactMap(\.barcode) where !barcodes.insert(GTIN(barcode)).inserted {
            fields.report("products", "duplicate", "The barcode \(barcode) is given twice.")
        }
        for product in products {
            if Set(product.components.map(\.sku)).count < product.components.count {
                fields.report("products", "duplicate", "\(product.sku) names a component twice.")
            }
            for component in product.components.map(\.sku) {
                switch kinds[component] {
                case .none:
                    fields.report(
                        "products",
                        "unknownComponent",
                        "\(product.sku) holds \(component), which is not listed."
                    )
                case .kit: fields.report("products", "kitInKit", "\(product.sku) holds \(component), which is a kit.")
                case .product, .sample: break
                }
            }
        }
    }

    private static func readPrices(_ lists: Fields, known: Set<SKU>) -> [Currency: [SKU: Int64]] {
        var prices: [Currency: [SKU: Int64]] = [:]
        for code in lists.names {
            let currency = Currency(rawValue: code)
            if currency == nil { lists.report(code, "unknownCurrency", "This is not an ISO 4217 currency.") }
            let list = lists.object(code) { readPriceList($0, known: known) }
            if let currency, let list { prices[currency] = list }
        }
        return prices
    }

    private static func readPriceList(_ list: Fields, known: Set<SKU>) -> [SKU: Int64] {
        var prices: [SKU: Int64] = [:]
        for name in list.names {
            let sku = SKU(rawValue: name).flatMap { known.contains($0) ? $0 : nil }
            if sku == nil { list.report(name, "unknownProduct", "No product of this file has this code.") }
            if !list.has(name) {
                list.report(name, "missing", "A price is a number; leave a product out that is not sold here.")
            }
            let amount = list.integer(name, in: 0...Int(Money.amountMax))
            if let sku, let amount { prices[sku] = Int64(amount) }
        }
        return prices
    }

    static func isTaxClass(_ text: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        return (1...40).contains(text.utf8.count) && letters.contains(text.utf8.first ?? 0)
            && text.utf8.allSatisfy { letters.contains($0) || $0 == UInt8(ascii: "-") }
    }
}

extension Fields {
    /// A product code; nil where it is absent or not one (both are reported).
    package func sku(_ name: String) -> SKU? {
        guard require(name), let text = text(name) else { return nil }
        guard let sku = SKU(rawValue: text) else {
            report(name, "notASKU", "A product code has 1 to 40 capital letters, digits and inner dashes.")
            return nil
        }
        return sku
    }

    /// A whole number within a range; nil where it is absent or not that (which is reported).
    package func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let number = integer(name) else { return nil }
        guard range.contains(number) else {
            report(name, "outOfRange", "This number must be from \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        return number
    }

    /// Says of a text that a card's number is in it, where one is.
    /// - Returns: whether one is.
    @discardableResult
    package func refuseCardNumber(_ text: String, in name: String) -> Bool {
        guard CardNumber.isIn(text) else { return false }
        report(name, Self.cardNumberCode, Self.cardNumberDetail)
        return true
    }

    /// The code of the problem that a card's number is.
    package static var cardNumberCode: String { "cardNumber" }

    /// What whoever typed a card's number is told.
    package static var cardNumberDetail: String {
        "This holds the number of a payment card, which is kept nowhere: leave it out. A card is named on the payment page alone."
    }

    /// One line of text without spaces at its ends; nil where it is absent or not acceptable (which is reported).
    /// - Parameter isCode: whether it is read off something, or dialled, and may be any number; in what people type, a card's
    ///   is refused.
    @discardableResult
    package func checkLine(_ name: String, lengthMax: Int, isCode: Bool = false) -> String? {
        guard let text = text(name) else { return nil }
        if !isCode, refuseCardNumber(text, in: name) { return nil }
        do {
            return try OneLineText.checked(text, lengthMax: lengthMax)
        } catch {
            switch error {
            case .blank: report(name, error.rawValue, "This field must not be blank.")
            case .tooLong: report(name, error.rawValue, "This field has at most \(lengthMax) characters.")
            case .controlCharacter:
                report(name, error.rawValue, "This field must not hold control characters such as line breaks.")
            }
            return nil
        }
    }
}
