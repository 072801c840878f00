package import Commerce

/// All that is sold and for how much, at one version. A value: whoever holds one sees no change.
package struct Catalog: Sendable {
    /// Grows with every change of products, kits or prices.
    package let version: Int64
    /// Whether this is the demo catalog, with made-up prices.
    package let isDemo: Bool
    /// In the order in which they are listed.
    package let products: [Product]
    private let bySKU: [SKU: Product]
    private let prices: [Currency: [SKU: Int64]]
    /// Where to, with which tax, carried how, at what discount.
    package let terms: Terms
    /// What products are described in, English first: each at least in that.
    package let languages: [String]

    package init(
        version: Int64,
        isDemo: Bool,
        products: [Product],
        prices: [Currency: [SKU: Int64]],
        terms: Terms = .none
    ) {
        self.terms = terms
        self.version = version
        self.isDemo = isDemo
        self.products = products
        self.prices = prices
        bySKU = Dictionary(uniqueKeysWithValues: products.map { ($0.sku, $0) })
        languages =
            [ProductTexts.originalLanguage] + Set(products.flatMap(\.details.translations).map(\.language)).sorted()
    }

    /// A product by its code.
    package func product(_ sku: SKU) -> Product? { bySKU[sku] }

    /// Every currency that there is a price list in, by code.
    package var currencies: [Currency] { prices.keys.sorted { $0.rawValue < $1.rawValue } }

    /// Whether there is a price list in a currency.
    package func sells(in currency: Currency) -> Bool { prices[currency] != nil }

    /// What one unit costs; nil where the price list has no price, and so the product is not sold there.
    package func price(of sku: SKU, in currency: Currency) -> Money? {
        prices[currency]?[sku].map { Money($0, currency) }
    }

    /// What one unit weighs, in grams; a kit weighs what it holds. Unknown weighs nothing.
    package func weight(of product: Product) -> Int {
        product.weightGrams
            ?? product.components.reduce(0) { $0 + (bySKU[$1.sku]?.weightGrams ?? 0) * $1.quantity }
    }

    /// Whether it is sealed for hygiene, or a kit that holds something that is.
    package func isSealed(_ product: Product) -> Bool {
        product.details.isSealed || product.components.contains { bySKU[$0.sku]?.details.isSealed == true }
    }

    /// The products of one price list, in order.
    package func listed(in currency: Currency) -> [Product] {
        products.filter { price(of: $0.sku, in: currency) != nil }
    }
}
