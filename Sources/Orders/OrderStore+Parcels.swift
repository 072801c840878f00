package import Commerce
package import Postgres

/// An order's parcels: what lies in each, what has left, and who got what.
extension OrderStore {
    private static let parcels = Insertion<(order: Int64, parcel: Order.Shipment)>(
        into: "shipment",
        [
            .column("order_id") { $0.order },
            .column("ordinal") { $0.parcel.ordinal },
            .column("packed_at") { $0.parcel.packedAt },
            .column("packed_by") { $0.parcel.packedBy },
        ]
    )

    private static let parcelItems = Insertion<(order: Int64, parcel: Int, item: Order.Shipment.Item)>(
        into: "shipment_item",
        [
            .column("order_id") { $0.order },
            .column("ordinal") { $0.parcel },
            .column("line") { $0.item.line },
            .column("position") { $0.item.position },
            .column("sku") { $0.item.sku },
            .column("quantity") { $0.item.quantity },
            // Units without a lot have the empty one.
            .column("lot") { $0.item.lot ?? "" },
        ]
    )

    /// A parcel of it is packed.
    package static func packed(
        _ items: [Order.Shipment.Item],
        _ order: Order,
        at now: Instant,
        by actor: Actor
    ) throws -> [Statement] {
        let parcel = Order.Shipment(
            ordinal: (order.shipments.map(\.ordinal).max() ?? 0) + 1,
            packedAt: now,
            packedBy: actor.name,
            shippedAt: nil,
            carrier: nil,
            trackingNumber: nil,
            items: items
        )
        return [
            try parcels.statement([(order.id, parcel)]),
            try parcelItems.statement(items.map { (order.id, parcel.ordinal, $0) }),
            count("packed", of: items, in: order.id),
            Statement("UPDATE orders SET packed_at = coalesce(packed_at, $2) WHERE id = $1", order.id, now),
            log(.packed, of: order.id, at: now, by: actor, reason: "parcel \(parcel.ordinal)"),
        ]
    }

    /// The parcels that wait are opened: what they held is to be packed again.
    package static func unpacked(_ order: Order, at now: Instant, by actor: Actor) -> [Statement] {
        [
            count("packed", of: order.waitingShipments.flatMap(\.items), in: order.id, by: -1),
            Statement("DELETE FROM shipment WHERE order_id = $1 AND shipped_at IS NULL", order.id),
            Statement(
                """
                UPDATE orders SET packed_at = NULL
                WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM shipment WHERE order_id = $1)
                """,
                order.id
            ), log(.unpacked, of: order.id, at: now, by: actor),
        ]
    }

    /// A parcel of it has left.
    package static func shipped(
        _ parcel: Order.Shipment,
        _ order: Order,
        carrier: Carrier,
        trackingNumber: String,
        at now: Instant,
        by actor: Actor
    ) -> [Statement] {
        let isLast = order.openComponents.isEmpty && order.waitingShipments.count == 1
        return [
            Statement(
                """
                UPDATE shipment SET shipped_at = $3, carrier = $4, tracking_number = $5
                WHERE order_id = $1 AND ordinal = $2
                """,
                order.id,
                parcel.ordinal,
                now,
                carrier.code,
                trackingNumber
            ),
            count("shipped", of: parcel.items, in: order.id),
            fulfilment(order, isLast ? .shipped : .partlyShipped),
            log(
                .shipped,
                of: order.id,
                at: now,
                by: actor,
                reason: "parcel \(parcel.ordinal), \(carrier.code) \(trackingNumber)"
            ),
        ]
    }

    /// It has arrived.
    package static func delivered(_ order: Order, at now: Instant, by actor: Actor) -> [Statement] {
        [fulfilment(order, .delivered), log(.delivered, of: order.id, at: now, by: actor)]
    }

    /// It came back.
    package static func returned(_ order: Order, reason: String, at now: Instant, by actor: Actor) -> [Statement] {
        [fulfilment(order, .returned), log(.returned, of: order.id, at: now, by: actor, reason: reason)]
    }

    private static func fulfilment(_ order: Order, _ status: Order.FulfilmentStatus) -> Statement {
        Statement("UPDATE orders SET fulfilment_status = $2 WHERE id = $1", order.id, status)
    }

    /// Adds a parcel's items to one of the counters of an order's components.
    private static func count(
        _ column: String,
        of items: [Order.Shipment.Item],
        in order: Int64,
        by sign: Int = 1
    ) -> Statement {
        Statement(
            assembled: """
                UPDATE order_component AS part SET \(column) = part.\(column) + item.quantity
                FROM (SELECT line, position, sum(quantity)::int AS quantity
                      FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS item (line, position, quantity)
                      GROUP BY line, position) AS item
                WHERE order_id = $1 AND (part.line, part.position) = (item.line, item.position)
                """,
            [order, items.map(\.line), items.map(\.position), items.map { $0.quantity * sign }]
        )
    }

    // MARK: - Reading

    /// How many parcels of each order left in a span of time, by the order's number.
    package static func parcelsShipped(in span: Range<Instant>) -> Query<[(number: String, parcels: Int)]> {
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
    package static func parcelCount(in span: Range<Instant>) -> Query<Int> {
        Query(
            only: Statement(
                "SELECT count(*) AS n FROM shipment WHERE shipped_at >= $1 AND shipped_at < $2",
                span.lowerBound,
                span.upperBound
            )
        ) { try $0.value("n") }
    }

    /// Somebody who got units of a lot.
    package struct LotRecipient: Sendable {
        package let order: Int64
        package let number: String
        package let sku: SKU
        package let quantity: Int
        package let shippedAt: Instant
        package let name: String
        package let email: String
    }

    /// Everybody who got units of a lot, the first first.
    package func recipients(ofLot lot: String) async throws -> [LotRecipient] {
        guard !lot.isEmpty else { return [] }
        return try await pool.read(
            Query(
                each: Statement(
                    """
                    SELECT orders.id, number, item.sku, sum(item.quantity)::int AS quantity, min(shipped_at) AS shipped_at,
                        customer_name, customer_email
                    FROM shipment_item AS item JOIN shipment USING (order_id, ordinal) JOIN orders ON orders.id = order_id
                    WHERE lot = $1 AND shipped_at IS NOT NULL
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
                    name: try row.value("customer_name"),
                    email: try row.value("customer_email")
                )
            }
        )
    }
}
