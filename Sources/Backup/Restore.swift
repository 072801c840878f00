import Commerce
import CivilTime
import FoundationEssentials
import Glibc
package import Postgres

/// A backup and the write-ahead log after it, made into a cluster again.
package struct Restore: Sendable {
    private let folder: BackupFolder
    private let backup: BaseBackup
    private let point: RestorePoint
    private let tools: ServerTools
    /// The timeline to follow; nil for the newest.
    private let timeline: UInt32?

    /// - Throws: `ClusterError` where the server that made the backup is not installed.
    package init(_ backup: BaseBackup, to point: RestorePoint, in folder: BackupFolder, timeline: UInt32? = nil) throws
    {
        (self.folder, self.backup, self.point, self.timeline) = (folder, backup, point, timeline)
        tools = try ServerTools(for: folder.data(of: backup))
    }

    /// Refuses what can be seen to be no use: a folder that holds something, a damaged backup, a segment that is missing.
    /// - Throws: `BackupError`.
    package func check(into target: String) async throws {
        guard ((try? FileManager.default.contentsOfDirectory(atPath: target)) ?? []).isEmpty else {
            throw BackupError.notEmpty(folder: target)
        }
        try DiskSpace.check(target, for: backup.octets)
        try await folder.verify(folder.data(of: backup), tools, id: backup.id)
        if case .instant = point { return }
        if let gap = try await gap() { throw BackupError.missingSegment(gap.description, folder: folder.log) }
    }

    /// Makes the cluster in a folder that `check` let pass, and starts it.
    ///
    /// - Parameter isDurable: false for a throwaway, whose files need not outlive a power cut.
    /// - Returns: the cluster, recovered, and serving nobody yet.
    /// - Throws: `BackupError` where the log does not reach that far. Nothing is left in the folder then.
    package func run(into target: String, isDurable: Bool = true) async throws -> PrivateCluster {
        let isNew = !FileManager.default.fileExists(atPath: target)
        do {
            if isNew {
                try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
                try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: target)
            }
            let data = target + "/cluster"
            try tools.makeFolder(data)
            try await tools.system("/bin/cp", ["-a", folder.data(of: backup) + "/.", data])
            try await tools.system("/usr/bin/touch", [data + "/recovery.signal"])
            return try await PrivateCluster.start(in: target, options: options(isDurable: isDurable))
        } catch {
            let fault = (try? await fault(error, in: target)) ?? error
            // Also where this task is cancelled.
            try? await Task { try await PrivateCluster.remove(target) }.value
            throw fault
        }
    }

    private func options(isDurable: Bool) -> PrivateCluster.Options {
        var options = PrivateCluster.Options()
        options.isDurable = isDurable
        options.recovery = folder.log
        options.startSecondsMax = 7 * 86_400
        options.parameters = point.parameters
        if let timeline { options.parameters["recovery_target_timeline"] = "\(timeline)" }
        if isDurable {
            // What is written from here on waits until a server has an archive for it.
            options.parameters["archive_mode"] = "on"
            options.parameters["archive_command"] = ""
        }
        return options
    }

    /// What a failed recovery means, by the server's own log.
    private func fault(_ error: any Error, in target: String) async throws -> any Error {
        guard let bytes = try? Data(contentsOf: URL(filePath: target + "/log")) else { return error }
        let log = String(decoding: bytes, as: UTF8.self)
        if let name = log.firstMatch(of: /FATAL: .*could not restore file "([0-9A-F.a-z]+)"/)?.1 {
            return BackupError.damagedSegment(String(name), folder: folder.log)
        }
        guard log.contains("recovery ended before configured recovery target was reached") else {
            // A server that gives up in the midst of it is seen as one that answers no more.
            guard error is PostgresError else { return error }
            let causes = log.matches(of: /(?:FATAL|PANIC): +(.*)/).map { String($0.1) }
            let cause = causes.last { !$0.hasPrefix("the database system is ") }
            return cause.map { ClusterError.toolFailed("the recovery", output: $0) } ?? error
        }
        if let gap = try await gap() { return BackupError.missingSegment(gap.description, folder: folder.log) }
        let last = log.matches(of: /last completed transaction was at log time ([0-9-]+ [0-9:.]+\+00)/).last
        return BackupError.afterTheEnd(lastCommit: last.flatMap { Instant(String($0.1)) })
    }

    /// The first segment that is missing among those that are to be read.
    private func gap() async throws -> LogSegment? {
        let archive = folder.archive()
        let end = timeline ?? archive.newest(from: backup.firstSegment.timeline)
        var history: [LogSegment] = []
        if archive.branches.contains(end) {
            let file = "\(folder.log)/\(LogSegment(timeline: end, number: 0).description.prefix(8)).history.gz"
            history = LogArchive.history(try await tools.system("/bin/gzip", ["-dc", file]))
        }
        return archive.gap(from: backup.firstSegment, to: end, history: history)
    }
}
