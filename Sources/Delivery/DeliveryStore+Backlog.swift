package import Commerce
import Postgres

extension DeliveryStore {
    /// How far behind a channel is.
    package struct Backlog: Sendable {
        package let channel: String
        /// Of so many orders something waits to be told.
        package let due: Int
        /// Since when the oldest of it has been due; nil where nothing is.
        package let oldest: Instant?
    }

    /// What waits on each channel, and how many events were given up since a moment and not dropped by anybody.
    package func backlog(
        givenUpSince since: Instant,
        now: Instant
    ) async throws -> (channels: [Backlog], givenUp: Int) {
        try await pool.read(
            Query(
                each: Statement(
                    """
                    SELECT delivery_position.channel, count(due_at) AS due, min(due_at) AS oldest
                    FROM delivery_position LEFT JOIN delivery_cursor
                        ON delivery_cursor.channel = delivery_position.channel AND due_at <= $1
                    GROUP BY delivery_position.channel
                    """,
                    now
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
