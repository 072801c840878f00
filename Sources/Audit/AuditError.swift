package import Commerce

/// Why logs and ledger can't be compared with their checkpoints.
package enum AuditError: Error, Sendable, Equatable, CustomStringConvertible {
    case notACheckpoint(line: Int)
    case keyMissing(number: Int16)
    case inUse(file: String)
    /// The database was put back to before its last checkpoint.
    case databaseIsOlder(than: Instant)

    /// What happened and what to do.
    package var description: String {
        switch self {
        case .notACheckpoint(let line):
            "line \(line) of the checkpoints is none that this program wrote: put back a copy of the file"
        case .keyMissing(let number):
            """
            the checkpoints were made with link key \(number), which this program was not given: name it in \
            AFTERCARE_LINK_KEY_PREVIOUS
            """
        case .inUse(let file): "\(file) is being written by another process: try again when it has ended"
        case .databaseIsOlder(let at): AuditFinding.databaseIsOlder(than: at).text
        }
    }
}
