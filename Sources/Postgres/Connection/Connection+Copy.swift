import CLibPQ

/// Takes the bytes of a COPY into a table, in PostgreSQL's text format unless the statement says otherwise.
public struct CopyWriter: Sendable {
    let connection: Connection
    let deadline: ContinuousClock.Instant

    /// Sends bytes; they need not end at the end of a row. Suspends while the server is slower than the caller.
    public func write(_ bytes: [UInt8]) async throws(PostgresError) {
        try await connection.putCopyData(bytes, deadline: deadline)
    }
}

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
                throw .misuse("COPY has methods of its own, copyIn and copyOut")
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

    /// Fills a table from bytes: `COPY … FROM STDIN`. All rows are committed, or none.
    ///
    /// - Parameters:
    ///   - timeout: for the whole copy.
    ///   - body: writes the bytes; an error it throws undoes the copy and is thrown on.
    public func copyIn(
        _ sql: StaticString,
        timeout: Duration,
        _ body: (CopyWriter) async throws -> Void
    ) async throws {
        let deadline = deadline(timeout)
        let link = try claim()
        defer { unclaim() }
        guard PQsendQuery(link.pointer, sql.description) == 1 else { throw lost(.closedByServer, boundary: .read) }
        try await expect(PGRES_COPY_IN, deadline: deadline)
        do {
            try await body(CopyWriter(connection: self, deadline: deadline))
        } catch {
            if isOpen {
                _ = PQputCopyEnd(link.pointer, "the caller gave up")
                try? await drain(boundary: .read, deadline: deadline)
            }
            throw error
        }
        if Task.isCancelled {
            drop()
            throw PostgresError.cancelled
        }
        guard PQputCopyEnd(link.pointer, nil) == 1 else { throw lost(.closedByServer, boundary: .read) }
        let boundary: Boundary = transaction == .open ? .withinTransaction : .commit(explicit: false)
        try await drain(boundary: boundary, deadline: deadline)
    }

    func putCopyData(_ bytes: [UInt8], deadline: ContinuousClock.Instant) async throws(PostgresError) {
        guard let link else { throw .connectionLost(.closedByServer) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(65_536)
            let taken = chunk.withUnsafeBytes {
                PQputCopyData(link.pointer, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count))
            }
            if taken < 0 { throw lost(.closedByServer, boundary: .read) }
            if taken == 1 { rest = rest.dropFirst(chunk.count) }
            while true {
                let unsent = PQflush(link.pointer)
                if unsent < 0 { throw lost(.closedByServer, boundary: .read) }
                if unsent == 0 { break }
                try await wait([.read, .write], boundary: .read, deadline: deadline)
                if PQconsumeInput(link.pointer) == 0 { throw lost(.closedByServer, boundary: .read) }
            }
        }
    }

    /// Reads a table or a query as bytes: `COPY … TO STDOUT`. Each chunk is one row, with its newline.
    public func copyOut(
        _ sql: StaticString,
        timeout: Duration,
        _ body: ([UInt8]) async throws -> Void
    ) async throws {
        let deadline = deadline(timeout)
        let link = try claim()
        defer { unclaim() }
        guard PQsendQuery(link.pointer, sql.description) == 1 else { throw lost(.closedByServer, boundary: .read) }
        try await expect(PGRES_COPY_OUT, deadline: deadline)
        while let row = try await nextCopiedRow(deadline: deadline) {
            do {
                try await body(row)
            } catch {
                // The rest would have to be read to reuse the connection; it may be long.
                drop()
                throw error
            }
        }
        try await drain(boundary: .read, deadline: deadline)
    }

    private func nextCopiedRow(deadline: ContinuousClock.Instant) async throws(PostgresError) -> [UInt8]? {
        guard let link else { throw .connectionLost(.closedByServer) }
        while true {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(link.pointer, &buffer, 1)
            if length > 0, let buffer {
                defer { PQfreemem(buffer) }
                return Array(UnsafeRawBufferPointer(start: buffer, count: Int(length)))
            }
            if length == -1 { return nil }
            if length < -1 { throw lost(.closedByServer, boundary: .read) }
            try await wait(.read, boundary: .read, deadline: deadline)
            if PQconsumeInput(link.pointer) == 0 { throw lost(.closedByServer, boundary: .read) }
        }
    }

    private func expect(_ status: ExecStatusType, deadline: ContinuousClock.Instant) async throws(PostgresError) {
        guard let result = try await nextResult(boundary: .read, deadline: deadline) else {
            throw lost(.protocolViolation, boundary: .read)
        }
        defer { PQclear(result) }
        if PQresultStatus(result) == status { return }
        guard PQresultStatus(result) == PGRES_FATAL_ERROR else {
            drop()
            throw .misuse("the statement is not the kind of COPY asked for")
        }
        let error = ServerError(result: result, statement: nil)
        try? await drain(boundary: .read, deadline: deadline)
        throw .server(error)
    }
}
