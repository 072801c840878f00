import Glibc
package import Postgres
import Testing

extension Turnstile {
    /// Tests that may have a cluster of their own at the same time.
    package static let clusters = Turnstile(places: 2)
}

extension ConnectionSettings {
    /// The same for a server that many tests keep busy, and that is asked whether it answers, not how fast.
    package var patient: ConnectionSettings {
        var settings = self
        settings.connectTimeout = .seconds(60)
        settings.queryTimeout = .seconds(60)
        return settings
    }
}

extension PrivateCluster {
    /// The cluster that runs in a folder. A busy one may let a question pass.
    package static func awaited(in folder: String) async throws -> ConnectionSettings {
        var found: ConnectionSettings?
        try await eventually("the cluster in \(folder) answers") {
            found = try await running(in: folder)
            return found != nil
        }
        return try #require(found)
    }
}

extension Pool.Limits {
    /// The same for whoever waits for a connection.
    package static func patient(connections: Int) -> Pool.Limits {
        var limits = Pool.Limits()
        limits.connections = connections
        limits.wait = .seconds(120)
        return limits
    }
}

/// Runs a body with a pool that is closed afterwards.
package func withPool<Value: Sendable>(
    _ settings: ConnectionSettings,
    connections: Int = 8,
    _ body: (Pool) async throws -> Value
) async throws -> Value {
    let pool = Pool(settings.patient, limits: .patient(connections: connections))
    do {
        let value = try await body(pool)
        await pool.close()
        return value
    } catch {
        await pool.close()
        throw error
    }
}

/// Runs a body with a fresh folder that every user may pass through. The folder goes afterwards, and with it the
/// server that may still run there.
package func withTestFolder<Value: Sendable>(_ body: (String) async throws -> Value) async throws -> Value {
    var template = Array("/tmp/aftercare-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw ClusterError.cannotCreate(folder: "/tmp") }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    chmod(folder, 0o711)
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(folder))
    } catch {
        result = .failure(error)
    }
    await shell(
        """
        if [ -f "$1/cluster/postmaster.pid" ]; then
            pid=$(head -n 1 "$1/cluster/postmaster.pid")
            if [ "$(readlink "/proc/$pid/cwd")" = "$1/cluster" ]; then
                kill -QUIT "$pid"; tries=0
                while kill -0 "$pid" && [ "$tries" -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
            fi
        fi
        rm -rf "$1"
        """,
        folder
    )
    return try result.get()
}

/// Runs a body with a durable cluster of the test's own, which goes afterwards.
package func withOwnCluster<Value: Sendable>(_ body: (PrivateCluster) async throws -> Value) async throws -> Value {
    try await Turnstile.clusters.enter()
    defer { Turnstile.clusters.leave() }
    return try await withTestFolder { folder in
        var options = PrivateCluster.Options()
        options.parameters = ["max_connections": "40", "shared_buffers": "16MB"]
        return try await body(try await PrivateCluster.start(in: folder, options: options))
    }
}

/// Runs a body with two durable clusters of one origin, as a primary and one that was promoted in its place are. They go
/// afterwards.
/// - Parameter prepare: what both hold.
package func withTwinClusters<Value: Sendable>(
    holding prepare: [Statement],
    _ body: (_ one: PrivateCluster, _ other: PrivateCluster) async throws -> Value
) async throws -> Value {
    try await Turnstile.clusters.enter()
    defer { Turnstile.clusters.leave() }
    return try await withTestFolder { folder in
        let (source, one, two) = (folder + "/source", folder + "/one", folder + "/two")
        var options = PrivateCluster.Options()
        options.parameters = ["max_connections": "20", "shared_buffers": "16MB"]
        guard mkdir(source, 0o711) == 0 else { throw ClusterError.cannotCreate(folder: source) }
        let origin = try await PrivateCluster.start(in: source, options: options)
        try await withPool(try origin.settings(), connections: 1) { _ = try await $0.write(prepare) }
        try await origin.stop()
        guard await shell("cp -a \"$1\" \"$2\" && cp -a \"$1\" \"$3\"", source, one, two) == 0 else {
            throw ClusterError.cannotCreate(folder: two)
        }
        let clusters = [
            try await PrivateCluster.start(in: one, options: options),
            try await PrivateCluster.start(in: two, options: options),
        ]
        let result: Result<Value, any Error>
        do { result = .success(try await body(clusters[0], clusters[1])) } catch { result = .failure(error) }
        for cluster in clusters { try await cluster.stop() }
        return try result.get()
    }
}

/// Restarts the server that runs in a cluster's folder, the way an administrator does; returns whether it is back.
package func restartServer(in folder: String) async -> Bool {
    await shell(
        """
        pid=$(head -n 1 "$1/cluster/postmaster.pid")
        tool=$(dirname "$(readlink "/proc/$pid/exe")")/pg_ctl
        as=
        if [ "$(id -u)" = 0 ]; then
            user=$(stat -c %U "$1/cluster")
            as="setpriv --reuid=$user --regid=$user --clear-groups"
        fi
        exec $as "$tool" --pgdata="$1/cluster" --log="$1/log" --mode=fast --wait restart
        """,
        folder
    ) == 0
}
