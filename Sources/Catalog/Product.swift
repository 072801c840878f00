package import Commerce

/// Something that the shop sells or puts into a kit.
package struct Product: Sendable, Hashable {
    /// What kind of thing it is.
    package enum Kind: String, Sendable {
        case kit
        case product
        case sample
    }

    /// One thing inside a kit.
    package struct Component: Sendable, Hashable {
        package let sku: SKU
        /// How many are in one kit.
        package let quantity: Int
        /// Whether a kit can't be sold without it.
        package let isRequired: Bool
    }

    package let sku: SKU
    package let kind: Kind
    package let name: String
    package let description: String
    /// GTIN-8 to GTIN-14, for scanning at the bench.
    package let barcode: String?
    package let weightGrams: Int?
    package let taxClass: String
    /// At or below this many available units the stock counts as low.
    package let lowStockMark: Int
    package let tracksLots: Bool
    /// How many uses one unit holds; nil where nobody has said.
    package let applicationsPerUnit: Int?
    /// The most units that one order may have.
    package let quantityMax: Int
    /// What a kit holds; empty for everything else.
    package internal(set) var components: [Component]
    package internal(set) var details = ProductDetails()

    /// What has to be in stock to sell one unit: the components of a kit, or the product itself.
    package var contents: [Component] {
        kind == .kit ? components : [Component(sku: sku, quantity: 1, isRequired: true)]
    }
}
