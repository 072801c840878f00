/// An amount in minor units.
package struct MoneyBody: Codable, Sendable, Hashable {
    package let amount: Int64
    package let currency: String

    package init(amount: Int64, currency: String) {
        self.amount = amount
        self.currency = currency
    }
}

/// One thing inside a kit.
package struct ContentBody: Codable, Sendable, Hashable {
    package let sku: String
    package let name: String
    package let quantity: Int
    package let required: Bool

    package init(sku: String, name: String, quantity: Int, required: Bool) {
        self.sku = sku
        self.name = name
        self.quantity = quantity
        self.required = required
    }
}

/// Whether a product can be bought, and what limits it.
package struct AvailabilityBody: Codable, Sendable, Hashable {
    package let status: String
    package let sellable: Int
    @Nullable package var limitedBy: String?

    package init(status: String, sellable: Int, limitedBy: String?) {
        self.status = status
        self.sellable = sellable
        self.limitedBy = limitedBy
    }
}

/// A product of one price list.
package struct ProductBody: Codable, Sendable, Hashable {
    package let sku: String
    package let kind: String
    package let name: String
    package let description: String
    package let price: MoneyBody
    package let contents: [ContentBody]
    package let availability: AvailabilityBody
    package let maxPerOrder: Int

    package init(
        sku: String,
        kind: String,
        name: String,
        description: String,
        price: MoneyBody,
        contents: [ContentBody],
        availability: AvailabilityBody,
        maxPerOrder: Int
    ) {
        self.sku = sku
        self.kind = kind
        self.name = name
        self.description = description
        self.price = price
        self.contents = contents
        self.availability = availability
        self.maxPerOrder = maxPerOrder
    }
}

/// A page of the catalog.
package struct ProductListBody: Codable, Sendable, Hashable {
    package let data: [ProductBody]
    @Nullable package var next: String?

    package init(data: [ProductBody], next: String?) {
        self.data = data
        self.next = next
    }
}
