package import Orders
import Postgres

/// What the bench does: the queue, who packs what, parcels, holds, and what became of each day.
package struct FulfilmentStore: Sendable {
    let orders: OrderStore
    /// Whether an order is packed and sent before it is paid.
    let shipsUnpaid: Bool
    var pool: Pool { orders.pool }

    package init(_ orders: OrderStore, shipsUnpaid: Bool) {
        self.orders = orders
        self.shipsUnpaid = shipsUnpaid
    }
}
