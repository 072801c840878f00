import CLibPQ
import Dispatch
import Glibc
import Synchronization

/// The hosts of a connection string in the order in which they are tried. A host that hung, at a connect or at a commit,
/// goes last, so that the next connection does not wait for it again.
final class HostOrder: Sendable {
    private struct State {
        var order: [ConnectionSettings.Host]
        /// How many commits have hung, and the last of them on each host.
        var hangs = 0
        var lastHang: [ConnectionSettings.Host: Int] = [:]
    }

    private let state: Mutex<State>
    private let hangsAtCommit = Atomic(false)
    private let systemIdentifier = Mutex<String?>(nil)

    init(_ settings: ConnectionSettings) { state = Mutex(State(order: settings.hosts)) }

    var current: [ConnectionSettings.Host] { state.withLock { $0.order } }

    func moveLast(_ host: ConnectionSettings.Host) { state.withLock { Self.moveLast(host, in: &$0) } }

    private static func moveLast(_ host: ConnectionSettings.Host, in state: inout State) {
        guard state.order.count > 1, let index = state.order.firstIndex(of: host) else { return }
        state.order.append(state.order.remove(at: index))
    }

    // MARK: - Commits

    /// Whether the last commit that anybody heard of ran into its deadline.
    var lastCommitHung: Bool { hangsAtCommit.load(ordering: .relaxed) }

    /// A commit ran into its deadline. The host may be a primary of the past, whose standbys have left it: reads and
    /// whatever waits for no standby go on there, and nothing is ever committed. Its connections are not used again,
    /// where there is another host.
    func commitHung(on host: ConnectionSettings.Host) {
        hangsAtCommit.store(true, ordering: .relaxed)
        state.withLock { state in
            guard state.order.count > 1 else { return }
            state.hangs += 1
            state.lastHang[host] = state.hangs
            Self.moveLast(host, in: &state)
        }
    }

    func commitEnded() {
        if hangsAtCommit.load(ordering: .relaxed) { hangsAtCommit.store(false, ordering: .relaxed) }
    }

    /// What a connection that is opened now remembers, to be asked `isTrusted` with.
    var hangs: Int { state.withLock { $0.hangs } }

    /// Whether no commit has hung on a host since then.
    func isTrusted(_ host: ConnectionSettings.Host, since hangs: Int) -> Bool {
        state.withLock { ($0.lastHang[host] ?? 0) <= hangs }
    }

    /// Whether a host is of the cluster that the first host to answer belongs to.
    func admits(systemIdentifier found: String) -> Bool {
        systemIdentifier.withLock { known in
            if known == nil { known = found }
            return known == found
        }
    }
}

extension Connection {
    /// libpq looks names up and sends cancel requests with blocking calls: they run here, not on Swift's pool.
    static let blockingCalls = DispatchQueue(label: "postgres.blocking-calls", attributes: .concurrent)
    static let cancelRequests = DispatchQueue(label: "postgres.cancel-requests")
    /// Deadlines must not wait behind the calls that they bound.
    static let timers = DispatchQueue(label: "postgres.timers")

    /// Opens a connection to the first host that accepts one and is what the settings ask for.
    /// - Throws: `PostgresError.unreachable` with a reason per host, or `cancelled`.
    public static func connect(_ settings: ConnectionSettings) async throws(PostgresError) -> Connection {
        try await connect(settings, hosts: HostOrder(settings))
    }

    /// - Parameter limit: when the caller wants an answer, whichever host is being tried then.
    static func connect(
        _ settings: ConnectionSettings,
        hosts: HostOrder,
        until limit: ContinuousClock.Instant? = nil
    ) async throws(PostgresError) -> Connection {
        var failures: [HostFailure] = []
        for host in hosts.current {
            let full = ContinuousClock.now + settings.connectTimeout
            let deadline = limit.map { min($0, full) } ?? full
            do {
                return try await connect(settings, to: host, of: hosts, deadline: deadline)
            } catch {
                switch error {
                case .cancelled: throw .cancelled
                case .host(let reason):
                    // A host that was not given its full time may well be healthy.
                    if reason == .deadline, deadline == full { hosts.moveLast(host) }
                    let name = host.name.isEmpty ? host.address : host.name
                    failures.append(HostFailure(host: name, port: host.port, reason: reason))
                }
            }
        }
        throw .unreachable(failures)
    }

    enum ConnectFailure: Error {
        case cancelled
        case host(HostFailure.Reason)
    }

    private static func connect(
        _ settings: ConnectionSettings,
        to host: ConnectionSettings.Host,
        of hosts: HostOrder,
        deadline: ContinuousClock.Instant
    ) async throws(ConnectFailure) -> Connection {
        let hangs = hosts.hangs
        let link = try await ConnectionAttempt(host: host, settings: settings, deadline: deadline).link()
        let connection = Connection(link: link, settings: settings, host: host, of: hosts, openedAfter: hangs)
        try await connection.prepareSession(hosts: hosts, deadline: deadline)
        return connection
    }

    /// Checks that the server keeps what it acknowledges and is of the expected cluster, and sets the session's limits.
    private func prepareSession(hosts: HostOrder, deadline: ContinuousClock.Instant) async throws(ConnectFailure) {
        var statements = [
            Statement(
                """
                SELECT 'off' IN (current_setting('fsync'), current_setting('full_page_writes'),
                                 current_setting('synchronous_commit')) AS may_lose_commits,
                       (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier
                """
            )
        ]
        if settings.pooler == .none {
            // Statements here take milliseconds. Where the server has counted no rows yet it may guess millions of them, and
            // spend a second on compiling what reads none.
            statements.append(
                Statement(
                    """
                    SELECT set_config('lock_timeout', $1, false), set_config('jit', 'off', false),
                           set_config('client_connection_check_interval', '2s', false),
                           set_config('idle_in_transaction_session_timeout', '60s', false)
                    """,
                    settings.lockTimeoutText
                )
            )
        }
        do {
            let rows = try await exchange(statements, boundary: .read, deadline: deadline)
            let row = try rows[0].single()
            if settings.requiresDurability, try row.value("may_lose_commits") {
                throw ConnectFailure.host(.notDurable)
            }
            guard hosts.admits(systemIdentifier: try row.value("system_identifier")) else {
                throw ConnectFailure.host(.otherCluster)
            }
        } catch let error as PostgresError {
            switch error {
            case .cancelled: throw .cancelled
            case .deadlineExceeded: throw .host(.deadline)
            case .server: throw .host(.rejected)
            default: throw .host(.refused)
            }
        } catch let error as ConnectFailure {
            throw error
        } catch {
            throw .host(.refused)
        }
    }
}

extension ConnectionSettings {
    var lockTimeoutText: String { "\(Int(lockTimeout.inSeconds * 1000))ms" }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// A question that several may answer and only the first is heard.
final class FirstAnswer<Answer: Sendable>: Sendable {
    private enum State {
        case open
        case waiting(CheckedContinuation<Answer, Never>)
        case answered(Answer)
        case done
    }

    private let state = Mutex(State.open)

    func wait(_ continuation: CheckedContinuation<Answer, Never>) {
        let early = state.withLock { state -> Answer? in
            if case .answered(let answer) = state {
                state = .done
                return answer
            }
            state = .waiting(continuation)
            return nil
        }
        if let early { continuation.resume(returning: early) }
    }

    func answer(_ answer: Answer) {
        let waiting = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            switch state {
            case .open:
                state = .answered(answer)
                return nil
            case .waiting(let continuation):
                state = .done
                return continuation
            case .answered, .done:
                return nil
            }
        }
        waiting?.resume(returning: answer)
    }
}
