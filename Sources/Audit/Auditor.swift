package import Commerce
import Crypto
package import Links
import Orders
import Payments
package import Postgres
import Records

/// Proves that logs and ledger are as they were at the last checkpoint: whoever owns the database can change every row of
/// it, and has neither the audit key nor the checkpoints.
package struct Auditor: Sendable {
    private let pool: Pool
    private let keys: LinkKeys
    package let file: CheckpointFile

    /// Orders that are read at once.
    private static let batch = 500

    package init(_ pool: Pool, keys: LinkKeys, file: CheckpointFile) {
        (self.pool, self.keys, self.file) = (pool, keys, file)
    }

    /// What a comparison came to.
    package struct Report: Sendable {
        /// The last checkpoint; nil where there is none yet.
        package var last: Checkpoint?
        /// Orders that it and those before it speak of.
        package var orders = 0
        /// Entries of their logs that are proven.
        package var entries = 0
        /// Entries that came since, which the next checkpoint proves.
        package var newer = 0
        package var findings: [AuditFinding] = []
    }

    /// Writes down what logs and ledger come to now, of the orders in which something happened since the last time.
    ///
    /// An order that is not as its last head says keeps that head: what was changed does not become true by going on.
    /// - Returns: the checkpoint, and what is not as it was, of what was looked at.
    /// - Throws: `AuditError`.
    @discardableResult
    package func checkpoint(now: Instant) async throws -> (made: Checkpoint, findings: [AuditFinding]) {
        try await file.writing { descriptor in
            let known = try known()
            // First: what comes while the logs are read belongs to the next one, even where this one has it already.
            let position = try await pool.read(OrderLog.position)
            let secret = try secret(keys.current)
            let last = known.last.flatMap { $0.position.cluster == position.cluster ? $0.position.snapshot : nil }
            var heads: [OrderHead] = []
            var findings = known.findings
            try await forEachTrail(since: last, snapshot: last) { trail in
                let before = known.heads[trail.order] ?? []
                let found = trail.findings(before)
                findings += found
                let head = trail.chain(secret).head
                if found.isEmpty, before.last?.head != head { heads.append(head) }
            }
            let checkpoint = Checkpoint(
                at: Instant(microsecondsSince1970: now.secondsSince1970 * 1_000_000),
                key: keys.current,
                position: position,
                heads: heads,
                after: known.last?.code ?? [],
                secret: secret
            )
            try CheckpointFile.add(checkpoint, to: descriptor)
            return (checkpoint, findings)
        }
    }

    /// Compares all that the checkpoints speak of with what is there.
    /// - Throws: `AuditError`.
    package func verify() async throws -> Report {
        var known = try known()
        var report = Report(last: known.last, orders: known.heads.count, findings: known.findings)
        let cluster = try await pool.read(OrderLog.position).cluster
        let snapshot = known.last.flatMap { $0.position.cluster == cluster ? $0.position.snapshot : nil }
        try await forEachTrail(since: nil, snapshot: snapshot) { trail in
            let heads = known.heads.removeValue(forKey: trail.order) ?? []
            let found = trail.findings(heads)
            let proven = heads.last?.head.count ?? 0
            report.entries += min(proven, trail.entries.count)
            report.newer += max(0, trail.entries.count - proven)
            report.findings += found
        }
        report.findings += known.heads.keys.sorted().map { .orderRemoved(order: $0) }
        return report
    }

    // MARK: What is known, and what is there

    /// What the checkpoints say.
    private struct Known {
        var last: Checkpoint?
        /// Of each order at each checkpoint that speaks of it, oldest first.
        var heads: [Int64: [OrderTrail.KnownHead]] = [:]
        var findings: [AuditFinding] = []
    }

    private func known() throws -> Known {
        var known = Known()
        try file.read { checkpoint in
            let secret = try secret(checkpoint.key)
            if checkpoint.isTrue(after: known.last?.code ?? [], secret: secret) {
                for head in checkpoint.heads {
                    known.heads[head.order, default: []].append(
                        OrderTrail.KnownHead(head: head, secret: secret, number: checkpoint.key)
                    )
                }
            } else {
                known.findings.append(.checkpointChanged(at: checkpoint.at))
            }
            known.last = checkpoint
        }
        return known
    }

    private func secret(_ number: Int16) throws(AuditError) -> SymmetricKey {
        guard let secret = keys.auditKey(number) else { throw .keyMissing(number: number) }
        return secret
    }

    /// Reads the orders whose logs may have grown since a snapshot, or all.
    /// - Parameter snapshot: of which each entry is to say whether it was in there.
    private func forEachTrail(
        since start: DatabaseSnapshot?,
        snapshot: DatabaseSnapshot? = nil,
        _ body: (OrderTrail) throws -> Void
    ) async throws {
        var last: Int64 = -1
        while true {
            var ids = try await pool.read(OrderLog.changed(above: last, since: start, count: Self.batch))
            if start == nil {
                ids += try await pool.read(PaymentStore.recordedOrders(above: last, count: Self.batch))
                ids = Array(Set(ids).sorted().prefix(Self.batch))
            }
            guard let end = ids.last else { return }
            // The orders last: who is erased in between has lost their texts, and is known to be erased.
            let (entries, ledger, known) = try await pool.read(
                OrderLog.records(of: ids, snapshot: snapshot),
                PaymentStore.records(of: ids),
                OrderLog.known(among: ids)
            )
            let logs = Dictionary(grouping: entries) { $0.order }
            let money = Dictionary(grouping: ledger) { $0.order }
            for id in ids {
                try body(
                    OrderTrail(
                        order: id,
                        entries: logs[id] ?? [],
                        ledger: money[id] ?? [],
                        isThere: known[id] != nil,
                        isErased: known[id] ?? false
                    )
                )
            }
            last = end
        }
    }
}
