package import Commerce
package import Postgres

/// The orders that wait for something, as subqueries and counts for those who work them off.
package enum OpenOrders {
    /// What is open, the most urgent first, as a subquery with the parameters of its bounds. An order that nothing says
    /// when to send stands first: it is due at once.
    /// - Parameters:
    ///   - until: the day by which they are to be sent.
    ///   - after: the id of the order that they come after, or NULL.
    package static func page(until: String, after: String, count: String) -> String {
        """
        (WITH open AS MATERIALIZED (
            SELECT id, number, placed_at, ship_by, payment_status, hold_reason IS NOT NULL AS is_held,
                shipping_method, address_country AS country, packed_at, fulfilment_status
            FROM orders
            WHERE status = 'placed' AND fulfilment_status IN ('unfulfilled', 'partlyShipped')
                AND coalesce(ship_by, '-infinity'::date) <= \(until)
                AND (\(after)::bigint IS NULL OR (coalesce(ship_by, '-infinity'::date), id)
                    > (SELECT coalesce(ship_by, '-infinity'::date), id FROM orders WHERE id = \(after)))
            ORDER BY coalesce(ship_by, '-infinity'::date), id LIMIT \(count))
        SELECT open.*, line.skus, line.quantities, part.units,
            part.units = 0 AND packed_at IS NOT NULL AND EXISTS
                (SELECT 1 FROM shipment WHERE order_id = open.id AND shipped_at IS NULL) AS is_packed
        FROM open
            -- As it was sold where nothing has left; else what is left of it.
            CROSS JOIN LATERAL (SELECT coalesce(array_agg(sku ORDER BY position), '{}') AS skus,
                coalesce(array_agg(quantity ORDER BY position), '{}') AS quantities
                FROM (SELECT sku, position::int, quantity - cancelled_quantity AS quantity FROM order_line
                    WHERE order_id = open.id AND open.fulfilment_status = 'unfulfilled' AND quantity > cancelled_quantity
                    UNION ALL SELECT sku, line * 1000 + position, quantity - cancelled - shipped FROM order_component
                    WHERE order_id = open.id AND open.fulfilment_status <> 'unfulfilled'
                        AND quantity - cancelled > shipped) AS unsent) AS line
            CROSS JOIN LATERAL (SELECT coalesce(sum(quantity - cancelled - packed), 0)::int AS units FROM order_component
                WHERE order_id = open.id) AS part)
        """
    }

    /// The most urgent order that can be packed and that nobody else holds, as a subquery of its id that locks it.
    /// - Parameters:
    ///   - isTaken: SQL that tells of `orders.id` whether somebody has it.
    ///   - shipsUnpaid: the parameter that says whether what is unpaid is packed too.
    package static func nextToPack(unless isTaken: String, shipsUnpaid: String) -> String {
        """
        (SELECT id FROM orders
        WHERE status = 'placed' AND fulfilment_status IN ('unfulfilled', 'partlyShipped')
            AND hold_reason IS NULL AND (payment_status IN ('paid', 'partlyRefunded', 'refunded') OR \(shipsUnpaid))
            AND payment_status <> 'failed' AND NOT \(isTaken)
            AND EXISTS (SELECT 1 FROM order_component WHERE order_id = id AND packed < quantity - cancelled)
        ORDER BY coalesce(ship_by, '-infinity'::date), id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
        """
    }

    /// How many orders are late, due and blocked, of those to be sent by a day; of the ten thousand most urgent.
    package static func counts(
        on today: CalendarDate,
        shipsUnpaid: Bool
    ) -> Query<(late: Int, due: Int, blocked: Int)> {
        // In the queue's own order and with an end: so it is the index that is read, and never the table.
        Query(
            only: Statement(
                """
                SELECT count(*) FILTER (WHERE NOT blocked AND day < $1) AS late,
                    count(*) FILTER (WHERE NOT blocked AND day >= $1) AS due, count(*) FILTER (WHERE blocked) AS blocked
                FROM (SELECT coalesce(ship_by, $1) AS day, hold_reason IS NOT NULL OR NOT
                        (payment_status IN ('paid', 'partlyRefunded', 'refunded') OR $2 AND payment_status IN ('unpaid', 'authorised'))
                        AS blocked
                    FROM orders WHERE status = 'placed' AND fulfilment_status IN ('unfulfilled', 'partlyShipped')
                        AND coalesce(ship_by, '-infinity'::date) <= $1
                    ORDER BY coalesce(ship_by, '-infinity'::date), id LIMIT 10000) AS open
                """,
                today,
                shipsUnpaid
            )
        ) { (try $0.value("late"), try $0.value("due"), try $0.value("blocked")) }
    }

    /// How many open orders go by each shipping method.
    package static let byShippingMethod: Query<[String: Int]> = Query(
        Statement(
            """
            SELECT shipping_method, count(*) AS n FROM orders
            WHERE shipping_method IS NOT NULL AND status = 'placed' AND fulfilment_status IN ('unfulfilled', 'partlyShipped')
            GROUP BY shipping_method
            """
        )
    ) { rows in
        var counts: [String: Int] = [:]
        for row in rows { counts[try row.value("shipping_method")] = try row.value("n") }
        return counts
    }

    /// Orders of a payment method that were not paid in time, the oldest first, a hundred at most, by their ids.
    /// - Parameters:
    ///   - statuses: how their payments stand.
    ///   - isAwaited: SQL that tells of `orders.id` whether money may still come.
    package static func unpaid(
        _ method: Order.PaymentMethod,
        _ statuses: [Order.PaymentStatus],
        placedBefore: Instant,
        unless isAwaited: String
    ) -> Query<[Int64]> {
        Query(
            each: Statement(
                assembled: """
                    SELECT id FROM orders
                    WHERE payment_status IN ('unpaid', 'failed') AND payment_status = ANY ($3) AND status = 'placed'
                        AND payment_method = $1 AND fulfilment_status = 'unfulfilled' AND placed_at < $2
                        AND NOT \(isAwaited)
                    ORDER BY placed_at LIMIT 100
                    """,
                [method, placedBefore, statuses]
            )
        ) { try $0.value("id") }
    }
}
