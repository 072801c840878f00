package import Links

/// How an order is found: by its owner's link, its number, or its id.
package enum OrderLocator: Sendable {
    case link(Link)
    case number(OrderNumber)
    case id(Int64)
}
