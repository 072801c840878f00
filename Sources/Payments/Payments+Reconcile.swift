package import Commerce
import Orders

extension Payments {
    /// Compares the ledger with the provider's own lists, settles what has one meaning only, and keeps the rest as
    /// findings, of which there should be none.
    ///
    /// Settled: money that came and was not heard of, refunds that were not sent or not heard of. Not settled: money for
    /// no order, amounts that differ, refunds that somebody made elsewhere.
    /// - Parameter since: how far back it looks.
    /// - Returns: everything that is not as it should be.
    package func reconcile(since: Instant, now: Instant) async throws -> [Finding] {
        guard let provider else { return [] }
        // A little further back on its side: no clock is quite like another.
        let (sessions, refunds) = try await provider.all(since: since + .seconds(-3600))
        var findings: [Finding] = []
        for session in sessions where session.report.status >= .processing {
            let order = try await take(session.report, provider, requestID: "reconcile", now: now)
            guard order == nil, session.report.status == .succeeded, let amount = session.report.amount else {
                continue
            }
            findings.append(
                Finding(
                    kind: .moneyWithoutOrder,
                    reference: session.report.paymentID ?? session.report.sessionID ?? "",
                    orderNumber: session.orderNumber,
                    amount: amount
                )
            )
        }
        for refund in refunds {
            if let id = refund.refundID {
                try await store.noteRefund(id, providerID: refund.id, hasFailed: refund.hasFailed)
            }
        }
        try await work(now: now)
        let told = Dictionary(
            sessions.compactMap { session in session.report.sessionID.map { ($0, session.report) } },
            uniquingKeysWith: { first, _ in first }
        )
        findings += try await self.findings.find(
            provider.method,
            since: since,
            told: told,
            refunds: refunds.map {
                (id: $0.id, amount: $0.amount, hasFailed: $0.hasFailed)
            }
        )
        try await self.findings.keep(findings, now: now)
        return findings
    }
}
