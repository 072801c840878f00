import ArgumentParser
import Backup
import CivilTime
import Commerce
import FoundationEssentials
import Orders
import Personal
import Postgres
import Records

/// `aftercare restore`: a store made of its backup.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a store of its backup, as it was at a moment.",
        discussion: """
            Makes a new data folder, with database, link key and settings; the backups and the store that is served are \
            not touched. --at takes latest, or a moment as RFC 3339 writes it: what was committed up to then is restored. \
            What was told and sent meanwhile is not done again: the answer says what somebody has to look at. Whoever was \
            erased meanwhile is erased again.

            Example: aftercare restore --at 2026-11-26T19:00:00Z --into /var/lib/aftercare-restored
            """
    )

    @Option(help: "latest, or a moment such as 2026-11-26T19:00:00Z.")
    var at = "latest"
    @Option(help: "The data folder to make.", completion: .directory)
    var into: String
    @Option(help: "Begin with this backup. [default: the newest before that moment]")
    var backup: String?
    @Option(help: "Follow this timeline, from before an earlier restore. [default: the newest]")
    var timeline: UInt32?
    @OptionGroup var options: BackupOptions

    func run() async throws {
        var point = RestorePoint.latest
        if at != "latest" {
            guard let instant = Instant(at) else {
                throw ValidationError("--at is latest, or a moment with its zone, such as 2026-11-26T19:00:00Z.")
            }
            point = .instant(instant)
        }
        let (settings, folder) = try Settings.forBackups(options, ["DATA_DIR": into])
        let base = try base(point, in: folder)
        let secrets = try folder.secrets(of: base, openedBy: settings.backupPassphrase())
        let restore = try Restore(base, to: point, in: folder, timeline: timeline)
        let target = settings.dataFolder
        let outcome = try await untilInterrupted {
            try await folder.locked(isReading: true) {
                try await restore.check(into: target)
                return try await RestoredShop.make(restore, secrets, ErasureList(folder.erasures), in: target)
            }
        }
        if options.json { return try sayJSON(outcome) }
        let until = outcome.lastCommit.map { "its last commit, of \($0)" } ?? "its end, after which nothing was written"
        say("Restored \(base.id) up to \(until): \(outcome.orders) \(outcome.orders == 1 ? "order" : "orders").")
        if outcome.withheld > 0 {
            say(
                "Mails that may have been sent before are not sent again, \(outcome.withheld): aftercare deliveries "
                    + "list."
            )
        }
        if !outcome.erased.isEmpty {
            say("Erased again, as they had been, \(outcome.erased.count): \(outcome.erased.joined(separator: ", ")).")
        }
        if !outcome.open.isEmpty {
            say(
                "Erased after that moment, and open again as they were then, \(outcome.open.count): "
                    + "\(outcome.open.joined(separator: ", ")). Settle them, and a server erases them within the hour."
            )
        }
        if !outcome.tokens.isEmpty {
            say(
                "Tokens of the staff that are valid, those revoked after that moment again, \(outcome.tokens.count): "
                    + outcome.tokens.map { "\($0.name) (\($0.role))" }.joined(separator: ", ")
                    + ". Once it is served, aftercare token revoke NAME ends one."
            )
        }
        if !outcome.keys.isEmpty {
            say(
                "Keys of storefronts that are valid, those revoked after that moment again, \(outcome.keys.count): "
                    + "\(outcome.keys.joined(separator: ", ")). Once it is served, aftercare keys revoke NAME ends one."
            )
        }
        say("The settings that it was served with are in \(target)/settings.")
        say("Serve it: aftercare serve --data-dir \(target)")
    }

    private func base(_ point: RestorePoint, in folder: BackupFolder) throws -> BaseBackup {
        let backups = folder.backups()
        guard let backup else { return try point.base(among: backups, in: folder.path) }
        guard let base = backups.first(where: { $0.id == backup }) else {
            throw HostError.refused("There is no backup \(backup) in \(folder.path): aftercare backup list shows them.")
        }
        return try point.base(among: [base], in: folder.path)
    }
}
