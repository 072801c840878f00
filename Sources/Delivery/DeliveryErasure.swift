package import Postgres

/// What is kept of deliveries that somebody may have answered with whatever they liked.
package enum DeliveryErasure {
    /// Removes the attempts of some orders and what was given up of them. What is still to be told of them is told: it says
    /// nothing of whose they were.
    package static func statements(of orders: [Int64]) -> [Statement] {
        [
            Statement("DELETE FROM delivery_attempt WHERE order_id = ANY ($1::bigint[])", orders),
            Statement("DELETE FROM delivery_failure WHERE order_id = ANY ($1::bigint[])", orders),
        ]
    }
}
