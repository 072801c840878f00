/// Which state may follow which, for each of an order's three facts. The schema has the same table and refuses every
/// other step; a test holds the two against each other.
package enum Transitions {
    /// Cancelled only while nothing was shipped; completed once delivered and paid; placed again where something is to be
    /// sent once more.
    package static let order: [Order.Status: Set<Order.Status>] = [
        .placed: [.completed, .cancelled], .completed: [.placed],
    ]

    package static let payment: [Order.PaymentStatus: Set<Order.PaymentStatus>] = [
        .unpaid: [.authorised, .paid, .failed, .void],
        .authorised: [.paid, .void, .failed],
        .failed: [.authorised, .paid, .void],
        .paid: [.partlyRefunded, .refunded],
        .partlyRefunded: [.refunded],
    ]

    package static let fulfilment: [Order.FulfilmentStatus: Set<Order.FulfilmentStatus>] = [
        .unfulfilled: [.partlyShipped, .shipped],
        .partlyShipped: [.shipped, .delivered, .returned],
        .shipped: [.delivered, .returned, .partlyShipped],
        .delivered: [.returned, .partlyShipped],
    ]
}

extension Order.PaymentStatus {
    package func mayBecome(_ next: Order.PaymentStatus) -> Bool { Transitions.payment[self]?.contains(next) == true }
}

extension Order.Status {
    package func mayBecome(_ next: Order.Status) -> Bool { Transitions.order[self]?.contains(next) == true }
}

extension Order.FulfilmentStatus {
    package func mayBecome(_ next: Order.FulfilmentStatus) -> Bool {
        Transitions.fulfilment[self]?.contains(next) == true
    }
}
