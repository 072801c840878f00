package import Commerce
import Postgres

/// What happened to an order, and who looked at it.
extension OrderStore {
    /// Notes that somebody of the staff looked at orders' personal data. It waits for nobody.
    package func noteViews(of orders: [Int64], reason: String?, by actor: Actor, now: Instant) async throws {
        guard !orders.isEmpty else { return }
        _ = try await pool.write([
            Statement(
                """
                INSERT INTO order_view (order_id, sequence, at, actor, request_id, reason)
                SELECT id, (SELECT max(sequence) FROM order_event WHERE order_id = id), $2, $3, $4, $5
                FROM unnest($1::bigint[]) AS seen (id)
                """,
                orders,
                now,
                actor.name,
                actor.requestID,
                reason
            )
        ])
    }

    /// Everything that happened to an order, and who looked at it, oldest first.
    package func timeline(of order: Order) async throws -> [TimelineEntry] {
        try await pool.read(
            Query(
                each: Statement(
                    """
                    SELECT kind::text AS kind, at, actor, request_id, reason, amount, sequence, 0 AS view
                    FROM order_event WHERE order_id = $1
                    UNION ALL
                    SELECT 'viewed', at, actor, request_id, reason, NULL, sequence, id FROM order_view WHERE order_id = $1
                    ORDER BY sequence, view
                    """,
                    order.id
                )
            ) { row in
                TimelineEntry(
                    kind: try row.value("kind"),
                    at: try row.value("at"),
                    actor: try row.value("actor"),
                    requestID: try row.value("request_id"),
                    reason: try row.optional("reason"),
                    amount: try row.optional("amount")
                )
            }
        )
    }
}
