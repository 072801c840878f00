package import Commerce
import Postgres

/// What is kept of deliveries, and for how long.
extension DeliveryStore {
    /// How long a cursor that has nothing to tell is kept.
    private static let idleLifetime = Duration.seconds(30 * 86_400)
    /// Attempts of so many months before this one are kept.
    private static let monthsKept = 3

    /// Removes cursors that have had nothing to tell for long and the attempts of months that are long past, and prepares
    /// this month and the next.
    package func sweep(now: Instant) async throws {
        _ = try await pool.write([
            Statement(
                "DELETE FROM delivery_cursor WHERE due_at IS NULL AND changed_at < $1",
                now + (.zero - Self.idleLifetime)
            )
        ])
        let month = now.date.firstOfMonth
        for month in [month, month.nextMonth] { try await prepare(month) }
        var oldest = month
        for _ in 0..<Self.monthsKept { oldest = (oldest - 1).firstOfMonth }
        try await dropAttempts(before: oldest)
    }

    /// Makes the partition of a month, unless it is there. What stands in the last partition already stays there.
    private func prepare(_ month: CalendarDate) async throws {
        let end = month.nextMonth
        let isMissing = try await pool.read(
            Query(
                only: Statement(
                    """
                    SELECT to_regclass($1) IS NULL
                        AND NOT EXISTS (SELECT FROM delivery_attempt_other WHERE at >= $2 AND at < $3) AS is_missing
                    """,
                    Self.partition(month),
                    month.midnight,
                    end.midnight
                )
            ) { try $0.value("is_missing", as: Bool.self) }
        )
        guard isMissing else { return }
        _ = try await pool.write([
            // Two servers that begin together make it one after the other.
            Statement("SELECT pg_advisory_xact_lock('delivery_attempt'::regclass::oid::bigint)"),
            Statement(
                assembled: """
                    CREATE TABLE IF NOT EXISTS \(Self.partition(month)) PARTITION OF delivery_attempt
                    FOR VALUES FROM ('\(month) 00:00:00+00') TO ('\(end) 00:00:00+00')
                    """
            ),
        ])
    }

    private func dropAttempts(before month: CalendarDate) async throws {
        let partitions = try await pool.read(
            Query(
                each: Statement(
                    """
                    SELECT child.relname::text AS name FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
                    WHERE inhparent = 'delivery_attempt'::regclass AND child.relname ~ '^delivery_attempt_[0-9]{4}_[0-9]{2}$'
                        AND child.relname < $1
                    """,
                    Self.partition(month)
                )
            ) { try $0.value("name", as: String.self) }
        )
        _ = try await pool.write(
            partitions.map { Statement(assembled: "DROP TABLE IF EXISTS \($0)") } + [
                Statement("DELETE FROM delivery_attempt_other WHERE at < $1", month.midnight)
            ]
        )
    }

    private static func partition(_ month: CalendarDate) -> String {
        "delivery_attempt_\(month.description.prefix(7).replacing("-", with: "_"))"
    }
}

extension CalendarDate {
    fileprivate var firstOfMonth: CalendarDate { self - (parts.day - 1) }
    /// The first of the month after.
    fileprivate var nextMonth: CalendarDate { (firstOfMonth + 31).firstOfMonth }
    /// Its first moment in UTC.
    fileprivate var midnight: Instant { Instant(microsecondsSince1970: Int64(daysSince1970) * 86_400_000_000) }
}
