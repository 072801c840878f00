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
    /// The order does not hold so much, or it has gone back already.
    case nothingToRefund
}
