import Catalog
package import Commerce
package import Orders
import Postgres
package import Records

/// Packing and unpacking parcels.
extension FulfilmentStore {
    /// Packs a parcel of an order that the caller has, or that nobody else has. What it goes without is told in its guide
    /// from then on. The same request again packs nothing.
    /// - Throws: `OrderError`, `FulfilmentError`.
    package func pack(
        _ locator: OrderLocator,
        _ request: PackingRequest,
        key: IdempotencyKey,
        holder: String,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let catalog = try await orders.catalogs.current()
        let today = orders.shopToday(now)
        return try await orders.perform(
            key,
            on: locator,
            now: now,
            reading: lease(of: orders.id(locator), now: now).and(StockStore.lots).and(ParcelHistory.waiting)
        ) { order, read in
            let ((lease, lots), waiting) = read
            if let lease, lease.holder != holder { throw FulfilmentError.leased(lease) }
            if let obstacle = order.packingObstacle(shipsUnpaid: shipsUnpaid) {
                throw FulfilmentError.notPackable(obstacle)
            }
            let packing = try Packing(request, for: order, catalog: catalog, lots: lots, waiting: waiting, today: today)
            let parcel =
                packing.items.isEmpty
                ? [
                    OrderLog.entry(
                        .sendingCancelled,
                        of: order.id,
                        at: now,
                        by: actor,
                        reason: "It goes without what was left of it."
                    )
                ] : try OrderFacts.packed(packing.items, order, at: now, by: actor)
            return try parcel + [Self.leaseEnded(order)]
                + orders.goesWithout(
                    packing.dropped.map { ($0.component, $0.quantity) },
                    order,
                    at: now,
                    by: actor
                )
        }
    }

    /// Opens the parcels that wait: what they held is to be packed again.
    /// - Throws: `OrderError`, `FulfilmentError`.
    package func unpack(
        _ locator: OrderLocator,
        key: IdempotencyKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        try await orders.perform(key, on: locator, now: now) { order in
            guard !order.waitingShipments.isEmpty else {
                throw FulfilmentError.notShippable("No parcel of this order waits.")
            }
            return OrderFacts.unpacked(order, at: now, by: actor)
        }
    }
}
