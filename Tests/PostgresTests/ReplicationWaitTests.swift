import Postgres
import TestSupport
import Testing

/// A commit that waits for a standby which never answers: it is done on this server and promised by nobody.
struct ReplicationWaitTests {
    private static let patience = Duration.seconds(60)
    private static let insert = Statement("INSERT INTO ledger VALUES (1)")

    /// Runs a body on a cluster whose commits never end, with a pool and another to watch it from.
    private func withEndlessCommits(
        _ body: (_ pool: Pool, _ observer: Pool) async throws -> Void
    ) async throws {
        try await withOwnCluster { cluster in
            let settings = try cluster.settings()
            try await withPool(settings) { pool in
                try await withPool(settings, connections: 2) { observer in
                    _ = try await pool.write([
                        Statement("CREATE TABLE probe (n int)"), Statement("CREATE TABLE ledger (n int)"),
                    ])
                    _ = try await observer.write([
                        Statement("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
                    ])
                    _ = try await observer.read(Statement("SELECT pg_reload_conf()"))
                    // The server takes the setting up in its own time: write until a commit waits.
                    let probe = Task<Void, any Error> {
                        while true {
                            let insert = Statement("INSERT INTO probe VALUES (1)")
                            _ = try await pool.write([insert], timeout: Self.patience)
                        }
                    }
                    _ = try await observer.process(running: "INTO probe", waitingFor: "SyncRep")
                    probe.cancel()
                    #expect(await probe.postgresError == .outcomeUnknown(.cancelled))
                    try await body(pool, observer)
                }
            }
        }
    }

    private func letCommitsEnd(_ observer: Pool) async throws {
        _ = try await observer.write([Statement("ALTER SYSTEM RESET synchronous_standby_names")])
        _ = try await observer.read(Statement("SELECT pg_reload_conf()"))
    }

    private func ledgerRows(_ pool: Pool) async throws -> Int {
        try await pool.read(Statement("SELECT count(*) AS n FROM ledger")).single().value("n")
    }

    @Test func commitWhoseWaitTheServerGaveUpIsNoSuccess() async throws {
        try await withEndlessCommits { pool, observer in
            let implicit = Task { try await pool.write([Self.insert], timeout: Self.patience) }
            let first = try await observer.process(running: "INTO ledger", waitingFor: "SyncRep")
            try await observer.cancelStatement(of: first)
            #expect(await implicit.postgresError == .outcomeUnknown(.replicationWaitCancelled))

            let explicit = Task {
                try await pool.transaction { transaction in
                    _ = try await transaction.commit([Self.insert], timeout: Self.patience)
                }
            }
            let second = try await observer.process(running: "COMMIT", waitingFor: "SyncRep")
            try await observer.cancelStatement(of: second)
            #expect(await explicit.postgresError == .outcomeUnknown(.replicationWaitCancelled))

            // Each of them is there all the same: "unknown" was the truth.
            #expect(try await ledgerRows(observer) == 2)
        }
    }

    @Test func commitOfACancelledTaskIsLeftAlone() async throws {
        try await withEndlessCommits { pool, observer in
            let writing = Task { try await pool.write([Self.insert], timeout: Self.patience) }
            let process = try await observer.process(running: "INTO ledger", waitingFor: "SyncRep")
            writing.cancel()
            #expect(await writing.postgresError == .outcomeUnknown(.cancelled))
            try await expectWaiting(process, observer)
            #expect(try await ledgerRows(observer) == 0)
            try await letCommitsEnd(observer)
            try await eventually("the row appears") { try await ledgerRows(observer) == 1 }
        }
    }

    @Test func commitPastItsDeadlineIsLeftAlone() async throws {
        try await withEndlessCommits { pool, observer in
            await #expect(throws: PostgresError.outcomeUnknown(.deadline)) {
                _ = try await pool.write([Self.insert], timeout: .milliseconds(500))
            }
            let process = try await observer.process(running: "INTO ledger", waitingFor: "SyncRep")
            try await expectWaiting(process, observer)
            try await letCommitsEnd(observer)
            try await eventually("the row appears") { try await ledgerRows(observer) == 1 }
        }
    }

    @Test func commitWhoseSessionIsEndedHasAnUnknownOutcome() async throws {
        try await withEndlessCommits { pool, observer in
            let writing = Task { try await pool.write([Self.insert], timeout: Self.patience) }
            let process = try await observer.process(running: "INTO ledger", waitingFor: "SyncRep")
            try await observer.terminate(process)
            guard case .outcomeUnknown = await writing.postgresError else {
                Issue.record("a commit that was under way has an unknown outcome")
                return
            }
            try await eventually("the row appears") { try await ledgerRows(observer) == 1 }
        }
    }

    /// A cancel request would end the wait at once.
    private func expectWaiting(_ process: Int32, _ observer: Pool) async throws {
        for _ in 0..<20 {
            #expect(try await observer.processes(running: "INTO ledger", waitingFor: "SyncRep") == [process])
            try await Task.sleep(for: .milliseconds(25))
        }
    }
}
