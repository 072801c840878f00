package import Commerce
package import Orders
import Postgres

/// What ledger and provider differ in, found and kept.
package struct FindingStore: Sendable {
    private let orders: OrderStore
    private var pool: Pool { orders.pool }

    package init(_ orders: OrderStore) { self.orders = orders }

    /// What differs between the ledger and what a provider has told of a span of time.
    /// - Parameters:
    ///   - told: the provider's sessions by their names.
    ///   - refunds: everything that has gone back by the provider's word.
    package func find(
        _ method: Order.PaymentMethod,
        since: Instant,
        told: [String: PaymentReport],
        refunds: [(id: String, amount: Money, hasFailed: Bool)]
    ) async throws -> [Finding] {
        let (receipts, ours) = try await pool.read(receipts(method, since: since), ledgerRefunds(method))
        var findings = receipts.compactMap { receipt -> Finding? in
            let kind: Finding.Kind
            switch told[receipt.session] {
            case nil: kind = .orderWithoutMoney
            case let report? where report.status != .succeeded: kind = .orderWithoutMoney
            case let report? where report.amount != receipt.amount: kind = .amountDiffers
            default: return nil
            }
            return Finding(kind: kind, reference: receipt.session, orderNumber: receipt.number, amount: receipt.amount)
        }
        let known = Dictionary(refunds.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for refund in ours {
            var kind: Finding.Kind?
            if refund.status == "failed" { kind = .refundFailed }
            if refund.status == "waiting", refund.tries > 0 { kind = .refundMissing }
            if let name = refund.providerID, let told = known[name], told.amount != refund.amount {
                kind = .amountDiffers
            }
            guard let kind else { continue }
            findings.append(
                Finding(
                    kind: kind,
                    reference: refund.providerID ?? "refund \(refund.id)",
                    orderNumber: refund.number,
                    amount: refund.amount
                )
            )
        }
        let names = Set(ours.compactMap(\.providerID))
        for refund in refunds where !refund.hasFailed && !names.contains(refund.id) {
            findings.append(
                Finding(kind: .refundUnknown, reference: refund.id, orderNumber: nil, amount: refund.amount)
            )
        }
        return findings
    }

    /// Money that came through a provider.
    private struct ProviderReceipt: Sendable {
        let session: String
        let amount: Money
        let number: String
    }

    private func receipts(_ method: Order.PaymentMethod, since: Instant) -> Query<[ProviderReceipt]> {
        Query(
            each: Statement(
                """
                SELECT session_id, amount, currency, order_id FROM payment_attempt
                WHERE provider = $1 AND status = 'succeeded' AND started_at >= $2 ORDER BY started_at
                """,
                method,
                since
            )
        ) { [orders] row in
            ProviderReceipt(
                session: try row.value("session_id"),
                amount: Money(try row.value("amount"), try row.value("currency")),
                number: orders.number(of: try row.value("order_id")).description
            )
        }
    }

    /// Money that goes back through a provider, as the ledger has it.
    private struct LedgerRefund: Sendable {
        let id: Int64
        let providerID: String?
        let amount: Money
        let status: String
        let tries: Int
        let number: String
    }

    private func ledgerRefunds(_ method: Order.PaymentMethod) -> Query<[LedgerRefund]> {
        Query(
            each: Statement(
                """
                SELECT r.id, r.provider_id, r.amount, a.currency, r.status, r.tries, a.order_id FROM provider_refund AS r
                JOIN payment_attempt AS a ON a.id = attempt_id
                WHERE a.provider = $1
                """,
                method
            )
        ) { [orders] row in
            LedgerRefund(
                id: try row.value("id"),
                providerID: try row.optional("provider_id"),
                amount: Money(try row.value("amount"), try row.value("currency")),
                status: try row.value("status"),
                tries: try row.value("tries"),
                number: orders.number(of: try row.value("order_id")).description
            )
        }
    }

    private static let rows = Insertion<(finding: Finding, now: Instant)>(
        into: "finding",
        [
            .column("kind") { $0.finding.kind },
            .column("reference") { $0.finding.reference },
            .optional("number") { $0.finding.orderNumber },
            .column("amount") { $0.finding.amount.amount },
            .column("currency") { $0.finding.amount.currency },
            .column("found_at") { $0.now },
        ]
    )

    /// Keeps what was found in place of what was found before.
    package func keep(_ findings: [Finding], now: Instant) async throws {
        // The same thing is found once, however often it is told.
        var seen: Set<String> = []
        let once = findings.filter { seen.insert("\($0.kind) \($0.reference)").inserted }
        _ = try await pool.write([
            Statement("DELETE FROM finding"), try Self.rows.statement(once.map { ($0, now) }),
        ])
    }

    /// How many findings of each kind there are.
    package func counts() async throws -> [Finding.Kind: Int] {
        let counts = try await pool.read(
            Query(each: Statement("SELECT kind, count(*) AS n FROM finding GROUP BY kind")) { row in
                (try row.value("kind", as: Finding.Kind.self), try row.value("n", as: Int.self))
            }
        )
        return Dictionary(uniqueKeysWithValues: Finding.Kind.allCases.map { ($0, 0) })
            .merging(counts) { _, counted in counted }
    }
}

extension Finding.Kind: PostgresValue {}
