import CLibPQ

/// How strictly a transaction is kept apart from others that run at the same time.
public enum IsolationLevel: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

/// Where a connection's explicit transaction stands.
enum TransactionPhase: Equatable {
    /// There is none. Goes to `announced`.
    case none
    /// BEGIN will travel in front of the first batch. Goes to `open`, or to `none` when nothing was run.
    case announced(IsolationLevel)
    /// BEGIN was sent. Goes to `ended`.
    case open
    /// COMMIT or ROLLBACK was sent. Goes to `none`.
    case ended
}

/// An open transaction, as the body of `Pool.transaction` sees it.
public struct Transaction: Sendable {
    let connection: Connection

    /// Runs statements in one round trip and keeps the transaction open.
    public func execute(_ statements: [Statement], timeout: Duration? = nil) async throws(PostgresError) -> [Rows] {
        try await connection.executeInTransaction(statements, timeout: timeout)
    }

    /// Runs one statement and keeps the transaction open.
    public func execute(_ statement: Statement) async throws(PostgresError) -> Rows {
        try await execute([statement])[0]
    }

    /// Runs SQL text of several statements without values, as a migration holds it.
    public func script(_ sql: String, timeout: Duration? = nil) async throws(PostgresError) {
        _ = try await execute([])
        try await connection.script(sql, timeout: timeout)
    }

    /// Runs the last statements and commits, all in one round trip. Nothing may follow.
    /// - Throws: `PostgresError.outcomeUnknown` when the answer to the COMMIT did not arrive.
    public func commit(_ statements: [Statement] = [], timeout: Duration? = nil) async throws(PostgresError) -> [Rows] {
        try await connection.commitTransaction(statements, timeout: timeout)
    }
}

extension Connection {
    func announceTransaction(_ isolation: IsolationLevel) throws(PostgresError) {
        guard transaction == .none else { throw .misuse("this connection is in a transaction already") }
        transaction = .announced(isolation)
    }

    /// What travels in front of the first batch of a transaction; asked for only once nothing keeps it from being sent.
    private func opening() throws(PostgresError) -> [Statement] {
        switch transaction {
        case .announced(let isolation):
            transaction = .open
            return [Statement(assembled: "BEGIN ISOLATION LEVEL \(isolation.rawValue)")] + localLimits
        case .open: return []
        case .none, .ended: throw .misuse("the transaction has ended")
        }
    }

    func executeInTransaction(_ statements: [Statement], timeout: Duration?) async throws(PostgresError) -> [Rows] {
        try await exchange(
            prelude: opening,
            statements,
            boundary: .withinTransaction,
            deadline: deadline(timeout)
        )
    }

    func commitTransaction(_ statements: [Statement], timeout: Duration?) async throws(PostgresError) -> [Rows] {
        let answers = try await exchange(
            prelude: { () throws(PostgresError) in
                defer { transaction = .ended }
                return try opening()
            },
            statements + [Statement("COMMIT")],
            boundary: .commit(explicit: true),
            deadline: deadline(timeout)
        )
        return answers.dropLast()
    }

    /// Ends whatever the transaction's body left: commits what is still open, rolls back after an error.
    func endTransaction(committing: Bool) async throws(PostgresError) {
        defer { transaction = .none }
        switch transaction {
        case .none, .announced: return
        case .open where committing: _ = try await commitTransaction([], timeout: nil)
        case .open, .ended:
            guard let link, PQtransactionStatus(link.pointer) != PQTRANS_IDLE else { return }
            _ = try await exchange([Statement("ROLLBACK")], boundary: .read, deadline: deadline(nil))
        }
    }

    /// Whether the connection can serve another caller: open, and with nothing left over.
    var isReusable: Bool {
        guard let link, link.isHealthy, transaction == .none else { return false }
        return PQtransactionStatus(link.pointer) == PQTRANS_IDLE && PQpipelineStatus(link.pointer) == PQ_PIPELINE_OFF
    }
}
