package import Commerce

/// Units of each component that nobody has reserved yet.
package struct StockLevels: Sendable, Equatable {
    private var available: [SKU: Int64]

    package init(_ available: [SKU: Int64]) { self.available = available }

    /// Unreserved units; none of what is not kept in stock.
    package subscript(sku: SKU) -> Int64 { available[sku] ?? 0 }

    /// Counts some units as gone.
    package mutating func take(_ quantity: Int, of sku: SKU) { available[sku, default: 0] -= Int64(quantity) }
}

/// How many units of a product can be sold now, and what keeps it from being more.
package struct Availability: Sendable, Equatable {
    /// How the shop window shows it.
    package enum Status: String, Sendable {
        case inStock
        case lowStock
        case outOfStock
    }

    package let status: Status
    /// Units that one order may have; never more than the product's own limit, so that nobody learns the stock.
    package let sellable: Int
    /// The component that runs out first; nil where the limit per order is reached before any does.
    package let limitedBy: SKU?

    /// Kits available are the least, over the required components, of the stock divided by the quantity per kit.
    package init(of product: Product, in catalog: Catalog, stock: StockLevels) {
        var units = Int64.max
        var scarcest: SKU?
        var isLow = false
        for component in product.contents where component.isRequired {
            let here = max(0, stock[component.sku]) / Int64(component.quantity)
            if here < units { (units, scarcest) = (here, component.sku) }
            if let mark = catalog.product(component.sku)?.lowStockMark, stock[component.sku] <= Int64(mark) {
                isLow = true
            }
        }
        let isLimited = units <= Int64(product.quantityMax)
        sellable = isLimited ? Int(units) : product.quantityMax
        limitedBy = isLimited ? scarcest : nil
        status = units == 0 ? .outOfStock : isLow || units <= Int64(product.lowStockMark) ? .lowStock : .inStock
    }
}
