package import Commerce
import Postgres

/// Something in which ledger and provider differ, and that only a person can settle.
package struct Finding: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The provider has money for which there is no order here.
        case moneyWithoutOrder
        /// An order counts as paid, and the provider knows nothing of it.
        case orderWithoutMoney
        /// The provider has another amount than the ledger.
        case amountDiffers
        /// Money went back that the ledger does not know of.
        case refundUnknown
        /// Money that should go back did not.
        case refundFailed
        /// A refund of the ledger has no refund of the provider.
        case refundMissing
    }

    package let kind: Kind
    /// The provider's name for what was found.
    package let reference: String
    package let orderNumber: String?
    package let amount: Money

    package init(kind: Kind, reference: String, orderNumber: String?, amount: Money) {
        self.kind = kind
        self.reference = reference
        self.orderNumber = orderNumber
        self.amount = amount
    }
}

extension OrderStore {
    /// What differs between the ledger and what a provider has told of a span of time.
    /// - Parameters:
    ///   - told: the provider's sessions by their names.
    ///   - refunds: everything that has gone back by the provider's word.
    package func findings(
        _ method: Order.PaymentMethod,
        since: Instant,
        told: [String: PaymentReport],
        refunds: [(id: String, amount: Money, hasFailed: Bool)]
    ) async throws -> [Finding] {
        var findings: [Finding] = []
        let attempts = try await pool.read(
            Statement(
                """
                SELECT session_id, amount, currency, number FROM payment_attempt JOIN orders ON orders.id = order_id
                WHERE provider = $1 AND payment_attempt.status = 'succeeded' AND started_at >= $2 ORDER BY started_at
                """,
                method,
                since
            )
        )
        for row in attempts {
            let session: String = try row.value("session_id")
            let amount = Money(try row.value("amount"), try row.value("currency"))
            let kind: Finding.Kind
            switch told[session] {
            case nil: kind = .orderWithoutMoney
            case let report? where report.status != .succeeded: kind = .orderWithoutMoney
            case let report? where report.amount != amount: kind = .amountDiffers
            default: continue
            }
            findings.append(
                Finding(kind: kind, reference: session, orderNumber: try row.value("number"), amount: amount)
            )
        }
        let ours = try await pool.read(
            Statement(
                """
                SELECT r.id, r.provider_id, r.amount, r.status, r.tries, currency, number FROM provider_refund AS r
                JOIN payment_attempt AS a ON a.id = attempt_id JOIN orders ON orders.id = a.order_id
                WHERE a.provider = $1
                """,
                method
            )
        )
        let known = Dictionary(refunds.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var names: Set<String> = []
        for row in ours {
            let name: String? = try row.optional("provider_id")
            if let name { names.insert(name) }
            let amount = Money(try row.value("amount"), try row.value("currency"))
            let status: String = try row.value("status")
            var kind: Finding.Kind?
            if status == "failed" { kind = .refundFailed }
            let (id, tries): (Int64, Int) = (try row.value("id"), try row.value("tries"))
            if status == "waiting", tries > 0 { kind = .refundMissing }
            if let name, let told = known[name], told.amount != amount { kind = .amountDiffers }
            guard let kind else { continue }
            findings.append(
                Finding(
                    kind: kind,
                    reference: name ?? "refund \(id)",
                    orderNumber: try row.value("number"),
                    amount: amount
                )
            )
        }
        for refund in refunds where !refund.hasFailed && !names.contains(refund.id) {
            findings.append(
                Finding(kind: .refundUnknown, reference: refund.id, orderNumber: nil, amount: refund.amount)
            )
        }
        return findings
    }

    /// Keeps what was found in place of what was found before.
    package func keep(_ findings: [Finding], now: Instant) async throws {
        _ = try await pool.write([
            Statement("DELETE FROM finding"),
            Statement(
                """
                INSERT INTO finding (kind, reference, number, amount, currency, found_at)
                SELECT kind, reference, nullif(number, ''), amount, currency, $6
                FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])
                    AS found (kind, reference, number, amount, currency)
                ON CONFLICT DO NOTHING
                """,
                findings.map(\.kind.rawValue),
                findings.map(\.reference),
                findings.map { $0.orderNumber ?? "" },
                findings.map(\.amount.amount),
                findings.map(\.amount.currency),
                now
            ),
        ])
    }

    /// How many findings of each kind there are.
    package func findingCounts() async throws -> [Finding.Kind: Int] {
        var counts = Dictionary(uniqueKeysWithValues: Finding.Kind.allCases.map { ($0, 0) })
        for row in try await pool.read(Statement("SELECT kind, count(*) AS n FROM finding GROUP BY kind")) {
            if let kind = Finding.Kind(rawValue: try row.value("kind")) { counts[kind] = try row.value("n") }
        }
        return counts
    }
}
