package import Commerce

/// Something that is not as it was at a checkpoint. Orders are named by their ids.
package enum AuditFinding: Sendable, Equatable {
    /// A checkpoint is not as it was written, or one before it is gone.
    case checkpointChanged(at: Instant)
    /// The database is at a moment before the last checkpoint, or went on from one. What it lacks, and what came since, can't
    /// be told from what somebody did to it.
    case databaseIsOlder(than: Instant)
    case orderRemoved(order: Int64)
    /// Log or ledger have something of an order that there never was.
    case orderUnknown(order: Int64)
    /// The log is shorter than it was.
    case entriesRemoved(order: Int64, left: Int, of: Int)
    /// One of these entries of the log, or the money that belongs to it, says something else than it did.
    case entriesChanged(order: Int64, entries: ClosedRange<Int>)
    /// Entries that claim to be older than the last checkpoint, which does not know them.
    case entriesAdded(order: Int64, entries: ClosedRange<Int>)
    /// The free text of an entry, or of its money, is not the one that its hash was made of.
    case textChanged(order: Int64, entry: Int)
    /// The free text of an entry, or of its money, is gone, and nobody erased the order.
    case textRemoved(order: Int64, entry: Int)
    /// Money that belongs to an entry that is not there.
    case moneyWithoutEntry(order: Int64, entry: Int)

    /// The order that it is about; nil for the checkpoints themselves.
    package var order: Int64? {
        switch self {
        case .checkpointChanged, .databaseIsOlder: nil
        case .orderRemoved(let order), .orderUnknown(let order), .entriesRemoved(let order, _, _),
            .entriesChanged(let order, _), .entriesAdded(let order, _), .textChanged(let order, _),
            .textRemoved(let order, _), .moneyWithoutEntry(let order, _):
            order
        }
    }

    /// Whether it may be that the database lacks what was there, and went on from before.
    var isOfLoss: Bool {
        switch self {
        case .orderRemoved, .entriesRemoved, .entriesChanged, .entriesAdded: true
        case .checkpointChanged, .databaseIsOlder, .orderUnknown, .textChanged, .textRemoved, .moneyWithoutEntry: false
        }
    }

    /// What it is, as a part of a sentence that begins with whose it is.
    package var text: String {
        switch self {
        case .checkpointChanged(let at): "the checkpoint of \(at) is not as it was written, or one before it is gone"
        case .databaseIsOlder(let at):
            """
            the database is older than its last checkpoint, of \(at): it was restored to an earlier moment, or put back by \
            somebody. If the restore was yours, "aftercare audit checkpoint --restored" begins anew with what is there
            """
        case .orderRemoved: "is gone"
        case .orderUnknown: "has entries in the log or in the ledger, and is no order"
        case .entriesRemoved(_, let left, let count): "has \(left) entries in its log, of \(count) that there were"
        case .entriesChanged(_, let entries): "\(Self.named(entries)) changed, or the money that belongs there"
        case .entriesAdded(_, let entries): "\(Self.named(entries)) slipped in behind the last checkpoint's back"
        case .textChanged(_, let entry): "the free text of entry \(entry) was changed"
        case .textRemoved(_, let entry): "the free text of entry \(entry) was taken away, and nobody erased the order"
        case .moneyWithoutEntry(_, let entry): "has money that belongs to entry \(entry), which is not there"
        }
    }

    private static func named(_ entries: ClosedRange<Int>) -> String {
        entries.count == 1
            ? "entry \(entries.lowerBound) was"
            : "one of the entries \(entries.lowerBound) to \(entries.upperBound) was"
    }
}
