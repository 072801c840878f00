import Cart
import Catalog
package import Commerce
package import Records

/// What a customer asks for when they place an order, checked as far as it can be without the cart.
package struct OrderRequest: Sendable {
    package let details: Order.Details
    /// What the customer was told that it costs.
    package let expectedTotal: Money
    /// The key that it is asked under, and the request in a form that spacing and field order don't change.
    package let key: IdempotencyKey
    /// The versions of the cart that the customer saw; nil where they did not say.
    package let cartVersions: Set<Int>?
    /// The version of the words by which the customer takes offers; nil where they take none.
    package let offers: String?

    package init(
        details: Order.Details,
        expectedTotal: Money,
        key: IdempotencyKey,
        cartVersions: Set<Int>?,
        offers: String? = nil
    ) {
        self.details = details
        self.expectedTotal = expectedTotal
        self.key = key
        self.cartVersions = cartVersions
        self.offers = offers
    }

    /// Why an order can't be placed from a cart as it stands; nil when it can.
    func error(for cart: Cart, quote: Quote, catalog: Catalog) -> PlacementError? {
        if let cartVersions, !cartVersions.contains(cart.version) { return .cartChanged(cart, quote, catalog) }
        if let country = cart.choice.country, country != details.shippingAddress.country {
            return .countryDiffers(wanted: country)
        }
        if let region = cart.choice.region,
            details.shippingAddress.region.map(TaxRate.regionKey) != TaxRate.regionKey(region)
        {
            return .regionDiffers(wanted: region)
        }
        if expectedTotal.currency != cart.choice.currency { return .currencyDiffers(wanted: cart.choice.currency) }
        if let used = quote.problems.first(where: { $0.code == .codeUsedUp }) { return .limitReached(used.detail) }
        let (shortages, others) = (
            quote.problems.filter { $0.code == .outOfStock || $0.code == .notSold },
            quote.problems.filter { $0.code != .outOfStock && $0.code != .notSold }
        )
        if !others.isEmpty {
            // A cart that does not say where it goes has taken the address's word.
            return .notReady(cart.choice.country == nil ? others.map(\.inAddress) : others)
        }
        if !shortages.isEmpty { return .outOfStock(shortages) }
        if expectedTotal != quote.totals.total { return .priceChanged(old: expectedTotal, new: quote.totals.total) }
        if quote.notices.contains(where: { $0.needsConsent && !details.accepted.contains($0.code.rawValue) }) {
            return .notAccepted(cart, quote, catalog)
        }
        return nil
    }
}

extension Quote.Problem {
    /// The same where the country and the region are those of the shipping address.
    fileprivate var inAddress: Quote.Problem {
        let isPlace = pointer == "/country" || pointer == "/region"
        return isPlace ? at("/shippingAddress\(pointer)") : self
    }
}
