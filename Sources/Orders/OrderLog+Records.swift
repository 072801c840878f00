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
        /// In which it was written.
        package let transaction: Int64
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
                    actor, request_id, amount, reason, reason_salt, reason_hash, transaction::text::bigint AS transaction,
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
                transaction: try row.value("transaction"),
                isInSnapshot: try row.value("is_in_snapshot")
            )
        }
    }

    /// Where a database is: what of the logs is there now, and in which cluster that can be asked later.
    package struct Position: Sendable, Equatable {
        package let snapshot: DatabaseSnapshot
        /// The cluster's own number: in another one a snapshot says nothing.
        package let cluster: Int64
        /// Which of the cluster's histories it goes on with: another one after each restore and each failover. Nil where that
        /// was not asked.
        package let timeline: Int64?

        package init(snapshot: DatabaseSnapshot, cluster: Int64, timeline: Int64?) {
            (self.snapshot, self.cluster, self.timeline) = (snapshot, cluster, timeline)
        }
    }

    package static let position = Query(
        only: Statement(
            """
            SELECT pg_current_snapshot()::text AS snapshot, system_identifier AS cluster,
                CASE WHEN NOT pg_is_in_recovery()
                    THEN ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint END AS timeline
            FROM pg_control_system()
            """
        )
    ) { row in
        Position(
            snapshot: DatabaseSnapshot(try row.value("snapshot")),
            cluster: try row.value("cluster"),
            timeline: try row.optional("timeline")
        )
    }

    /// Of some orders those that are there, each with whether its customer was erased.
    package static func known(among orders: [Int64]) -> Query<[Int64: Bool]> {
        Query(
            each: Statement("SELECT id, erased_at IS NOT NULL AS is_erased FROM orders WHERE id = ANY ($1)", orders)
        ) { row in (try row.value("id", as: Int64.self), try row.value("is_erased", as: Bool.self)) }
        .map { Dictionary(uniqueKeysWithValues: $0) }
    }

    /// The next orders by their ids whose logs may have grown.
    /// - Parameters:
    ///   - id: those above it.
    ///   - snapshot: since then, and some from before; nil for all orders, and for all that the log names though there is no
    ///     such order.
    package static func changed(above id: Int64, since snapshot: DatabaseSnapshot?, count: Int) -> Query<[Int64]> {
        Query(
            each: Statement(
                snapshot == nil
                    ? """
                    (SELECT id FROM orders WHERE id > $1 AND $2::text IS NULL ORDER BY id LIMIT $3)
                    UNION (SELECT DISTINCT order_id FROM order_event WHERE order_id > $1 ORDER BY order_id LIMIT $3)
                    ORDER BY id LIMIT $3
                    """
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
