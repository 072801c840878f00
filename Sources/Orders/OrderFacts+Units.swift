import Catalog
package import Commerce
package import Postgres

/// What becomes of an order's units, and of its price with them.
extension OrderFacts {
    /// Units of it are never sent.
    static func unitsCancelled(_ order: Order, _ cancellations: [Order.Cancellation]) -> [Statement] {
        let parts = cancellations.flatMap { line in
            line.components.map { (Order.OpenComponent.Place(line: line.line, position: $0.position), $0.quantity) }
        }
        return [
            count("cancelled_quantity", ofLines: cancellations.map { ($0.line, $0.quantity) }, in: order.id),
            count("cancelled", ofComponents: parts, in: order.id),
        ]
    }

    /// Units of it came back.
    static func unitsReturned(
        _ order: Order,
        lines: [Int: Int],
        components: [Order.OpenComponent.Place: Int]
    ) -> [Statement] {
        [
            count("returned_quantity", ofLines: lines.map { ($0.key, $0.value) }, in: order.id),
            count("returned", ofComponents: components.map { ($0.key, $0.value) }, in: order.id),
        ]
    }

    /// Units of it were lost on their way, or broke.
    /// - Parameter lines: whole units of lines that are not sent again.
    package static func unitsLost(
        _ order: Order,
        lines: [Int: Int] = [:],
        components: [Order.OpenComponent.Place: Int]
    ) -> [Statement] {
        (lines.isEmpty ? [] : [count("lost_quantity", ofLines: lines.map { ($0.key, $0.value) }, in: order.id)]) + [
            count("lost", ofComponents: components.map { ($0.key, $0.value) }, in: order.id)
        ]
    }

    /// Units are sent once more, without a price: they stand behind those that they replace.
    package static func replaced(_ order: Order, _ components: [(line: Int, part: Order.Component)]) -> Statement {
        Statement(
            """
            INSERT INTO order_component (order_id, line, position, sku, name, quantity, wanted, replacement)
            SELECT $1, part.line, last.position + row_number() OVER (PARTITION BY part.line ORDER BY part.sku),
                part.sku, part.name, part.quantity, part.quantity, $6
            FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[]) AS part (line, sku, name, quantity)
                CROSS JOIN LATERAL (SELECT max(position) AS position FROM order_component
                    WHERE order_id = $1 AND order_component.line = part.line) AS last
            """,
            order.id,
            components.map(\.line),
            components.map(\.part.sku.rawValue),
            components.map(\.part.name),
            components.map(\.part.quantity),
            order.replacementCount + 1
        )
    }

    /// Units that have not left are never sent.
    static func unsent(_ order: Order, _ places: [Order.OpenComponent.Place: Int]) -> Statement {
        count("cancelled", ofComponents: places.map { ($0.key, $0.value) }, in: order.id)
    }

    /// It comes to less, or more: an entry of its log has just been written that tells why. What was paid of that goes back
    /// by the same transaction.
    /// - Parameter ordinal: which adjustment of the order it is, from 1.
    package static func adjusted(_ order: Order, _ adjustment: Order.Adjustment, ordinal: Int) -> [Statement] {
        struct Row {
            let line: Int?
            let quantity: Int
            let isShipping: Bool
            let part: Order.Adjustment.Part
        }
        let rows = adjustment.parts.map { part in
            switch part.subject {
            case .units(let line, let quantity): Row(line: line, quantity: quantity, isShipping: false, part: part)
            case .shipping: Row(line: nil, quantity: 0, isShipping: true, part: part)
            case .price: Row(line: nil, quantity: 0, isShipping: false, part: part)
            }
        }
        let units = adjustment.units.map { ($0.key, $0.value) }
        return [
            Statement(
                assembled: """
                    INSERT INTO order_adjustment (order_id, ordinal, cause, amount, tax_amount, sequence)
                    VALUES ($1, $2, $3, $4, $5, \(OrderLog.lastSequenceOfPrice(of: "$1")))
                    """,
                [order.id, ordinal, adjustment.cause.rawValue, adjustment.amount, adjustment.tax]
            ),
            Statement(
                """
                INSERT INTO order_adjustment_part (order_id, adjustment, position, line, quantity, is_shipping, amount,
                    tax_amount, tax_basis_points)
                SELECT $1, $2, part.position, nullif(part.line, 0), part.quantity, part.shipping = 1, part.amount, part.tax, part.rate
                FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
                    WITH ORDINALITY AS part (line, quantity, shipping, amount, tax, rate, position)
                """,
                order.id,
                ordinal,
                rows.map { $0.line ?? 0 },
                rows.map(\.quantity),
                rows.map { $0.isShipping ? 1 : 0 },
                rows.map(\.part.amount),
                rows.map(\.part.tax),
                rows.map(\.part.taxBasisPoints)
            ),
            // In one step: a paid order has paid what it comes to.
            Statement(
                """
                UPDATE orders SET adjustments = $2, adjusted_amount = adjusted_amount + $3,
                    refunded_amount = refunded_amount + $4,
                    payment_status = CASE WHEN $4 = 0 THEN payment_status
                        WHEN refunded_amount + $4 = paid_amount THEN 'refunded' ELSE 'partlyRefunded' END
                WHERE id = $1
                """,
                order.id,
                ordinal,
                adjustment.amount,
                order.isPaid ? -adjustment.amount : Int64(0)
            ),
        ] + (units.isEmpty ? [] : [count("credited_quantity", ofLines: units, in: order.id)])
    }

    /// It goes by another method, and is to be sent by another day.
    package static func shippingMethodChanged(_ order: Order, to method: String, shipBy: CalendarDate) -> Statement {
        Statement(
            "UPDATE orders SET shipping_method = $2, ship_by = $3 WHERE id = $1",
            order.id,
            method,
            shipBy
        )
    }

    /// The latest day to send what is to be sent again.
    package static func shipBy(_ day: CalendarDate, of order: Order) -> Statement {
        Statement("UPDATE orders SET ship_by = $2 WHERE id = $1", order.id, day)
    }

    /// Adds to one of the counters of an order's lines.
    private static func count(_ column: String, ofLines lines: [(Int, Int)], in order: Int64) -> Statement {
        Statement(
            assembled: """
                UPDATE order_line SET \(column) = order_line.\(column) + part.quantity
                FROM unnest($2::bigint[], $3::bigint[]) AS part (line, quantity)
                WHERE order_id = $1 AND position = part.line
                """,
            [order, lines.map(\.0), lines.map(\.1)]
        )
    }

    /// Adds to one of the counters of an order's components.
    static func count(
        _ column: String,
        ofComponents parts: [(Order.OpenComponent.Place, Int)],
        in order: Int64
    ) -> Statement {
        Statement(
            assembled: """
                UPDATE order_component AS part SET \(column) = part.\(column) + change.quantity
                FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS change (line, position, quantity)
                WHERE order_id = $1 AND (part.line, part.position) = (change.line, change.position)
                """,
            [order, parts.map(\.0.line), parts.map(\.0.position), parts.map(\.1)]
        )
    }
}
