import CLibPQ

extension Connection {
    /// Runs SQL text of several statements without values. Outside a transaction they are one implicit transaction.
    func script(_ sql: String, timeout: Duration? = nil) async throws(PostgresError) {
        let boundary: Boundary = transaction == .open ? .withinTransaction : .commit(explicit: false)
        let link = try claim()
        defer { unclaim() }
        guard PQsendQuery(link.pointer, sql) == 1 else { throw lost(.closedByServer, boundary: .read) }
        try await drain(boundary: boundary, deadline: deadline(timeout))
    }

    /// Reads the answers of a simple query to their end; a refusal is thrown once the connection is quiet.
    private func drain(boundary: Boundary, deadline: ContinuousClock.Instant) async throws(PostgresError) {
        var refusal: ServerError?
        while let result = try await nextResult(boundary: boundary, deadline: deadline) {
            defer { PQclear(result) }
            let status = PQresultStatus(result)
            if status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH {
                drop()
                throw .misuse("a script has no rows for COPY to read, and nobody reads what it writes")
            }
            guard status == PGRES_FATAL_ERROR else { continue }
            let error = ServerError(result: result, statement: nil)
            if error.state.code.isEmpty { throw lost(.closedByServer, boundary: boundary) }
            if error.severity != "ERROR" { throw lost(.serverStopping, boundary: boundary) }
            refusal = refusal ?? error
        }
        if let refusal { throw .server(refusal) }
        if boundary.commits, link?.notices.takeReplicationWaitEnded() == true {
            throw lost(.replicationWaitCancelled, boundary: boundary)
        }
    }
}
