package import Commerce
package import Postgres
package import Records

extension PaymentStore {
    /// A movement of money as it was written, for whoever proves that it still is.
    package struct LedgerRecord: Sendable {
        package let order: Int64
        /// The entry of the order's log that tells of it.
        package let sequence: Int32
        package let kind: String
        /// Minor units.
        package let amount: Int64
        package let reference: SaltedText
        package let at: Instant
        package let actor: String
        /// The try to pay that it came by.
        package let attempt: Int64?
        /// The adjustment that a refund gives back.
        package let adjustment: Int16?
    }

    /// The next orders by their ids that the ledger names, whether there are such orders or not.
    /// - Parameter id: those above it.
    package static func recordedOrders(above id: Int64, count: Int) -> Query<[Int64]> {
        Query(
            each: Statement(
                "SELECT DISTINCT order_id FROM payment WHERE order_id > $1 ORDER BY order_id LIMIT $2",
                id,
                Int64(count)
            )
        ) { try $0.value("order_id") }
    }

    /// All movements of some orders' money, by order and entry.
    package static func records(of orders: [Int64]) -> Query<[LedgerRecord]> {
        Query(
            each: Statement(
                """
                SELECT order_id, sequence, kind, amount, reference, reference_salt, reference_hash,
                    at, actor, attempt_id, adjustment
                FROM payment WHERE order_id = ANY ($1) ORDER BY order_id, sequence
                """,
                orders
            )
        ) { row in
            LedgerRecord(
                order: try row.value("order_id"),
                sequence: try row.value("sequence"),
                kind: try row.value("kind"),
                amount: try row.value("amount"),
                reference: try SaltedText(row, "reference"),
                at: try row.value("at"),
                actor: try row.value("actor"),
                attempt: try row.optional("attempt_id"),
                adjustment: try row.optional("adjustment")
            )
        }
    }
}
