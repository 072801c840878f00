package import Commerce
package import Postgres

/// A parcel that is packed and waits for its carrier.
package struct WaitingParcel: Sendable {
    package let number: String
    package let ordinal: Int
    package let packedAt: Instant
    package let packedBy: String
    package let shipBy: CalendarDate?
    package let shippingMethod: String?
    package let country: String
    package let units: Int
    /// The revision of the guide that was issued since it was packed; nil where the box holds the present one.
    package let newGuide: Int?

    /// The parcels that wait, those that must leave first first.
    package static func all(countMax: Int) -> Query<[WaitingParcel]> {
        Query(
            each: Statement(
                """
                SELECT number, ordinal, shipment.packed_at, packed_by, ship_by, shipping_method, address_country,
                    (SELECT sum(quantity)::int FROM shipment_item AS item
                        WHERE (item.order_id, item.ordinal) = (shipment.order_id, shipment.ordinal)) AS units,
                    CASE WHEN guide.issued_at > shipment.packed_at THEN guide.revision END AS new_guide
                FROM shipment JOIN orders ON orders.id = order_id
                    JOIN guide ON guide.order_id = orders.id AND guide.revision = orders.guide_revision
                WHERE shipped_at IS NULL
                ORDER BY coalesce(ship_by, '-infinity'::date), orders.id, ordinal LIMIT $1
                """,
                countMax
            )
        ) { row in
            WaitingParcel(
                number: try row.value("number"),
                ordinal: try row.value("ordinal"),
                packedAt: try row.value("packed_at"),
                packedBy: try row.value("packed_by"),
                shipBy: try row.optional("ship_by"),
                shippingMethod: try row.optional("shipping_method"),
                country: try row.value("address_country"),
                units: try row.value("units"),
                newGuide: try row.optional("new_guide")
            )
        }
    }

    /// How many parcels wait.
    package static let count: Query<Int> = Query(
        only: Statement("SELECT count(*) AS n FROM shipment WHERE shipped_at IS NULL")
    ) { try $0.value("n") }
}
