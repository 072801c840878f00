import StoreAPI

/// An order as it is taken over the phone: the cart and what goes with it.
struct OrderDraft: Encodable, Sendable {
    /// What is bought.
    struct CartPart: Encodable, Sendable {
        var currency: String?
        var country: String?
        var items: [ChoiceItemBody]
        var course: CourseRequest?
        var shippingMethod: String?
        var discountCodes: [String]?
    }

    /// Who buys it.
    struct OrderPart: Encodable, Sendable {
        var customer: CustomerBody
        var shippingAddress: AddressBody
        var payment: PaymentMethodBody
        var accept: [String]?
        /// Left out where the staff take the price as it is.
        var expectedTotal: MoneyBody?
    }

    var cart: CartPart
    var order: OrderPart
}

/// A course of care as it is sent: what is not said, the store decides.
struct CourseRequest: Encodable, Sendable, Hashable {
    let timeZone: String
    let sessions: [String]
    var final: Bool?
    var keepDryHours: Int?
    var washIntervalDays: Int?
    var restDays: Int?
}
