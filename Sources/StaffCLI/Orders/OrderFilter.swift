import ArgumentParser
import StoreAPI

/// Which orders are meant. What is not said does not matter.
struct OrderFilter: ParsableArguments {
    @Option(help: "placed, completed or cancelled.", completion: .list(OrderStatus.allCases.map(\.rawValue)))
    var status: String?
    @Option(
        help: "Where the payment stands, such as unpaid or paid.",
        completion: .list(PaymentStatus.allCases.map(\.rawValue))
    )
    var payment: String?
    @Option(
        help: "Where the parcels stand, such as unfulfilled or shipped.",
        completion: .list(FulfilmentStatus.allCases.map(\.rawValue))
    )
    var fulfilment: String?
    @Option(help: "To be sent by this day.")
    var shipBy: DayArgument?
    @Option(help: "Placed on this day or later.")
    var from: DayArgument?
    @Option(help: "Placed on this day or earlier.")
    var to: DayArgument?
    @Option(help: "The customer's e-mail address.")
    var email: String?
    @Option(help: "A product that was ordered.")
    var sku: String?
    @Option(
        help: """
            Part of the customer's name, e-mail address, phone number or postcode, of the order's number or of a tracking \
            number; of the last 365 days where --from is not said.
            """
    )
    var text: String?

    /// A path with the filter as its query.
    func applied(to path: StorePath) -> StorePath {
        path.with("status", status).with("payment", payment).with("fulfilment", fulfilment)
            .with("shipBy", shipBy?.text).with("from", from?.text).with("to", to?.text).with("email", email)
            .with("sku", sku?.uppercased()).with("text", text)
    }
}
