/// A product and how many of it.
package struct ChoiceItemBody: Codable, Sendable, Hashable {
    package let sku: String
    package let quantity: Int

    package init(sku: String, quantity: Int) {
        self.sku = sku
        self.quantity = quantity
    }
}

/// What goes into the box for a line.
package struct IncludedBody: Codable, Sendable, Hashable {
    package let sku: String
    package let name: String
    package let quantity: Int
    package let available: Int

    package init(sku: String, name: String, quantity: Int, available: Int) {
        self.sku = sku
        self.name = name
        self.quantity = quantity
        self.available = available
    }
}

/// A line of a cart with its price.
package struct CartItemBody: Codable, Sendable, Hashable {
    package let sku: String
    package let name: String
    package let quantity: Int
    @Nullable package var unitPrice: MoneyBody?
    @Nullable package var total: MoneyBody?
    package let includes: [IncludedBody]

    package init(
        sku: String,
        name: String,
        quantity: Int,
        unitPrice: MoneyBody?,
        total: MoneyBody?,
        includes: [IncludedBody]
    ) {
        self.sku = sku
        self.name = name
        self.quantity = quantity
        self.unitPrice = unitPrice
        self.total = total
        self.includes = includes
    }
}

/// The sums of a cart or an order.
package struct TotalsBody: Codable, Sendable, Hashable {
    package let items: MoneyBody
    package let discount: MoneyBody
    package let shipping: MoneyBody
    package let tax: MoneyBody
    package let taxIncluded: Bool
    package let total: MoneyBody

    package init(
        items: MoneyBody,
        discount: MoneyBody,
        shipping: MoneyBody,
        tax: MoneyBody,
        taxIncluded: Bool,
        total: MoneyBody
    ) {
        self.items = items
        self.discount = discount
        self.shipping = shipping
        self.tax = tax
        self.taxIncluded = taxIncluded
        self.total = total
    }
}

/// Something that stops a checkout, or that the shopper should know.
package struct NoteBody: Codable, Sendable, Hashable {
    package let code: String
    package let pointer: String
    package let detail: String

    package init(code: String, pointer: String, detail: String) {
        self.code = code
        self.pointer = pointer
        self.detail = detail
    }
}

/// A way to send the cart. None exist yet.
package struct DeliveryOptionBody: Codable, Sendable, Hashable {
    package let code: String
    package let name: String
    package let price: MoneyBody
    package let arrives: ArrivalBody
    @Nullable package var verdict: String?
    /// Whether the totals count with it.
    package let chosen: Bool

    package init(
        code: String,
        name: String,
        price: MoneyBody,
        arrives: ArrivalBody,
        verdict: String?,
        chosen: Bool
    ) {
        self.code = code
        self.name = name
        self.price = price
        self.arrives = arrives
        self.verdict = verdict
        self.chosen = chosen
    }
}

/// When a parcel arrives, at the earliest and at the latest.
package struct ArrivalBody: Codable, Sendable, Hashable {
    package let from: String
    package let to: String

    package init(from: String, to: String) {
        self.from = from
        self.to = to
    }
}

/// A cart, priced at this moment.
package struct CartBody: Codable, Sendable, Hashable {
    package let id: String
    package let currency: String
    @Nullable package var country: String?
    @Nullable package var region: String?
    @Nullable package var shippingMethod: String?
    package let discountCodes: [String]
    package let items: [CartItemBody]
    @Nullable package var course: CourseBody?
    package let totals: TotalsBody
    package let deliveryOptions: [DeliveryOptionBody]
    package let problems: [NoteBody]
    package let notices: [NoteBody]
    package let expiresAt: String

    package init(
        id: String,
        currency: String,
        country: String?,
        region: String?,
        shippingMethod: String?,
        discountCodes: [String],
        items: [CartItemBody],
        course: CourseBody?,
        totals: TotalsBody,
        deliveryOptions: [DeliveryOptionBody],
        problems: [NoteBody],
        notices: [NoteBody],
        expiresAt: String
    ) {
        self.id = id
        self.currency = currency
        self.country = country
        self.region = region
        self.shippingMethod = shippingMethod
        self.discountCodes = discountCodes
        self.items = items
        self.course = course
        self.totals = totals
        self.deliveryOptions = deliveryOptions
        self.problems = problems
        self.notices = notices
        self.expiresAt = expiresAt
    }
}
