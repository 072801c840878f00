package import Commerce
import Orders

extension Payments {
    /// Compares the ledger with the provider's own lists, settles what has one meaning only, and keeps the rest as
    /// findings, of which there should be none.
    ///
    /// Settled: money that came and was not heard of, refunds that were not sent or not heard of. Not settled: money for
    /// no order, amounts that differ, refunds that somebody made elsewhere. What others do with the same account is none
    /// of ours.
    /// - Parameter since: how far back it looks.
    /// - Returns: everything that is not as it should be, also what was found before and nobody has settled.
    package func reconcile(since: Instant, now: Instant) async throws -> [KeptFinding] {
        guard let provider else { return [] }
        // A little further back on its side: no clock is quite like another.
        let (sessions, refunds) = try await provider.all(since: since + .seconds(-3600))
        var findings: [Finding] = []
        for report in sessions where isOurs(report.origin) && report.status >= .processing {
            let order = try await take(report, provider, requestID: "reconcile", now: now)
            guard order == nil, report.status == .succeeded, let amount = report.amount else { continue }
            // Of an order that was erased after it was paid nothing more is taken in, and its money is no surprise.
            if try await store.has(report, from: provider.method) { continue }
            findings.append(
                Finding(
                    kind: .moneyWithoutOrder,
                    reference: report.paymentID ?? report.sessionID ?? "",
                    orderNumber: report.origin?.order.description,
                    amount: amount
                )
            )
        }
        for refund in refunds { try await store.note(refund) }
        try await work(now: now)
        let told = Dictionary(
            sessions.compactMap { report in report.sessionID.map { ($0, report) } },
            uniquingKeysWith: { first, _ in first }
        )
        findings += try await self.findings.find(
            provider.method,
            since: since,
            told: told,
            refunds: refunds
        )
        try await self.findings.keep(findings, now: now)
        return try await self.findings.list()
    }
}
