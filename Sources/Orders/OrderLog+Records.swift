package import Commerce
package import Postgres
package import Records

extension OrderLog {
    /// An entry of a log as it was written, for whoever proves that it still is.
    package struct Record: Sendable {
        package let order: Int64
        package let sequence: Int32
        package let at: Instant
        package let kind: String
        package let actor: String
        package let requestID: String
        /// Minor units, where money moved.
        package let amount: Int64?
        package let reason: SaltedText
        /// Whether it was there in the snapshot that was asked about.
        package let isInSnapshot: Bool
    }

    /// All entries of some orders, by order and sequence.
    /// - Parameter snapshot: of the database; nil for one that shows nothing.
    package static func records(of orders: [Int64], snapshot: DatabaseSnapshot? = nil) -> Query<[Record]> {
        Query(
            each: Statement(
                """
                SELECT order_id, sequence, at, kind::text AS kind,
                    actor, request_id, amount, reason, reason_salt, reason_hash,
                    coalesce(pg_visible_in_snapshot(transaction, $2::text::pg_snapshot), false) AS is_in_snapshot
                FROM order_event WHERE order_id = ANY ($1) ORDER BY order_id, sequence
                """,
                orders,
                snapshot?.description
            )
        ) { row in
            Record(
                order: try row.value("order_id"),
                sequence: try row.value("sequence"),
                at: try row.value("at"),
                kind: try row.value("kind"),
                actor: try row.value("actor"),
                requestID: try row.value("request_id"),
                amount: try row.optional("amount"),
                reason: try SaltedText(row, "reason"),
                isInSnapshot: try row.value("is_in_snapshot")
            )
        }
    }

    /// Where a database is: what of the logs is there now, and in which cluster that can be asked later.
    package struct Position: Sendable, Equatable {
        package let snapshot: DatabaseSnapshot
        /// The cluster's own number: in another one a snapshot says nothing.
        package let cluster: Int64

        package init(snapshot: DatabaseSnapshot, cluster: Int64) { (self.snapshot, self.cluster) = (snapshot, cluster) }
    }

    package static let position = Query(
        only: Statement(
            """
            SELECT pg_current_snapshot()::text AS snapshot, system_identifier AS cluster FROM pg_control_system()
            """
        )
    ) { row in Position(snapshot: DatabaseSnapshot(try row.value("snapshot")), cluster: try row.value("cluster")) }

    /// The next orders by their ids whose logs may have grown.
    /// - Parameters:
    ///   - id: those above it.
    ///   - snapshot: since then, and some from before; nil for all orders.
    package static func changed(above id: Int64, since snapshot: DatabaseSnapshot?, count: Int) -> Query<[Int64]> {
        Query(
            each: Statement(
                snapshot == nil
                    ? "SELECT id FROM orders WHERE id > $1 AND $2::text IS NULL ORDER BY id LIMIT $3"
                    : """
                    SELECT DISTINCT order_id AS id FROM order_event
                    WHERE transaction >= pg_snapshot_xmin($2::text::pg_snapshot) AND order_id > $1
                    ORDER BY order_id LIMIT $3
                    """,
                id,
                snapshot?.description,
                Int64(count)
            )
        ) { try $0.value("id") }
    }
}
