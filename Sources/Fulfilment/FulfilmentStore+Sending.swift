import Catalog
package import Commerce
package import Orders
import Postgres
package import Records

/// Parcels that leave, arrive or come back.
extension FulfilmentStore {
    /// Notes that a packed parcel has left: its units leave the stock. Once nothing is left to send, the order is
    /// shipped. The same request again sends nothing.
    /// - Parameters:
    ///   - parcel: which one, where several wait.
    ///   - isNumberChecked: whether somebody has looked at the number again, which is doubtful otherwise where it has
    ///     no form that the shop knows, or is another order's.
    /// - Throws: `OrderError`, `FulfilmentError`.
    package func ship(
        _ locator: OrderLocator,
        parcel: Int?,
        carrier: Carrier,
        trackingNumber: String,
        isNumberChecked: Bool,
        key: IdempotencyKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        do {
            return try await orders.perform(
                key,
                on: locator,
                now: now,
                reading: ParcelHistory.orders(with: trackingNumber, besides: orders.id(locator))
            ) { order, others in
                let waiting = order.waitingShipments.filter { parcel == nil || $0.ordinal == parcel }
                guard let shipment = waiting.first else {
                    throw FulfilmentError.notShippable(
                        order.fulfilmentStatus == .shipped
                            ? "It has left already." : "No parcel of this order waits: pack it first."
                    )
                }
                guard waiting.count == 1 else {
                    let names = waiting.map { "\($0.ordinal)" }.joined(separator: ", ")
                    throw FulfilmentError.notShippable("Several parcels wait; say which: \(names).")
                }
                if !isNumberChecked {
                    guard carrier.check(trackingNumber) != .unknown else {
                        throw FulfilmentError.doubtfulTrackingNumber(
                            "\(trackingNumber) has no form of \(carrier.code)'s numbers that the shop knows."
                        )
                    }
                    guard others.isEmpty else {
                        let names = others.joined(separator: ", ")
                        throw FulfilmentError.doubtfulTrackingNumber("\(trackingNumber) went with \(names) already.")
                    }
                }
                var units: [SKU: Int] = [:]
                for item in shipment.items { units[item.sku, default: 0] += item.quantity }
                // The units are no longer held, and no longer there. Locked in the order of their codes, as always.
                return (order.isStockHeld ? [StockStore.release(units.map { ($0.key, $0.value) })] : []) + [
                    try StockStore.moved(
                        Self.moves(shipment.items, sign: -1),
                        kind: .shipment,
                        order: order.id,
                        at: now,
                        by: actor
                    )
                ]
                    + OrderFacts.shipped(
                        shipment,
                        order,
                        carrier: carrier,
                        trackingNumber: trackingNumber,
                        at: now,
                        by: actor
                    )
            }
        } catch let error as PostgresError where StockStore.isShortage(error) {
            throw FulfilmentError.notShippable("The stock has fewer than the parcel holds: count what is there first.")
        }
    }

    /// Notes that an order has arrived. One that is paid is then complete.
    /// - Throws: `OrderError`, `FulfilmentError`.
    package func deliver(
        _ locator: OrderLocator,
        key: IdempotencyKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        try await orders.perform(key, on: locator, now: now) { order in
            if order.fulfilmentStatus == .delivered { return [] }
            guard order.fulfilmentStatus == .shipped else {
                throw FulfilmentError.notShippable("It has not left whole, or it came back.")
            }
            return OrderFacts.delivered(order, at: now, by: actor)
        }
    }

    /// The units of parcels as movements of the stock.
    private static func moves(_ items: [Order.Shipment.Item], sign: Int) -> [StockStore.Move] {
        items.sorted { ($0.sku.rawValue, $0.lot ?? "") < ($1.sku.rawValue, $1.lot ?? "") }
            .map { StockStore.Move(sku: $0.sku, lot: $0.lot, change: sign * $0.quantity) }
    }
}
