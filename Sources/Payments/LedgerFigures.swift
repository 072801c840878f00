package import Postgres
package import Records

/// What the ledger of a database comes to, to hold a copy of it against. Sums are in minor units, of all currencies together.
package struct LedgerFigures: Sendable, Equatable {
    package let entries: Int
    package let received: Int64
    package let refunded: Int64
    package let documents: Int

    /// The figures as of a moment.
    package static func asOf(_ snapshot: DatabaseSnapshot) -> Query<LedgerFigures> {
        Query(
            only: Statement(
                assembled: """
                    SELECT count(*) AS entries,
                        coalesce(sum(amount) FILTER (WHERE kind = 'receipt'), 0)::bigint AS received,
                        coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0)::bigint AS refunded,
                        (SELECT count(*) FROM document WHERE \(DatabaseSnapshot.holds("document"))) AS documents
                    FROM payment WHERE \(DatabaseSnapshot.holds("payment"))
                    """,
                [snapshot.description]
            )
        ) { row in
            LedgerFigures(
                entries: try row.value("entries"),
                received: try row.value("received"),
                refunded: try row.value("refunded"),
                documents: try row.value("documents")
            )
        }
    }
}

extension PaymentStore {
    /// After a restore nobody knows whether a refund that waits was sent meanwhile: the provider is asked first.
    package static let askBeforeRefunding = Statement(
        "UPDATE provider_refund SET tries = greatest(tries, 1) WHERE status = 'waiting'"
    )
}
