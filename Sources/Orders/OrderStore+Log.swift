package import Commerce
package import Postgres

/// What happens to an order, as its log has it. A new kind is a case here and a value of `order_event_kind`.
package enum OrderEvent: String, Sendable, CaseIterable {
    case placed
    case rescheduled
    case contactChanged
    case guideLinkRenewed
    case guideLinkRevoked
    case calendarLinkRenewed
    case calendarLinkRevoked
    case orderLinkRenewed
    case paid
    case refunded
    case cancelled
    case paymentStarted
    case paymentAuthorised
    case paymentFailed
    /// Money came that the order could not take.
    case paymentReturned
    case noted
    case held
    case released
    case packed
    case unpacked
    case shipped
    case delivered
    case returned
    case completed
}

/// Something that happened to an order, or somebody who looked at it: who, when, from which request.
package struct TimelineEntry: Sendable {
    /// An event's name, or `viewed`.
    package let kind: String
    package let at: Instant
    package let actor: String
    package let requestID: String
    package let reason: String?
    /// Minor units, where money moved.
    package let amount: Int64?
}

/// The log of an order, and who looked at it.
extension OrderStore {
    /// Writes down what happened: for the transaction in which it happens, under the order's lock.
    package static func log(
        _ event: OrderEvent,
        of order: Int64,
        at now: Instant,
        by actor: Actor,
        reason: String? = nil,
        amount: Int64? = nil
    ) -> Statement {
        Statement(
            """
            INSERT INTO order_event (order_id, sequence, at, kind, actor, request_id, reason, amount)
            SELECT $1, coalesce(max(sequence), 0) + 1, $2, $3::text::order_event_kind, $4, $5, $6, $7
            FROM order_event WHERE order_id = $1
            """,
            order,
            now,
            event.rawValue,
            actor.name,
            actor.requestID,
            reason,
            amount
        )
    }

    /// The last entry of the log of the order whose id stands in a parameter, as a subquery: for what belongs to the entry
    /// that was written just before.
    package static func lastSequence(of parameter: String) -> String {
        "(SELECT max(sequence) FROM order_event WHERE order_id = \(parameter))"
    }

    /// An order that is placed begins its log.
    static let firstEntries = Insertion<Placement>(
        into: "order_event",
        [
            .column("order_id") { $0.order.id },
            .column("sequence") { _ in Int32(1) },
            .column("at") { $0.order.placedAt },
            .column("kind", as: "%::order_event_kind") { _ in OrderEvent.placed.rawValue },
            .column("actor") { $0.actor.name },
            .column("request_id") { $0.actor.requestID },
        ]
    )

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
