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
    /// A parcel that has not left yet holds some of it.
    case waitsInParcel
    /// Whose it was has been erased, so nobody is shown it any more.
    case erased(Instant)
}
