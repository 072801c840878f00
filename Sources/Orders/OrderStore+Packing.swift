import Cart
package import Catalog
package import Commerce
import Postgres
import UsageGuide

/// Who packs an order, and the parcels that come of it.
extension OrderStore {
    /// How long an order stays with whoever packs it, unless they ask again.
    package static let leaseLifetime = Duration.seconds(600)

    /// Who packs an order, and until when nobody else may.
    package struct Lease: Sendable, Equatable {
        package let holder: String
        package let until: Instant
    }

    // MARK: - Leases

    /// The live lease of an order.
    package func lease(of order: Order, now: Instant) async throws -> Lease? {
        try await pool.read(
            Statement("SELECT holder, until FROM packing_lease WHERE order_id = $1 AND until > $2", order.id, now)
        ).first.map { Lease(holder: try $0.value("holder"), until: try $0.value("until")) }
    }

    /// Gives the most urgent order that can be packed to whoever asks; the one they have already, where they have one.
    /// Nil where nothing waits.
    package func leaseNext(holder: String, shipsUnpaid: Bool, now: Instant) async throws -> Order? {
        let own = try await pool.read(
            Statement("SELECT order_id FROM packing_lease WHERE holder = $1 AND until > $2", holder, now)
        ).first
        if let own {
            let name = Name.id(try own.value("order_id"))
            if let order = try await order(name), order.packingFault(shipsUnpaid: shipsUnpaid) == nil {
                try await lease(name, holder: holder, shipsUnpaid: shipsUnpaid, now: now)
                return order
            }
        }
        let rows = try await pool.write([
            Statement("DELETE FROM packing_lease WHERE holder = $1", holder),
            Statement(
                """
                WITH urgent AS MATERIALIZED (
                    SELECT id FROM orders
                    WHERE status = 'placed' AND fulfilment_status IN ('unfulfilled', 'partlyShipped')
                        AND hold_reason IS NULL AND (payment_status IN ('paid', 'partlyRefunded') OR $3)
                        AND payment_status <> 'failed'
                        AND NOT EXISTS (SELECT 1 FROM packing_lease WHERE order_id = id AND until > $2)
                        AND EXISTS (SELECT 1 FROM order_component WHERE order_id = id AND packed < quantity)
                    ORDER BY coalesce(ship_by, '-infinity'::date), id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
                INSERT INTO packing_lease (order_id, holder, until) SELECT id, $1, $4 FROM urgent
                ON CONFLICT (order_id) DO UPDATE SET holder = EXCLUDED.holder, until = EXCLUDED.until
                    WHERE packing_lease.until <= $2
                RETURNING order_id
                """,
                holder,
                now,
                shipsUnpaid,
                now + Self.leaseLifetime
            ),
        ])
        guard let row = rows[1].first else { return nil }
        return try await order(.id(try row.value("order_id")))
    }

    /// Gives an order to whoever asks, or prolongs what they have.
    /// - Throws: `Refusal`.
    @discardableResult
    package func lease(_ name: Name, holder: String, shipsUnpaid: Bool, now: Instant) async throws -> Order {
        try await pool.transaction { transaction in
            let rows = try await transaction.execute([Self.locked(name)] + Self.statements(name))
            guard let order = try order(Array(rows[1...])) else { throw Refusal.unknown }
            if let fault = order.packingFault(shipsUnpaid: shipsUnpaid) { throw Refusal.notPackable(fault) }
            let written = try await transaction.commit([
                Statement("DELETE FROM packing_lease WHERE holder = $1 AND order_id <> $2", holder, order.id),
                Statement(
                    """
                    INSERT INTO packing_lease (order_id, holder, until) VALUES ($1, $2, $3)
                    ON CONFLICT (order_id) DO UPDATE SET holder = EXCLUDED.holder, until = EXCLUDED.until
                        WHERE packing_lease.holder = EXCLUDED.holder OR packing_lease.until <= $4
                    """,
                    order.id,
                    holder,
                    now + Self.leaseLifetime,
                    now
                ),
            ])
            guard written[1].affected == 1 else { throw Refusal.leased(by: nil) }
            return order
        }
    }

    /// Gives back an order that somebody has.
    package func dropLease(of order: Order, holder: String) async throws {
        _ = try await pool.write([
            Statement("DELETE FROM packing_lease WHERE order_id = $1 AND holder = $2", order.id, holder)
        ])
    }

    /// Forgets what nobody needs any more: leases that have run out, and the keys of acts after a day.
    package func sweep(now: Instant) async throws {
        _ = try await pool.write([Statement("DELETE FROM packing_lease WHERE until < $1", now)])
        try await ActKey.sweep(pool, now: now)
    }

    // MARK: - Packing

    /// Packs a parcel of an order that the caller has, or that nobody else has. What it goes without is told in its guide
    /// from then on. The same request again packs nothing.
    /// - Throws: `Refusal`, `PackingRefusal`.
    package func pack(
        _ name: Name,
        _ request: PackingRequest,
        shipsUnpaid: Bool,
        key: ActKey,
        holder: String,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let catalog = try await catalogs.catalog()
        return try await once(
            name,
            key,
            now: now,
            reading: [
                Statement(
                    assembled: """
                        SELECT holder FROM packing_lease WHERE until > $2
                            AND order_id = (SELECT id FROM orders WHERE \(name.column) = $1)
                        """,
                    [name.value, now]
                ), StockStore.lotsStatement,
            ]
        ) { order, rows in
            if let other = try rows[0].first?.value("holder", as: String.self), other != holder {
                throw Refusal.leased(by: other)
            }
            if let fault = order.packingFault(shipsUnpaid: shipsUnpaid) { throw Refusal.notPackable(fault) }
            let packing = try Packing(
                request,
                for: order,
                catalog: catalog,
                lots: StockStore.lots(rows[1]),
                today: moment(nil, now: now).shopToday
            )
            let ordinal = (order.shipments.map(\.ordinal).max() ?? 0) + 1
            let items = packing.items
            var statements = [
                Statement(
                    "INSERT INTO shipment (order_id, ordinal, packed_at, packed_by) VALUES ($1, $2, $3, $4)",
                    order.id,
                    Int16(ordinal),
                    now,
                    actor.name
                ),
                Statement(
                    """
                    INSERT INTO shipment_item (order_id, ordinal, line, position, sku, quantity, lot)
                    SELECT $1, $2, item.* FROM unnest($3::smallint[], $4::smallint[], $5::text[], $6::int[], $7::text[])
                        AS item
                    """,
                    order.id,
                    Int16(ordinal),
                    items.map { Int16($0.line) },
                    items.map { Int16($0.position) },
                    items.map(\.sku),
                    items.map { Int32($0.quantity) },
                    items.map { $0.lot ?? "" }
                ),
                Self.count("packed", of: items, in: order.id),
                Statement("UPDATE orders SET packed_at = coalesce(packed_at, $2) WHERE id = $1", order.id, now),
                Statement("DELETE FROM packing_lease WHERE order_id = $1", order.id),
            ]
            statements += try dropping(packing.dropped, from: order, now: now)
            return statements + Self.telling(.packed, order.id, at: now, actor, reason: "parcel \(ordinal)")
        }
    }

    /// An order goes without some optional units: they are free again, and its guide says so.
    private func dropping(_ dropped: [Packing.Dropped], from order: Order, now: Instant) throws -> [Statement] {
        guard !dropped.isEmpty else { return [] }
        var left = order.lines.map(\.components)
        for part in dropped {
            let component = left[part.line - 1][part.position - 1]
            left[part.line - 1][part.position - 1] = Order.Component(
                sku: component.sku,
                name: component.name,
                quantity: component.quantity - part.quantity,
                wanted: component.wanted
            )
        }
        let bought = Set(left.joined().filter { $0.quantity > 0 }.map(\.sku))
        let guide = order.guide.guide
        let products = guide.products.map {
            Guide.Product(sku: $0.sku, name: $0.name, isInOrder: bought.contains($0.sku))
        }
        let issued = try issue(
            Guide(plan: guide.plan, products: products),
            revision: order.guide.revision + 1,
            at: now,
            language: order.language
        )
        return [
            CatalogStore.release(dropped.map { ($0.sku, $0.quantity) }),
            Statement(
                """
                UPDATE order_component AS part SET quantity = part.quantity - dropped.quantity
                FROM unnest($2::smallint[], $3::smallint[], $4::int[]) AS dropped (line, position, quantity)
                WHERE order_id = $1 AND (part.line, part.position) = (dropped.line, dropped.position)
                """,
                order.id,
                dropped.map { Int16($0.line) },
                dropped.map { Int16($0.position) },
                dropped.map { Int32($0.quantity) }
            ),
        ]
            + (products == guide.products
                ? []
                : [
                    try Self.insertion(issued, of: order.id),
                    Statement("UPDATE orders SET guide_revision = $2 WHERE id = $1", order.id, issued.revision),
                ])
    }

    /// Opens the parcels that wait: what they held is to be packed again.
    /// - Throws: `Refusal`.
    package func unpack(_ name: Name, key: ActKey, actor: Actor, now: Instant) async throws -> Order {
        try await once(name, key, now: now) { order, _ in
            let waiting = order.waitingShipments
            guard !waiting.isEmpty else { throw Refusal.notShippable("No parcel of this order waits.") }
            return [
                Self.count("packed", of: waiting.flatMap(\.items), in: order.id, by: -1),
                Statement("DELETE FROM shipment WHERE order_id = $1 AND shipped_at IS NULL", order.id),
                Statement(
                    """
                    UPDATE orders SET packed_at = NULL
                    WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM shipment WHERE order_id = $1)
                    """,
                    order.id
                ),
            ] + Self.telling(.unpacked, order.id, at: now, actor)
        }
    }

    // MARK: -

    /// Adds a parcel's items to one of the counters of an order's components.
    static func count(
        _ column: String,
        of items: [Order.Shipment.Item],
        in order: Int64,
        by sign: Int32 = 1
    ) -> Statement {
        Statement(
            assembled: """
                UPDATE order_component AS part SET \(column) = part.\(column) + item.quantity
                FROM (SELECT line, position, sum(quantity)::int AS quantity
                      FROM unnest($2::smallint[], $3::smallint[], $4::int[]) AS item (line, position, quantity)
                      GROUP BY line, position) AS item
                WHERE order_id = $1 AND (part.line, part.position) = (item.line, item.position)
                """,
            [
                order, items.map { Int16($0.line) }, items.map { Int16($0.position) },
                items.map { Int32($0.quantity) * sign },
            ]
        )
    }
}

extension Order {
    /// Why an order can't be packed now; nil where it can.
    package func packingFault(shipsUnpaid: Bool) -> String? {
        if status == .cancelled { return "It was cancelled." }
        if !fulfilmentStatus.isOpen || openComponents.isEmpty {
            return waitingShipments.isEmpty ? "It has left already." : "It is packed and waits to be sent."
        }
        if let hold {
            return "It is on hold: \(hold.note ?? hold.reason.rawValue)."
        }
        if paymentStatus == .failed { return "Its payment failed." }
        let isPaid = paymentStatus == .paid || paymentStatus == .partlyRefunded
        if !isPaid, !shipsUnpaid { return paymentStatus == .refunded ? "It was refunded." : "It is not paid yet." }
        return nil
    }
}
