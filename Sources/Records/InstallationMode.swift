package import Postgres

/// Whether a shop is real, or for trying things out. A database is one or the other for good.
package enum InstallationMode: String, Sendable, CaseIterable {
    case live
    case test

    /// The database is that of a shop of the other mode.
    package struct Mismatch: Error, Sendable, CustomStringConvertible {
        /// What the database is.
        package let mode: InstallationMode

        /// What happened and what to do.
        package var description: String {
            switch mode {
            case .live:
                """
                this database is that of a live shop, and a test store never works on it: give the test store a database \
                of its own (DATABASE_URL or AFTERCARE_DATA_DIR), or start without AFTERCARE_MODE=test
                """
            case .test:
                """
                this database is that of a test store, and a live shop never works on it: give the shop a database of its \
                own (DATABASE_URL or AFTERCARE_DATA_DIR), or start with AFTERCARE_MODE=test
                """
            }
        }
    }

    /// Agrees with the database on the mode. The first server to ask decides, for good.
    /// - Throws: `Mismatch` where the database has the other one.
    package static func agree(on mode: InstallationMode, with pool: Pool) async throws {
        var known = try await pool.read(read)
        if known == nil {
            // Servers that start at once: one of them is first.
            let first = Statement("INSERT INTO installation_mode (mode) VALUES ($1) ON CONFLICT DO NOTHING", mode)
            known = try await pool.write(after: [first], read)
        }
        if let known, known != mode { throw Mismatch(mode: known) }
    }

    /// Holds a mode against the one that a database knows, if it knows any. Nothing is written.
    /// - Throws: `Mismatch`.
    package static func compare(_ mode: InstallationMode, with pool: Pool) async throws {
        if let known = try await pool.read(read), known != mode { throw Mismatch(mode: known) }
    }

    private static let read = Query(first: Statement("SELECT mode FROM installation_mode")) {
        try $0.value("mode", as: InstallationMode.self)
    }
}

extension InstallationMode: PostgresValue {}
