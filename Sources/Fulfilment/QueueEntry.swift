package import Commerce
package import Orders

/// An order that waits to be packed, and how urgent it is.
package struct QueueEntry: Sendable {
    package enum State: String, Sendable {
        case late
        case due
        case waiting
        case blocked
    }

    package let id: Int64
    package let number: String
    package let placedAt: Instant
    /// Nil where the shop has no shipping methods: then it is due at once.
    package let shipBy: CalendarDate?
    package let payment: Order.PaymentStatus
    package let isOnHold: Bool
    package let skus: [String]
    package let quantities: [Int]
    /// Units that are still to be packed.
    package let units: Int
    package let shippingMethod: String?
    package let country: String
    package let lease: FulfilmentStore.Lease?
    package let isPacked: Bool

    /// What keeps it from being packed.
    package func blocks(shipsUnpaid: Bool) -> [String] {
        let money: [String] =
            switch payment {
            case .paid, .partlyRefunded, .refunded: []
            case .failed: ["paymentFailed"]
            case .unpaid, .authorised, .void: shipsUnpaid ? [] : ["unpaid"]
            }
        return money + (isOnHold ? ["hold"] : [])
    }

    package func state(on today: CalendarDate, shipsUnpaid: Bool) -> State {
        if !blocks(shipsUnpaid: shipsUnpaid).isEmpty { return .blocked }
        guard let shipBy else { return .due }
        return shipBy < today ? .late : shipBy == today ? .due : .waiting
    }
}
