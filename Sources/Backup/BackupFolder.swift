import CivilTime
package import Commerce
package import Encodings
import FoundationEssentials
import Glibc
package import Postgres
import SystemPackage

/// The folder that a private cluster is backed up to.
///
/// ```
/// FOLDER/base/20261126T190000Z   a backup: the data in cluster, the sealed secrets, and backup.json, written last
/// FOLDER/wal                     the segments of the write-ahead log, compressed
/// FOLDER/erasures                the orders that were erased, which no backup may bring back
/// FOLDER/drill.json              what the last drill found
/// FOLDER/drill                   the restored data, while there is a drill
/// FOLDER/lock                    held by whoever makes a backup, a drill or a restore
/// ```
package struct BackupFolder: Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// Where the server copies its write-ahead log to.
    package var log: String { path + "/wal" }
    /// Where erasures are written down beside the backups. It outlives the disk that the store is on.
    package var erasures: String { path + "/erasures" }
    /// Where a drill restores to.
    package var drill: String { path + "/drill" }
    private var bases: String { path + "/base" }
    private var draft: String { bases + "/.new" }
    private var expired: String { bases + "/.expired" }
    private var reportFile: String { path + "/drill.json" }

    /// The data of a backup.
    package func data(of backup: BaseBackup) -> String { "\(bases)/\(backup.id)/cluster" }
    /// Its sealed secrets.
    package func secrets(of backup: BaseBackup) -> String { "\(bases)/\(backup.id)/secrets" }

    /// Makes the folders that are not there yet, those that the server's user writes to as that user's own.
    package func prepare(_ tools: ServerTools) throws {
        try attempt(path) {
            let isNew = !FileManager.default.fileExists(atPath: path)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            // Others may pass through, for the server's user has to; they may not look around.
            if isNew { try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: path) }
        }
        for folder in [bases, log] { try tools.makeFolder(folder) }
    }

    /// The backups that are whole, oldest first.
    package func backups() -> [BaseBackup] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: bases)) ?? []
        return names.filter { !$0.hasPrefix(".") }.compactMap { name in
            guard let text = try? Data(contentsOf: URL(filePath: "\(bases)/\(name)/backup.json")) else { return nil }
            return try? JSONDecoder().decode(BaseBackup.self, from: text)
        }.sorted { $0.endedAt < $1.endedAt }
    }

    /// The segments that are there.
    package func archive() -> LogArchive {
        LogArchive((try? FileManager.default.contentsOfDirectory(atPath: log)) ?? [])
    }

    /// Runs a body while nobody else makes a backup, a drill or a restore here: none takes away what another one reads.
    /// - Parameter isReading: whether only the backups are read: from a folder that can't be written too.
    /// - Throws: `BackupError.busy`.
    package func locked<Value>(isReading: Bool = false, _ body: () async throws -> Value) async throws -> Value {
        let lock: FileLock?
        do {
            lock = try FileLock(FilePath(path).appending("lock"))
        } catch .wouldBlock {
            throw BackupError.busy(folder: path)
        } catch let error where isReading && [.readOnlyFileSystem, .permissionDenied, .notPermitted].contains(error) {
            // Nothing is taken away where nobody may write.
            lock = nil
        } catch { throw BackupError.unwritable(path: path + "/lock", reason: "\(error)") }
        defer { extendLifetime(lock) }
        return try await body()
    }

    // MARK: - Making

    /// Copies a running cluster, verifies the copy, and only then puts it beside the others.
    /// - Parameters:
    ///   - socket: the folder of the cluster's socket.
    ///   - program: the version of this program.
    /// - Throws: `ClusterError.toolFailed` with what PostgreSQL's own tool says, such as which file has a wrong checksum.
    package func make(
        from socket: String,
        _ tools: ServerTools,
        secrets: ShopSecrets,
        passphrase: Secret,
        program: String
    ) async throws -> BaseBackup {
        try await remove([draft, expired], tools)
        do {
            let sealed = try PassphraseSeal.seal(Array(JSONEncoder().encode(secrets)), passphrase: passphrase)
            let startedAt = Instant.now()
            let id = BaseBackup.id(startedAt)
            let data = draft + "/cluster"
            try tools.makeFolder(draft)
            try await tools.run(
                "pg_basebackup",
                [
                    "--pgdata=\(data)", "--host=\(socket)", "--port=5432", "--username=\(PrivateCluster.databaseUser)",
                    "--no-password", "--checkpoint=fast", "--wal-method=stream", "--manifest-checksums=SHA256",
                    "--label=aftercare \(id)",
                ]
            )
            try await verify(data, tools, id: id)
            let backup = BaseBackup(
                id: id,
                startedAt: startedAt,
                endedAt: .now(),
                octets: try size(of: data),
                firstSegment: try firstSegment(of: data),
                program: program
            )
            try write(sealed, to: draft + "/secrets", mode: 0o600)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try write(Array(encoder.encode(backup)), to: draft + "/backup.json", mode: 0o644)
            guard rename(draft, "\(bases)/\(id)") == 0 else {
                throw BackupError.unwritable(path: "\(bases)/\(id)", reason: String(cString: strerror(errno)))
            }
            try await tools.system("/usr/bin/sync", [bases])
            return backup
        } catch {
            // Also where this task is cancelled.
            try? await Task { try await remove([draft], tools) }.value
            throw error
        }
    }

    /// Removes the backups that need not be kept, and the segments that none of the others needs; the names of those that
    /// went.
    package func expire(_ retention: Retention, _ tools: ServerTools, now: Instant) async throws -> [BaseBackup] {
        let backups = backups()
        let gone = retention.expired(backups, now: now)
        for backup in gone {
            // Out of the list at once: what is half removed is no backup.
            guard rename("\(bases)/\(backup.id)", expired) == 0 else {
                throw BackupError.unwritable(path: expired, reason: String(cString: strerror(errno)))
            }
            try await remove([expired], tools)
        }
        let kept = backups.filter { backup in !gone.contains { $0.id == backup.id } }
        if let first = Retention.firstSegment(of: kept) {
            try await tools.run("pg_archivecleanup", ["-x", ".gz", log, first.description])
        }
        return gone
    }

    /// Compares every file of some data with what was written down when it was copied.
    /// - Throws: `BackupError.damagedBase`, with the file.
    package func verify(_ data: String, _ tools: ServerTools, id: String) async throws {
        do {
            try await tools.run("pg_verifybackup", ["--quiet", "--exit-on-error", data])
        } catch ClusterError.toolFailed(_, let output) {
            throw BackupError.damagedBase(id: id, reason: output.replacing("pg_verifybackup: error: ", with: ""))
        }
    }

    private func firstSegment(of data: String) throws -> LogSegment {
        let label = String(decoding: try Data(contentsOf: URL(filePath: data + "/backup_label")), as: UTF8.self)
        guard let name = label.firstMatch(of: /START WAL LOCATION: .* \(file ([0-9A-F]{24})\)/)?.1,
            let segment = LogSegment(name)
        else { throw ClusterError.damaged(file: data + "/backup_label") }
        return segment
    }

    /// What the files of some data come to, by the list that was written when it was copied.
    private func size(of data: String) throws -> Int64 {
        struct Manifest: Decodable {
            struct File: Decodable {
                let octets: Int64
                private enum CodingKeys: String, CodingKey { case octets = "Size" }
            }
            let files: [File]
            private enum CodingKeys: String, CodingKey { case files = "Files" }
        }
        let text = try Data(contentsOf: URL(filePath: data + "/backup_manifest"))
        return try JSONDecoder().decode(Manifest.self, from: text).files.reduce(0) { $0 + $1.octets }
    }

    /// Waits until a segment has come to the archive.
    /// - Throws: `BackupError.archiveStands`.
    package func wait(for segment: String, seconds: Int) async throws {
        for _ in 0..<seconds * 10 {
            if FileManager.default.fileExists(atPath: "\(log)/\(segment).gz") { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw BackupError.archiveStands(segment: segment, folder: log, seconds: seconds)
    }

    // MARK: - Drills

    /// What the last drill found; nil where there was none.
    package func lastDrill() -> DrillReport? {
        guard let text = try? Data(contentsOf: URL(filePath: reportFile)) else { return nil }
        return try? JSONDecoder().decode(DrillReport.self, from: text)
    }

    /// Keeps what a drill found; what was kept.
    package func keep(_ report: DrillReport) throws -> DrillReport {
        let kept = report.after(lastDrill())
        try write(kept.json, to: reportFile, mode: 0o644)
        return kept
    }

    // MARK: - Files

    /// Writes a file that is there as a whole, on the disk, or not at all.
    private func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws {
        let part = path + ".part"
        func check(_ isDone: Bool) throws {
            if !isDone { throw BackupError.unwritable(path: path, reason: String(cString: strerror(errno))) }
        }
        let descriptor = open(part, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, mode)
        try check(descriptor >= 0)
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            try check(count > 0)
            rest = rest.dropFirst(count)
        }
        try check(fsync(descriptor) == 0)
        try check(rename(part, path) == 0)
    }

    private func remove(_ paths: [String], _ tools: ServerTools) async throws {
        try await tools.system("/bin/rm", ["-rf"] + paths)
    }

    private func attempt(_ path: String, _ body: () throws -> Void) throws {
        do { try body() } catch {
            throw BackupError.unwritable(path: path, reason: String(cString: strerror(errno)))
        }
    }
}
