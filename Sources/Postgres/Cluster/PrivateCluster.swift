import Glibc
import SystemPackage

/// A PostgreSQL cluster of the program's own, made and run from the installed server's binaries.
///
/// It lives in a data folder, listens on a Unix socket there that only its user may reach, and on no TCP port. Where the
/// caller is root it runs as the system's `postgres` user. The cluster outlives a crash of the program: the next start
/// takes over a server that still runs.
///
/// ```
/// DATA/lock      held by the one process that owns the cluster
/// DATA/cluster   PostgreSQL's own files
/// DATA/socket    where the server listens
/// DATA/log       the server's log
/// ```
public final class PrivateCluster: Sendable {
    /// How a cluster is run.
    public struct Options: Sendable {
        /// Whether commits survive a power cut. Only a throwaway cluster does without.
        public var isDurable = true
        /// Further settings of the server, such as `max_connections`.
        public var parameters: [String: String] = [:]
        /// Where servers are installed, each in a folder named after its version.
        public var installation = "/usr/lib/postgresql"
        /// Where each segment of the write-ahead log is copied, compressed and at most a minute after its first commit; nil
        /// for nowhere. The folder is there, and the server's user may write to it.
        public var archive: String?
        /// Where a server that recovers has its segments from; nil for one that does not.
        public var recovery: String?
        /// How long a start may take, in seconds: one that recovers takes as long as there is to do.
        public var startSecondsMax = 60

        /// A durable cluster with the server's own defaults.
        public init() {}
    }

    /// The role that owns everything in a private cluster, and its database.
    public static let databaseUser = "aftercare"
    private static let databaseName = "aftercare"

    /// The data folder.
    public let folder: String
    private let options: Options
    private let server: InstalledServer
    private let owner: ClusterOwner
    private let lock: FileLock
    private let sockets: SocketFolder

    private var data: FilePath { FilePath(folder).appending("cluster") }
    private var log: FilePath { FilePath(folder).appending("log") }

    /// Makes the cluster if the folder has none, and starts it if it does not run.
    /// - Throws: `ClusterError`, with what to do about it.
    public static func start(in folder: String, options: Options = Options()) async throws -> PrivateCluster {
        let owner = try ClusterOwner.current()
        try await owner.checkReach(of: folder)
        guard makeFolders(folder) else { throw ClusterError.cannotCreate(folder: folder) }
        let lock = try lock(folder)
        let data = FilePath(folder).appending("cluster")
        let server = try InstalledServer(for: data, in: FilePath(options.installation))
        let sockets = try SocketFolder(in: folder, for: owner)
        let cluster = PrivateCluster(
            folder: folder,
            options: options,
            server: server,
            owner: owner,
            lock: lock,
            sockets: sockets
        )
        try await cluster.create()
        try await cluster.writeScripts()
        try await cluster.endUnlessItArchives()
        try await cluster.run()
        try await cluster.createDatabase()
        return cluster
    }

    /// - Throws: `ClusterError` where another process owns the folder's cluster, or another user the folder.
    private static func lock(_ folder: String) throws(ClusterError) -> FileLock {
        do {
            return try FileLock(FilePath(folder).appending("lock"))
        } catch .wouldBlock {
            throw ClusterError.inUse(folder: folder)
        } catch { throw ClusterError.ofAnotherUser(folder: folder) }
    }

    /// Whether a data folder's server was last started to copy its write-ahead log to a folder.
    public static func archives(_ folder: String, to archive: String) -> Bool {
        let script = SmallFile.read(FilePath(folder).appending(ArchiveScript.name)) ?? ""
        return script.contains("folder=\(ArchiveScript.quoted(archive))\n")
    }

    /// Ends the server that runs in a data folder, and removes all that is in it.
    public static func remove(_ folder: String) async throws {
        let cluster = FilePath(folder).appending("cluster")
        try await end(in: cluster)
        try await remove(cluster, of: ClusterOwner.current())
        for name in ["socket/.s.PGSQL.5432", "socket/.s.PGSQL.5432.lock"] { unlink(folder + "/" + name) }
        for name in ["lock", "log", ArchiveScript.name, ArchiveScript.returnName] { unlink(folder + "/" + name) }
        rmdir(folder + "/socket")
        rmdir(folder)
    }

    /// Whether a folder holds a cluster, running or not.
    public static func exists(in folder: String) -> Bool {
        access(FilePath(folder).appending("cluster").appending("PG_VERSION").string, F_OK) == 0
    }

    /// Removes a folder of the server's user from one that may be another's.
    private static func remove(_ folder: FilePath, of owner: ClusterOwner) async throws {
        guard access(folder.string, F_OK) == 0 else { return }
        let (succeeded, output) = try await owner.run("/usr/bin/find", [folder.string, "-mindepth", "1", "-delete"])
        guard succeeded, rmdir(folder.string) == 0 else { throw ClusterError.toolFailed("find", output: output) }
    }

    /// How to reach the cluster that runs in a folder, whoever started it; nil where none answers.
    /// - Parameter patience: how long it may take to answer; nil for as long as a connection may.
    public static func running(
        in folder: String,
        within patience: Duration? = nil
    ) async throws -> ConnectionSettings? {
        guard let sockets = SocketFolder(in: folder) else { return nil }
        let settings = try settings(sockets)
        var asked = settings
        if let patience { asked.connectTimeout = patience }
        return await answers(asked) ? settings : nil
    }

    /// How to reach this cluster.
    public func settings() throws(PostgresError) -> ConnectionSettings {
        var settings = try Self.settings(sockets)
        settings.requiresDurability = options.isDurable
        return settings
    }

    private static func settings(_ sockets: SocketFolder) throws(PostgresError) -> ConnectionSettings {
        try ConnectionSettings(parameters: [
            "host": sockets.path, "port": "5432", "user": databaseUser, "dbname": databaseName,
        ])
    }

    /// Starts the server again whenever it has died or lost its socket, until the task is cancelled. A start that fails
    /// is told and tried again: a full disk may be emptied.
    public func keepRunning(onFailure: (ClusterError) -> Void = { _ in }) async throws {
        while true {
            try await Task.sleep(for: .seconds(1))
            if await Self.answers(try settings()) { continue }
            do { try await run() } catch let error as ClusterError { onFailure(error) }
        }
    }

    /// Stops the server; sessions that are still open are ended.
    public func stop() async throws { try await end() }

    private init(
        folder: String,
        options: Options,
        server: InstalledServer,
        owner: ClusterOwner,
        lock: FileLock,
        sockets: SocketFolder
    ) {
        self.folder = folder
        self.options = options
        self.server = server
        self.owner = owner
        self.lock = lock
        self.sockets = sockets
    }

    // MARK: - Making

    private func create() async throws {
        if access(data.appending("PG_VERSION").string, F_OK) == 0 { return }
        // Made beside its place and moved there when it is whole, so that a crash leaves no half of a cluster.
        let draft = FilePath(folder).appending("cluster.new")
        try await Self.remove(draft, of: owner)
        guard mkdir(draft.string, 0o700) == 0, owner.takes(draft.string) else {
            throw ClusterError.cannotCreate(folder: draft.string)
        }
        try await command(
            "initdb",
            [
                "--pgdata=\(draft)", "--username=\(Self.databaseUser)", "--auth=trust", "--encoding=UTF8",
                "--locale=C.UTF-8", "--data-checksums", "--no-instructions",
            ]
        )
        guard rename(draft.string, data.string) == 0 else { throw ClusterError.cannotCreate(folder: data.string) }
    }

    private func createDatabase() async throws {
        var settings = try settings().database("postgres")
        settings.connectTimeout = .seconds(30)
        let connection = try await connectOnceRecovered(settings)
        let exists = try await connection.read(
            [Statement("SELECT 1 AS one FROM pg_database WHERE datname = $1", Self.databaseName)],
            timeout: .seconds(60)
        )
        if exists[0].isEmpty {
            try await connection.script("CREATE DATABASE \(Self.databaseName)", timeout: .seconds(60))
        }
        await connection.close()
    }

    private func attempt(_ settings: ConnectionSettings) async -> Result<Connection, PostgresError> {
        do { return .success(try await Connection.connect(settings)) } catch { return .failure(error) }
    }

    /// A server that was taken over may still be recovering from its crash.
    private func connectOnceRecovered(_ settings: ConnectionSettings) async throws -> Connection {
        for _ in 0..<options.startSecondsMax * 2 {
            let result = await attempt(settings)
            guard case .failure(.unreachable(let failures)) = result,
                failures.contains(where: { $0.reason == .starting || $0.reason == .rejected })
            else {
                return try result.get()
            }
            try await Task.sleep(for: .milliseconds(500))
        }
        return try await Connection.connect(settings)
    }

    // MARK: - Archiving

    private func writeScripts() async throws {
        if let archive = options.archive {
            guard try await owner.run("/usr/bin/test", ["-w", archive]).succeeded else {
                throw ClusterError.cannotArchive(folder: archive, user: owner.name)
            }
            let path = FilePath(folder).appending(ArchiveScript.name)
            try ArchiveScript.write(ArchiveScript.text(into: archive), to: path)
        }
        if let recovery = options.recovery {
            let path = FilePath(folder).appending(ArchiveScript.returnName)
            try ArchiveScript.write(ArchiveScript.returnText(from: recovery), to: path)
        }
    }

    /// A server that was started without an archive, and is taken over, can only have one by a new start. One that is too busy
    /// to answer at once is asked again: it would go on without.
    private func endUnlessItArchives() async throws {
        guard options.archive != nil, try await answersSoon() else { return }
        var settings = try settings().database("postgres")
        settings.connectTimeout = .seconds(30)
        let connection = try await connectOnceRecovered(settings)
        let rows = try await connection.read(
            [Statement("SELECT current_setting('archive_command') AS command")],
            timeout: .seconds(60)
        )
        await connection.close()
        if try rows[0].single().value("command", as: String.self) != ArchiveScript.command { try await end() }
    }

    // MARK: - Running

    /// Whether a server answers, be it that it is starting and lets nobody in yet.
    private static func answers(_ settings: ConnectionSettings) async -> Bool {
        var settings = settings
        settings.requiresDurability = false
        do {
            await (try await Connection.connect(settings)).close()
            return true
        } catch {
            guard case .unreachable(let failures) = error else { return true }
            // One that says no is there; only silence is none.
            return !failures.allSatisfy { [.noSocket, .refused, .deadline].contains($0.reason) }
        }
    }

    private func run() async throws {
        if await Self.answers(try settings()) {
            if ServerProcesses(in: data).postmaster == nil { throw ClusterError.servedElsewhere(folder: folder) }
            return
        }
        if try await answersSoon() { return }
        // What lives there now has lost its socket or its postmaster; once it is gone, what its files say is of the past.
        try await end()
        unlink(data.appending("postmaster.pid").string)
        try sockets.clear(for: owner)
        try makeLog()
        let start = logSize
        var parameters = options.parameters.merging(Self.quietLog) { $1 }
        parameters["listen_addresses"] = ""
        parameters["port"] = "5432"
        parameters["unix_socket_directories"] = SocketFolder.pathFromData
        if !options.isDurable {
            parameters["fsync"] = "off"
            parameters["full_page_writes"] = "off"
        }
        if options.archive != nil {
            parameters["archive_mode"] = "on"
            parameters["archive_command"] = ArchiveScript.command
            parameters["archive_timeout"] = "60"
        }
        if options.recovery != nil { parameters["restore_command"] = ArchiveScript.returnCommand }
        let list = parameters.sorted { $0.key < $1.key }
            .map { "-c " + ArchiveScript.quoted("\($0.key)=\($0.value)") }.joined(separator: " ")
        try await command(
            "pg_ctl",
            [
                "--pgdata=\(data)", "--silent", "start", "--wait", "--timeout=\(options.startSecondsMax)",
                "--log=\(log)", "--options=\(list)",
            ],
            logStart: start
        )
    }

    /// What keeps values out of the server's log, however much of it somebody wants to see: what is bound to a statement, and
    /// the details of an error, which quote the row that was refused. The program's own log names state and constraint.
    private static let quietLog = [
        "log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0", "log_error_verbosity": "terse",
    ]

    /// Waits for a server that has a socket and does not answer: it may be starting, or on a machine that is busy.
    /// - Returns: false where there is none, or it ended meanwhile.
    /// - Throws: `ClusterError.doesNotAnswer` where it does not in ten seconds.
    private func answersSoon() async throws -> Bool {
        for _ in 0..<50 {
            guard ServerProcesses(in: data).postmaster != nil, sockets.hasSocket else { return false }
            if await Self.answers(try settings()) { return true }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw ClusterError.doesNotAnswer(folder: folder, process: ServerProcesses(in: data).postmaster ?? 0)
    }

    /// Ends all that lives in the data folder.
    private func end() async throws { try await Self.end(in: data) }

    /// Ends all that lives in a folder: a server in order, what a dead one left behind at once.
    private static func end(in data: FilePath) async throws {
        for tick in 0..<1_200 {
            let processes = ServerProcesses(in: data)
            if let postmaster = processes.postmaster {
                if tick % 100 == 0 { kill(postmaster, SIGINT) }
            } else if processes.others.isEmpty {
                return
            } else {
                for process in processes.others { kill(process, tick < 20 ? SIGQUIT : SIGKILL) }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw ClusterError.doesNotEnd(
            folder: data.removingLastComponent().string,
            process: ServerProcesses(in: data).postmaster ?? 0
        )
    }

    private func command(_ name: String, _ arguments: [String], logStart: Int64 = 0) async throws {
        let (succeeded, output) = try await owner.run(server.binaries.appending(name).string, arguments)
        guard succeeded else {
            throw ClusterError.commandFailed(name, output: output, causes: causes(since: logStart), log: log.string)
        }
    }

    private func makeLog() throws {
        guard
            let descriptor = try? FileDescriptor.open(
                log,
                .writeOnly,
                options: [.create, .append],
                permissions: [.ownerReadWrite]
            )
        else { throw ClusterError.cannotCreate(folder: log.string) }
        try descriptor.close()
        guard owner.takes(log.string) else { throw ClusterError.cannotCreate(folder: log.string) }
    }

    private var logSize: Int64 {
        var status = stat()
        return stat(log.string, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// What the server wrote to its log after a place: why it does not start, and its advice.
    private func causes(since start: Int64) -> [String] {
        guard let descriptor = try? FileDescriptor.open(log, .readOnly) else { return [] }
        defer { try? descriptor.close() }
        var buffer = [UInt8](repeating: 0, count: 16_384)
        guard
            let count = try? buffer.withUnsafeMutableBytes({
                try descriptor.read(fromAbsoluteOffset: start, into: $0)
            })
        else { return [] }
        let lines = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n")
        return lines.compactMap { line in
            for level in ["FATAL:  ", "PANIC:  ", "HINT:  "] {
                if let found = line.firstRange(of: level) { return String(line[found.upperBound...]) }
            }
            return nil
        }
    }

    private static func makeFolders(_ path: String) -> Bool {
        var partial = FilePath(root: FilePath(path).root)
        for component in FilePath(path).components {
            partial.append(component)
            // Others may pass through to the cluster, which its own user must reach; they may not look around.
            if mkdir(partial.string, 0o711) == 0 {
                // Whatever the umask says.
                if chmod(partial.string, 0o711) != 0 { return false }
            } else if errno != EEXIST {
                return false
            }
        }
        return true
    }
}
