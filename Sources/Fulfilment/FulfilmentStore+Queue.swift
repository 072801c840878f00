package import Commerce
package import Orders
package import Postgres

extension FulfilmentStore {
    /// At most this many orders of the queue are read at once.
    package static let queueMax = 500

    /// Orders that wait to be packed, the most urgent first.
    /// - Parameters:
    ///   - until: those to be sent by then; nil for all.
    ///   - after: where the rest begins, as the last entry said.
    package static func queue(
        until: CalendarDate?,
        after: Int64? = nil,
        count: Int = queueMax,
        now: Instant
    ) -> Query<[QueueEntry]> {
        let statement = Statement(
            assembled: """
                SELECT open.id, number, placed_at, ship_by, payment_status, is_held, skus, quantities, units,
                    shipping_method, country, holder, until, is_packed
                FROM \(OpenOrders.page(until: "$1", after: "$2", count: "$3")) AS open
                    LEFT JOIN packing_lease ON packing_lease.order_id = open.id AND until > $4
                ORDER BY coalesce(ship_by, '-infinity'::date), open.id
                """,
            [until ?? CalendarDate(daysSince1970: 2_000_000), after, count, now]
        )
        return Query(each: statement) { row in
            QueueEntry(
                id: try row.value("id"),
                number: try row.value("number"),
                placedAt: try row.value("placed_at"),
                shipBy: try row.optional("ship_by"),
                payment: try row.value("payment_status"),
                isOnHold: try row.value("is_held"),
                skus: try row.value("skus"),
                quantities: try row.value("quantities"),
                units: try row.value("units"),
                shippingMethod: try row.optional("shipping_method"),
                country: try row.value("country"),
                lease: try row.optional("holder").map { Lease(holder: $0, until: try row.value("until")) },
                isPacked: try row.value("is_packed")
            )
        }
    }

    /// Orders that wait to be packed, the most urgent first.
    package func queue(
        until: CalendarDate?,
        after: Int64? = nil,
        count: Int = queueMax,
        now: Instant
    ) async throws -> [QueueEntry] {
        try await pool.read(Self.queue(until: until, after: after, count: count, now: now))
    }

    /// Parcels that are packed and wait for their carrier, those that must leave first first; at most `queueMax`.
    package func waitingParcels() async throws -> [WaitingParcel] {
        try await pool.read(WaitingParcel.all(countMax: Self.queueMax))
    }

    /// How many orders are late, due and blocked on a day, how many parcels wait, and how many left in its span.
    package func counts(
        on today: CalendarDate,
        span: Range<Instant>
    ) async throws -> (late: Int, due: Int, blocked: Int, packed: Int, shipped: Int) {
        let (open, packed, shipped) = try await pool.read(
            OpenOrders.counts(on: today, shipsUnpaid: shipsUnpaid),
            WaitingParcel.count,
            ParcelHistory.count(in: span)
        )
        return (open.late, open.due, open.blocked, packed, shipped)
    }
}
