import Catalog
package import Commerce
import FoundationEssentials
package import Postgres

/// An order that waits to be packed, and how urgent it is.
package struct QueueEntry: Sendable {
    package enum State: String, Sendable {
        case late
        case due
        case waiting
        case blocked
    }

    package let id: Int64
    package let number: String
    /// Nil where the shop has no shipping methods: then it is due at once.
    package let shipBy: CalendarDate?
    package let payment: Order.PaymentStatus
    package let isOnHold: Bool
    package let skus: [String]
    package let quantities: [Int]
    /// Units that are still to be packed.
    package let units: Int
    package let shippingMethod: String?
    package let country: String
    package let lease: OrderStore.Lease?
    package let isPacked: Bool

    /// What keeps it from being packed.
    package func blocks(shipsUnpaid: Bool) -> [String] {
        let money: [String] =
            switch payment {
            case .paid, .partlyRefunded: []
            case .refunded: ["refunded"]
            case .failed: ["paymentFailed"]
            case .unpaid, .authorised, .void: shipsUnpaid ? [] : ["unpaid"]
            }
        return money + (isOnHold ? ["hold"] : [])
    }

    package func state(on today: CalendarDate, shipsUnpaid: Bool) -> State {
        if !blocks(shipsUnpaid: shipsUnpaid).isEmpty { return .blocked }
        guard let shipBy else { return .due }
        return shipBy < today ? .late : shipBy == today ? .due : .waiting
    }
}

/// What became of a day, as it was when it was closed.
package struct ClosedDay: Sendable, Codable {
    package struct Entry: Sendable, Codable {
        package let number: String
        /// Why it did not leave; nil for one that did.
        package let why: String?
    }

    package var closedBy: String?
    package var closedAt: String?
    package let parcels: Int
    package let shipped: [Entry]
    package let left: [Entry]
}

extension OrderStore {
    /// At most this many orders of the queue are read at once.
    package static let queueMax = 500

    /// Orders that wait to be packed, the most urgent first.
    /// - Parameters:
    ///   - until: those to be sent by then; nil for all.
    ///   - after: where the rest begins, as the last entry said.
    package func queue(until: CalendarDate?, after: Int64? = nil, count: Int = queueMax, now: Instant) async throws
        -> [QueueEntry]
    {
        let rows = try await pool.read(Self.queueStatement(until: until, after: after, count: count, now: now))
        return try rows.map { row in
            let holder: String? = try row.optional("holder")
            return QueueEntry(
                id: try row.value("id"),
                number: try row.value("number"),
                shipBy: try row.optional("ship_by"),
                payment: try row.value("payment_status"),
                isOnHold: try row.value("is_held"),
                skus: try row.value("skus"),
                quantities: try row.value("quantities"),
                units: try row.value("units"),
                shippingMethod: try row.optional("shipping_method"),
                country: try row.value("country"),
                lease: try holder.map { Lease(holder: $0, until: try row.value("until")) },
                isPacked: try row.value("is_packed")
            )
        }
    }

    /// How many orders are late, due and blocked, of those to be sent by a day; of the ten thousand most urgent.
    package func queueCounts(
        on today: CalendarDate,
        shipsUnpaid: Bool
    ) async throws -> (late: Int, due: Int, blocked: Int) {
        let row = try await pool.read(Self.queueCountsStatement(on: today, shipsUnpaid: shipsUnpaid)).single()
        return (try row.value("late"), try row.value("due"), try row.value("blocked"))
    }

    package static func queueCountsStatement(on today: CalendarDate, shipsUnpaid: Bool) -> Statement {
        // In the queue's own order and with an end: so it is the index that is read, and never the table.
        Statement(
            """
            SELECT count(*) FILTER (WHERE NOT blocked AND day < $1) AS late,
                count(*) FILTER (WHERE NOT blocked AND day >= $1) AS due, count(*) FILTER (WHERE blocked) AS blocked
            FROM (SELECT coalesce(ship_by, $1) AS day, hold_reason IS NOT NULL OR NOT
                    (payment_status IN ('paid', 'partlyRefunded') OR $2 AND payment_status IN ('unpaid', 'authorised'))
                    AS blocked
                FROM orders WHERE status = 'placed' AND fulfilment_status IN ('unfulfilled', 'partlyShipped')
                    AND coalesce(ship_by, '-infinity'::date) <= $1
                ORDER BY coalesce(ship_by, '-infinity'::date), id LIMIT 10000) AS open
            """,
            today,
            shipsUnpaid
        )
    }

    package static func queueStatement(
        until: CalendarDate?,
        after: Int64?,
        count: Int,
        now: Instant
    ) -> Statement {
        // An order that nothing says when to send stands first: it is due at once.
        Statement(
            """
            WITH open AS MATERIALIZED (
                SELECT id, number, ship_by, payment_status, hold_reason, shipping_method, address_country, packed_at
                FROM orders
                WHERE status = 'placed' AND fulfilment_status IN ('unfulfilled', 'partlyShipped')
                    AND coalesce(ship_by, '-infinity'::date) <= $1
                    AND ($2::bigint IS NULL OR (coalesce(ship_by, '-infinity'::date), id)
                        > (SELECT coalesce(ship_by, '-infinity'::date), id FROM orders WHERE id = $2))
                ORDER BY coalesce(ship_by, '-infinity'::date), id LIMIT $3)
            SELECT open.id, number, ship_by, payment_status,
                hold_reason IS NOT NULL AS is_held, line.skus, line.quantities, part.units, shipping_method,
                address_country AS country, holder, until,
                part.units = 0 AND packed_at IS NOT NULL AND EXISTS (SELECT 1 FROM shipment WHERE order_id = open.id AND shipped_at IS NULL)
                    AS is_packed
            FROM open
                CROSS JOIN LATERAL (SELECT array_agg(sku ORDER BY position) AS skus,
                    array_agg(quantity ORDER BY position) AS quantities FROM order_line WHERE order_id = open.id) AS line
                CROSS JOIN LATERAL (SELECT coalesce(sum(quantity - packed), 0)::int AS units FROM order_component
                    WHERE order_id = open.id) AS part
                LEFT JOIN packing_lease ON packing_lease.order_id = open.id AND until > $4
            ORDER BY coalesce(ship_by, '-infinity'::date), open.id
            """,
            until ?? CalendarDate(daysSince1970: 2_000_000),
            after,
            count,
            now
        )
    }

    /// How many parcels left between two instants.
    package func parcels(from: Instant, to: Instant) async throws -> Int {
        try await pool.read(
            Statement("SELECT count(*) AS n FROM shipment WHERE shipped_at >= $1 AND shipped_at < $2", from, to)
        ).single().value("n")
    }

    /// A day as it stands, or as it was when it was closed.
    /// - Parameters:
    ///   - span: when the day began and ended, where the shop is.
    ///   - closer: who closes it now; nil to look only. Closed again, it is as it is then.
    package func day(
        _ day: CalendarDate,
        span: Range<Instant>,
        shipsUnpaid: Bool,
        closer: String?,
        now: Instant
    ) async throws -> ClosedDay {
        if closer == nil,
            let row = try await pool.read(Statement("SELECT summary FROM day_close WHERE day = $1", day)).first
        {
            let summary: JSONBValue = try row.value("summary")
            return try JSONDecoder().decode(ClosedDay.self, from: Data(summary.utf8))
        }
        let shipped = try await pool.read(
            Statement(
                """
                SELECT number, count(*) AS parcels FROM shipment JOIN orders ON orders.id = order_id
                WHERE shipped_at >= $1 AND shipped_at < $2 GROUP BY number ORDER BY number
                """,
                span.lowerBound,
                span.upperBound
            )
        )
        let left = try await queue(until: day, now: now)
        let summary = ClosedDay(
            closedBy: closer,
            closedAt: closer.map { _ in now.description },
            parcels: try shipped.reduce(0) { $0 + (try $1.value("parcels", as: Int.self)) },
            shipped: try shipped.map { ClosedDay.Entry(number: try $0.value("number"), why: nil) },
            left: left.map { entry in
                let blocks = entry.blocks(shipsUnpaid: shipsUnpaid)
                let why =
                    !blocks.isEmpty
                    ? blocks.joined(separator: ", ")
                    : entry.isPacked ? "packed, not sent" : entry.lease.map { "\($0.holder) packs it" } ?? "not packed"
                return ClosedDay.Entry(number: entry.number, why: why)
            }
        )
        if let closer {
            _ = try await pool.write([
                Statement(
                    """
                    INSERT INTO day_close (day, closed_by, closed_at, parcels, summary) VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (day) DO UPDATE SET closed_by = EXCLUDED.closed_by, closed_at = EXCLUDED.closed_at,
                        parcels = EXCLUDED.parcels, summary = EXCLUDED.summary
                    """,
                    day,
                    closer,
                    now,
                    Int32(summary.parcels),
                    JSONBValue(utf8: Array(try JSONEncoder().encode(summary)))
                )
            ])
        }
        return summary
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
    package func recall(lot: String) async throws -> [LotRecipient] {
        guard !lot.isEmpty else { return [] }
        return try await pool.read(
            Statement(
                """
                SELECT orders.id, number, item.sku, sum(item.quantity)::int AS quantity, min(shipped_at) AS shipped_at,
                    customer_name, customer_email
                FROM shipment_item AS item JOIN shipment USING (order_id, ordinal) JOIN orders ON orders.id = order_id
                WHERE lot = $1 AND shipped_at IS NOT NULL
                GROUP BY orders.id, number, item.sku, customer_name, customer_email ORDER BY min(shipped_at), number, item.sku
                """,
                lot
            )
        ).map { row in
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
    }
}
