package import Commerce
import Orders
import Postgres

extension DeliveryStore {
    /// How far behind a channel is.
    package struct Backlog: Sendable {
        package let channel: String
        /// Of so many orders something waits to be told.
        package let due: Int
        /// Since when the oldest of it has waited: what failed, since it happened; nil where nothing waits.
        package let oldest: Instant?
    }

    /// What waits on each channel, and how many events were given up since a moment and not dropped by anybody.
    /// - Parameter quiet: channels that are told nothing: what waits on them waits for somebody's word.
    package func backlog(
        givenUpSince since: Instant,
        now: Instant,
        quiet: [String] = []
    ) async throws -> (channels: [Backlog], givenUp: Int) {
        try await pool.read(
            Query(
                each: Statement(
                    assembled: """
                        WITH waiting AS (
                            SELECT channel, due_at AS since FROM delivery_cursor WHERE (attempts = 0) AND due_at <= $1
                            UNION ALL
                            -- What failed waits, however far off its next attempt is. What is tried for the first time did
                            -- not fail.
                            SELECT channel, \(OrderLog.moment(of: "delivery_cursor.order_id", "next_sequence"))
                            FROM delivery_cursor
                            WHERE (attempts = 0) = false AND due_at IS NOT NULL
                                AND (due_at <= $1 OR lease_token IS NULL OR attempts > 1)
                            UNION ALL
                            SELECT channel, CASE WHEN due_at <= $1 THEN due_at END FROM delivery_repeat
                            WHERE due_at <= $1 OR attempts > CASE WHEN lease_token IS NULL THEN 0 ELSE 1 END
                        )
                        SELECT delivery_position.channel, count(waiting.channel) AS due, min(since) AS oldest
                        FROM delivery_position LEFT JOIN waiting
                            ON waiting.channel = delivery_position.channel AND NOT waiting.channel = ANY ($2)
                        GROUP BY delivery_position.channel
                        """,
                    [now, quiet]
                )
            ) { row in
                Backlog(
                    channel: try row.value("channel"),
                    due: try row.value("due"),
                    oldest: try row.optional("oldest")
                )
            },
            Query(
                only: Statement(
                    "SELECT count(*) AS n FROM delivery_failure WHERE at >= $1 AND dropped_by IS NULL",
                    since
                )
            ) { try $0.value("n") }
        )
    }
}
