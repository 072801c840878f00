package import Commerce
package import Postgres

/// Money that came in for an order, or went back, as the ledger has it.
package struct LedgerEntry: Sendable {
    /// `receipt` or `refund`.
    package let kind: String
    package let amount: Money
    /// The bank's word for it, or why it went back.
    package let reference: String?
    package let at: Instant

    /// The money of an order, the first first.
    package static func entries(of order: Int64, in currency: Currency) -> Query<[LedgerEntry]> {
        Query(
            each: Statement(
                "SELECT kind, amount, reference, at FROM payment WHERE order_id = $1 ORDER BY at, id",
                order
            )
        ) { row in
            LedgerEntry(
                kind: try row.value("kind"),
                amount: Money(try row.value("amount"), currency),
                reference: try row.optional("reference"),
                at: try row.value("at")
            )
        }
    }
}

extension PaymentAttempt {
    /// The tries to pay an order, the first first.
    package static func attempts(of order: Int64) -> Query<[PaymentAttempt]> {
        Query(
            each: Statement(
                assembled: """
                    SELECT \(PaymentStore.attemptColumns) FROM payment_attempt WHERE order_id = $1 ORDER BY ordinal
                    """,
                [order]
            ),
            PaymentStore.attempt
        )
    }
}
