package import Commerce
package import Postgres

/// What happens to an order's parcels.
extension OrderFacts {
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
            OrderLog.entry(.packed, of: order.id, at: now, by: actor, reason: "parcel \(parcel.ordinal)"),
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
            ), OrderLog.entry(.unpacked, of: order.id, at: now, by: actor),
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
        var units = order.units
        units.shipped += parcel.items.reduce(0) { $0 + $1.quantity }
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
            Statement("UPDATE orders SET delivered_at = NULL WHERE id = $1 AND delivered_at IS NOT NULL", order.id),
            OrderLog.entry(
                .shipped,
                of: order.id,
                at: now,
                by: actor,
                reason: "parcel \(parcel.ordinal), \(carrier.code) \(trackingNumber)"
            ),
        ] + standing(order, with: units, isDelivered: false, at: now, by: actor)
    }

    /// It has arrived. One that is paid is then complete.
    package static func delivered(_ order: Order, at now: Instant, by actor: Actor) -> [Statement] {
        [
            Statement("UPDATE orders SET delivered_at = $2 WHERE id = $1", order.id, now),
            OrderLog.entry(.delivered, of: order.id, at: now, by: actor),
        ] + standing(order, with: order.units, isDelivered: true, at: now, by: actor)
    }

    /// Adds a parcel's items to one of the counters of an order's components.
    private static func count(
        _ column: String,
        of items: [Order.Shipment.Item],
        in order: Int64,
        by sign: Int = 1
    ) -> Statement {
        let units = items.reduce(into: [:]) { units, item in
            units[Order.OpenComponent.Place(line: item.line, position: item.position), default: 0] += item.quantity
        }
        return count(column, ofComponents: units.map { ($0.key, $0.value * sign) }, in: order)
    }
}
