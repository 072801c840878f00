package import Commerce
package import Orders

/// A way in which somebody is told what happens to an order.
package protocol DeliveryChannel: Sendable {
    /// Its name in the database: small letters.
    var name: String { get }
    /// The events that it tells.
    var kinds: [OrderEvent] { get }
    /// Tells one. It may be told again where nobody can know whether it was: whoever hears it twice knows it by its order
    /// and sequence.
    func deliver(_ event: DeliveredEvent) async -> DeliveryOutcome
}

/// An event with the order as it stands when it is told.
package struct DeliveredEvent: Sendable {
    package let order: Order
    package let entry: OrderLog.Entry
    package let now: Instant
}

/// What came of telling an event.
package enum DeliveryOutcome: Sendable, Equatable {
    case delivered
    /// It did not work now.
    case failed(reason: String)
    /// It will never work.
    case refused(reason: String)
}
