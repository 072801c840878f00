import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct LinkTests {
    private static let patience = Duration.seconds(60)

    /// Runs a body with a pool, and another to watch it from, on a database with the table `entry`.
    /// A pool whose own deadlines pass in none of these tests, and another one that watches it.
    private func withWatchedPool(
        connections: Int = 8,
        _ body: (_ pool: Pool, _ observer: Pool) async throws -> Void
    ) async throws {
        try await Database.current.withPool { observer in
            _ = try await observer.write([Statement("CREATE TABLE entry (n int)")])
            try await Database.current.withPool(
                connections: connections,
                { settings, limits in
                    settings.connectTimeout = Self.patience
                    settings.queryTimeout = Self.patience
                    limits.wait = Self.patience
                }
            ) { pool in
                try await body(pool, observer)
            }
        }
    }

    private func entries(_ pool: Pool) async throws -> Int {
        try await pool.read(Statement("SELECT count(*) AS n FROM entry")).single().value("n")
    }

    /// A batch that has written and not yet committed for as long as anyone waits.
    private static let slowWrite = [Statement("INSERT INTO entry VALUES (1)"), Statement("SELECT pg_sleep(60)")]
    private static let slowRead = [Statement("SELECT pg_sleep(60)")]

    // MARK: - The server ends the session

    @Test func readWhoseSessionIsEndedIsALostConnectionAndThePoolGoesOn() async throws {
        try await withWatchedPool(connections: 1) { pool, observer in
            let reading = Task { try await pool.read(Self.slowRead, timeout: Self.patience) }
            try await observer.terminate(try await observer.process(running: "pg_sleep"))
            #expect(await reading.postgresError == .connectionLost(.serverStopping))
            #expect(try await entries(pool) == 0)
        }
    }

    @Test func writeWhoseSessionIsEndedBeforeItsCommitIsALostConnectionAndStoresNothing() async throws {
        try await withWatchedPool(connections: 1) { pool, observer in
            let writing = Task { try await pool.write(Self.slowWrite, timeout: Self.patience) }
            try await observer.terminate(try await observer.process(running: "pg_sleep"))
            #expect(await writing.postgresError == .connectionLost(.serverStopping))
            #expect(try await entries(pool) == 0)
        }
    }

    @Test func transactionWhoseSessionIsEndedIsALostConnectionAndStoresNothing() async throws {
        try await withWatchedPool(connections: 1) { pool, observer in
            let writing = Task {
                try await pool.transaction { transaction in
                    _ = try await transaction.execute(Self.slowWrite, timeout: Self.patience)
                }
            }
            try await observer.terminate(try await observer.process(running: "pg_sleep"))
            #expect(await writing.postgresError == .connectionLost(.serverStopping))
            #expect(try await entries(pool) == 0)
        }
    }

    @Test func sessionThatTheServerEndedWhileItWasIdleIsNotLent() async throws {
        try await withWatchedPool(connections: 1) { pool, observer in
            let own = Statement("SELECT pg_backend_pid() AS process")
            let process = try await pool.read(own).single().value("process", as: Int32.self)
            try await observer.terminate(process)
            try await eventually("the session is gone") { try await !observer.hasSession(process) }
            let next = try await pool.read(own).single().value("process", as: Int32.self)
            #expect(next != process)
        }
    }

    // MARK: - The deadline passes

    @Test func readPastItsDeadlineIsStoppedOnTheServerToo() async throws {
        try await withWatchedPool(connections: 1) { pool, observer in
            await #expect(throws: PostgresError.deadlineExceeded) {
                _ = try await pool.read(Self.slowRead, timeout: .milliseconds(200))
            }
            try await observer.quiet("pg_sleep")
            #expect(try await entries(pool) == 0)
        }
    }

    @Test func writePastItsDeadlineHasAnUnknownOutcome() async throws {
        try await withWatchedPool(connections: 1) { pool, observer in
            await #expect(throws: PostgresError.outcomeUnknown(.deadline)) {
                _ = try await pool.write(Self.slowWrite, timeout: .milliseconds(200))
            }
            try await observer.quiet("pg_sleep")
            #expect(try await entries(pool) == 0)
        }
    }

    @Test func transactionPastItsDeadlineBeforeItsCommitIsRolledBack() async throws {
        try await withWatchedPool(connections: 1) { pool, observer in
            await #expect(throws: PostgresError.deadlineExceeded) {
                try await pool.transaction { transaction in
                    _ = try await transaction.execute(Self.slowWrite, timeout: .milliseconds(200))
                }
            }
            try await observer.quiet("pg_sleep")
            #expect(try await entries(pool) == 0)
        }
    }

    // MARK: - The task is cancelled

    @Test func cancelledReadIsStoppedOnTheServerToo() async throws {
        try await withWatchedPool(connections: 1) { pool, observer in
            let reading = Task { try await pool.read(Self.slowRead, timeout: Self.patience) }
            _ = try await observer.process(running: "pg_sleep")
            reading.cancel()
            #expect(await reading.postgresError == .cancelled)
            try await observer.quiet("pg_sleep")
            #expect(try await entries(pool) == 0)
        }
    }

    @Test func cancelledWriteHasAnUnknownOutcome() async throws {
        try await withWatchedPool(connections: 1) { pool, observer in
            let writing = Task { try await pool.write(Self.slowWrite, timeout: Self.patience) }
            _ = try await observer.process(running: "pg_sleep")
            writing.cancel()
            #expect(await writing.postgresError == .outcomeUnknown(.cancelled))
            try await observer.quiet("pg_sleep")
            #expect(try await entries(pool) == 0)
        }
    }

    @Test func nothingIsSentForATaskThatWasCancelledBefore() async throws {
        try await withWatchedPool { (pool, observer) async throws -> Void in
            let insert = Statement("INSERT INTO entry VALUES (1)")
            let operations: [@Sendable () async throws -> Void] = [
                { _ = try await pool.read(Statement("SELECT 1 AS n")) },
                { _ = try await pool.write([insert]) },
                { try await pool.transaction { transaction in _ = try await transaction.execute(insert) } },
                { try await pool.transaction { transaction in _ = try await transaction.commit([insert]) } },
            ]
            // A child of a cancelled group is cancelled from its first moment.
            let errors = await withTaskGroup(of: PostgresError?.self) { group in
                group.cancelAll()
                for operation in operations {
                    group.addTask {
                        do {
                            try await operation()
                            return nil
                        } catch {
                            return error as? PostgresError
                        }
                    }
                }
                var errors: [PostgresError?] = []
                for await error in group { errors.append(error) }
                return errors
            }
            #expect(errors == [PostgresError?](repeating: .cancelled, count: operations.count))
            #expect(try await entries(observer) == 0)
        }
    }

    @Test func callerThatIsCancelledWhileItWaitsForAConnectionLeavesTheQueue() async throws {
        try await Database.current.withPool(connections: 1, { _, limits in limits.wait = Self.patience }) { pool in
            let waiters = try await pool.withConnection { _ in
                let waiters = (0..<20).map { _ in Task { try await pool.read([Statement("SELECT 1 AS n")]) } }
                // By then most of them wait; one that does not must be refused in the same way.
                try await Task.sleep(for: .milliseconds(50))
                for waiter in waiters { waiter.cancel() }
                for waiter in waiters { #expect(await waiter.postgresError == .cancelled) }
                return waiters.count
            }
            #expect(waiters == 20)
            #expect(try await pool.read(Statement("SELECT 1 AS n")).single().value("n", as: Int.self) == 1)
        }
    }

    @Test func cancelledTransactionBodyIsRolledBack() async throws {
        try await withWatchedPool(connections: 1) { pool, observer in
            let writing = Task {
                try await pool.transaction { transaction in
                    _ = try await transaction.execute(Self.slowWrite, timeout: Self.patience)
                }
            }
            _ = try await observer.process(running: "pg_sleep")
            writing.cancel()
            #expect(await writing.postgresError == .cancelled)
            try await observer.quiet("pg_sleep")
            #expect(try await entries(pool) == 0)
        }
    }

    @Test func transactionBodyThatIsCancelledBetweenItsStatementsIsNotCommitted() async throws {
        try await withWatchedPool(connections: 1) { pool, _ in
            let written = Counter()
            let writing = Task {
                try await pool.transaction { transaction in
                    _ = try await transaction.execute(Statement("INSERT INTO entry VALUES (1)"))
                    written.increment()
                    // Comes back when the task is cancelled; the body then ends as if nothing had happened.
                    try? await Task.sleep(for: Self.patience)
                }
            }
            try await eventually("the row is written") { written.value == 1 }
            writing.cancel()
            #expect(await writing.postgresError == .cancelled)
            #expect(try await entries(pool) == 0)
        }
    }

    @Test func transactionCancelledAtAnyMomentIsWholeOrAbsentAndSaysWhich() async throws {
        try await withWatchedPool(connections: 4) { pool, observer in
            var random = SeededGenerator(seed: 7431)
            var transactions: [Task<Void, any Error>] = []
            for number in 0..<200 {
                let insert = Statement("INSERT INTO entry VALUES ($1)", number)
                transactions.append(
                    Task {
                        try await pool.transaction { transaction in
                            _ = try await transaction.execute(insert)
                            _ = try await transaction.execute(insert)
                        }
                    }
                )
            }
            for transaction in transactions {
                try await Task.sleep(for: .microseconds(Int.random(in: 0...1_500, using: &random)))
                transaction.cancel()
            }
            var committed: Set<Int> = []
            var undone: Set<Int> = []
            for (number, transaction) in transactions.enumerated() {
                switch await transaction.result {
                case .success: committed.insert(number)
                case .failure(let error):
                    switch error as? PostgresError {
                    case .cancelled: undone.insert(number)
                    case .outcomeUnknown(.cancelled): break
                    default: Issue.record(error)
                    }
                }
            }
            // A commit whose answer nobody waited for may still be under way.
            try await observer.quiet()
            let rows = try await observer.read(Statement("SELECT n, count(*) AS copies FROM entry GROUP BY n"))
            var stored: Set<Int> = []
            for row in rows {
                stored.insert(try row.value("n"))
                #expect(try row.value("copies", as: Int.self) == 2)
            }
            #expect(committed.isSubset(of: stored))
            #expect(undone.isDisjoint(with: stored))
        }
    }
}
