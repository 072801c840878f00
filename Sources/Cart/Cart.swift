package import Commerce
package import Links
package import UsageGuide

/// What a shopper has chosen.
package struct Choice: Sendable, Equatable {
    /// A product and how many of it.
    package struct Item: Sendable, Equatable {
        package let sku: SKU
        package let quantity: Int

        package init(sku: SKU, quantity: Int) {
            self.sku = sku
            self.quantity = quantity
        }
    }

    /// At most this many lines.
    package static let itemsMax = 50

    /// The one price list that the totals come from.
    package var currency: Currency
    /// Where it goes; nil until the shopper says.
    package var country: Country?
    /// A part of the country, where its taxes have parts; at most 100 characters.
    package var region: String?
    package var items: [Item]
    package var course: Course?
    /// The code of a shipping method; nil for the first that serves the country.
    package var shippingMethod: String?
    /// Codes of discounts, in capital letters.
    package var discountCodes: [String]
    /// What a booking system knows the shopper's appointment by; nil for none.
    package var reference: ClinicReference?

    /// At most this many codes of discounts.
    package static let discountCodesMax = 5

    package init(
        currency: Currency,
        country: Country?,
        region: String? = nil,
        items: [Item],
        course: Course?,
        shippingMethod: String? = nil,
        discountCodes: [String] = [],
        reference: ClinicReference? = nil
    ) {
        self.currency = currency
        self.country = country
        self.region = region
        self.shippingMethod = shippingMethod
        self.discountCodes = discountCodes
        self.reference = reference
        self.items = items
        self.course = course
    }

    /// How many of a product; none when it is not chosen.
    package func quantity(of sku: SKU) -> Int { items.first { $0.sku == sku }?.quantity ?? 0 }

    /// Sets a line's quantity; a product that was not chosen is added at the end.
    package mutating func set(_ sku: SKU, quantity: Int) {
        if let index = items.firstIndex(where: { $0.sku == sku }) {
            items[index] = Item(sku: sku, quantity: quantity)
        } else {
            items.append(Item(sku: sku, quantity: quantity))
        }
    }
}

/// A choice as it is kept, with its version and its end.
package struct Cart: Sendable {
    package let id: Int64
    /// The number of the key that its link was made with.
    let linkKey: Int16
    package let choice: Choice
    /// Counts the changes of the choice: two tabs that write the same version notice each other.
    package let version: Int
    /// Whether an order was placed from it.
    package let isOrdered: Bool
    package let expiresAt: Instant

    /// Where its link leads. A cart has one link, and that is never renewed.
    package var linkTarget: LinkTarget { LinkTarget(id: id, version: 1, key: linkKey) }
}
