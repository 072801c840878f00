package import Catalog
package import Commerce
import Postgres

/// What keeps an order from being packed, and what is to be remembered of it.
extension OrderStore {
    /// Keeps an order from being packed.
    /// - Throws: `Refusal`.
    package func hold(
        _ name: Name,
        _ reason: Order.Hold.Reason,
        note: String?,
        key: ActKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        try await once(name, key, now: now) { order, _ in
            guard order.status == .placed, order.fulfilmentStatus.isOpen else {
                throw Refusal.notPackable("It is not waiting to be packed.")
            }
            return [
                Statement(
                    """
                    UPDATE orders SET hold_reason = $2, hold_note = $3, hold_by = $4, hold_at = $5 WHERE id = $1
                    """,
                    order.id,
                    reason,
                    note,
                    actor.name,
                    now
                ), Statement("DELETE FROM packing_lease WHERE order_id = $1", order.id),
            ] + Self.telling(.held, order.id, at: now, actor, reason: note ?? reason.rawValue)
        }
    }

    /// Lets an order be packed again.
    /// - Throws: `Refusal`.
    package func release(_ name: Name, key: ActKey, actor: Actor, now: Instant) async throws -> Order {
        try await once(name, key, now: now) { order, _ in
            guard order.hold != nil else { return [] }
            return [
                Statement(
                    """
                    UPDATE orders SET hold_reason = NULL, hold_note = NULL, hold_by = NULL, hold_at = NULL WHERE id = $1
                    """,
                    order.id
                )
            ] + Self.telling(.released, order.id, at: now, actor)
        }
    }

    /// Adds something to remember to an order's timeline.
    /// - Throws: `Refusal`.
    package func note(_ name: Name, _ text: String, key: ActKey, actor: Actor, now: Instant) async throws -> Order {
        try await once(name, key, now: now) { order, _ in
            Self.telling(.noted, order.id, at: now, actor, reason: text)
        }
    }
}
