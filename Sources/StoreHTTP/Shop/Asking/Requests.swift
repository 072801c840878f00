import StoreAPI

// What the storefront sends to the API.

/// A course as it is sent.
struct CourseRequest: Encodable, Sendable {
    let timeZone: String
    /// In the order of time; empty while no date is known.
    let sessions: [String]
    let final: Bool
    var keepDryHours: Int?
    var washIntervalDays: Int?
    var restDays: Int?
}

extension CourseRequest {
    init(_ course: CourseBody) {
        self.init(
            timeZone: course.timeZone,
            sessions: course.sessions,
            final: course.final,
            keepDryHours: course.keepDryHours,
            washIntervalDays: course.washIntervalDays,
            restDays: course.restDays
        )
    }
}

/// A product and how many of it.
struct ItemRequest: Encodable, Sendable {
    let sku: String
    var quantity: Int
}

/// A whole choice.
struct ChoiceRequest: Encodable, Sendable {
    var currency: String
    var country: String?
    var region: String?
    var items: [ItemRequest]
    var course: CourseRequest?
    var shippingMethod: String?
    var discountCodes: [String] = []
    var ref: String?
}

extension ChoiceRequest {
    /// The choice of a cart, to be changed.
    init(_ cart: CartBody) {
        self.init(
            currency: cart.currency,
            country: cart.country,
            region: cart.region,
            items: cart.items.map { ItemRequest(sku: $0.sku, quantity: $0.quantity) },
            course: cart.course.map(CourseRequest.init),
            shippingMethod: cart.shippingMethod,
            discountCodes: cart.discountCodes,
            ref: cart.ref
        )
    }
}

/// A course to be planned.
struct PlanQuestion: Encodable, Sendable {
    let course: CourseRequest?
    let items: [ItemRequest]
}

/// A whole checkout.
struct CheckoutRequest: Encodable, Sendable {
    struct Customer: Encodable, Sendable {
        let name: String
        let email: String
        let phone: String?
    }

    struct Address: Encodable, Sendable {
        let line1: String
        let line2: String?
        let city: String
        let region: String?
        let postalCode: String
        let country: String
    }

    struct Payment: Encodable, Sendable {
        let method: String
    }

    struct Reminders: Encodable, Sendable {
        let hour: Int
    }

    struct Offers: Encodable, Sendable {
        let wording: String
    }

    let customer: Customer
    let shippingAddress: Address
    let billingAddress: Address?
    let payment: Payment
    let expectedTotal: MoneyBody
    let accept: [String]
    let language: String
    let reminders: Reminders?
    let offers: Offers?
}

/// A document without fields.
struct EmptyRequest: Encodable, Sendable {}
