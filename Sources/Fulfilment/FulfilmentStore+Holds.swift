package import Commerce
package import Orders
import Postgres
package import Records

/// What keeps an order from being packed, and what is to be remembered of it.
extension FulfilmentStore {
    /// Keeps an order from being packed.
    /// - Throws: `OrderError`, `FulfilmentError`.
    package func hold(
        _ locator: OrderLocator,
        _ reason: Order.Hold.Reason,
        note: String?,
        key: IdempotencyKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        try await orders.perform(key, on: locator, now: now) { order in
            guard order.status == .placed, order.fulfilmentStatus.isOpen else {
                throw FulfilmentError.notPackable("It is not waiting to be packed.")
            }
            let hold = Order.Hold(reason: reason, note: note, by: actor.name, at: now)
            return OrderFacts.held(order, hold, by: actor) + [Self.leaseEnded(order)]
        }
    }

    /// Lets an order be packed again.
    /// - Throws: `OrderError`.
    package func release(
        _ locator: OrderLocator,
        key: IdempotencyKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        try await orders.perform(key, on: locator, now: now) { order in
            order.hold == nil ? [] : OrderFacts.released(order, at: now, by: actor)
        }
    }

    /// Adds something to remember to an order's log.
    /// - Throws: `OrderError`.
    package func note(
        _ locator: OrderLocator,
        _ text: String,
        key: IdempotencyKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        try await orders.perform(key, on: locator, now: now) { order in
            [OrderLog.entry(.noted, of: order.id, at: now, by: actor, reason: text)]
        }
    }

    /// What was written down about some orders, by their ids, oldest first.
    package func notes(of orders: [Order]) async throws -> [Int64: [OrderNote]] {
        try await pool.read(OrderNote.all(of: orders.map(\.id)))
    }
}
