import ArgumentParser
import Backup
import StaffCLI

/// `aftercare backup drill`
struct BackupDrill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Restore the newest backup, compare, and throw it away.",
        discussion: """
            Restores the newest backup and the log after it, up to now, beside the backups; counts orders, guides and money \
            there and in the store, as of the same point of the log; makes the newest guides again and holds them against \
            what was issued; and opens the sealed link key. Then it removes all that. What it finds is kept: aftercare doctor \
            believes nothing else. Exits with 1 where anything differs.

            Example: aftercare backup drill
            """
    )

    @OptionGroup var options: BackupOptions
    @OptionGroup var data: DataOptions

    func run() async throws {
        let (settings, folder) = try Settings.forBackups(options, data.values)
        let report = try await untilInterrupted {
            let drill = Drill(settings, folder, passphrase: try settings.backupPassphrase())
            return try await folder.locked { try await drill.run() }
        }
        if options.json { say(String(decoding: try report.json, as: UTF8.self)) } else { Self.tell(report) }
        guard report.isGood else { throw ExitCode(1) }
    }

    private static func tell(_ report: DrillReport) {
        say(Terminal.table(["FIGURE", "LIVE", "RESTORED"], report.figures.map { [$0.name, $0.live, $0.restored] }))
        for fault in report.faults { say("Wrong: \(fault).") }
        let seconds = Int((report.restoreSeconds * 10).rounded())
        say(
            "Restored \(report.backup), \(size(report.octets)), in \(seconds / 10).\(seconds % 10) s. The log was at most "
                + "\(report.secondsBehind) s behind."
        )
        say(report.isGood ? "The backup is good." : "THE BACKUP IS NOT GOOD.")
    }
}
