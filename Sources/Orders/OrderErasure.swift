package import Commerce
package import Postgres

/// What an order's rows lose once whose it was is erased: statements for one transaction, under the order's lock.
package enum OrderErasure {
    /// What is still open of an order, and keeps it from being erased.
    package enum Obstacle: String, Sendable, CaseIterable {
        /// Something is still to be sent, or on its way.
        case parcel
        /// It is not paid.
        case payment
        /// Its money is moving, here or there.
        case money
        /// Something that left is to come back, or has come and is to be refunded.
        case comesBack
        /// A refund did not reach its customer, or the provider says something else of its money than the ledger, and nobody
        /// has settled that.
        case unsettled
    }

    /// What keeps an order from being erased; nil for nothing.
    package static func obstacle(_ order: Order) -> Obstacle? {
        guard order.status == .placed else { return nil }
        switch order.fulfilmentStatus {
        case .unfulfilled, .partlyShipped, .shipped: return .parcel
        case .delivered, .returned: return .payment
        }
    }

    /// Erases an order whose customer was known, and says so in its log.
    package static func statements(_ order: Order, at now: Instant, by actor: Actor) -> [Statement] {
        [
            Statement(
                """
                UPDATE orders SET erased_at = $2, customer_name = NULL, customer_given_name = NULL, customer_email = NULL,
                    customer_phone = NULL, address_line1 = NULL, address_line2 = NULL, address_city = NULL,
                    address_region = NULL, address_postal_code = NULL, billing_address = NULL, reference = NULL,
                    reminder_hour = NULL, hold_note = NULL, request_fingerprint = NULL
                WHERE id = $1
                """,
                order.id,
                now
            ), OrderLog.entry(.erased, of: order.id, at: now, by: actor),
        ] + remains(of: [order.id], at: now)
    }

    /// Erases what else belongs to orders that are erased. What was about to be written just then goes with it when this is
    /// done again.
    package static func remains(of orders: [Int64], at now: Instant) -> [Statement] {
        [
            Statement(
                """
                UPDATE guide SET erased_at = $2, time_zone = NULL, sessions = NULL, is_final = NULL, keep_dry_hours = NULL,
                    wash_interval_days = NULL, rest_days = NULL, document_hash = NULL
                WHERE order_id = ANY ($1::bigint[]) AND erased_at IS NULL
                """,
                orders,
                now
            ),
            Statement(
                """
                UPDATE order_event SET erased_at = $2, reason = NULL, reason_salt = NULL
                WHERE order_id = ANY ($1::bigint[]) AND reason IS NOT NULL
                """,
                orders,
                now
            ),
            Statement(
                """
                UPDATE order_view SET erased_at = $2, reason = NULL
                WHERE order_id = ANY ($1::bigint[]) AND reason IS NOT NULL
                """,
                orders,
                now
            ),
            Statement(
                """
                UPDATE shipment SET erased_at = $2, tracking_number = NULL
                WHERE order_id = ANY ($1::bigint[]) AND tracking_number IS NOT NULL
                """,
                orders,
                now
            ),
            Statement(
                """
                UPDATE discount_redemption SET email_hash = NULL, email_number = NULL
                WHERE order_id = ANY ($1::bigint[]) AND email_hash IS NOT NULL
                """,
                orders
            ), Statement("DELETE FROM sample_claim WHERE order_id = ANY ($1::bigint[])", orders),
        ]
    }

    // MARK: - Which orders

    /// The orders of an e-mail address, in any case, the oldest first.
    package static func orders(of email: EmailAddress) -> Query<[Int64]> {
        Query(
            each: Statement("SELECT id FROM orders WHERE lower(customer_email) = lower($1) ORDER BY id", email.rawValue)
        ) { try $0.value("id") }
    }

    /// The cart that an order was placed from.
    package static func cart(of order: Int64) -> Query<Int64?> {
        Query(first: Statement("SELECT cart_id FROM orders WHERE id = $1", order)) { try $0.value("cart_id") }
    }

    /// Orders that are over and were placed before a moment, the oldest first.
    package static func over(placedBefore moment: Instant, count: Int) -> Query<[Int64]> {
        Query(
            each: Statement(
                """
                SELECT id FROM orders WHERE status <> 'placed' AND erased_at IS NULL AND placed_at < $1
                ORDER BY placed_at LIMIT $2
                """,
                moment,
                count
            )
        ) { try $0.value("id") }
    }

    /// An order that was erased.
    package struct Erased: Sendable, Hashable {
        package let id: Int64
        package let number: String
        package let at: Instant

        package init(id: Int64, number: String, at: Instant) {
            self.id = id
            self.number = number
            self.at = at
        }
    }

    /// What was erased at a moment or later, the first first.
    package static func erased(since moment: Instant) -> Query<[Erased]> {
        Query(
            each: Statement(
                "SELECT id, number, erased_at FROM orders WHERE erased_at >= $1 ORDER BY erased_at, id",
                moment
            )
        ) { row in
            Erased(id: try row.value("id"), number: try row.value("number"), at: try row.value("erased_at"))
        }
    }

    /// Of some orders that were erased once, those that are here as if they never had been. An order that was placed later
    /// than that is another one, of a database that was made anew.
    package static func held(
        _ erased: [(id: Int64, number: String, erasedAt: Instant)]
    ) -> Query<[(id: Int64, number: String)]> {
        Query(
            each: Statement(
                """
                SELECT orders.id, orders.number
                FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS known (id, number, at)
                JOIN orders ON orders.id = known.id AND orders.number = known.number
                WHERE erased_at IS NULL AND placed_at < known.at + interval '1 second'
                """,
                erased.map(\.id),
                erased.map(\.number),
                erased.map(\.erasedAt)
            )
        ) { (try $0.value("id"), try $0.value("number")) }
    }

    // MARK: - What is kept for a while

    /// Forgets who of the staff looked at orders before a moment, a thousand at a time.
    package static func forgetViews(before moment: Instant) -> Statement {
        Statement(
            """
            DELETE FROM order_view WHERE id IN (SELECT id FROM order_view WHERE at < $1 ORDER BY at LIMIT 1000)
            """,
            moment
        )
    }
}
