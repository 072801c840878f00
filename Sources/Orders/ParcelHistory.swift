package import Commerce
package import Postgres

/// Parcels that have left: how many, of which orders, and who got what.
package enum ParcelHistory {
    /// How many parcels of each order left in a span of time, by the order's number.
    package static func shipped(in span: Range<Instant>) -> Query<[(number: String, parcels: Int)]> {
        Query(
            each: Statement(
                """
                SELECT number, count(*) AS parcels FROM shipment JOIN orders ON orders.id = order_id
                WHERE shipped_at >= $1 AND shipped_at < $2 GROUP BY number ORDER BY number
                """,
                span.lowerBound,
                span.upperBound
            )
        ) { (try $0.value("number"), try $0.value("parcels")) }
    }

    /// How many parcels left in a span of time.
    package static func count(in span: Range<Instant>) -> Query<Int> {
        Query(
            only: Statement(
                "SELECT count(*) AS n FROM shipment WHERE shipped_at >= $1 AND shipped_at < $2",
                span.lowerBound,
                span.upperBound
            )
        ) { try $0.value("n") }
    }

    /// How many units of each component's lots lie in parcels that wait; those without a lot have the empty name.
    package static let waiting = Query(
        Statement(
            """
            SELECT sku, lot, sum(quantity)::int AS units FROM shipment JOIN shipment_item USING (order_id, ordinal)
            WHERE shipped_at IS NULL GROUP BY sku, lot
            """
        )
    ) { rows in
        var units: [SKU: [String: Int]] = [:]
        for row in rows { units[try row.value("sku"), default: [:]][try row.value("lot")] = try row.value("units") }
        return units
    }

    /// The other orders whose parcels have a tracking number, the latest first; at most three.
    package static func orders(with trackingNumber: String, besides order: Int64) -> Query<[String]> {
        Query(
            each: Statement(
                """
                SELECT number FROM shipment JOIN orders ON orders.id = order_id
                WHERE tracking_number = $1 AND order_id <> $2 ORDER BY shipped_at DESC LIMIT 3
                """,
                trackingNumber,
                order
            )
        ) { try $0.value("number") }
    }

    /// Somebody who got units of a lot.
    package struct LotRecipient: Sendable {
        package let order: Int64
        package let number: String
        package let sku: SKU
        package let quantity: Int
        package let shippedAt: Instant
        /// Nil where whose order it was has been erased.
        package let name: String?
        package let email: String?
    }

    /// Units of a lot in a parcel that waits.
    package struct WaitingUnits: Sendable {
        package let order: Int64
        package let number: String
        package let sku: SKU
        package let quantity: Int
    }

    /// The parcels that wait and hold units of a lot.
    package static func waiting(ofLot lot: String) -> Query<[WaitingUnits]> {
        Query(
            each: Statement(
                """
                SELECT orders.id, number, item.sku, sum(item.quantity)::int AS quantity
                FROM shipment_item AS item JOIN shipment USING (order_id, ordinal) JOIN orders ON orders.id = order_id
                WHERE lot = $1 AND lot <> '' AND shipped_at IS NULL
                GROUP BY orders.id, number, item.sku ORDER BY number, item.sku
                """,
                lot
            )
        ) { row in
            WaitingUnits(
                order: try row.value("id"),
                number: try row.value("number"),
                sku: try row.value("sku"),
                quantity: try row.value("quantity")
            )
        }
    }

    /// How many units left without a lot, of the components of which units of a lot were packed.
    package static func sentWithoutLot(besides lot: String) -> Query<[(sku: SKU, quantity: Int)]> {
        Query(
            each: Statement(
                """
                SELECT sku, sum(quantity)::bigint AS quantity FROM shipment_item JOIN shipment USING (order_id, ordinal)
                WHERE lot = '' AND shipped_at IS NOT NULL
                    AND sku IN (SELECT sku FROM shipment_item WHERE lot = $1 AND lot <> '')
                GROUP BY sku ORDER BY sku
                """,
                lot
            )
        ) { (try $0.value("sku"), try $0.value("quantity")) }
    }

    /// Everybody who got units of a lot, the first first.
    package static func recipients(ofLot lot: String) -> Query<[LotRecipient]> {
        Query(
            each: Statement(
                """
                SELECT orders.id, number, item.sku, sum(item.quantity)::int AS quantity, min(shipped_at) AS shipped_at,
                    customer_name, customer_email
                FROM shipment_item AS item JOIN shipment USING (order_id, ordinal) JOIN orders ON orders.id = order_id
                WHERE lot = $1 AND lot <> '' AND shipped_at IS NOT NULL
                GROUP BY orders.id, number, item.sku, customer_name, customer_email
                ORDER BY min(shipped_at), number, item.sku
                """,
                lot
            )
        ) { row in
            LotRecipient(
                order: try row.value("id"),
                number: try row.value("number"),
                sku: try row.value("sku"),
                quantity: try row.value("quantity"),
                shippedAt: try row.value("shipped_at"),
                name: try row.optional("customer_name"),
                email: try row.optional("customer_email")
            )
        }
    }
}
