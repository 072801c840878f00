import ArgumentParser
import Backup
import CivilTime
import Encodings
import FoundationEssentials
import Postgres
import ProgramVersion
import StaffCLI

/// `aftercare backup`: copies of the private cluster, and the proof that they are some.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Back the store up, and prove that it can be restored.",
        subcommands: [BackupMake.self, BackupList.self, BackupDrill.self],
        defaultSubcommand: BackupMake.self
    )
}

/// Which backups are meant.
struct BackupOptions: ParsableArguments {
    @Option(help: "The folder of the backups (AFTERCARE_BACKUP_DIR).", completion: .directory)
    var backupDir: String?
    @Option(help: "The file with their passphrase (AFTERCARE_BACKUP_PASSPHRASE_FILE).", completion: .file())
    var passphraseFile: String?
    @Flag(help: "Print the answer as JSON.")
    var json = false

    var values: [String: String] {
        var values: [String: String] = [:]
        values["BACKUP_DIR"] = backupDir
        values["BACKUP_PASSPHRASE_FILE"] = passphraseFile
        return values
    }
}

extension Settings {
    /// The settings that a command about backups works by.
    static func forBackups(_ options: BackupOptions, _ data: [String: String]) throws -> (Settings, BackupFolder) {
        let values = options.values.merging(data) { one, _ in one }
        let settings = try Settings(options: values, environment: ProcessInfo.processInfo.environment)
        guard let path = settings.backupFolder else {
            throw HostError.refused("There is no folder for backups: name one with AFTERCARE_BACKUP_DIR.")
        }
        return (settings, BackupFolder(path))
    }

    /// The passphrase of the backups.
    /// - Throws: `BackupError.noPassphrase` for a file without one that is worth it.
    func backupPassphrase() throws -> Secret {
        let path = backupPassphraseFile ?? ""
        let text = (try? LocalFile.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard line.count >= 12 else { throw BackupError.noPassphrase(path: path) }
        return Secret(line)
    }
}

/// Prints a value as JSON for people and programs.
func sayJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    say(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// Octets as people say them.
func size(_ octets: Int64) -> String {
    let tenths = octets * 10 / (1 << 20)
    return tenths < 100_000 ? "\(tenths / 10).\(tenths % 10) MiB" : "\(tenths / 10 / 1024) GiB"
}

/// `aftercare backup make`, which `aftercare backup` is.
struct BackupMake: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Make a backup now, while the store is served.",
        discussion: """
            Copies the whole database, verifies each file of the copy, seals link key and settings under the passphrase, \
            and removes what need not be kept any longer. One that is not finished is never listed.

            Example: aftercare backup
            """
    )

    @OptionGroup var options: BackupOptions
    @OptionGroup var data: DataOptions

    func run() async throws {
        let (settings, folder) = try Settings.forBackups(options, data.values)
        let isJSON = options.json
        try await untilInterrupted { try await Self.make(settings, folder, isJSON: isJSON) }
    }

    private static func make(_ settings: Settings, _ folder: BackupFolder, isJSON: Bool) async throws {
        let passphrase = try settings.backupPassphrase()
        guard PrivateCluster.exists(in: settings.dataFolder) else {
            throw HostError.refused("There is no store in \(settings.dataFolder) yet: aftercare serve makes one.")
        }
        let tools = try ServerTools(for: settings.dataFolder + "/cluster")
        try folder.prepare(tools)
        try await folder.locked {
            try await Host.with(settings) { host in
                guard try await host.pool.read(LiveLog.standing).isOn,
                    PrivateCluster.archives(settings.dataFolder, to: folder.log)
                else {
                    throw BackupError.notArchiving(folder: folder.log)
                }
                let backup = try await folder.make(
                    from: settings.dataFolder + "/socket",
                    tools,
                    secrets: try settings.shopSecrets(),
                    passphrase: passphrase,
                    program: ProgramVersion.text
                )
                let gone = try await folder.expire(settings.backupRetention, tools, now: .now())
                if isJSON { return try sayJSON(backup) }
                say("Backed up \(size(backup.octets)) as \(backup.id), each file verified.")
                if !gone.isEmpty { say("Removed \(gone.map(\.id).joined(separator: ", ")).") }
                if folder.lastDrill()?.isGood != true {
                    say("Whether it can be restored is not proven yet: aftercare backup drill.")
                }
            }
        }
    }
}

/// `aftercare backup list`
struct BackupList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the backups, the latest last.",
        discussion: "Example: aftercare backup list"
    )

    @OptionGroup var options: BackupOptions
    @OptionGroup var data: DataOptions

    private struct Listing: Encodable {
        let backups: [BaseBackup]
        let drill: DrillReport?
    }

    func run() async throws {
        let (_, folder) = try Settings.forBackups(options, data.values)
        let (backups, drill) = (folder.backups(), folder.lastDrill())
        if options.json { return try sayJSON(Listing(backups: backups, drill: drill)) }
        guard !backups.isEmpty else { throw BackupError.noBackup(folder: folder.path) }
        say(
            Terminal.table(
                ["BACKUP", "RESTORES TO", "SIZE", "DRILL"],
                backups.map { backup in
                    let isTried = drill?.backup == backup.id
                    return [
                        backup.id, "\(backup.endedAt.upToTheSecond) and later", size(backup.octets),
                        isTried ? (drill?.isGood == true ? "good" : "FAILED") : "",
                    ]
                }
            )
        )
    }
}
