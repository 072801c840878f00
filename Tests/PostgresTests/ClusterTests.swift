import Glibc
import Postgres
import TestSupport
import Testing

@Suite struct ClusterTests {
    @Test func secondStartInTheSameFolderIsRefused() async throws {
        try await withOwnCluster { cluster in
            await #expect(throws: ClusterError.inUse(folder: cluster.folder)) {
                _ = try await PrivateCluster.start(in: cluster.folder)
            }
            let running = try PrivateCluster.running(in: cluster.folder)
            let own = try cluster.settings()
            #expect(running?.databaseName == own.databaseName)
        }
    }

    @Test func dataSurvivesStopAndStart() async throws {
        try await withTestFolder { folder in
            try await keepARow(in: folder)
            let running = try PrivateCluster.running(in: folder)
            #expect(running?.databaseName == nil)
            let cluster = try await PrivateCluster.start(in: folder)
            let kept = try await withPool(try cluster.settings(), connections: 1) { pool in
                try await pool.keptRows()
            }
            #expect(kept == 1)
            try await cluster.stop()
        }
    }

    /// The cluster's owner is gone when this returns.
    private func keepARow(in folder: String) async throws {
        let cluster = try await PrivateCluster.start(in: folder)
        try await withPool(try cluster.settings(), connections: 1) { pool in
            try await pool.makeKeptTable()
            _ = try await pool.write([Statement("INSERT INTO kept VALUES (1)")])
        }
        try await cluster.stop()
    }

    @Test func killedServerIsBroughtBackAndALivePoolWorksAgain() async throws {
        try await withOwnCluster { cluster in
            let before = try socketFolder(of: cluster)
            let lines = try #require(postmasterFile(of: cluster))
            let process = try #require(pid_t(lines[0]))
            try await withPool(try cluster.settings(), connections: 2) { pool in
                try await pool.makeKeptTable()
                _ = try await pool.write([Statement("INSERT INTO kept VALUES (1)")])
                let keeping = Task { try await cluster.keepRunning() }
                let killed = kill(process, SIGKILL)
                #expect(killed == 0)
                try await eventually("the pool works again") {
                    guard let lines = postmasterFile(of: cluster), lines[0] != "\(process)" else { return false }
                    return (try? await pool.keptRows()) == 1
                }
                #expect(try socketFolder(of: cluster) == before)
                _ = try await pool.write([Statement("INSERT INTO kept VALUES (2)")])
                keeping.cancel()
                let ended = await keeping.result
                #expect(throws: CancellationError.self) { try ended.get() }
            }
        }
    }

    @Test func poolWorksAgainAfterTheServerWasRestarted() async throws {
        try await withOwnCluster { cluster in
            try await withPool(try cluster.settings(), connections: 2) { pool in
                try await pool.makeKeptTable()
                #expect(await restartServer(in: cluster.folder))
                #expect(try await pool.keptRows() == 0)
            }
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root runs the server as another user"))
    func folderThatTheServersUserCannotReachIsRefused() async throws {
        try await withTestFolder { folder in
            chmod(folder, 0o700)
            let inside = folder + "/data"
            await #expect(throws: ClusterError.unreachable(folder: inside, user: "postgres")) {
                _ = try await PrivateCluster.start(in: inside)
            }
            #expect(access(inside, F_OK) != 0)
        }
    }

    @Test func serverIsReachedOnlyThroughAPrivateSocket() async throws {
        try await withOwnCluster { cluster in
            let folder = try socketFolder(of: cluster)
            #expect((folder + "/.s.PGSQL.5432").utf8.count <= 107)
            var status = stat()
            let answered = stat(folder, &status)
            #expect(answered == 0)
            let permissions = status.st_mode & 0o777
            #expect(permissions == 0o700)
            try await withPool(try cluster.settings(), connections: 1) { pool in
                let row = try await pool.read(
                    Statement(
                        """
                        SELECT current_setting('listen_addresses') AS addresses, current_setting('fsync') AS fsync,
                               current_setting('data_checksums') AS checksums
                        """
                    )
                ).single()
                #expect(try row.value("addresses", as: String.self).isEmpty)
                #expect(try row.value("fsync", as: String.self) == "on")
                #expect(try row.value("checksums", as: String.self) == "on")
            }
        }
    }

    private func socketFolder(of cluster: PrivateCluster) throws -> String {
        try #require(postmasterFile(of: cluster))[4]
    }

    /// The lines that the server writes about itself; nil while it has not written all of them.
    private func postmasterFile(of cluster: PrivateCluster) -> [String]? {
        guard let file = fopen(cluster.folder + "/cluster/postmaster.pid", "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, 4096, file)
        let lines = String(decoding: bytes.prefix(count), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return lines.count >= 5 ? lines : nil
    }
}
