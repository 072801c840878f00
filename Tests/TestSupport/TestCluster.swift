import Glibc
package import Postgres
import Synchronization

/// The throwaway cluster that all tests of a run share. It is made when the first test asks for it, by the code that
/// makes the store's own, and goes when the run ends.
package actor TestCluster {
    package static let shared = TestCluster()

    private var starting: Task<PrivateCluster, any Error>?
    private var templates: [String: Task<Void, any Error>] = [:]
    private var databaseCount = 0

    package func cluster() async throws -> PrivateCluster {
        if let starting { return try await starting.value }
        let task = Task { try await Self.start() }
        starting = task
        do {
            return try await task.value
        } catch {
            starting = nil
            throw error
        }
    }

    private static func start() async throws -> PrivateCluster {
        var template = Array("/tmp/aftercare-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ClusterError.cannotCreate(folder: "/tmp") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(folder, 0o711)
        var options = PrivateCluster.Options()
        options.isDurable = false
        options.parameters = ["max_connections": "200", "max_wal_senders": "4", "shared_buffers": "64MB"]
        let cluster = try await PrivateCluster.start(in: folder, options: options)
        testFolder.withLock { $0 = folder }
        atexit { removeTestCluster() }
        return cluster
    }

    /// A database of its own for one test, made from a template that `prepare` fills once.
    package func database(
        template: String,
        prepare: @Sendable @escaping (Pool) async throws -> Void
    ) async throws -> ConnectionSettings {
        let cluster = try await cluster()
        // A machine on which thousands of tests have just begun may be too busy for the first one to connect.
        for attempt in 1... {
            let preparing =
                templates[template]
                ?? Task {
                    try await Self.run(cluster, "DROP DATABASE IF EXISTS \(template) WITH (FORCE)")
                    try await Self.run(cluster, "CREATE DATABASE \(template)")
                    let pool = Pool(try cluster.settings().database(template).patient, limits: .patient(connections: 8))
                    try await prepare(pool)
                    await pool.close()
                }
            templates[template] = preparing
            do {
                try await preparing.value
                break
            } catch  where attempt < 10 {
                if templates[template] == preparing { templates[template] = nil }
                try await Task.sleep(for: .seconds(1))
            }
        }
        databaseCount += 1
        let name = "test_\(databaseCount)"
        // The template's last session may still be ending.
        for attempt in 1... {
            do {
                try await Self.run(cluster, "CREATE DATABASE \(name) TEMPLATE \(template)")
                break
            } catch  where attempt < 50 {
                try await Task.sleep(for: .milliseconds(100))
                // A try whose answer was lost may have done it.
                try await Self.insist(cluster, "DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
            }
        }
        return try cluster.settings().database(name).patient
    }

    /// Removes a test's database; returns what the sessions were at that the test has left behind.
    package func drop(_ settings: ConnectionSettings) async throws -> [String] {
        let cluster = try await cluster()
        let admin = Pool(try cluster.settings().patient, limits: .patient(connections: 1))
        let name = settings.databaseName
        var left: [String] = []
        // A session ends a moment after its socket.
        for _ in 0..<1200 {
            left = try await admin.read(
                Statement(
                    """
                    SELECT concat_ws(' ', pid, state, wait_event, now() - state_change, query) AS session
                    FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'
                    """,
                    name
                )
            ).map { (row) throws(PostgresError) in try row.value("session") }
            if left.isEmpty { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        await admin.close()
        // A try whose answer was lost may have done it.
        try await Self.insist(cluster, "DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        return left
    }

    /// Runs a statement, again where a busy server does not at once.
    private static func insist(_ cluster: PrivateCluster, _ sql: String) async throws {
        for attempt in 1... {
            do { return try await run(cluster, sql) } catch  where attempt < 50 {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private static func run(_ cluster: PrivateCluster, _ sql: String) async throws {
        let connection = try await Connection.connect(try cluster.settings().patient)
        _ = try await connection.write([Statement(assembled: sql)], timeout: .seconds(60))
        await connection.close()
    }
}

private let testFolder = Mutex("")

/// Stops the server at once and removes its files: nobody needs them again.
private func removeTestCluster() {
    let folder = testFolder.withLock { $0 }
    guard folder.hasPrefix("/tmp/aftercare-test-") else { return }
    let script = """
        pid=$(head -n 1 "$1/cluster/postmaster.pid")
        kill -QUIT "$pid"; while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done; rm -rf "$1"
        """
    if let process = spawn("/bin/sh", ["-c", script, "sh", folder], environment: ["PATH=/usr/bin:/bin"]) {
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }
}
