import Commerce
import Postgres
import Records

/// What a database says of itself: whether it keeps what it is given, and what will stop it one day.
struct DatabaseHealth: Sendable, Equatable {
    /// Settings that are off and make it forget commits.
    var unsafeSettings: [String]
    var hasChecksums: Bool
    /// Pages whose checksums were found to be wrong.
    var checksumFailures: Int
    var invalidIndexes: [String]
    /// How many transactions ago the oldest row was frozen that is not.
    var transactionAge: Int64
    /// Sessions that have held a transaction open for longer than five minutes without doing anything.
    var idleTransactions: Int
    var now: Instant

    static let query = Query(
        only: Statement(
            """
            SELECT coalesce((SELECT string_agg(name, ',' ORDER BY name) FROM pg_settings
                    WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'), '') AS unsafe,
                current_setting('data_checksums')::boolean AS has_checksums,
                coalesce((SELECT sum(checksum_failures) FROM pg_stat_database), 0)::bigint AS checksum_failures,
                coalesce((SELECT string_agg(indexrelid::regclass::text, ',' ORDER BY indexrelid) FROM pg_index
                    WHERE NOT indisvalid), '') AS invalid_indexes,
                (SELECT max(greatest(age(datfrozenxid), mxid_age(datminmxid))) FROM pg_database)::bigint AS transaction_age,
                (SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'
                    AND xact_start < clock_timestamp() - interval '5 minutes') AS idle_transactions,
                clock_timestamp() AS now
            """
        )
    ) { row in
        DatabaseHealth(
            unsafeSettings: try row.value("unsafe", as: String.self).split(separator: ",").map(String.init),
            hasChecksums: try row.value("has_checksums"),
            checksumFailures: try row.value("checksum_failures"),
            invalidIndexes: try row.value("invalid_indexes", as: String.self).split(separator: ",").map(String.init),
            transactionAge: try row.value("transaction_age"),
            idleTransactions: try row.value("idle_transactions"),
            now: try row.value("now")
        )
    }

    /// - Parameter now: by this machine's clock.
    func observations(now machine: Instant) -> [Observation] {
        [durability, checksums, indexes, transactions, sessions, clock(machine)]
    }

    private var durability: Observation {
        guard !unsafeSettings.isEmpty else { return .fine("durability", "what is committed is on the disk") }
        return .broken(
            "durability",
            "\(unsafeSettings.joined(separator: ", ")) is off: a power cut loses orders",
            "set it on in the server's configuration and restart it"
        )
    }

    private var checksums: Observation {
        if checksumFailures > 0 {
            return .broken(
                "checksums",
                "\(checksumFailures) pages of the database were damaged when they were read",
                "look after the disk, and restore a backup: aftercare restore"
            )
        }
        guard hasChecksums else {
            return .look(
                "checksums",
                "the database has none, so damage by the disk goes unseen",
                "stop the server and run pg_checksums --enable on its data"
            )
        }
        return .fine("checksums", "no damaged page was read")
    }

    private var indexes: Observation {
        guard !invalidIndexes.isEmpty else { return .fine("indexes", "all are valid") }
        return .look(
            "indexes",
            "not valid: \(invalidIndexes.joined(separator: ", "))",
            "REINDEX INDEX CONCURRENTLY makes each anew"
        )
    }

    private var transactions: Observation {
        let says = "\(transactionAge / 1_000_000) million of 2,100 until the server stops taking writes"
        if transactionAge > 1_800_000_000 {
            return .broken("wraparound", says, "run VACUUM FREEZE now, and find out what keeps autovacuum from it")
        }
        if transactionAge > 1_000_000_000 {
            return .look("wraparound", says, "run VACUUM FREEZE, and find out what keeps autovacuum from it")
        }
        return .fine("wraparound", says)
    }

    private var sessions: Observation {
        guard idleTransactions > 0 else { return .fine("sessions", "none holds a transaction open") }
        return .look(
            "sessions",
            "\(idleTransactions) have held a transaction open for more than five minutes",
            "pg_stat_activity names them; pg_terminate_backend ends them"
        )
    }

    private func clock(_ machine: Instant) -> Observation {
        let seconds = abs(machine.microsecondsSince1970 - now.microsecondsSince1970) / 1_000_000
        let advice = "let chrony or systemd-timesyncd keep both machines' clocks"
        if seconds >= 60 { return .broken("clock", "\(seconds) s from the database's", advice) }
        if seconds >= 5 { return .look("clock", "\(seconds) s from the database's", advice) }
        return .fine("clock", "as the database's")
    }
}
