/// What can go wrong between this process and PostgreSQL.
///
/// The cases part what a caller has to treat differently: the server said no (`server`), the link is gone and nothing
/// was committed (`connectionLost`, `deadlineExceeded`, `unreachable`), or nobody can know (`outcomeUnknown`).
/// No description ever carries a bound value, or server text that may quote one.
public enum PostgresError: Error, Sendable, Equatable {
    /// The server refused a statement. The transaction it belonged to was not committed.
    case server(ServerError)
    /// The link broke before anything could have been committed. Safe to try again.
    case connectionLost(LinkFailure)
    /// The operation took longer than its deadline, before anything could have been committed.
    case deadlineExceeded
    /// A commit was on its way when the link broke, the deadline passed, the task was cancelled or the server gave up
    /// waiting for its standby: it may or may not have happened. Retry with the same idempotency key.
    case outcomeUnknown(LinkFailure)
    /// The calling task was cancelled before anything could have been committed.
    case cancelled
    /// No host of the connection string accepted a connection, in the order in which they were tried.
    case unreachable([HostFailure])
    /// Every connection stayed busy until the caller's deadline, or too many callers were waiting already.
    case poolExhausted
    /// The pool was closed.
    case poolClosed
    /// A value of the answer was not what the caller asked for.
    case decoding(DecodingFailure)
    /// The connection string or a setting is not valid.
    case configuration(String)
    /// The caller broke a rule of this library, such as using one connection from two tasks.
    case misuse(String)
}

/// How a link to the server ended.
public enum LinkFailure: String, Error, Sendable {
    case closedByServer = "the server closed the connection"
    case protocolViolation = "the server broke the protocol"
    case deadline = "the deadline passed"
    case cancelled = "the task was cancelled"
    case serverStopping = "the server ended the session"
    case replicationWaitCancelled = "the server stopped waiting for its standby"
}

/// Why one host of the connection string was passed over.
public struct HostFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// Why the attempt failed.
    public enum Reason: String, Sendable {
        case refused = "refused the connection"
        case deadline = "did not answer in time"
        case notWritable =
            "only reads: it is a standby, or default_transaction_read_only is on (target_session_attrs asks for one that writes)"
        case unknownHost = "is a name that no address is known for (DNS)"
        case noSocket = "has no such socket: PostgreSQL does not run there, or keeps its sockets elsewhere"
        case noTLS = "offers no TLS, and sslmode asks for it"
        case untrustedCertificate = "has a certificate that is not trusted (sslrootcert names whom to trust)"
        case otherCertificate = "has a certificate for another host name"
        case passwordMissing = "asks for a password, and none is given"
        case wrongPassword = "knows the role by another password, or not at all"
        case notAdmitted = "does not admit the role from here (pg_hba.conf), or has no such role"
        case noSuchDatabase = "has no such database"
        case tooManyConnections = "has no connection left to give (max_connections)"
        case starting = "is starting or stopping"
        case rejected = "rejected the login or the settings"
        case otherCluster = "belongs to another cluster than the first host that answered"
        case notDurable = "runs with fsync, full_page_writes or synchronous_commit off"
    }

    /// The host name, address or socket folder as the connection string has it.
    public let host: String
    /// The port, as text, as the connection string has it.
    public let port: String
    /// Why it was passed over.
    public let reason: Reason

    /// The host, its port and the reason, in one line.
    public var description: String { "\(host):\(port) \(reason.rawValue)" }
}

/// A value that could not be read as the type asked for.
public struct DecodingFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What did not fit.
    public enum Reason: Sendable, Equatable {
        case noSuchColumn
        case unexpectedNull
        case wrongType(found: PostgresType, wanted: String)
        case outOfRange(wanted: String)
        case malformed(wanted: String)
        case unexpectedRowCount(Int)
    }

    /// The column's name; empty when the number of rows is what did not fit.
    public let column: String
    /// What did not fit.
    public let reason: Reason

    /// One sentence that names the column and never its value.
    public var description: String {
        switch reason {
        case .noSuchColumn: "the answer has no column \"\(column)\""
        case .unexpectedNull: "column \"\(column)\" is NULL where a value is expected"
        case .wrongType(let found, let wanted): "column \"\(column)\" has type \(found), which is not read as \(wanted)"
        case .outOfRange(let wanted): "column \"\(column)\" holds a value outside the range of \(wanted)"
        case .malformed(let wanted): "column \"\(column)\" holds bytes that are not a valid \(wanted)"
        case .unexpectedRowCount(let count): "expected exactly one row and found \(count)"
        }
    }
}

extension PostgresError: CustomStringConvertible {
    /// One sentence for logs: never a bound value, never server text that may quote one.
    public var description: String {
        switch self {
        case .server(let error): error.description
        case .connectionLost(let failure): "connection lost before any commit: \(failure.rawValue)"
        case .deadlineExceeded: "the query's deadline passed before any commit"
        case .outcomeUnknown(let failure): "outcome unknown, a commit was under way: \(failure.rawValue)"
        case .cancelled: "the task was cancelled before any commit"
        case .unreachable(let failures):
            "no database host could be used: " + failures.map(\.description).joined(separator: "; ")
        case .poolExhausted: "no database connection became free in time"
        case .poolClosed: "the connection pool is closed"
        case .decoding(let failure): failure.description
        case .configuration(let problem): problem
        case .misuse(let problem): problem
        }
    }
}

extension PostgresError {
    /// A word for programs: the SQLSTATE where the server refused, else the name of the case.
    var type: String {
        switch self {
        case .server(let error): error.state.code
        case .connectionLost: "connectionLost"
        case .deadlineExceeded: "deadlineExceeded"
        case .outcomeUnknown: "outcomeUnknown"
        case .cancelled: "cancelled"
        case .unreachable: "unreachable"
        case .poolExhausted: "poolExhausted"
        case .poolClosed: "poolClosed"
        case .decoding: "decoding"
        case .configuration: "configuration"
        case .misuse: "misuse"
        }
    }

    /// The server's refusal, where that is what this is.
    public var serverError: ServerError? {
        if case .server(let error) = self { error } else { nil }
    }

    /// Whether a host has no connection left to give.
    var saysTooManyConnections: Bool {
        guard case .unreachable(let failures) = self else { return false }
        return failures.contains { $0.reason == .tooManyConnections }
    }

    /// Whether the database could not be asked, or may have acted without our hearing of it: the caller's own caller
    /// should try again later. SQLSTATE classes 08, 53 and 57 belong here.
    public var isUnavailability: Bool {
        switch self {
        case .server(let error): error.isUnavailability
        case .connectionLost, .deadlineExceeded, .outcomeUnknown, .unreachable, .poolExhausted, .poolClosed: true
        case .cancelled, .decoding, .configuration, .misuse: false
        }
    }
}
