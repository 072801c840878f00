package import Postgres
import Testing

/// What the other sessions of this pool's database do, as the server sees it.
extension Pool {
    /// The processes of the sessions that run a statement with these words, and wait for this event if one is given.
    package func processes(running words: String, waitingFor event: String? = nil) async throws -> [Int32] {
        let rows = try await read(
            Statement(
                """
                SELECT pid FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
                  AND state = 'active' AND strpos(query, $1) > 0 AND ($2 IS NULL OR wait_event = $2)
                ORDER BY pid
                """,
                words,
                event
            )
        )
        return try rows.map { row in try row.value("pid", as: Int32.self) }
    }

    /// Waits until exactly one session runs a statement with these words; returns its process.
    package func process(running words: String, waitingFor event: String? = nil) async throws -> Int32 {
        var found: [Int32] = []
        try await eventually("one session runs \(words)") {
            found = try await processes(running: words, waitingFor: event)
            return found.count == 1
        }
        return found[0]
    }

    /// Waits until no session runs a statement with these words.
    package func quiet(_ words: String = "") async throws {
        try await eventually("no session runs \(words)") { try await processes(running: words).isEmpty }
    }

    /// Whether the server has a session with this process.
    package func hasSession(_ process: Int32) async throws -> Bool {
        let row = try await read(
            Statement("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1) AS found", process)
        ).single()
        return try row.value("found")
    }

    /// Ends a session.
    package func terminate(_ process: Int32) async throws {
        let row = try await read(Statement("SELECT pg_terminate_backend($1) AS done", process)).single()
        try #require(try row.value("done", as: Bool.self))
    }

    /// Stops the statement that a session runs.
    package func cancelStatement(of process: Int32) async throws {
        let row = try await read(Statement("SELECT pg_cancel_backend($1) AS done", process)).single()
        try #require(try row.value("done", as: Bool.self))
    }
}

extension Task where Failure == any Error {
    /// The error that the task ended with, if it is one of the client's.
    package var postgresError: PostgresError? {
        get async {
            switch await result {
            case .success: nil
            case .failure(let error): error as? PostgresError
            }
        }
    }
}
