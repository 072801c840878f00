package import Commerce
package import Orders
import Postgres
package import Records

/// What ledger and provider differ in, found and kept.
package struct FindingStore: Sendable {
    private let orders: OrderStore
    private let installation: Installation
    private var pool: Pool { orders.pool }

    package init(_ orders: OrderStore, installation: Installation) {
        self.orders = orders
        self.installation = installation
    }

    /// What differs between the ledger and what a provider has told of a span of time.
    /// - Parameters:
    ///   - told: the provider's sessions by their names.
    ///   - refunds: everything that has gone back by the provider's word, also of others.
    package func find(
        _ method: Order.PaymentMethod,
        since: Instant,
        told: [String: PaymentReport],
        refunds: [ProviderRefund]
    ) async throws -> [Finding] {
        let (receipts, ours, payments) = try await pool.read(
            receipts(method, since: since),
            ledgerRefunds(method),
            payments(method, of: refunds.compactMap(\.paymentID))
        )
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
            // One that somebody made by hand says nothing of whose it is: then its money tells.
            let isOurs = refund.origin?.installation == installation || payments.contains(refund.paymentID ?? "")
            guard isOurs else { continue }
            findings.append(
                Finding(
                    kind: .refundUnknown,
                    reference: refund.id,
                    orderNumber: refund.origin?.order.description,
                    amount: refund.amount
                )
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

    /// Which of a provider's names for money are of money that came for orders of ours.
    private func payments(_ method: Order.PaymentMethod, of names: [String]) -> Query<Set<String>> {
        Query(
            each: Statement(
                "SELECT payment_id FROM payment_attempt WHERE provider = $1 AND payment_id = ANY ($2)",
                method,
                names
            )
        ) { try $0.value("payment_id", as: String.self) }.map(Set.init)
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
        ],
        keeping: "kind, reference"
    )

    /// Keeps findings beside those that were found before.
    static func kept(_ findings: [Finding], now: Instant) throws -> Statement {
        try rows.statement(findings.map { ($0, now) })
    }

    /// Keeps what was found beside what was found before. What a provider has done since is settled by itself.
    package func keep(_ findings: [Finding], now: Instant) async throws {
        _ = try await pool.write([
            try Self.kept(findings, now: now),
            Statement(
                """
                UPDATE finding SET settled_at = $1, settled_by = $2, settled_reason = 'The provider has taken it since.'
                WHERE kind = 'refundMissing' AND settled_at IS NULL AND EXISTS (SELECT 1 FROM provider_refund AS r
                    WHERE r.status = 'taken' AND reference IN ('refund ' || r.id, r.provider_id))
                """,
                now,
                Actor.system.name
            ),
        ])
    }

    /// More than anybody reads at once.
    private static let listMax = 1000

    /// The findings that nobody has settled, or those that somebody has; the newest first, a thousand at most.
    package func list(settled: Bool = false) async throws -> [KeptFinding] {
        try await pool.read(
            Query(
                each: Statement(
                    assembled: """
                        SELECT \(Self.columns) FROM finding
                        WHERE (settled_at IS NOT NULL) = $1 ORDER BY id DESC LIMIT $2
                        """,
                    [settled, Self.listMax]
                ),
                Self.kept
            )
        )
    }

    /// Settles a finding; the finding as it then is, which somebody may have settled before. Nil where there is none.
    package func settle(_ id: Int64, reason: String, actor: Actor, now: Instant) async throws -> KeptFinding? {
        try await pool.write(
            after: [
                Statement(
                    """
                    UPDATE finding SET (settled_at, settled_by, settled_reason) = ($2, $3, $4)
                    WHERE id = $1 AND settled_at IS NULL
                    """,
                    id,
                    now,
                    actor.name,
                    reason
                )
            ],
            Query(
                first: Statement(assembled: "SELECT \(Self.columns) FROM finding WHERE id = $1", [id]),
                Self.kept
            )
        )
    }

    private static let columns = """
        id, kind, reference, number, amount, currency, found_at, settled_at, settled_by, settled_reason
        """

    private static func kept(_ row: Row) throws(PostgresError) -> KeptFinding {
        let finding = Finding(
            kind: try row.value("kind"),
            reference: try row.value("reference"),
            orderNumber: try row.optional("number"),
            amount: Money(try row.value("amount"), try row.value("currency"))
        )
        var settlement: KeptFinding.Settlement?
        if let at: Instant = try row.optional("settled_at") {
            settlement = KeptFinding.Settlement(
                at: at,
                by: try row.value("settled_by"),
                reason: try row.value("settled_reason")
            )
        }
        return KeptFinding(
            id: try row.value("id"),
            finding: finding,
            foundAt: try row.value("found_at"),
            settlement: settlement
        )
    }

    /// How many findings of each kind are open.
    package func counts() async throws -> [Finding.Kind: Int] {
        let counts = try await pool.read(
            Query(each: Statement("SELECT kind, count(*) AS n FROM finding WHERE settled_at IS NULL GROUP BY kind")) {
                row in
                (try row.value("kind", as: Finding.Kind.self), try row.value("n", as: Int.self))
            }
        )
        return Dictionary(uniqueKeysWithValues: Finding.Kind.allCases.map { ($0, 0) })
            .merging(counts) { _, counted in counted }
    }
}

extension Finding.Kind: PostgresValue {}
