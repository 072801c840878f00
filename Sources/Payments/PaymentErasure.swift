package import Commerce
package import Postgres

/// What the ledger loses once whose order it was is erased, and when documents go.
package enum PaymentErasure {
    /// Whether money of an order is on its way, in either direction.
    package static func isMoving(of order: Int64) -> Query<Bool> {
        Query(
            only: Statement(
                assembled: """
                    SELECT \(PaymentStore.isBeingPaid(order: "$1")) OR EXISTS (
                        SELECT 1 FROM provider_refund JOIN payment_attempt AS attempt ON attempt.id = attempt_id
                        WHERE order_id = $1 AND provider_refund.status = 'waiting') AS is_moving
                    """,
                [order]
            )
        ) { try $0.value("is_moving") }
    }

    /// Whether something of an order's money is wrong that nobody has settled: then somebody may still need to know whose it
    /// is. A refund that failed is settled with its finding, also where no comparison has found it yet.
    /// - Parameter number: the order's number, which findings name.
    package static func isUnsettled(of order: Int64, number: String) -> Query<Bool> {
        Query(
            only: Statement(
                """
                SELECT EXISTS (SELECT 1 FROM finding WHERE number = $2 AND settled_at IS NULL) OR EXISTS (
                    SELECT 1 FROM provider_refund AS refund JOIN payment_attempt AS attempt ON attempt.id = attempt_id
                    WHERE order_id = $1 AND refund.status = 'failed' AND NOT EXISTS (
                        SELECT 1 FROM finding WHERE kind = 'refundFailed' AND settled_at IS NOT NULL
                            AND reference IN (refund.provider_id, 'refund ' || refund.id))) AS is_unsettled
                """,
                order,
                number
            )
        ) { try $0.value("is_unsettled") }
    }

    /// Erases what people wrote beside the money of orders: sums, days and a provider's own names stay, for the books.
    /// - Parameter numbers: the orders' numbers, which findings name.
    package static func statements(of orders: [Int64], numbers: [String], at now: Instant) -> [Statement] {
        [
            Statement(
                """
                UPDATE payment SET erased_at = $2, reference = NULL, reference_salt = NULL
                WHERE order_id = ANY ($1::bigint[]) AND reference IS NOT NULL
                """,
                orders,
                now
            ),
            Statement(
                """
                UPDATE payment_attempt SET action_url = NULL, return_address = NULL
                WHERE order_id = ANY ($1::bigint[]) AND num_nonnulls(action_url, return_address) > 0
                """,
                orders
            ),
            Statement(
                """
                UPDATE finding SET settled_reason = $2
                WHERE number = ANY ($1::text[]) AND settled_reason <> $2
                """,
                numbers,
                "Erased with the order."
            ),
        ]
    }

    /// The documents of orders that are kept, by the law, though the order is erased: the first first.
    package static func documents(of order: Int64) -> Query<[IssuedDocument]> { IssuedDocument.issued(for: order) }

    /// Erases what documents say whose years are over, a hundred at a time.
    package static func expire(on today: CalendarDate, at now: Instant) -> Statement {
        Statement(
            """
            UPDATE document SET content = NULL, erased_at = $2 WHERE (kind, number) IN (
                SELECT kind, number FROM document WHERE kept_until < $1 AND erased_at IS NULL
                ORDER BY kept_until LIMIT 100 FOR UPDATE SKIP LOCKED)
            """,
            today,
            now
        )
    }
}
