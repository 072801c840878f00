import Crypto
import Orders
import Payments
import Records

/// What the database has of an order's log and of its money.
struct OrderTrail {
    let order: Int64
    let entries: [OrderLog.Record]
    let ledger: [PaymentStore.LedgerRecord]
    /// Whether there is such an order.
    let isThere: Bool
    /// Whether its customer was erased, and with them what people wrote.
    let isErased: Bool

    /// A head, the key under which it was made, and that key's number.
    struct KnownHead {
        let head: OrderHead
        let secret: SymmetricKey
        let number: Int16
    }

    func chain(_ secret: SymmetricKey) -> OrderChain { OrderChain(order, entries, ledger, key: secret) }

    /// What is not as it was.
    /// - Parameter heads: the order's at each checkpoint, oldest first.
    func findings(_ heads: [KnownHead]) -> [AuditFinding] {
        guard isThere else { return [heads.isEmpty ? .orderUnknown(order: order) : .orderRemoved(order: order)] }
        var findings: [AuditFinding] = []
        var chains: [Int16: OrderChain] = [:]
        var proven = 0
        for known in heads {
            let chain = chains[known.number] ?? chain(known.secret)
            chains[known.number] = chain
            guard let agrees = chain.agrees(with: known.head) else {
                findings.append(.entriesRemoved(order: order, left: entries.count, of: known.head.count))
                break
            }
            guard agrees else {
                // Two heads of one entry differ where the link key was changed between them.
                let first = min(proven + 1, known.head.count)
                findings.append(.entriesChanged(order: order, entries: first...known.head.count))
                break
            }
            proven = known.head.count
        }
        let texts =
            entries.filter { !$0.reason.isTrue }.map(\.sequence)
            + ledger.filter { !$0.reference.isTrue }.map(\.sequence)
        findings += Set(texts).sorted().map { .textChanged(order: order, entry: Int($0)) }
        if !isErased {
            let gone =
                entries.filter(\.reason.isGone).map(\.sequence) + ledger.filter(\.reference.isGone).map(\.sequence)
            findings += Set(gone).sorted().map { .textRemoved(order: order, entry: Int($0)) }
        }
        let there = Set(entries.map(\.sequence))
        findings += Set(ledger.map(\.sequence)).subtracting(there).sorted().map {
            .moneyWithoutEntry(order: order, entry: Int($0))
        }
        if findings.isEmpty, let added = added(behind: heads.last?.head.count ?? 0) { findings.append(added) }
        return findings
    }

    /// Entries that were there at the last checkpoint, which knows so many of the order's.
    private func added(behind count: Int) -> AuditFinding? {
        let late = entries.dropFirst(count).filter(\.isInSnapshot).map { Int($0.sequence) }
        guard let first = late.first, let last = late.last else { return nil }
        return .entriesAdded(order: order, entries: first...last)
    }
}
