import Backup
import Commerce

/// Whether the shop could be had back: by its last drill, and by nothing else.
enum BackupHealth {
    private static let drillDaysMax: Int64 = 8
    private static let backupHoursMax: Int64 = 50
    /// What is dated later than so many seconds from now was made under a clock that was put back since: it would be fresh
    /// until that date.
    private static let aheadMax: Int64 = 300

    static let none = Observation.look(
        "backup",
        "nothing is backed up: with this machine's disk every order is lost",
        "set AFTERCARE_BACKUP_DIR and AFTERCARE_BACKUP_PASSPHRASE_FILE, and run aftercare backup every night"
    )

    /// What is to be thought of the backups.
    static func observations(_ backups: [BaseBackup], drill: DrillReport?, now: Instant) -> [Observation] {
        [newest(backups, now: now), restore(drill, now: now)]
    }

    private static func newest(_ backups: [BaseBackup], now: Instant) -> Observation {
        guard let newest = backups.last else { return .broken("backup", "there is none yet", "run aftercare backup") }
        guard newest.endedAt <= now + .seconds(aheadMax) else {
            return .look(
                "backup",
                "the newest is dated \(newest.endedAt), which is still to come: nobody knows how old it is",
                "set this machine's clock right, run aftercare backup, and remove base/\(newest.id) from the folder"
            )
        }
        let hours = (now.secondsSince1970 - newest.endedAt.secondsSince1970) / 3600
        guard hours <= backupHoursMax else {
            return .look("backup", "the newest is \(hours / 24) days old", "run aftercare backup every night")
        }
        return .fine("backup", "\(backups.count), the newest of \(newest.endedAt)")
    }

    private static func restore(_ drill: DrillReport?, now: Instant) -> Observation {
        guard let drill else {
            return .broken(
                "drill",
                "no backup was ever restored: nobody knows whether one can be",
                "run aftercare backup drill"
            )
        }
        guard drill.isGood else {
            return .broken(
                "drill",
                "the last one failed, of \(drill.endedAt): \(drill.faults.joined(separator: "; "))",
                "mend that, then aftercare backup, then aftercare backup drill"
            )
        }
        guard drill.endedAt <= now + .seconds(aheadMax) else {
            return .look(
                "drill",
                "the last good one is dated \(drill.endedAt), which is still to come: nobody knows how old it is",
                "set this machine's clock right, and run aftercare backup drill"
            )
        }
        let days = (now.secondsSince1970 - drill.endedAt.secondsSince1970) / 86_400
        guard days <= drillDaysMax else {
            return .look("drill", "the last good one is \(days) days old", "run aftercare backup drill every week")
        }
        return .fine("drill", "\(drill.backup) was restored and compared at \(drill.endedAt)")
    }

    /// Whether the write-ahead log reaches the archive.
    /// - Parameter isHere: whether it is this folder that the server was started with.
    static func archive(_ standing: LiveLog.Standing, isHere: Bool) -> Observation {
        guard standing.isOn, isHere else {
            return .broken(
                "archive",
                "the server that runs keeps no log there",
                "restart aftercare serve with the same AFTERCARE_BACKUP_DIR"
            )
        }
        if let failing = standing.failing {
            return .broken(
                "archive",
                "segment \(failing) of the log can't be copied, for \(standing.secondsBehind) s",
                "the server's log says why: a full disk, a folder that it may not write, another server's segment"
            )
        }
        guard standing.secondsBehind <= 180 else {
            return .look("archive", "\(standing.secondsBehind) s behind", "look whether the folder's disk is slow")
        }
        return .fine("archive", "at most \(max(60, standing.secondsBehind)) s behind")
    }
}
