package import Catalog
package import Commerce
import Postgres

/// Parcels that leave, arrive or come back.
extension OrderStore {
    /// Notes that a packed parcel has left: its units leave the stock. Once nothing is left to send, the order is
    /// shipped. The same request again sends nothing.
    /// - Parameter parcel: which one, where several wait.
    /// - Throws: `Refusal`.
    package func ship(
        _ name: Name,
        parcel: Int?,
        carrier: Carrier,
        trackingNumber: String,
        key: ActKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        try await once(name, key, now: now) { order, _ in
            let waiting = order.waitingShipments.filter { parcel == nil || $0.ordinal == parcel }
            guard let shipment = waiting.first else {
                throw Refusal.notShippable(
                    order.fulfilmentStatus == .shipped
                        ? "It has left already." : "No parcel of this order waits: pack it first."
                )
            }
            guard waiting.count == 1 else {
                let names = waiting.map { "\($0.ordinal)" }.joined(separator: ", ")
                throw Refusal.notShippable("Several parcels wait; say which: \(names).")
            }
            let items = shipment.items.sorted { ($0.sku.rawValue, $0.lot ?? "") < ($1.sku.rawValue, $1.lot ?? "") }
            var units: [SKU: Int] = [:]
            for item in items { units[item.sku, default: 0] += item.quantity }
            let isLast = order.openComponents.isEmpty && order.waitingShipments.count == 1
            return [
                Statement(
                    """
                    UPDATE shipment SET shipped_at = $3, carrier = $4, tracking_number = $5
                    WHERE order_id = $1 AND ordinal = $2
                    """,
                    order.id,
                    Int16(shipment.ordinal),
                    now,
                    carrier.code,
                    trackingNumber
                ),
                // The units are no longer held, and no longer there. Locked in the order of their codes, as always.
                CatalogStore.release(units.map { ($0.key, $0.value) }),
                StockStore.moving(
                    items.map { StockStore.Move(sku: $0.sku, lot: $0.lot, change: -$0.quantity) },
                    kind: .shipment,
                    order: order.id,
                    at: now,
                    actor: actor.name,
                    requestID: actor.requestID
                ),
                Self.count("shipped", of: items, in: order.id),
                Statement(
                    "UPDATE orders SET fulfilment_status = $2 WHERE id = $1",
                    order.id,
                    isLast ? Order.FulfilmentStatus.shipped : .partlyShipped
                ),
            ]
                + Self.telling(
                    .shipped,
                    order.id,
                    at: now,
                    actor,
                    reason: "parcel \(shipment.ordinal), \(carrier.code) \(trackingNumber)"
                )
        }
    }

    /// Notes that an order has arrived. One that is paid is then complete.
    /// - Throws: `Refusal`.
    package func deliver(_ name: Name, key: ActKey, actor: Actor, now: Instant) async throws -> Order {
        try await once(name, key, now: now) { order, _ in
            if order.fulfilmentStatus == .delivered { return [] }
            guard order.fulfilmentStatus.mayBecome(.delivered) else {
                throw Refusal.notShippable("It has not left whole, or it came back.")
            }
            return [Statement("UPDATE orders SET fulfilment_status = 'delivered' WHERE id = $1", order.id)]
                + Self.telling(.delivered, order.id, at: now, actor)
                + (order.isPaid ? Self.completing(order, actor: actor, now: now) : [])
        }
    }

    /// Writes that there is nothing more to do for an order.
    static func completing(_ order: Order, actor: Actor, now: Instant) -> [Statement] {
        guard order.status.mayBecome(.completed) else { return [] }
        return [Statement("UPDATE orders SET status = 'completed' WHERE id = $1", order.id)]
            + telling(.completed, order.id, at: now, actor)
    }

    /// Notes that an order came back.
    /// - Parameter restocks: whether its units can be sold again.
    /// - Throws: `Refusal`.
    package func takeBack(
        _ name: Name,
        reason: String,
        restocks: Bool,
        key: ActKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        try await once(name, key, now: now) { order, _ in
            guard order.fulfilmentStatus.mayBecome(.returned) else {
                throw Refusal.notShippable("Only what has left whole can come back.")
            }
            let moves = order.shipments.flatMap(\.items)
                .sorted { ($0.sku.rawValue, $0.lot ?? "") < ($1.sku.rawValue, $1.lot ?? "") }
                .map { StockStore.Move(sku: $0.sku, lot: $0.lot, change: $0.quantity) }
            let restocking =
                restocks
                ? [
                    StockStore.moving(
                        moves,
                        kind: .return,
                        order: order.id,
                        at: now,
                        actor: actor.name,
                        requestID: actor.requestID
                    )
                ] : []
            return restocking
                + [Statement("UPDATE orders SET fulfilment_status = 'returned' WHERE id = $1", order.id)]
                + Self.telling(.returned, order.id, at: now, actor, reason: reason)
        }
    }
}

extension Order.FulfilmentStatus {
    /// Whether something is still to be sent.
    package var isOpen: Bool { self == .unfulfilled || self == .partlyShipped }

    func mayBecome(_ next: Order.FulfilmentStatus) -> Bool { Transitions.fulfilment[self]?.contains(next) == true }
}
