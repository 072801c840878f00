package import Cart
package import Catalog
package import Commerce

/// Why an order is not placed.
package enum PlacementError: Error, Sendable {
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
