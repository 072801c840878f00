package import Postgres

/// A moment of a database: which transactions were committed then. Rows that are only ever added can be counted as of it, in
/// this database and in a copy.
package struct DatabaseSnapshot: Sendable, Hashable, CustomStringConvertible {
    /// As `pg_current_snapshot` writes it.
    package let description: String

    package init(_ description: String) { self.description = description }

    /// The number that the next transaction was to have; nil for what is no snapshot.
    package var end: UInt64? {
        let parts = description.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 3 ? UInt64(parts[1]) : nil
    }

    /// What is visible now.
    package static let current = Query(only: Statement("SELECT pg_current_snapshot()::text AS snapshot")) {
        DatabaseSnapshot(try $0.value("snapshot"))
    }

    /// Whether a row was there, by the transaction that added it: a condition of SQL, with the snapshot as `$1`. Of a row's
    /// transaction its table keeps the lower half of the number: it is the nearest to the snapshot's that ends so.
    package static func holds(_ table: String) -> String {
        """
        (SELECT pg_visible_in_snapshot(greatest(3, next - half
                + ((\(table).xmin::text::bigint - next + half) % whole + whole) % whole)::text::xid8, $1::text::pg_snapshot)
            FROM (SELECT pg_snapshot_xmax($1::text::pg_snapshot)::text::bigint AS next, 2147483648 AS half,
                4294967296 AS whole) AS edge)
        """
    }
}
