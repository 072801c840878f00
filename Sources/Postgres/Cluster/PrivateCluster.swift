import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// A PostgreSQL cluster of the program's own, made and run from the installed server's binaries.
///
/// It lives in a data folder, listens on a Unix socket in a short folder that only its user may enter, and on no TCP
/// port. Where the caller is root it runs as the system's `postgres` user. The cluster outlives a crash of the program:
/// the next start takes over a server that still runs.
///
/// ```
/// DATA/lock      held by the one process that owns the cluster
/// DATA/cluster   PostgreSQL's own files
/// DATA/log       the server's log
/// ```
public final class PrivateCluster: Sendable {
    /// How a cluster is run.
    public struct Options: Sendable {
        /// Whether commits survive a power cut. Only a throwaway cluster does without.
        public var isDurable = true
        /// Further settings of the server, such as `max_connections`.
        public var parameters: [String: String] = [:]

        /// A durable cluster with the server's own defaults.
        public init() {}
    }

    private static let databaseUser = "aftercare"
    private static let databaseName = "aftercare"
    private static let socketFolderPrefix = "/tmp/aftercare-"

    /// The data folder.
    public let folder: String
    private let options: Options
    private let binaries: FilePath
    private let owner: Owner
    private let lock: FolderLock
    private let socketFolder = Mutex<String>("")

    private var data: FilePath { FilePath(folder).appending("cluster") }
    private var log: FilePath { FilePath(folder).appending("log") }

    /// Makes the cluster if the folder has none, and starts it if it does not run.
    /// - Throws: `ClusterError`, with what to do about it.
    public static func start(in folder: String, options: Options = Options()) async throws -> PrivateCluster {
        let owner = try Owner.current()
        try await owner.checkReach(of: folder)
        guard makeFolders(folder) else { throw ClusterError.cannotCreate(folder: folder) }
        guard let lock = FolderLock(FilePath(folder).appending("lock")) else {
            throw ClusterError.inUse(folder: folder)
        }
        let cluster = PrivateCluster(
            folder: folder,
            options: options,
            binaries: try installedBinaries(),
            owner: owner,
            lock: lock
        )
        try await cluster.create()
        try await cluster.run()
        try await cluster.createDatabase()
        return cluster
    }

    /// Whether a folder holds a cluster, running or not.
    public static func exists(in folder: String) -> Bool {
        access(FilePath(folder).appending("cluster").appending("PG_VERSION").string, F_OK) == 0
    }

    /// How to reach the cluster that runs in a folder, whoever started it; nil where none runs.
    public static func running(in folder: String) throws -> ConnectionSettings? {
        guard let file = PostmasterFile(FilePath(folder).appending("cluster")), file.isAlive else { return nil }
        return try settings(socketFolder: file.socketFolder)
    }

    /// How to reach this cluster.
    public func settings() throws(PostgresError) -> ConnectionSettings {
        var settings = try Self.settings(socketFolder: socketFolder.withLock { $0 })
        settings.requiresDurability = options.isDurable
        return settings
    }

    private static func settings(socketFolder: String) throws(PostgresError) -> ConnectionSettings {
        try ConnectionSettings(parameters: [
            "host": socketFolder, "port": "5432", "user": databaseUser, "dbname": databaseName,
        ])
    }

    /// Starts the server again whenever it has died, until the task is cancelled. A start that fails is told and tried
    /// again: a full disk may be emptied, and what is left of the dead server goes away by itself.
    public func keepRunning(onFailure: (ClusterError) -> Void = { _ in }) async throws {
        while true {
            try await Task.sleep(for: .seconds(1))
            if PostmasterFile(data)?.isAlive == true { continue }
            do { try await run() } catch let error as ClusterError { onFailure(error) }
        }
    }

    /// Stops the server; sessions that are still open are ended.
    public func stop() async throws {
        try await control(["stop", "--mode=fast", "--wait"])
        removeSocketFolder(socketFolder.withLock { $0 })
    }

    private init(folder: String, options: Options, binaries: FilePath, owner: Owner, lock: FolderLock) {
        self.folder = folder
        self.options = options
        self.binaries = binaries
        self.owner = owner
        self.lock = lock
    }

    // MARK: - Making

    private func create() async throws {
        if access(data.appending("PG_VERSION").string, F_OK) == 0 { return }
        // Made beside its place and moved there when it is whole, so that a crash leaves no half of a cluster.
        let draft = FilePath(folder).appending("cluster.new")
        _ = try await owner.run("/bin/rm", ["-rf", draft.string])
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
        let exists = try await connection.read([
            Statement("SELECT 1 AS one FROM pg_database WHERE datname = $1", Self.databaseName)
        ])
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
        for _ in 0..<120 {
            let result = await attempt(settings)
            guard case .failure(.unreachable(let failures)) = result,
                failures.contains(where: { $0.reason == .rejected })
            else {
                return try result.get()
            }
            try await Task.sleep(for: .milliseconds(500))
        }
        return try await Connection.connect(settings)
    }

    // MARK: - Running

    private func run() async throws {
        if let file = PostmasterFile(data) {
            if file.isAlive {
                socketFolder.withLock { $0 = file.socketFolder }
                return
            }
            if file.socketFolder != socketFolder.withLock({ $0 }) { removeSocketFolder(file.socketFolder) }
        }
        // A server that is started again is found where it was.
        var sockets = socketFolder.withLock { $0 }
        if sockets.isEmpty { sockets = try makeSocketFolder() }
        socketFolder.withLock { [sockets] in $0 = sockets }
        var parameters = options.parameters
        parameters["listen_addresses"] = ""
        parameters["port"] = "5432"
        parameters["unix_socket_directories"] = sockets
        if !options.isDurable {
            parameters["fsync"] = "off"
            parameters["full_page_writes"] = "off"
        }
        let list = parameters.sorted { $0.key < $1.key }.map { "-c \($0.key)=\($0.value)" }.joined(separator: " ")
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
        try await control(["start", "--wait", "--timeout=60", "--log=\(log)", "--options=\(list)"])
    }

    private func control(_ arguments: [String]) async throws {
        try await command("pg_ctl", ["--pgdata=\(data)", "--silent"] + arguments)
    }

    private func command(_ name: String, _ arguments: [String]) async throws {
        let (succeeded, output) = try await owner.run(binaries.appending(name).string, arguments)
        guard succeeded else { throw ClusterError.commandFailed(name, output: output, log: log.string) }
    }

    /// A fresh folder with a short name: the path of a socket in it may have 107 octets.
    private func makeSocketFolder() throws -> String {
        var template = Array((Self.socketFolderPrefix + "XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw ClusterError.cannotCreate(folder: Self.socketFolderPrefix) }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard owner.takes(path) else { throw ClusterError.cannotCreate(folder: path) }
        return path
    }

    private func removeSocketFolder(_ path: String) {
        // Only what this code has made.
        guard path.hasPrefix(Self.socketFolderPrefix) else { return }
        unlink(path + "/.s.PGSQL.5432")
        unlink(path + "/.s.PGSQL.5432.lock")
        rmdir(path)
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

    private static func installedBinaries() throws -> FilePath {
        let root = FilePath("/usr/lib/postgresql")
        var versions: [Int] = []
        if let folder = opendir(root.string) {
            defer { closedir(folder) }
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if let version = Int(name) { versions.append(version) }
            }
        }
        for version in versions.sorted(by: >) {
            let binaries = root.appending("\(version)").appending("bin")
            if access(binaries.appending("initdb").string, X_OK) == 0 { return binaries }
        }
        throw ClusterError.noServer(searched: "\(root)/*/bin/initdb")
    }
}

/// What a running server writes about itself: its process on line 1, its socket's folder on line 5.
private struct PostmasterFile {
    private let process: pid_t
    let socketFolder: String

    init?(_ data: FilePath) {
        guard let descriptor = try? FileDescriptor.open(data.appending("postmaster.pid"), .readOnly) else { return nil }
        defer { try? descriptor.close() }
        var buffer = [UInt8](repeating: 0, count: 4096)
        guard let count = try? buffer.withUnsafeMutableBytes({ try descriptor.read(into: $0) }) else { return nil }
        let lines = String(decoding: buffer[..<count], as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        guard lines.count >= 5, let process = pid_t(lines[0]), process > 1 else { return nil }
        self.process = process
        socketFolder = String(lines[4])
    }

    /// Whether the process is there, is PostgreSQL and not its shell, and has its socket where it says.
    var isAlive: Bool {
        guard let descriptor = try? FileDescriptor.open(FilePath("/proc/\(process)/stat"), .readOnly) else {
            return false
        }
        defer { try? descriptor.close() }
        var buffer = [UInt8](repeating: 0, count: 256)
        guard let count = try? buffer.withUnsafeMutableBytes({ try descriptor.read(into: $0) }) else { return false }
        let stat = String(decoding: buffer[..<count], as: UTF8.self)
        return stat.contains("(postgres) ") && !stat.contains(") Z")
            && access(socketFolder + "/.s.PGSQL.5432", F_OK) == 0
    }
}

/// The user that the server runs as.
private struct Owner: Sendable {
    let name: String
    private let user: uid_t
    private let group: gid_t
    private let isOther: Bool

    /// The caller, or `postgres` where the caller is root.
    static func current() throws -> Owner {
        guard geteuid() == 0 else { return Owner(name: "", user: geteuid(), group: getegid(), isOther: false) }
        guard let entry = getpwnam("postgres") else { throw ClusterError.noUnprivilegedUser("postgres") }
        return Owner(name: "postgres", user: entry.pointee.pw_uid, group: entry.pointee.pw_gid, isOther: true)
    }

    /// Gives a file to this user.
    func takes(_ path: String) -> Bool { chown(path, user, group) == 0 }

    /// Refuses a folder that this user could not enter, before anything is made there.
    func checkReach(of folder: String) async throws {
        guard isOther else { return }
        var existing = FilePath(folder)
        while access(existing.string, F_OK) != 0, existing.removeLastComponent() {}
        guard try await run("/usr/bin/test", ["-x", existing.string]).succeeded else {
            throw ClusterError.unreachable(folder: folder, user: name)
        }
    }

    func run(_ tool: String, _ arguments: [String]) async throws -> (succeeded: Bool, output: String) {
        var platform = PlatformOptions()
        // A session of its own: an interrupt from the terminal is for this program, which stops the server in order.
        platform.createSession = true
        // setpriv changes the user, not the child of this process: between fork and exec a program with threads must
        // not take a lock, and glibc's setuid takes one.
        let command =
            isOther
            ? ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups", "--", tool] : [tool]
        let rest = Array((command + arguments).dropFirst())
        let result = try await Subprocess.run(
            .path(FilePath(command[0])),
            arguments: Arguments(rest),
            workingDirectory: FilePath("/"),
            platformOptions: platform,
            output: .string(limit: 65_536),
            error: .combinedWithOutput
        )
        return (
            result.terminationStatus.isSuccess, result.standardOutput.split(separator: "\n").joined(separator: "; ")
        )
    }
}

/// A file that one process holds at a time; the system lets go of it when the process ends, however it ends.
private final class FolderLock: Sendable {
    private let descriptor: Int32

    init?(_ path: FilePath) {
        descriptor = open(path.string, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }
}
