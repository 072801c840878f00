package import Postgres
package import Records

/// What the orders of a database come to, to hold a copy of it against: counts, and sums over what must not differ in a byte.
package struct OrderFigures: Sendable, Equatable {
    package let orders: Int
    package let events: Int
    package let guides: Int
    /// A sum over the hashes of all guides, each with its order and revision.
    package let guideSum: String

    /// The figures as of a moment.
    package static func asOf(_ snapshot: DatabaseSnapshot) -> Query<OrderFigures> {
        Query(
            only: Statement(
                assembled: """
                    SELECT
                        (SELECT count(*) FROM orders WHERE EXISTS (SELECT FROM order_event AS e WHERE e.order_id = orders.id
                            AND e.sequence = 1 AND pg_visible_in_snapshot(e.transaction, $1::text::pg_snapshot))) AS orders,
                        (SELECT count(*) FROM order_event
                            WHERE pg_visible_in_snapshot(transaction, $1::text::pg_snapshot)) AS events,
                        count(*) AS guides,
                        coalesce(sum(hashtextextended(concat_ws(' ', order_id, revision, encode(document_hash, 'hex')),
                            0)::numeric), 0)::text AS guide_sum
                    FROM guide WHERE \(DatabaseSnapshot.holds("guide"))
                    """,
                [snapshot.description]
            )
        ) { row in
            OrderFigures(
                orders: try row.value("orders"),
                events: try row.value("events"),
                guides: try row.value("guides"),
                guideSum: try row.value("guide_sum")
            )
        }
    }
}

extension OrderStore {
    /// How many of the newest guides, of those that were not erased, are not the documents that were issued, byte for byte, when they are made again of what
    /// is stored.
    /// - Parameter count: how many are looked at.
    package func unprovenGuides(among count: Int) async throws -> (unproven: Int, total: Int) {
        let issued = try await pool.read(
            Query(
                each: Statement(
                    assembled: """
                        SELECT \(IssuedGuide.columns) FROM guide WHERE erased_at IS NULL
                        ORDER BY order_id DESC, revision DESC LIMIT $1
                        """,
                    [count]
                ),
                IssuedGuide.init
            )
        )
        var unproven = 0
        for guide in issued where !((try? guide.isProven()) ?? false) { unproven += 1 }
        return (unproven, issued.count)
    }
}
