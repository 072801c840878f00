/// Where all units of an order are, in one sum: its states follow from it.
package struct UnitCount: Sendable, Equatable {
    /// Those that were not cancelled.
    package var sent = 0
    /// Of these, those that have left; of those, those that came back, and those that were lost.
    package var shipped = 0
    package var returned = 0
    package var lost = 0

    package init(_ parts: [Order.Component]) {
        for part in parts {
            sent += part.quantity - part.cancelled
            shipped += part.shipped
            returned += part.returned
            lost += part.lost
        }
    }

    /// How far an order has come whose units are so. The schema has the same rule.
    /// - Parameter isDelivered: whether the last parcel that left has arrived.
    package func fulfilmentStatus(isDelivered: Bool) -> Order.FulfilmentStatus {
        if shipped == 0 { return .unfulfilled }
        if shipped < sent { return .partlyShipped }
        // All that was not lost is back.
        if shipped == returned + lost { return .returned }
        return isDelivered ? .delivered : .shipped
    }
}

extension Order {
    /// Where its units are.
    package var units: UnitCount { UnitCount(lines.flatMap(\.parts)) }

    /// How often something of it was sent once more.
    package var replacementCount: Int { lines.flatMap(\.replacements).map(\.replacement).max() ?? 0 }
}
