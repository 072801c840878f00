package import Commerce

/// How far a restore goes.
package enum RestorePoint: Sendable, Equatable {
    /// All that there is.
    case latest
    /// All that was committed up to then, that moment included.
    case instant(Instant)
    /// Up to a mark that somebody made in the log.
    case mark(String)

    /// The backup to begin with: the newest that ended before.
    /// - Parameter backups: oldest first.
    /// - Throws: `BackupError`.
    package func base(among backups: [BaseBackup], in folder: String) throws(BackupError) -> BaseBackup {
        guard let oldest = backups.first, let newest = backups.last else { throw .noBackup(folder: folder) }
        guard case .instant(let instant) = self else { return newest }
        guard let base = backups.last(where: { $0.endedAt <= instant }) else {
            throw .beforeTheOldest(instant, oldest: oldest.endedAt)
        }
        return base
    }

    /// What the server is told of it.
    var parameters: [String: String] {
        var parameters = ["recovery_target_action": "promote", "hot_standby": "off", "log_timezone": "UTC"]
        switch self {
        case .latest: break
        // Names of zones, Z among them, are not known yet when a server reads its command line.
        case .instant(let instant): parameters["recovery_target_time"] = instant.precise.dropLast() + "+00"
        case .mark(let name): parameters["recovery_target_name"] = name
        }
        return parameters
    }
}

extension Instant {
    /// The first whole second from then on, for whoever is told a moment to choose: moments are told without their
    /// fractions, and without its own this one lies before itself.
    package var upToTheSecond: Instant {
        let second = Instant(microsecondsSince1970: secondsSince1970 * 1_000_000)
        return second == self ? second : second + .seconds(1)
    }

    /// To the microsecond: `2026-11-26T19:00:00.000123Z`.
    var precise: String {
        let micros = ((microsecondsSince1970 % 1_000_000) + 1_000_000) % 1_000_000
        return "\(description.dropLast()).\(String(String(1_000_000 + micros).dropFirst()))Z"
    }
}
