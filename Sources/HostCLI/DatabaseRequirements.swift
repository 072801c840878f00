import Postgres

/// What a database and its role must be before the store works on them: what would fail later, for some names or after
/// some time, is refused at the start.
struct DatabaseRequirements: Equatable {
    let encoding: String
    /// As the server counts: 150004 is 15.4.
    let serverVersion: Int
    /// The schema in which tables are found and made; nil where the role's search path names none that exists.
    let schema: String?
    let mayCreate: Bool
    let isReadOnly: Bool
    /// In milliseconds; 0 for none.
    let statementTimeout: Int

    /// The oldest server that has all that the schema and the sessions ask for.
    private static let oldestVersion = 140_000

    static let query = Query(
        only: Statement(
            """
            SELECT current_setting('server_encoding') AS encoding, current_setting('server_version_num')::int AS version,
                current_schema()::text AS schema,
                coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create,
                current_setting('default_transaction_read_only')::boolean AS is_read_only,
                (SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout') AS statement_timeout
            """
        )
    ) { row in
        DatabaseRequirements(
            encoding: try row.value("encoding"),
            serverVersion: try row.value("version"),
            schema: try row.optional("schema"),
            mayCreate: try row.value("may_create"),
            isReadOnly: try row.value("is_read_only"),
            statementTimeout: try row.value("statement_timeout")
        )
    }

    /// What is wrong, and what to do; empty where nothing is.
    /// - Parameter migrates: whether tables are to be made.
    func faults(migrates: Bool) -> [String] {
        var faults: [String] = []
        if encoding != "UTF8" {
            faults.append(
                "it keeps text as \(encoding), which lacks the letters of many names: make it with createdb "
                    + "--encoding UTF8 --template template0"
            )
        }
        if serverVersion < Self.oldestVersion {
            faults.append(
                "its server is PostgreSQL \(serverVersion / 10_000): \(Self.oldestVersion / 10_000) or later is needed"
            )
        }
        if schema == nil {
            faults.append("the role's search_path names no schema that exists: ALTER ROLE … RESET search_path")
        } else if migrates, !mayCreate {
            faults.append(
                "the role may not make tables in it: GRANT CREATE ON SCHEMA … TO the role, or let its owner migrate"
            )
        }
        if isReadOnly {
            faults.append("the role only reads: ALTER ROLE … RESET default_transaction_read_only")
        }
        if statementTimeout > 0 {
            faults.append(
                "the role's statement_timeout of \(statementTimeout) ms would break off what takes longer: ALTER ROLE … "
                    + "RESET statement_timeout (every request has a deadline of its own)"
            )
        }
        return faults
    }
}
