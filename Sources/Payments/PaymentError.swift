package import Commerce
package import Orders

/// Why no money moves.
package enum PaymentError: Error, Sendable {
    case alreadyPaid
    /// The order is paid through a provider, which tells us itself.
    case paidElsewhere(Order.PaymentMethod)
    /// What the order needs has run out meanwhile.
    case outOfStock
    /// It was tried too often.
    case triedTooOften
    /// The provider takes no money for it at the moment.
    case closed
    case notPaid
    /// Something else than the whole is not taken.
    case otherAmount(Money)
    /// Nothing was named that is left of its price.
    case nothingToRefund
    /// No more than so much is left of the shipping, or of the whole price.
    case tooMuchShipping(Money)
    case tooMuch(Money)
}
