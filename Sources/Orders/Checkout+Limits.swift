import Cart
import Catalog
import Commerce
package import Postgres

/// What may be had only so often: a code, and the sample.
extension Checkout {
    /// How long until a person may have another sample as a line of its own.
    private static let sampleWindow = Duration.seconds(365 * 24 * 3600)

    /// What was refused, by the constraint that refused it; nil for one that is no limit.
    static func limitDetail(_ constraint: String?) -> String? {
        switch constraint {
        case "discount_not_used_up": "A code of this cart has been used up; take it out."
        case "discount_not_used_up_by_email": "This e-mail address has used a code of this cart as often as it may."
        case "sample_once_per_person": "This e-mail address had the sample in the last 365 days."
        default: nil
        }
    }

    /// Names an e-mail address without telling it.
    private func emailHash(_ email: EmailAddress) -> Bytea { Bytea(orders.keyed("email \(email.normalised)")) }

    /// How often the codes of a cart have been used, by code: for the batch that prices it.
    package func redemptions(ofCart cart: Int64) -> Query<[String: Int]> {
        Query(
            Statement(
                assembled: """
                    SELECT code, count(*) AS uses FROM discount_redemption
                    WHERE code = ANY (\(CartStore.discountCodes(of: "$1"))) GROUP BY code
                    """,
                [cart]
            )
        ) { rows in
            var uses: [String: Int] = [:]
            for row in rows { uses[try row.value("code")] = try row.value("uses") }
            return uses
        }
    }

    /// Takes a number of each limited code, and the person's sample. Whoever comes at the same time waits, and then sees
    /// what is left; where nothing is left, a constraint refuses the order.
    func limits(_ order: Order, catalog: Catalog) -> [Statement] {
        let hash = emailHash(order.details.customer.email)
        var statements: [Statement] = []
        // In one order for all, so that no two wait for each other.
        for discount in order.discountCodes.compactMap(catalog.terms.discount).sorted(by: { $0.code < $1.code }) {
            statements.append(
                Statement("SELECT pg_advisory_xact_lock(hashtextextended('discount ' || $1, 0))", discount.code)
            )
            statements.append(
                Statement(
                    """
                    INSERT INTO discount_redemption (order_id, code, email_hash, number, email_number)
                    SELECT $1, $2, $3,
                        CASE WHEN $4::int IS NULL THEN $1 ELSE
                            (SELECT n FROM generate_series(1, $4::int) AS n WHERE NOT EXISTS
                                (SELECT 1 FROM discount_redemption WHERE code = $2 AND number = n) LIMIT 1) END,
                        CASE WHEN $5::int IS NULL THEN $1 ELSE
                            (SELECT n FROM generate_series(1, $5::int) AS n WHERE NOT EXISTS
                                (SELECT 1 FROM discount_redemption WHERE code = $2 AND email_hash = $3 AND email_number = n)
                             LIMIT 1) END
                    """,
                    order.id,
                    discount.code,
                    hash,
                    discount.limit.map { Int32(clamping: $0) },
                    discount.limitPerEmail.map { Int32(clamping: $0) }
                )
            )
        }
        if order.lines.contains(where: { $0.kind == .sample }) {
            statements.append(
                Statement(
                    """
                    INSERT INTO sample_claim AS claim (email_hash, order_id, claimed_at) VALUES ($1, $2, $3)
                    ON CONFLICT (email_hash) DO UPDATE SET claimed_at = EXCLUDED.claimed_at,
                        order_id = CASE WHEN claim.claimed_at <= $4 THEN EXCLUDED.order_id END
                    """,
                    hash,
                    order.id,
                    order.placedAt,
                    order.placedAt + (.zero - Self.sampleWindow)
                )
            )
        }
        return statements
    }
}
