package import Commerce
import Crypto
package import Links
package import Orders
import Payments
package import Postgres
import Records

/// Proves that logs and ledger are as they were at the last checkpoint: whoever owns the database can change every row of
/// it, and has neither the audit key nor the checkpoints.
package struct Auditor: Sendable {
    private let pool: Pool
    private let keys: LinkKeys
    private let position: Query<OrderLog.Position>
    package let file: CheckpointFile

    /// Orders that are read at once.
    private static let batch = 500

    /// - Parameter position: asks where the database is.
    package init(
        _ pool: Pool,
        keys: LinkKeys,
        file: CheckpointFile,
        position: Query<OrderLog.Position> = OrderLog.position
    ) {
        (self.pool, self.keys, self.file, self.position) = (pool, keys, file, position)
    }

    /// What a comparison came to.
    package struct Report: Sendable {
        /// The last checkpoint; nil where there is none yet.
        package var last: Checkpoint?
        /// When somebody said that the database was restored: what was written down before the last of these is compared no
        /// more.
        package var beginnings: [Instant] = []
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
    /// - Parameter isBeginning: whether the database was restored, and counts as it is: no former head is compared any more.
    ///   That it was so is a part of the checkpoints.
    /// - Returns: the checkpoint, and what is not as it was, of what was looked at.
    /// - Throws: `AuditError`.
    @discardableResult
    package func checkpoint(
        now: Instant,
        isBeginning: Bool = false
    ) async throws -> (made: Checkpoint, findings: [AuditFinding]) {
        try await file.writing { descriptor in
            var known = try known()
            // First: what comes while the logs are read belongs to the next one, even where this one has it already.
            let position = try await pool.read(self.position)
            let secret = try secret(keys.current)
            let standing = isBeginning ? Standing() : Standing(of: position, since: known.last)
            if isBeginning { known.heads = [:] }
            if let at = standing.behind { throw AuditError.databaseIsOlder(than: at) }
            var heads: [OrderHead] = []
            var findings: [AuditFinding] = []
            var missing: Set<Int64> = standing.moved == nil ? [] : Set(known.heads.keys)
            try await forEachTrail(since: standing.snapshot, snapshot: standing.snapshot) { trail in
                missing.remove(trail.order)
                let before = known.heads[trail.order] ?? []
                let found = trail.findings(before)
                findings += found
                let head = trail.chain(secret).head
                if found.isEmpty, before.last?.head != head { heads.append(head) }
            }
            // Written down, this position would be the one that the next comparison takes for true.
            if let at = standing.moved, findings.contains(where: \.isOfLoss) || !missing.isEmpty {
                throw AuditError.databaseIsOlder(than: at)
            }
            let checkpoint = Checkpoint(
                at: Instant(microsecondsSince1970: now.secondsSince1970 * 1_000_000),
                key: keys.current,
                position: position,
                isBeginning: isBeginning,
                heads: heads,
                after: known.last?.code ?? [],
                secret: secret
            )
            try CheckpointFile.add(checkpoint, to: descriptor)
            return (checkpoint, known.findings + findings)
        }
    }

    /// Compares all that the checkpoints speak of with what is there.
    /// - Throws: `AuditError`.
    package func verify() async throws -> Report {
        var known = try known()
        var report = Report(last: known.last, beginnings: known.beginnings, orders: known.heads.count)
        let standing = Standing(of: try await pool.read(position), since: known.last)
        var findings: [AuditFinding] = []
        try await forEachTrail(since: nil, snapshot: standing.snapshot) { trail in
            let heads = known.heads.removeValue(forKey: trail.order) ?? []
            let found = trail.findings(heads)
            let proven = heads.last?.head.count ?? 0
            report.entries += min(proven, trail.entries.count)
            report.newer += max(0, trail.entries.count - proven)
            findings += found
        }
        findings += known.heads.keys.sorted().map { .orderRemoved(order: $0) }
        if let at = standing.behind ?? (findings.contains(where: \.isOfLoss) ? standing.moved : nil) {
            findings = [.databaseIsOlder(than: at)] + findings.filter { !$0.isOfLoss }
        }
        report.findings = known.findings + findings
        return report
    }

    /// How a database stands to the last checkpoint.
    private struct Standing {
        /// The checkpoint's snapshot, where it says what was there then: not in another cluster, nor in another history of it.
        var snapshot: DatabaseSnapshot?
        /// When the checkpoint was made to which the database has not come yet; nil where it has.
        var behind: Instant?
        /// When the checkpoint was made since which the database goes on with another history. Nothing is lost where a standby
        /// had all of it.
        var moved: Instant?

        init() {}

        init(of position: OrderLog.Position, since last: Checkpoint?) {
            guard let last, last.position.cluster == position.cluster else { return }
            if let now = position.snapshot.end, let then = last.position.snapshot.end, now < then { behind = last.at }
            if let now = position.timeline, let then = last.position.timeline, now != then { moved = last.at }
            if behind == nil, moved == nil { snapshot = last.position.snapshot }
        }
    }

    // MARK: What is known, and what is there

    /// What the checkpoints say.
    private struct Known {
        var last: Checkpoint?
        var beginnings: [Instant] = []
        /// Of each order since the last beginning, at each checkpoint that speaks of it, oldest first.
        var heads: [Int64: [OrderTrail.KnownHead]] = [:]
        var findings: [AuditFinding] = []
    }

    private func known() throws -> Known {
        var known = Known()
        try file.read { checkpoint in
            let secret = try secret(checkpoint.key)
            if checkpoint.isTrue(after: known.last?.code ?? [], secret: secret) {
                if checkpoint.isBeginning {
                    known.heads = [:]
                    known.beginnings.append(checkpoint.at)
                }
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
