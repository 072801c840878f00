package import Commerce
package import Postgres
import Records

/// The write-ahead log of a server that runs: whether it reaches the archive, and marks in it.
package enum LiveLog {
    /// How the copying of segments stands.
    package struct Standing: Sendable, Equatable {
        /// Whether the server was started with an archive.
        package let isOn: Bool
        /// How old the oldest commit may be that is in no copy yet, in seconds.
        package let secondsBehind: Int
        /// The segment that could not be copied the last time; nil where the last one was.
        package let failing: String?

        package init(isOn: Bool, secondsBehind: Int, failing: String?) {
            self.isOn = isOn
            self.secondsBehind = secondsBehind
            self.failing = failing
        }
    }

    /// How the copying of segments stands. A segment that has anything in it is finished after a minute.
    package static let standing = Query(
        only: Statement(
            """
            SELECT current_setting('archive_mode') <> 'off' AND current_setting('archive_command') <> '' AS is_on,
                extract(epoch FROM clock_timestamp() - coalesce(
                    (SELECT min(modification) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'),
                    greatest(last_archived_time, clock_timestamp() - interval '1 minute')))::bigint AS behind,
                CASE WHEN last_failed_time > coalesce(last_archived_time, '-infinity') THEN last_failed_wal END AS failing
            FROM pg_stat_archiver
            """
        )
    ) { row in
        Standing(
            isOn: try row.value("is_on"),
            secondsBehind: max(0, try row.value("behind")),
            failing: try row.optional("failing")
        )
    }

    /// A point of the log that a restore can go to, and what was committed before it.
    package struct Mark: Sendable {
        package let name: String
        /// All that was committed when it was made, as `pg_current_snapshot` says it.
        package let snapshot: String
        /// The segment that it is in.
        package let segment: String
    }

    /// Makes a mark, and finishes the segment that it is in.
    package static func mark(_ name: String, in pool: Pool) async throws -> Mark {
        // What is in the snapshot was committed before the mark, for it was taken before.
        let snapshot = try await pool.read(
            Query(only: Statement("SELECT pg_current_snapshot()::text AS snapshot")) {
                try $0.value("snapshot", as: String.self)
            }
        )
        let segment = try await pool.write(
            Query(
                only: Statement("SELECT pg_walfile_name(pg_create_restore_point($1)) AS segment", name)
            ) { try $0.value("segment", as: String.self) }
        )
        _ = try await pool.write([Statement("SELECT pg_switch_wal()")])
        return Mark(name: name, snapshot: snapshot, segment: segment)
    }

    /// The last commit that a recovery brought back; nil where it brought none back after its backup.
    package static let lastRecoveredCommit = Query(
        only: Statement("SELECT pg_last_xact_replay_timestamp() AS at")
    ) { try $0.optional("at", as: Instant.self) }
}
