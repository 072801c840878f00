/// Who orders.
package struct CustomerBody: Codable, Sendable, Hashable {
    package let name: String
    package let email: String
    @Nullable package var phone: String?

    package init(name: String, email: String, phone: String?) {
        self.name = name
        self.email = email
        self.phone = phone
    }
}

/// A postal address.
package struct AddressBody: Codable, Sendable, Hashable {
    package let line1: String
    @Nullable package var line2: String?
    package let city: String
    @Nullable package var region: String?
    package let postalCode: String
    package let country: String

    package init(line1: String, line2: String?, city: String, region: String?, postalCode: String, country: String) {
        self.line1 = line1
        self.line2 = line2
        self.city = city
        self.region = region
        self.postalCode = postalCode
        self.country = country
    }
}

/// How the customer wants to pay.
package struct PaymentMethodBody: Codable, Sendable, Hashable {
    package let method: String

    package init(method: String) {
        self.method = method
    }
}

/// What a checkout asks for.
package struct CheckoutBody: Codable, Sendable, Hashable {
    package let customer: CustomerBody
    package let shippingAddress: AddressBody
    @Nullable package var billingAddress: AddressBody?
    package let payment: PaymentMethodBody
    package let expectedTotal: MoneyBody
    package let accept: [String]
    package let language: String

    package init(
        customer: CustomerBody,
        shippingAddress: AddressBody,
        billingAddress: AddressBody?,
        payment: PaymentMethodBody,
        expectedTotal: MoneyBody,
        accept: [String],
        language: String
    ) {
        self.customer = customer
        self.shippingAddress = shippingAddress
        self.billingAddress = billingAddress
        self.payment = payment
        self.expectedTotal = expectedTotal
        self.accept = accept
        self.language = language
    }
}

/// A line as it was sold.
package struct OrderItemBody: Codable, Sendable, Hashable {
    package let sku: String
    package let name: String
    package let quantity: Int
    package let unitPrice: MoneyBody
    package let total: MoneyBody
    package let includes: [IncludedBody]

    package init(
        sku: String,
        name: String,
        quantity: Int,
        unitPrice: MoneyBody,
        total: MoneyBody,
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

/// Where the payment stands.
package struct PaymentBody: Codable, Sendable, Hashable {
    package let status: String
    package let method: String

    package init(status: String, method: String) {
        self.status = status
        self.method = method
    }
}

/// A parcel that left.
package struct ShipmentBody: Codable, Sendable, Hashable {
    package let id: String
    package let carrier: String
    package let trackingNumber: String
    @Nullable package var trackingUrl: String?
    package let shippedAt: String
    package let items: [ChoiceItemBody]

    package init(
        id: String,
        carrier: String,
        trackingNumber: String,
        trackingUrl: String?,
        shippedAt: String,
        items: [ChoiceItemBody]
    ) {
        self.id = id
        self.carrier = carrier
        self.trackingNumber = trackingNumber
        self.trackingUrl = trackingUrl
        self.shippedAt = shippedAt
        self.items = items
    }
}

/// Where the parcels stand.
package struct FulfilmentBody: Codable, Sendable, Hashable {
    package let status: String
    @Nullable package var shipBy: String?
    package let shipments: [ShipmentBody]

    package init(status: String, shipBy: String?, shipments: [ShipmentBody]) {
        self.status = status
        self.shipBy = shipBy
        self.shipments = shipments
    }
}

/// Where the order's guide is. A link that was switched off is null.
package struct GuideLinksBody: Codable, Sendable, Hashable {
    package let revision: Int
    @Nullable package var page: String?
    package let json: String
    @Nullable package var calendar: String?

    package init(revision: Int, page: String?, json: String, calendar: String?) {
        self.revision = revision
        self.page = page
        self.json = json
        self.calendar = calendar
    }
}

/// An order.
package struct OrderBody: Codable, Sendable, Hashable {
    package let number: String
    package let token: String
    package let placedAt: String
    package let status: String
    @Nullable package var page: String?
    package let payment: PaymentBody
    package let fulfilment: FulfilmentBody
    package let items: [OrderItemBody]
    package let totals: TotalsBody
    package let customer: CustomerBody
    package let shippingAddress: AddressBody
    @Nullable package var billingAddress: AddressBody?
    @Nullable package var course: CourseBody?
    @Nullable package var shippingMethod: String?
    package let discountCodes: [String]
    package let accepted: [String]
    package let language: String
    package let guide: GuideLinksBody

    package init(
        number: String,
        token: String,
        placedAt: String,
        status: String,
        page: String?,
        payment: PaymentBody,
        fulfilment: FulfilmentBody,
        items: [OrderItemBody],
        totals: TotalsBody,
        customer: CustomerBody,
        shippingAddress: AddressBody,
        billingAddress: AddressBody?,
        course: CourseBody?,
        shippingMethod: String?,
        discountCodes: [String],
        accepted: [String],
        language: String,
        guide: GuideLinksBody
    ) {
        self.number = number
        self.token = token
        self.placedAt = placedAt
        self.status = status
        self.page = page
        self.payment = payment
        self.fulfilment = fulfilment
        self.items = items
        self.totals = totals
        self.customer = customer
        self.shippingAddress = shippingAddress
        self.billingAddress = billingAddress
        self.course = course
        self.shippingMethod = shippingMethod
        self.discountCodes = discountCodes
        self.accepted = accepted
        self.language = language
        self.guide = guide
    }
}

/// What a customer does next to pay.
package struct PaymentActionBody: Codable, Sendable, Hashable {
    /// `redirect`: open `url` in the customer's browser.
    package let type: String
    package let url: String

    package init(type: String, url: String) {
        self.type = type
        self.url = url
    }
}

/// Where a payment stands that was started, and what comes next.
package struct PaymentStartBody: Codable, Sendable, Hashable {
    package let status: String
    @Nullable package var action: PaymentActionBody?

    package init(status: String, action: PaymentActionBody?) {
        self.status = status
        self.action = action
    }
}

/// An invoice or a credit note.
package struct DocumentBody: Codable, Sendable, Hashable {
    package let kind: String
    package let number: String
    package let issuedAt: String
    package let total: MoneyBody
    package let page: String
    package let pdf: String

    package init(kind: String, number: String, issuedAt: String, total: MoneyBody, page: String, pdf: String) {
        self.kind = kind
        self.number = number
        self.issuedAt = issuedAt
        self.total = total
        self.page = page
        self.pdf = pdf
    }
}

/// An order's documents, oldest first.
package struct DocumentListBody: Codable, Sendable, Hashable {
    package let data: [DocumentBody]
    @Nullable package var next: String?

    package init(data: [DocumentBody]) {
        self.data = data
        next = nil
    }
}
