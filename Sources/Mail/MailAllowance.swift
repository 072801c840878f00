package import Commerce
package import Postgres
import Records

/// How many messages the relay takes in a minute, whichever server sends them: a bucket of tokens in the database. It
/// holds a tenth of them and fills as fast as never lets more than the limit go within a minute.
package struct MailAllowance: Sendable {
    /// No two servers' clocks are so far apart. What is further ahead was written before the clock was put back.
    private static let clockSkewMax = Duration.seconds(60)

    private let pool: Pool
    /// How many messages may go at once, and how long it is until one more may.
    private let atOnce: Int
    private let pauseMicroseconds: Int

    /// - Parameter perMinute: the limit, at least 1.
    package init(_ pool: Pool, perMinute: Int) {
        self.pool = pool
        atOnce = max(1, perMinute / 10)
        let refill = perMinute - atOnce + 1
        pauseMicroseconds = (60_000_000 + refill - 1) / refill
    }

    /// Takes room for a message; how long until there is some, or nil where it was taken.
    package func take(now: Instant) async throws -> Duration? {
        let pause = Duration.microseconds(pauseMicroseconds)
        let latest = now + pause * (atOnce - 1)
        let taken = try await pool.write(
            after: [],
            Query(
                first: Statement(
                    """
                    INSERT INTO mail_allowance AS allowance (full_at) VALUES ($1::timestamptz + $2::bigint * interval '1 us')
                    ON CONFLICT (single) DO UPDATE
                    SET full_at = least(greatest(allowance.full_at, $1), $3::timestamptz) + $2 * interval '1 us'
                    WHERE allowance.full_at <= $3 OR allowance.full_at > $4
                    RETURNING full_at
                    """,
                    now,
                    Int64(pauseMicroseconds),
                    latest,
                    latest + pause + Self.clockSkewMax
                )
            ) { try $0.value("full_at", as: Instant.self) }
        )
        if taken != nil { return nil }
        let fullAt = try await pool.read(
            Query(only: Statement("SELECT full_at FROM mail_allowance")) { try $0.value("full_at", as: Instant.self) }
        )
        return .microseconds(max(fullAt.microsecondsSince1970 - latest.microsecondsSince1970, 0))
    }
}
