import Crypto

/// One numbered step of a schema: plain SQL, forward only, never edited once released.
public struct Migration: Sendable {
    /// The step's number; steps are numbered 1, 2, 3, … without gaps.
    public let number: Int
    /// What the step is for, as in its file's name.
    public let name: String
    /// The SQL, one or several statements, without BEGIN and COMMIT.
    public let sql: String

    /// Whether programs that do not know this step work on the schema that it makes, as a step that only adds allows: its
    /// text then begins with the line `-- Earlier programs work on this.`
    var isCompatible: Bool { sql.hasPrefix("-- Earlier programs work on this.\n") }

    /// A step from the contents of its file.
    public init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// SHA-256 of the SQL, in lower-case hexadecimal.
    var checksum: String {
        SHA256.hash(data: Array(sql.utf8)).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}

/// A database whose schema this program must not touch.
public enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A released step was edited: the database ran another text under this number.
    case edited(number: Int, name: String)
    /// The database has a step that this program does not know and can't work on.
    case newerDatabase(number: Int, name: String, known: Int)
    /// The server refused a step; nothing of it was kept.
    case refused(number: Int, name: String, ServerError)

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .edited(let number, let name):
            """
            migration \(number) (\(name)) is not the text that this database ran: a released migration is never edited. \
            Restore the released file and put the change in a new migration.
            """
        case .newerDatabase(let number, let name, let known):
            """
            the database has migration \(number) (\(name)), and this program knows only \(known) and can't work on what \
            that one made: it is older than the database. Install the version that made this schema, or a later one.
            """
        case .refused(let number, let name, let error):
            """
            migration \(number) (\(name)) was refused, and nothing of it was kept: \(Self.reason(error)). \
            \(Self.advice(error.state))
            """
        }
    }
}

extension MigrationError {
    /// What the server says of names and rights is about the schema; what it says otherwise may quote a customer.
    private static func reason(_ error: ServerError) -> String {
        error.state.code.hasPrefix("42") ? "\(error.message) (SQLSTATE \(error.state.code))" : error.description
    }

    private static func advice(_ state: SQLState) -> String {
        switch state.code {
        case "42P07", "42710", "42P06", "42723", "42701":
            "The schema holds something of that name already, which no migration of this program made: restore a whole "
                + "backup, or name a database that is empty."
        case "42501": "The role may not do this: let the schema's owner run the migration."
        case "55P03": "Somebody held a table for too long: run the migration again."
        default: "The server's log says more."
        }
    }
}

/// Brings a database's schema up to date.
public struct Migrator: Sendable {
    private let migrations: [Migration]

    /// A migrator for all the steps there are, in order.
    public init(_ migrations: [Migration]) {
        precondition(
            migrations.map(\.number) == Array(1..<(migrations.count + 1)),
            "steps are numbered from 1 without gaps"
        )
        self.migrations = migrations
    }

    /// The steps that the database lacks, in order. Steps that it has and this program does not know are fine where they
    /// say that earlier programs work on them: so a schema is brought up to date first, and the servers after it.
    /// - Throws: `MigrationError` when the database and this program do not belong together, `PostgresError` when it
    ///   cannot be asked.
    public func pending(_ pool: Pool) async throws -> [Migration] {
        guard
            try await pool.read(Statement("SELECT to_regclass('migration') IS NOT NULL AS present")).single()
                .value("present")
        else { return migrations }
        return try remaining(try await pool.read(Self.applied))
    }

    /// Runs the steps that the database lacks, each in a transaction of its own, and returns them.
    ///
    /// Every transaction holds an advisory lock and looks again at what has been done, so that any number of programs
    /// may do this at once.
    public func migrate(_ pool: Pool) async throws -> [Migration] {
        var done: [Migration] = []
        while let step = try await migrateOnce(pool) { done.append(step) }
        return done
    }

    /// Removes all that is in the database's schema, whoever made it: as new as on the first day.
    public func empty(_ pool: Pool) async throws {
        try await pool.transaction { transaction in
            try await transaction.script(
                """
                DO $$ DECLARE name text := current_schema(); BEGIN
                    EXECUTE format('DROP SCHEMA %I CASCADE', name);
                    EXECUTE format('CREATE SCHEMA %I', name);
                END $$
                """,
                timeout: Self.stepTimeout
            )
        }
    }

    /// Any number that nothing else in the database locks.
    private static let lockKey: Int64 = 0x6166_7465_7263_6172
    /// Read from the row as a whole: a table that an earlier program made may lack a column, and is refused for its
    /// checksums.
    private static let applied = Statement(
        """
        SELECT number, name, checksum, coalesce((to_jsonb(migration) ->> 'is_compatible')::boolean, false) AS is_compatible
        FROM migration ORDER BY number
        """
    )
    /// A step may build an index on a large table.
    private static let stepTimeout = Duration.seconds(3600)

    private func migrateOnce(_ pool: Pool) async throws -> Migration? {
        try await pool.transaction { transaction in
            let rows = try await transaction.execute(
                [
                    // Another program's step may take long; wait for it.
                    Statement("SELECT set_config('lock_timeout', '0', true)"),
                    Statement("SELECT pg_advisory_xact_lock($1)", Self.lockKey),
                    // The step itself must not make the store wait behind it.
                    Statement("SELECT set_config('lock_timeout', '1s', true)"),
                    Statement("SELECT set_config('client_min_messages', 'warning', true)"),
                    Statement(
                        """
                        CREATE TABLE IF NOT EXISTS migration (
                            number        int PRIMARY KEY,
                            name          text NOT NULL,
                            checksum      text NOT NULL,
                            is_compatible boolean NOT NULL,
                            applied_at    timestamptz NOT NULL DEFAULT now()
                        )
                        """
                    ),
                    Self.applied,
                ],
                timeout: Self.stepTimeout
            )
            guard let step = try remaining(rows[5]).first else { return nil }
            do {
                try await transaction.script(step.sql, timeout: Self.stepTimeout)
            } catch PostgresError.server(let error) where !error.state.asksForRetry && !error.isUnavailability {
                throw MigrationError.refused(number: step.number, name: step.name, error)
            }
            _ = try await transaction.commit(
                [
                    Statement(
                        """
                        INSERT INTO migration (number, name, checksum, is_compatible) VALUES ($1, $2, $3, $4)
                        """,
                        step.number,
                        step.name,
                        step.checksum,
                        step.isCompatible
                    )
                ],
                timeout: Self.stepTimeout
            )
            return step
        }
    }

    private func remaining(_ applied: Rows) throws -> [Migration] {
        for row in applied {
            let number: Int = try row.value("number")
            let name: String = try row.value("name")
            guard number <= migrations.count else {
                if try row.value("is_compatible") { continue }
                throw MigrationError.newerDatabase(number: number, name: name, known: migrations.count)
            }
            guard try row.value("checksum") == migrations[number - 1].checksum else {
                throw MigrationError.edited(number: number, name: migrations[number - 1].name)
            }
        }
        return Array(migrations.dropFirst(applied.count))
    }
}
