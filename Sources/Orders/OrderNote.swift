package import Commerce
package import Postgres

/// Something that was written down about an order, for whoever handles it.
package struct OrderNote: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case note
        /// Why it was kept from being packed, or still is: a hold that was released may warn all the same.
        case hold
    }

    package let kind: Kind
    package let text: String
    package let by: String
    package let at: Instant

    /// What was written down about some orders, by their ids, oldest first.
    package static func all(of orders: [Int64]) -> Query<[Int64: [OrderNote]]> {
        Query(
            Statement(
                """
                SELECT order_id, kind = 'held' AS is_hold, reason, actor, at FROM order_event
                WHERE order_id = ANY ($1::bigint[]) AND kind IN ('noted', 'held') AND reason IS NOT NULL
                ORDER BY order_id, sequence
                """,
                orders
            )
        ) { rows in
            var notes: [Int64: [OrderNote]] = [:]
            for row in rows {
                notes[try row.value("order_id"), default: []].append(
                    OrderNote(
                        kind: try row.value("is_hold") ? .hold : .note,
                        text: try row.value("reason"),
                        by: try row.value("actor"),
                        at: try row.value("at")
                    )
                )
            }
            return notes
        }
    }
}
