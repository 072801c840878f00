import Glibc
@testable import Postgres
import SystemPackage
import TestSupport
import Testing

@Suite struct ClusterTests {
    @Test func secondStartInTheSameFolderIsRefused() async throws {
        try await withOwnCluster { cluster in
            await #expect(throws: ClusterError.inUse(folder: cluster.folder)) {
                _ = try await PrivateCluster.start(in: cluster.folder)
            }
            let own = try cluster.settings()
            try await eventually("the cluster answers") {
                try await PrivateCluster.running(in: cluster.folder)?.databaseName == own.databaseName
            }
        }
    }

    @Test func dataSurvivesStopAndStart() async throws {
        try await withTestFolder { folder in
            try await keepARow(in: folder)
            #expect(try await PrivateCluster.running(in: folder) == nil)
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
            let before = try cluster.settings().socketFolder
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
                #expect(try cluster.settings().socketFolder == before)
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

    @Test func serverIsReachedOnlyThroughAPrivateSocketInTheDataFolder() async throws {
        try await withOwnCluster { cluster in
            var status = stat()
            let answered = stat(cluster.folder + "/socket", &status)
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

    /// A socket's path may have 107 octets; a folder's may have more.
    @Test func dataFolderWithALongPathHasAServerThatIsReached() async throws {
        try await withTestFolder { folder in
            let deep = folder + "/" + Array(repeating: "a folder with a long name", count: 5).joined(separator: "/")
            let cluster = try await PrivateCluster.start(in: deep)
            // A busy machine may let one question pass.
            try await eventually("it answers") { try await cluster.answers() }
            try await eventually("it is found") { try await PrivateCluster.running(in: deep) != nil }
            // Taken away, it is made again, and the same settings reach it.
            try await cluster.losingItsSocket(folderToo: true)
            try await cluster.stop()
        }
    }

    // MARK: - What files say is not asked

    @Test func lostSocketIsThereAgain() async throws {
        try await withOwnCluster { try await $0.losingItsSocket(folderToo: false) }
    }

    /// After a power cut the pid file may be empty, of a process that has our server's old number, or gone.
    @Test(arguments: ["", "1\n", "\(getpid())\n/elsewhere\n1790000000\n5432\n../socket\n\n 1 2\nready\n"])
    func pidFileThatIsNotTrueStopsNothing(text: String) async throws {
        try await withTestFolder { folder in
            try await keepARow(in: folder)
            try write(text, to: folder + "/cluster/postmaster.pid")
            let cluster = try await PrivateCluster.start(in: folder)
            #expect(try await cluster.keptRows() == 1)
            try await cluster.stop()
        }
    }

    /// A running server whose pid file was lost is taken over, and stopped in order.
    @Test func serverWithoutAPidFileIsStopped() async throws {
        try await withTestFolder { folder in
            let cluster = try await PrivateCluster.start(in: folder)
            #expect(unlink(folder + "/cluster/postmaster.pid") == 0)
            try await cluster.stop()
            #expect(try await PrivateCluster.running(in: folder) == nil)
        }
    }

    /// A copy of a data folder, taken while its server runs, has a server of its own; the original's is left alone.
    @Test func copyOfARunningClusterIsAnother() async throws {
        try await withOwnCluster { original in
            try await withTestFolder { copy in
                _ = try await withPool(try original.settings(), connections: 1) { pool in
                    try await pool.makeKeptTable()
                    return try await pool.write([Statement("INSERT INTO kept VALUES (1)"), Statement("CHECKPOINT")])
                }
                #expect(await shell("cp -a \"$1/.\" \"$2\"", original.folder, copy) == 0)
                #expect(try await PrivateCluster.running(in: copy) == nil)
                let cluster = try await PrivateCluster.start(in: copy)
                _ = try await withPool(try cluster.settings(), connections: 1) { pool in
                    try await pool.write([Statement("INSERT INTO kept VALUES (2)")])
                }
                #expect(try await cluster.keptRows() == 2)
                #expect(try await original.keptRows() == 1)
                try await cluster.stop()
                #expect(try await original.answers())
            }
        }
    }

    /// Program and postmaster die together, and a session is left that notices nothing: the next start ends it.
    @Test func sessionOfADeadServerDoesNotHoldUpTheNext() async throws {
        try await withTestFolder { folder in
            try await killTheServer(in: folder)
            let cluster = try await PrivateCluster.start(in: folder)
            #expect(try await cluster.answers())
            try await cluster.stop()
        }
    }

    /// A server that is left without an archive has one once it is taken over, also where it is too busy to answer at once.
    @Test func busyServerIsNotTakenOverWithoutItsArchive() async throws {
        try await withTestFolder { folder in
            let postmaster = try await leaveAServer(in: folder)
            var options = PrivateCluster.Options()
            options.archive = folder + "/kept"
            #expect(await shell("mkdir -m 777 \"$1\"", folder + "/kept") == 0)
            let stopped = kill(postmaster, SIGSTOP)
            #expect(stopped == 0)
            let starting = Task { [options] in try await PrivateCluster.start(in: folder, options: options) }
            // Longer than one connection may take.
            try await Task.sleep(for: .seconds(10))
            let continued = kill(postmaster, SIGCONT)
            #expect(continued == 0)
            let cluster = try await starting.value
            let command = try await withPool(try cluster.settings(), connections: 1) { pool in
                try await pool.read(Statement("SELECT current_setting('archive_command') AS command")).single()
                    .value("command", as: String.self)
            }
            #expect(command == ArchiveScript.command)
            try await cluster.stop()
        }
    }

    /// Starts a server whose owner is gone when this returns; its process.
    private func leaveAServer(in folder: String) async throws -> pid_t {
        let cluster = try await PrivateCluster.start(in: folder)
        let lines = try #require(postmasterFile(of: cluster))
        return try #require(pid_t(lines[0]))
    }

    /// Kills the postmaster and leaves a session that computes and a session that was stopped.
    private func killTheServer(in folder: String) async throws {
        let cluster = try await PrivateCluster.start(in: folder)
        let sessions = try await [
            Connection.connect(try cluster.settings().patient), Connection.connect(try cluster.settings().patient),
        ]
        let processes = try await [session(of: sessions[0]), session(of: sessions[1])]
        let busy = Task {
            _ = try? await sessions[0].read(
                [Statement("SELECT count(*) FROM generate_series(1, 10000000000) AS n")],
                timeout: .seconds(60)
            )
        }
        let stopped = kill(processes[1], SIGSTOP)
        #expect(stopped == 0)
        let postmaster = try #require(postmasterFile(of: cluster))[0]
        let killed = kill(try #require(pid_t(postmaster)), SIGKILL)
        #expect(killed == 0)
        busy.cancel()
        for session in sessions { await session.close() }
    }

    private func session(of connection: Connection) async throws -> pid_t {
        pid_t(
            try await connection.read([Statement("SELECT pg_backend_pid()::int8 AS n")])[0].single().value(
                "n",
                as: Int.self
            )
        )
    }

    /// What keeps the server from starting is said, not where it could be read.
    @Test func startThatFailsNamesTheCause() async throws {
        try await withTestFolder { folder in
            try await keepARow(in: folder)
            try write("port = nowhere\n", to: folder + "/cluster/postgresql.auto.conf")
            await #expect {
                _ = try await PrivateCluster.start(in: folder)
            } throws: { error in
                "\(error)".contains("invalid value for parameter \"port\": \"nowhere\"")
                    || "\(error)".contains("contains errors")
            }
        }
    }

    // MARK: - Which server

    /// Stand-ins for servers: a machine may have several, and the data says which one reads it.
    @Test func dataIsServedByTheServerThatMadeIt() async throws {
        try await withTestFolder { folder in
            let root = folder + "/installed"
            #expect(
                await shell(
                    """
                    for version in 14 15 16; do
                        mkdir -p "$1/$version/bin"
                        for tool in initdb pg_ctl postgres; do
                            touch "$1/$version/bin/$tool"; chmod +x "$1/$version/bin/$tool"
                        done
                    done
                    mkdir -p "$1/17/bin" "$1/common" "$2"
                    """,
                    root,
                    folder + "/cluster"
                ) == 0
            )
            let data = FilePath(folder + "/cluster")
            func binaries() throws -> String { try InstalledServer(for: data, in: FilePath(root)).binaries.string }
            #expect(try binaries() == root + "/16/bin")
            for version in ["15", "14"] {
                try write(version + "\n", to: folder + "/cluster/PG_VERSION")
                #expect(try binaries() == root + "/\(version)/bin")
            }
            try write("13\n", to: folder + "/cluster/PG_VERSION")
            let missing = ClusterError.serverMissing(folder: data.string, version: 13, installed: [14, 15, 16])
            #expect(throws: missing) { try binaries() }
            #expect(missing.description.contains("postgresql-13") && missing.description.contains("pg_dump"))
            try write("", to: folder + "/cluster/PG_VERSION")
            #expect(throws: ClusterError.damaged(file: folder + "/cluster/PG_VERSION")) { try binaries() }
            let nothing = FilePath(folder + "/nothing")
            #expect(throws: ClusterError.noServer(searched: "\(nothing)/*/bin/initdb")) {
                try InstalledServer(for: FilePath(folder + "/none"), in: nothing)
            }
        }
    }

    private func write(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
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

extension PrivateCluster {
    fileprivate func answers() async throws -> Bool {
        try await withPool(try settings(), connections: 1) { pool in
            try await pool.read(Statement("SELECT 1 AS n")).count == 1
        }
    }

    fileprivate func keptRows() async throws -> Int {
        try await withPool(try settings(), connections: 1) { try await $0.keptRows() }
    }

    /// Takes the socket away as a cleaner would, and waits until a pool that had it works again.
    fileprivate func losingItsSocket(folderToo: Bool) async throws {
        let settings = try settings()
        let keeping = Task { try await keepRunning() }
        #expect(await shell(folderToo ? "rm -r \"$1/socket\"" : "rm \"$1/socket/.s.PGSQL.5432\"", folder) == 0)
        try await eventually("the server is reached again") {
            guard let connection = try? await Connection.connect(settings) else { return false }
            await connection.close()
            return true
        }
        keeping.cancel()
        _ = await keeping.result
    }
}
