import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct PoolTests {
    @Test func tenThousandCallersShareEightConnectionsAndGetTheirOwnAnswers() async throws {
        try await Database.current.withPool(
            connections: 8,
            { settings, limits in
                limits.wait = .seconds(120)
                settings.queryTimeout = .seconds(60)
                settings.connectTimeout = .seconds(60)
            }
        ) { pool in
            let processes = try await withThrowingTaskGroup(of: Int32.self) { group in
                for number in 0..<10_000 {
                    group.addTask {
                        let row = try await pool.read(
                            Statement("SELECT $1 AS n, pg_backend_pid() AS process", number)
                        ).single()
                        let answer: Int = try row.value("n")
                        #expect(answer == number)
                        return try row.value("process", as: Int32.self)
                    }
                }
                var processes: Set<Int32> = []
                for try await process in group { processes.insert(process) }
                return processes
            }
            #expect((1...8).contains(processes.count))
            let backends = try await pool.number(
                """
                SELECT count(*) AS n FROM pg_stat_activity
                WHERE datname = current_database() AND backend_type = 'client backend'
                """
            )
            #expect(backends <= 8)
        }
    }

    @Test func callerWhoWaitsTooLongIsRefused() async throws {
        try await Database.current.withPool(connections: 1, { _, limits in limits.wait = .milliseconds(500) }) { pool in
            try await eventually("the one connection is lent, and the next caller refused") {
                do {
                    _ = try await pool.withConnection { _ in
                        await #expect(throws: PostgresError.poolExhausted) {
                            _ = try await pool.number("SELECT 1 AS n")
                        }
                    }
                    return true
                } catch is PostgresError {
                    // On a busy machine, opening it may take longer than anybody waits here.
                    return false
                }
            }
            try await eventually("it can be had again") { (try? await pool.number("SELECT 1 AS n")) == 1 }
        }
    }

    /// A role that may have two connections serves as many callers as one that may have all that the pool wants.
    @Test func poolLivesWithWhatTheServerGrants() async throws {
        try await Database.current.withPool(connections: 1) { admin in
            let role = "limited_\(Int.random(in: 0..<1_000_000_000))"
            func administer(_ sql: String) async throws { _ = try await admin.write([Statement(assembled: sql)]) }
            try await administer("CREATE ROLE \(role) LOGIN CONNECTION LIMIT 2")
            try await administer("GRANT pg_read_all_settings TO \(role)")
            try await Database.current.withPool(
                connections: 8,
                { settings, limits in
                    settings = settings.user(role)
                    limits.wait = .seconds(60)
                    settings.queryTimeout = .seconds(60)
                }
            ) { pool in
                func processes() async throws -> Set<Int32> {
                    try await withThrowingTaskGroup(of: Int32.self) { group in
                        for _ in 0..<40 {
                            group.addTask {
                                try await pool.read(Statement("SELECT pg_backend_pid() AS process, pg_sleep(0.02)"))
                                    .single().value("process")
                            }
                        }
                        return try await group.reduce(into: []) { $0.insert($1) }
                    }
                }
                #expect(try await processes().count <= 2)
                try await administer("ALTER ROLE \(role) CONNECTION LIMIT 8")
                try await eventually("it takes what it is granted then") { try await processes().count > 2 }
            }
            try await administer("DROP OWNED BY \(role)")
            try await administer("DROP ROLE \(role)")
        }
    }

    @Test func callerBeyondTheBoundOfWaitersIsRefusedAtOnce() async throws {
        try await Database.current.withPool(
            connections: 1,
            { _, limits in
                limits.waiters = 0
                limits.wait = .seconds(600)
            }
        ) { pool in
            _ = try await pool.withConnection { _ in
                await #expect(throws: PostgresError.poolExhausted) { _ = try await pool.number("SELECT 1 AS n") }
            }
            #expect(try await pool.number("SELECT 1 AS n") == 1)
        }
    }

    @Test func closingSendsEveryWaiterAway() async throws {
        try await Database.current.withPool(connections: 1, { _, limits in limits.wait = .seconds(600) }) { pool in
            let lent = Turnstile(places: 0)
            let gate = Turnstile(places: 0)
            let holder = Task {
                try await pool.withConnection { connection in
                    lent.leave()
                    try await gate.enter()
                    // What was lent before still works.
                    return try await connection.read([Statement("SELECT 1 AS n")])[0].single().value("n", as: Int.self)
                }
            }
            try await lent.enter()
            let waiting = (0..<20).map { _ in Task { _ = try await pool.number("SELECT 1 AS n") } }
            for _ in 0..<100 { await Task.yield() }
            await pool.close()
            for task in waiting { #expect(await task.postgresError == .poolClosed) }
            await #expect(throws: PostgresError.poolClosed) { _ = try await pool.number("SELECT 1 AS n") }
            gate.leave()
            #expect(try await holder.value == 1)
        }
    }

    @Test func serializationFailureRunsTheBodyAgain() async throws {
        try await Database.current.withPool { pool in
            try await pool.makeKeptTable()
            _ = try await pool.write([Statement("INSERT INTO kept VALUES (1)")])
            let runs = Counter()
            let seen = try await pool.transaction(isolation: .serializable) { transaction in
                runs.increment()
                let seen: Int = try await transaction.execute(Statement("SELECT n FROM kept")).single().value("n")
                if runs.value == 1 { _ = try await pool.write([Statement("UPDATE kept SET n = n + 1")]) }
                _ = try await transaction.execute(Statement("UPDATE kept SET n = $1", seen + 10))
                return seen
            }
            #expect(runs.value == 2)
            #expect(seen == 1)
            #expect(try await pool.number("SELECT n FROM kept") == 11)
        }
    }

    @Test func bodyThatAlwaysConflictsRunsThreeTimes() async throws {
        try await Database.current.withPool { pool in
            try await pool.makeKeptTable()
            _ = try await pool.write([Statement("INSERT INTO kept VALUES (1)")])
            let runs = Counter()
            let refused = await #expect(throws: PostgresError.self) {
                try await pool.transaction(isolation: .repeatableRead) { transaction in
                    runs.increment()
                    _ = try await transaction.execute(Statement("SELECT n FROM kept"))
                    _ = try await pool.write([Statement("UPDATE kept SET n = n + 1")])
                    _ = try await transaction.execute(Statement("UPDATE kept SET n = 100"))
                }
            }
            #expect(refused?.serverError?.state == .serializationFailure)
            #expect(runs.value == 3)
            #expect(try await pool.number("SELECT n FROM kept") == 3)
        }
    }

    @Test func deadlockIsTriedAgain() async throws {
        try await Database.current.withPool(
            connections: 4,
            { settings, _ in
                settings.lockTimeout = .seconds(30)
                settings.queryTimeout = .seconds(60)
            }
        ) { pool in
            try await pool.makeKeptTable()
            _ = try await pool.write([Statement("INSERT INTO kept VALUES (1), (2)")])
            let (oneSteps, twoSteps) = (Steps(), Steps())
            async let one = runsToCountUp(1, then: 2, pool: pool, oneSteps, other: twoSteps)
            async let two = runsToCountUp(2, then: 1, pool: pool, twoSteps, other: oneSteps)
            let runs = try await one + two
            #expect(runs == 3)
            #expect(try await pool.number("SELECT sum(n)::int8 AS n FROM kept") == 4)
        }
    }

    @Test func lockHeldByAnotherIsRefusedInsteadOfWaitedForWithoutEnd() async throws {
        try await Database.current.withPool(
            connections: 2,
            { settings, _ in
                settings.lockTimeout = .milliseconds(200)
                settings.queryTimeout = .seconds(60)
            }
        ) { pool in
            try await pool.makeKeptTable()
            _ = try await pool.write([Statement("INSERT INTO kept VALUES (1)")])
            try await pool.transaction { transaction in
                _ = try await transaction.execute(Statement("UPDATE kept SET n = 1"))
                let refused = await #expect(throws: PostgresError.self) {
                    _ = try await pool.write([Statement("UPDATE kept SET n = 2")])
                }
                #expect(refused?.serverError?.state == .lockNotAvailable)
            }
            #expect(try await pool.number("SELECT n FROM kept") == 1)
        }
    }

    @Test func connectionUsedByTwoTasksAtOnceIsMisuse() async throws {
        try await Database.current.withPool { pool in
            _ = try await pool.withConnection { connection in
                let reading = Task {
                    _ = try await connection.read([Statement("SELECT pg_sleep(600)")], timeout: .seconds(600))
                }
                let process = try await pool.process(running: "pg_sleep(600)")
                let refused = await #expect(throws: PostgresError.self) {
                    _ = try await connection.read([Statement("SELECT 1 AS n")])
                }
                #expect(refused == .misuse("a connection was used by two tasks at once"))
                try await pool.cancelStatement(of: process)
                #expect(await reading.postgresError?.serverError?.state == .queryCanceled)
                // The one who came first was not disturbed, and the connection is as good as before.
                let row = try await connection.read([Statement("SELECT 1 AS n")])[0].single()
                #expect(try row.value("n", as: Int.self) == 1)
            }
        }
    }
}

/// Counts one row up and then another, and returns how many times that ran. In the first run both rows are locked
/// crosswise.
private func runsToCountUp(
    _ first: Int,
    then second: Int,
    pool: Pool,
    _ own: Steps,
    other: Steps
) async throws -> Int {
    let runs = Counter()
    try await pool.transaction { transaction in
        runs.increment()
        // Whoever was refused begins again once the other is through: else they may meet again.
        if runs.value > 1 { try await other.isThrough.enter() }
        _ = try await transaction.execute(Statement("UPDATE kept SET n = n + 1 WHERE id = $1", first))
        if runs.value == 1 {
            own.holds.leave()
            try await other.holds.enter()
        }
        _ = try await transaction.execute(Statement("UPDATE kept SET n = n + 1 WHERE id = $1", second))
    }
    own.isThrough.leave()
    return runs.value
}

/// How far a transaction is that another one waits for.
private struct Steps {
    let holds = Turnstile(places: 0)
    let isThrough = Turnstile(places: 0)
}
