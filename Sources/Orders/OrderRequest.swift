package import Cart
package import Catalog
package import Commerce

/// What a customer asks for when they place an order, checked as far as it can be without the cart.
package struct OrderRequest: Sendable {
    package let customer: Order.Customer
    package let shippingAddress: PostalAddress
    package let billingAddress: PostalAddress?
    package let paymentMethod: Order.PaymentMethod
    /// What the customer was told that it costs.
    package let expectedTotal: Money
    /// The notices that the customer said yes to, by their codes.
    package let accepted: Set<String>
    package let language: String
    /// How much is kept of a hash that tells requests apart: 128 bits.
    package static let hashOctets = 16

    /// The first `hashOctets` of the SHA-256 of the idempotency key, and of the request in a form that spacing and field
    /// order don't change.
    package let keyHash: [UInt8]
    package let fingerprint: [UInt8]
    /// The versions of the cart that the customer saw; nil where they did not say.
    package let cartVersions: Set<Int>?

    package init(
        customer: Order.Customer,
        shippingAddress: PostalAddress,
        billingAddress: PostalAddress?,
        paymentMethod: Order.PaymentMethod,
        expectedTotal: Money,
        accepted: Set<String>,
        language: String,
        keyHash: [UInt8],
        fingerprint: [UInt8],
        cartVersions: Set<Int>?
    ) {
        self.customer = customer
        self.shippingAddress = shippingAddress
        self.billingAddress = billingAddress
        self.paymentMethod = paymentMethod
        self.expectedTotal = expectedTotal
        self.accepted = accepted
        self.language = language
        self.keyHash = keyHash
        self.fingerprint = fingerprint
        self.cartVersions = cartVersions
    }

    /// Why an order is not placed.
    package enum Refusal: Error, Sendable {
        case cartUnknown
        case cartExpired
        case cartChanged(Cart, Quote, Catalog)
        /// The same key placed this cart's order with another request.
        case keyReused
        case alreadyOrdered(Order)
        case countryDiffers(wanted: Country)
        case regionDiffers(wanted: String)
        /// Something may be had only so often: a code, or the sample.
        case limitReached(String)
        case currencyDiffers(wanted: Currency)
        case notReady([Quote.Problem])
        case outOfStock([Quote.Problem])
        case priceChanged(old: Money, new: Money)
        case notAccepted(Cart, Quote, Catalog)
        /// The same order is being placed by another request at this moment.
        case inFlight
    }

    /// Why an order can't be placed from a cart as it stands; nil when it can.
    func refusal(for cart: Cart, quote: Quote, catalog: Catalog) -> Refusal? {
        if let cartVersions, !cartVersions.contains(cart.version) { return .cartChanged(cart, quote, catalog) }
        if let country = cart.choice.country, country != shippingAddress.country {
            return .countryDiffers(wanted: country)
        }
        if let region = cart.choice.region, region != shippingAddress.region { return .regionDiffers(wanted: region) }
        if expectedTotal.currency != cart.choice.currency { return .currencyDiffers(wanted: cart.choice.currency) }
        if let used = quote.problems.first(where: { $0.code == .codeUsedUp }) { return .limitReached(used.detail) }
        let (shortages, others) = (
            quote.problems.filter { $0.code == .outOfStock || $0.code == .notSold },
            quote.problems.filter { $0.code != .outOfStock && $0.code != .notSold }
        )
        if !others.isEmpty { return .notReady(others) }
        if !shortages.isEmpty { return .outOfStock(shortages) }
        if expectedTotal != quote.totals.total { return .priceChanged(old: expectedTotal, new: quote.totals.total) }
        if quote.notices.contains(where: { $0.needsConsent && !accepted.contains($0.code.rawValue) }) {
            return .notAccepted(cart, quote, catalog)
        }
        return nil
    }
}
