package import Commerce

/// Why an order is not changed.
package enum OrderError: Error, Sendable {
    /// There is no such order, or the link that names it opens nothing.
    case unknown
    /// The order has another revision than the caller saw.
    case changed(Order)
    case cancelled
    /// The plan is over: it ended on this day.
    case over(CalendarDate)
    /// The dates have been changed too often.
    case changedTooOften
    /// Its link has been renewed too often: a link has room for so many versions.
    case renewedTooOften
    /// Packing has begun.
    case packed
    /// So many units of a product are not open any more: this many are, and the others are packed, or gone.
    case notOpen(SKU, Int)
    /// So many units of a product are not with the customer: this many are.
    case notKept(SKU, Int)
    /// Nothing waits to be sent once more.
    case noReplacement
    /// Its payment is on its way: what it comes to can't change before it has arrived.
    case beingPaid
    /// The time to withdraw from the contract ended with this day.
    case withdrawalOver(CalendarDate)
    /// There is no such shipping method, or it does not go there.
    case noSuchMethod([String])
    /// It comes to another amount than the caller expected.
    case otherTotal(Money)
    /// What costs more is not possible once it was paid.
    case costsMore(Money)
    /// Whose it was has been erased, so nobody is shown it any more.
    case erased(Instant)
}
