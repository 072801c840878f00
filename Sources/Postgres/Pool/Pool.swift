import Dispatch
import Metrics
import Synchronization

/// A bounded set of connections to one database, shared by any number of callers.
public final class Pool: Sendable {
    /// The pool's bounds.
    public struct Limits: Sendable {
        /// Connections that may be open at once.
        public var connections = 8
        /// Callers that may wait for one at once; one more is refused right away.
        public var waiters = 20_000
        /// How long a caller waits for a connection, one that has to be opened included, before it is refused.
        public var wait = Duration.milliseconds(2_500)

        /// The default bounds.
        public init() {}
    }

    private enum Grant: Sendable {
        case connection(Connection)
        case slot
        case refused(PostgresError)
    }

    private typealias State = PoolState<Connection, CheckedContinuation<Grant, Never>>

    /// The settings of every connection.
    public let settings: ConnectionSettings
    /// How many connections it opens, and how long callers wait for one.
    public let limits: Limits
    private let hosts: HostOrder
    private let state: Mutex<State>

    /// A pool that opens its connections as they are needed.
    public init(_ settings: ConnectionSettings, limits: Limits = Limits()) {
        self.settings = settings
        self.limits = limits
        hosts = HostOrder(settings)
        state = Mutex(State(slotsMax: limits.connections, waitersMax: limits.waiters))
    }

    /// Reads in one round trip: see `Connection.read`.
    public func read(_ statements: [Statement], timeout: Duration? = nil) async throws(PostgresError) -> [Rows] {
        try await borrow { (connection) throws(PostgresError) in
            try await connection.read(statements, timeout: timeout)
        }
    }

    /// Reads with one statement.
    public func read(_ statement: Statement) async throws(PostgresError) -> Rows {
        try await read([statement])[0]
    }

    /// Writes in one round trip and one transaction: see `Connection.write`. A deadlock or a serialization failure is
    /// tried again.
    public func write(_ statements: [Statement], timeout: Duration? = nil) async throws(PostgresError) -> [Rows] {
        try await retrying { () throws(PostgresError) in
            try await borrow { (connection) throws(PostgresError) in
                try await connection.write(statements, timeout: timeout)
            }
        }
    }

    /// Runs a transaction. It is committed when the body returns, unless the body has committed it with its last
    /// statements; it is rolled back when the body throws.
    ///
    /// After a deadlock or a serialization failure (SQLSTATE 40P01, 40001) the whole body runs again, at most three
    /// times in all: it must have no effect outside the transaction.
    public func transaction<Value: Sendable>(
        isolation: IsolationLevel = .readCommitted,
        _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        try await retrying {
            try await borrowFreely { connection in
                try await connection.announceTransaction(isolation)
                do {
                    let value = try await body(Transaction(connection: connection))
                    try await connection.endTransaction(committing: true)
                    return value
                } catch {
                    // The first error is the one to tell; a connection that cannot roll back is not reused.
                    try? await connection.endTransaction(committing: false)
                    throw error
                }
            }
        }
    }

    /// Lends a connection to the body, for what needs a session of its own, such as settings that last.
    public func withConnection<Value: Sendable>(_ body: (Connection) async throws -> Value) async throws -> Value {
        try await borrowFreely(body)
    }

    /// Whether the database commits: true unless a commit ran into its deadline and none has ended since. Then one is
    /// tried, which changes nothing but waits for all that a commit waits for.
    public func commits(within timeout: Duration) async -> Bool {
        guard hosts.lastCommitHung else { return true }
        let probe = Statement("SELECT pg_logical_emit_message(true, 'probe', '')")
        return (try? await write([probe], timeout: timeout)) != nil
    }

    /// Refuses new callers, sends away those who wait, and closes every connection as it comes back.
    public func close() async {
        let (idle, waiters) = state.withLock { $0.close() }
        for waiter in waiters { waiter.resume(returning: .refused(.poolClosed)) }
        for connection in idle { await connection.close() }
    }

    /// How many connections are open, how many of them nobody has, and how many callers wait for one.
    public var usage: (open: Int, idle: Int, waiting: Int) {
        state.withLock { ($0.slotsInUse, $0.idle.count, $0.waiting) }
    }

    // MARK: - Lending

    private static let waitTimer = Timer(label: "db.client.connection.wait_time")
    private static let useTimer = Timer(label: "db.client.operation.duration")

    private func borrow<Value: Sendable>(
        _ body: (Connection) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        let start = ContinuousClock.now
        let connection = try await lease()
        let lent = ContinuousClock.now
        Self.waitTimer.record(duration: lent - start)
        defer { Self.useTimer.record(duration: .now - lent) }
        do {
            let value = try await body(connection)
            await release(connection)
            return value
        } catch {
            await release(connection)
            throw error
        }
    }

    /// The same for a body that throws what it likes.
    private func borrowFreely<Value: Sendable>(_ body: (Connection) async throws -> Value) async throws -> Value {
        let result = try await borrow { (connection) throws(PostgresError) -> Result<Value, any Error> in
            do { return .success(try await body(connection)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private func lease() async throws(PostgresError) -> Connection {
        if Task.isCancelled { throw .cancelled }
        let limit = ContinuousClock.now + limits.wait
        var grant = await grant(until: limit) { ($0.lease($1, at: .now), .none) }
        while true {
            switch grant {
            case .connection(let connection):
                if await !connection.isStale { return connection }
                await connection.close()
            case .slot: break
            case .refused(let error): throw error
            }
            do {
                let connection = try await Connection.connect(settings, hosts: hosts, until: limit)
                state.withLock { $0.connectionOpened(at: .now) }
                return connection
            } catch {
                guard error.saysTooManyConnections else {
                    perform(state.withLock { $0.slotReturned() })
                    throw error
                }
                grant = await self.grant(until: limit) { $0.connectionDenied($1, error, at: .now) }
            }
        }
    }

    /// Asks the state for a connection or a slot, and waits for it where it must.
    private func grant(
        until limit: ContinuousClock.Instant,
        _ ask: @Sendable (inout State, CheckedContinuation<Grant, Never>) -> (State.LeaseAction, State.ReturnAction)
    ) async -> Grant {
        let given = Mutex<UInt64?>(nil)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (action, next) = state.withLock { ask(&$0, continuation) }
                switch action {
                case .use(let connection): continuation.resume(returning: .connection(connection))
                case .open: continuation.resume(returning: .slot)
                case .refuse(let error): continuation.resume(returning: .refused(error))
                case .wait(let identifier):
                    given.withLock { $0 = identifier }
                    let wait = ContinuousClock.now.duration(to: limit)
                    Connection.timers.asyncAfter(deadline: .now() + wait.inSeconds) { [self] in
                        dismiss(identifier, .poolExhausted)
                    }
                    if Task.isCancelled { dismiss(identifier, .cancelled) }
                }
                perform(next)
            }
        } onCancel: {
            if let identifier = given.withLock({ $0 }) { dismiss(identifier, .cancelled) }
        }
    }

    private func dismiss(_ waiter: UInt64, _ error: PostgresError) {
        state.withLock { $0.waiterLeft(waiter) }?.resume(returning: .refused(error))
    }

    private func release(_ connection: Connection) async {
        if await connection.isReusable {
            let action = state.withLock { $0.connectionReturned(connection) }
            if case .close(let connection) = action { await connection.close() }
            perform(action)
        } else {
            await connection.close()
            perform(state.withLock { $0.slotReturned() })
        }
    }

    private func perform(_ action: State.ReturnAction) {
        switch action {
        case .hand(let connection, let waiter): waiter.resume(returning: .connection(connection))
        case .open(let waiter): waiter.resume(returning: .slot)
        case .none, .close: break
        }
    }

    // MARK: - Trying again

    private static let attemptsMax = 3

    private func retrying<Value: Sendable, Failure: Error>(
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        for attempt in 1..<Self.attemptsMax {
            do {
                return try await body()
            } catch {
                guard let refusal = (error as? PostgresError)?.serverError, refusal.state.asksForRetry else {
                    throw error
                }
                try? await Task.sleep(for: .milliseconds(Int.random(in: 1...10) * attempt * attempt))
            }
        }
        return try await body()
    }
}
