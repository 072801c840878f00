import CLibPQ
import Dispatch
import Tracing

/// One connection to PostgreSQL, driven without blocking a thread of Swift's pool.
///
/// A connection serves one caller at a time; most code asks a `Pool` for one. Every batch of statements is one round
/// trip in libpq's pipeline mode. After a broken link, a passed deadline or a cancellation the connection is closed
/// for good (`isOpen` is false).
public actor Connection {
    /// Where a transaction stands, which decides what a broken link means.
    enum Boundary {
        /// Nothing in this batch can leave a trace: a break is a `connectionLost`, a cancellation ends the query.
        case read
        /// The batch is part of an open transaction and does not end it.
        case withinTransaction
        /// The batch commits at its end, by itself or by a COMMIT that is its last statement: once sent, only the
        /// server's answer tells what happened.
        case commit(explicit: Bool)

        var commits: Bool { if case .commit = self { true } else { false } }
    }

    /// At most this many statements travel in one batch.
    public static let statementsPerBatchMax = 512
    /// At most this many statements are kept prepared.
    static let preparedStatementsMax = 256

    let settings: ConnectionSettings
    private let host: ConnectionSettings.Host
    private let hosts: HostOrder
    /// How many commits had hung, on any host, when it was opened.
    private let hangsBefore: Int
    private(set) var link: Link?
    private var isBusy = false
    var transaction = TransactionPhase.none
    /// The statements that the server has prepared for us, by their text.
    private var prepared: [Preparation: PreparedStatement] = [:]
    private var preparedCount = 0

    init(
        link: Link,
        settings: ConnectionSettings,
        host: ConnectionSettings.Host,
        of hosts: HostOrder,
        openedAfter hangs: Int
    ) {
        self.link = link
        self.settings = settings
        self.host = host
        self.hosts = hosts
        hangsBefore = hangs
    }

    /// Whether the connection can still be used.
    public var isOpen: Bool { link?.isHealthy ?? false }

    /// Whether the server has ended an idle connection, or spoken when nobody asked it, or let a commit hang since: then it
    /// is not to be trusted.
    var isStale: Bool {
        guard let link, link.isHealthy, hosts.isTrusted(host, since: hangsBefore) else { return true }
        // What comes unasked is the end of the line, or a last word before it; anything else is too rare to listen to.
        return SocketPoller.isReadable(link.socket)
    }

    /// Closes the connection.
    public func close() { link = nil }

    /// Runs statements that leave no trace, in one round trip.
    ///
    /// Cancelling the task stops the server's work, where that can be asked for, and closes the connection.
    public func read(_ statements: [Statement], timeout: Duration? = nil) async throws(PostgresError) -> [Rows] {
        try await exchange(statements, boundary: .read, deadline: deadline(timeout))
    }

    /// Runs statements as one implicit transaction, in one round trip: all of them are committed, or none.
    ///
    /// - Throws: `PostgresError.outcomeUnknown` when the link breaks, the deadline passes or the task is cancelled
    ///   after the batch was sent.
    public func write(_ statements: [Statement], timeout: Duration? = nil) async throws(PostgresError) -> [Rows] {
        try await exchange(
            prelude: { localLimits },
            statements,
            boundary: .commit(explicit: false),
            deadline: deadline(timeout)
        )
    }

    /// Behind a transaction-mode pooler a setting must not outlive its transaction, so the limits that a session of
    /// our own is given once travel with each transaction instead.
    var localLimits: [Statement] {
        guard settings.pooler == .transaction else { return [] }
        return [Statement("SELECT set_config('lock_timeout', $1, true)", settings.lockTimeoutText)]
    }

    func deadline(_ timeout: Duration?) -> ContinuousClock.Instant {
        ContinuousClock.now + (timeout ?? settings.queryTimeout)
    }

    // MARK: - One batch

    /// What a prepared statement is known by: the same text with values of other types is another one.
    private struct Preparation: Hashable {
        let sql: String
        let types: [UInt32]
    }

    private final class PreparedStatement {
        let name: String
        /// The columns of its answers, once there has been one.
        var shape: Rows.Shape?

        init(name: String) { self.name = name }
    }

    private enum Expected {
        case preparation(Preparation, PreparedStatement, statement: Int)
        case rows(statement: Int, PreparedStatement?)
    }

    /// Sends the statements, behind a prelude whose answers nobody wants, with one sync behind them, and collects
    /// every answer up to it.
    func exchange(
        prelude makePrelude: () throws(PostgresError) -> [Statement] = { [] },
        _ statements: [Statement],
        boundary: Boundary,
        deadline: ContinuousClock.Instant
    ) async throws(PostgresError) -> [Rows] {
        // What nobody asked for within a trace, such as the looks at what is due, begins none.
        guard settings.isTraced, let context = InstrumentationContext.current else {
            return try await perform(prelude: makePrelude, statements, boundary: boundary, deadline: deadline)
        }
        let summary = statements.summary
        let span = startSpan(summary.isEmpty ? "postgresql" : summary, context: context, ofKind: .client)
        defer { span.end() }
        span.updateAttributes { attributes in
            attributes["db.system.name"] = "postgresql"
            attributes["db.query.summary"] = summary
            if statements.count > 1 { attributes["db.operation.batch.size"] = statements.count }
        }
        do throws(PostgresError) {
            return try await perform(prelude: makePrelude, statements, boundary: boundary, deadline: deadline)
        } catch {
            span.setStatus(SpanStatus(code: .error))
            span.attributes["error.type"] = error.type
            throw error
        }
    }

    private func perform(
        prelude makePrelude: () throws(PostgresError) -> [Statement] = { [] },
        _ statements: [Statement],
        boundary: Boundary,
        deadline: ContinuousClock.Instant
    ) async throws(PostgresError) -> [Rows] {
        // A transaction's COMMIT comes on top.
        let statementsMax =
            if case .commit(explicit: true) = boundary { Self.statementsPerBatchMax + 1 } else {
                Self.statementsPerBatchMax
            }
        guard statements.count <= statementsMax else {
            throw .misuse("a batch holds at most \(Self.statementsPerBatchMax) statements")
        }
        if Task.isCancelled { throw .cancelled }
        let link = try claim()
        defer { isBusy = false }
        let pointer = link.pointer
        let prelude = try makePrelude()
        // Until the sync is sent, only a COMMIT of its own could have committed anything.
        let unsent: Boundary = if case .commit(explicit: true) = boundary { boundary } else { .read }
        guard PQenterPipelineMode(pointer) == 1 else { throw lost(.protocolViolation, boundary: unsent) }

        var expected: [Expected] = []
        var fresh: [Preparation: PreparedStatement] = [:]
        for (index, statement) in (prelude + statements).enumerated() {
            let position = index - prelude.count
            guard send(statement, index: position, to: pointer, expected: &expected, fresh: &fresh) else {
                throw lost(.closedByServer, boundary: unsent)
            }
        }
        guard PQpipelineSync(pointer) == 1 else { throw lost(.closedByServer, boundary: unsent) }
        let answers = try await collect(expected, boundary: boundary, deadline: deadline)
        return Array(answers.dropFirst(prelude.count))
    }

    private func send(
        _ statement: Statement,
        index: Int,
        to pointer: OpaquePointer,
        expected: inout [Expected],
        fresh: inout [Preparation: PreparedStatement]
    ) -> Bool {
        var known: PreparedStatement?
        if settings.usesNamedStatements {
            let types = statement.parameters.types
            let preparation = Preparation(sql: statement.sql, types: types)
            known = prepared[preparation] ?? fresh[preparation]
            if known == nil, prepared.count + fresh.count < Self.preparedStatementsMax {
                preparedCount += 1
                let new = PreparedStatement(name: "s\(preparedCount)")
                guard PQsendPrepare(pointer, new.name, statement.sql, Int32(types.count), types) == 1 else {
                    return false
                }
                expected.append(.preparation(preparation, new, statement: index))
                fresh[preparation] = new
                known = new
            }
        }
        expected.append(.rows(statement: index, known))
        return statement.parameters.withLibpqArrays { count, types, values, lengths, formats in
            if let known {
                PQsendQueryPrepared(pointer, known.name, count, values, lengths, formats, 1) == 1
            } else {
                PQsendQueryParams(pointer, statement.sql, count, types, values, lengths, formats, 1) == 1
            }
        }
    }

    private func collect(
        _ expected: [Expected],
        boundary: Boundary,
        deadline: ContinuousClock.Instant
    ) async throws(PostgresError) -> [Rows] {
        guard let link else { throw lost(.closedByServer, boundary: boundary) }
        _ = link.notices.takeReplicationWaitEnded()
        var answers: [Rows] = []
        var position = 0
        var refusal: ServerError?
        var committedTag: String?
        var marks = 0

        while true {
            guard let result = try await nextResult(boundary: boundary, deadline: deadline) else {
                // libpq marks the end of each statement's answers; more marks than statements are no answer at all.
                marks += 1
                if marks > expected.count + 1 { throw lost(.protocolViolation, boundary: boundary) }
                continue
            }
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC:
                guard PQexitPipelineMode(link.pointer) == 1 else { throw lost(.protocolViolation, boundary: boundary) }
                return try conclude(answers, refusal: refusal, tag: committedTag, boundary: boundary)
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                guard position < expected.count else { throw lost(.protocolViolation, boundary: boundary) }
                switch expected[position] {
                case .preparation(let preparation, let statement, _):
                    prepared[preparation] = statement
                case .rows(_, let known):
                    let rows = Rows(result: result, shape: known?.shape)
                    known?.shape = rows.shape
                    answers.append(rows)
                    committedTag = PQcmdStatus(result).map { String(cString: $0) }
                }
                position += 1
            case PGRES_PIPELINE_ABORTED:
                position += 1
            case PGRES_FATAL_ERROR:
                let atCommit = isCommitPoint(position, of: expected.count, boundary: boundary)
                let statement: Int? =
                    if position < expected.count {
                        switch expected[position] {
                        case .preparation(_, _, let index), .rows(let index, _): index
                        }
                    } else {
                        nil
                    }
                let error = ServerError(result: result, statement: statement)
                position += 1
                // libpq reports a broken link as an error without a SQLSTATE.
                if error.state.code.isEmpty { throw lost(.closedByServer, boundary: boundary) }
                if refusal == nil { refusal = error }
                // A session that the server ends will not reach the sync. Ended before its commit point, it has
                // committed nothing.
                if error.severity != "ERROR" { throw lost(.serverStopping, boundary: atCommit ? boundary : .read) }
            default:
                throw lost(.protocolViolation, boundary: boundary)
            }
        }
    }

    /// Whether an answer at this position is the answer to the commit: the COMMIT itself, or what follows the last
    /// statement of an implicit transaction.
    private func isCommitPoint(_ position: Int, of count: Int, boundary: Boundary) -> Bool {
        switch boundary {
        case .read, .withinTransaction: false
        case .commit(explicit: true): position >= count - 1
        case .commit(explicit: false): position >= count
        }
    }

    private func conclude(
        _ answers: [Rows],
        refusal: ServerError?,
        tag: String?,
        boundary: Boundary
    ) throws(PostgresError) -> [Rows] {
        if let refusal {
            // A plan or a name that the server no longer knows: start afresh on a new connection.
            if refusal.state == .invalidStatementName || refusal.state == .featureNotSupported { drop() }
            // The host is no longer the primary.
            if refusal.state == .readOnlyTransaction { drop() }
            throw .server(refusal)
        }
        if boundary.commits, link?.notices.takeReplicationWaitEnded() == true {
            drop()
            throw .outcomeUnknown(.replicationWaitCancelled)
        }
        if boundary.commits { hosts.commitEnded() }
        if case .commit(explicit: true) = boundary, tag == "ROLLBACK" {
            throw .misuse("a transaction that had failed was committed; PostgreSQL rolled it back")
        }
        return answers
    }

    // MARK: - Waiting

    /// The next result, or nil where libpq marks the end of a statement's results.
    func nextResult(
        boundary: Boundary,
        deadline: ContinuousClock.Instant
    ) async throws(PostgresError) -> OpaquePointer? {
        guard let link else { throw lost(.closedByServer, boundary: boundary) }
        while true {
            let unsent = PQflush(link.pointer)
            if unsent < 0 { break }
            if unsent == 0, PQisBusy(link.pointer) == 0 { return PQgetResult(link.pointer) }
            let interest: SocketPoller.Interest = unsent == 1 ? [.read, .write] : .read
            try await wait(interest, boundary: boundary, deadline: deadline)
            if PQconsumeInput(link.pointer) == 0 { break }
            if unsent == 1, PQisBusy(link.pointer) == 0 { return PQgetResult(link.pointer) }
        }
        // The server may have said why before it went; libpq hands that out as a result.
        if PQisBusy(link.pointer) == 0, let result = PQgetResult(link.pointer) { return result }
        throw lost(.closedByServer, boundary: boundary)
    }

    /// Waits for the socket; on a passed deadline or a cancellation the connection is given up.
    func wait(
        _ interest: SocketPoller.Interest,
        boundary: Boundary,
        deadline: ContinuousClock.Instant?
    ) async throws(PostgresError) {
        guard let link else { throw lost(.closedByServer, boundary: boundary) }
        switch await SocketPoller.shared.wait(interest, on: link.socket, until: deadline) {
        case .ready: return
        case .deadlinePassed: throw abandon(boundary: boundary, unknown: .deadline, otherwise: .deadlineExceeded)
        case .cancelled: throw abandon(boundary: boundary, unknown: .cancelled, otherwise: .cancelled)
        }
    }

    /// Gives the connection up. What cannot commit is also stopped on the server; a commit is never cancelled, because
    /// a server that waits for its standby would report the cancelled wait as a success.
    private func abandon(boundary: Boundary, unknown: LinkFailure, otherwise: PostgresError) -> PostgresError {
        if boundary.commits {
            if unknown == .deadline { hosts.commitHung(on: host) }
            drop()
            return .outcomeUnknown(unknown)
        }
        if let canceller = link?.canceller() { Self.cancelRequests.async { canceller.cancel() } }
        drop()
        return otherwise
    }

    func lost(_ failure: LinkFailure, boundary: Boundary) -> PostgresError {
        drop()
        return boundary.commits ? .outcomeUnknown(failure) : .connectionLost(failure)
    }

    func drop() {
        link?.drop()
        link = nil
    }

    /// Takes the connection for one exchange.
    func claim() throws(PostgresError) -> Link {
        guard !isBusy else { throw .misuse("a connection was used by two tasks at once") }
        guard let link, link.isHealthy else {
            self.link = nil
            throw .connectionLost(.closedByServer)
        }
        isBusy = true
        return link
    }

    func unclaim() { isBusy = false }
}
