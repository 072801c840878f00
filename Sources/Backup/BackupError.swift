package import Commerce

/// Why nothing was backed up, or nothing was restored.
package enum BackupError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A folder that can't be made or written, with the system's reason.
    case unwritable(path: String, reason: String)
    /// Another backup, drill or restore is at work.
    case busy(folder: String)
    case noBackup(folder: String)
    /// The running server was started without an archive, or with another.
    case notArchiving(folder: String)
    /// A segment does not arrive in the archive.
    case archiveStands(segment: String, folder: String, seconds: Int)
    case noRoom(folder: String, octets: Int64, free: Int64)
    case notEmpty(folder: String)
    case beforeTheOldest(Instant, oldest: Instant)
    /// There is no commit so late; the last one that is known, where there is one.
    case afterTheEnd(lastCommit: Instant?)
    case missingSegment(String, folder: String)
    case damagedSegment(String, folder: String)
    /// What `pg_verifybackup` says of the base, with the file's name.
    case damagedBase(id: String, reason: String)
    case noPassphrase(path: String)
    case noSecrets(path: String)
    case damagedSecrets(path: String)
    case wrongPassphrase(path: String)

    /// What happened and what to do.
    package var description: String {
        switch self {
        case .unwritable(let path, let reason): "\(path) can't be written (\(reason)): check who may write there"
        case .busy(let folder): "another backup, drill or restore is at work in \(folder): wait until it has ended"
        case .noBackup(let folder): "there is no backup in \(folder) yet: aftercare backup makes one"
        case .notArchiving(let folder):
            """
            the server that runs does not keep its write-ahead log in \(folder): start aftercare serve with the same \
            AFTERCARE_BACKUP_DIR
            """
        case .archiveStands(let segment, let folder, let seconds):
            """
            segment \(segment) of the write-ahead log has not come to \(folder) within \(seconds) seconds: the server's log \
            says why (a full disk, a folder that it may not write)
            """
        case .noRoom(let folder, let octets, let free):
            """
            \(folder) has \(free >> 20) MiB left, and \(octets >> 20) MiB are needed: make room there, or name another folder
            """
        case .notEmpty(let folder): "\(folder) is not empty: name a folder that is still to be made"
        case .beforeTheOldest(let instant, let oldest):
            """
            the oldest backup is of \(oldest), and nothing is known of \(instant): choose \(oldest.upToTheSecond) or a later \
            moment
            """
        case .afterTheEnd(let lastCommit?):
            """
            nothing that is backed up was written so late: the last commit is of \(lastCommit). Choose that moment or an \
            earlier one, or --at latest
            """
        case .afterTheEnd(nil):
            "nothing was written between the backup and that moment, as far as is known: choose --at latest"
        case .missingSegment(let segment, let folder):
            """
            segment \(segment) of the write-ahead log is missing in \(folder), and later ones are there: what came after it \
            can't be restored. Choose a moment before it with --at
            """
        case .damagedSegment(let segment, let folder):
            """
            segment \(segment) of the write-ahead log in \(folder) is damaged: what came after it can't be restored. Choose \
            a moment before it with --at
            """
        case .damagedBase(let id, let reason):
            "the backup \(id) is damaged (\(reason)): restore another one with --backup, and aftercare backup makes a new one"
        case .noPassphrase(let path):
            """
            \(path) holds no passphrase: put one line of at least 12 characters there, readable for its owner alone, and \
            keep a copy away from the backups
            """
        case .noSecrets(let path): "\(path) is not there: this backup has neither link key nor settings"
        case .damagedSecrets(let path):
            "\(path) is damaged: its bytes are not those that were written. Restore another backup with --backup"
        case .wrongPassphrase(let path):
            "the passphrase does not open \(path): name the file with the one that the backup was made under"
        }
    }
}
