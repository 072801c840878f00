package import Commerce
import Orders
import Postgres

/// How deliveries stand, for those who look after them.
extension DeliveryStore {
    /// An event that was not told yet, or never was.
    package struct Standing: Sendable, Equatable {
        package enum State: String, Sendable, CaseIterable {
            /// It is tried again, and what follows in its order waits for it.
            case waiting
            /// It is told by itself, because somebody asked for it.
            case repeating
            /// It was given up.
            case failed
        }

        package let channel: String
        package let orderID: Int64
        package let sequence: Int
        package let state: State
        package let attempts: Int
        /// When it was tried last.
        package let at: Instant
        /// When it is tried next; nil where it is not.
        package let dueAt: Instant?
        /// Why it was not told the last time.
        package let reason: String?
    }

    /// An attempt that was made.
    package struct Attempt: Sendable, Equatable {
        package let channel: String
        package let orderID: Int64
        package let sequence: Int
        package let attempt: Int
        package let at: Instant
        package let milliseconds: Int
        package let outcome: String
        package let answer: DeliveryAnswer?
        package let reason: String?
    }

    /// What was tried and not told, the latest first.
    package func standings(
        channel: String? = nil,
        state: Standing.State? = nil,
        count: Int
    ) async throws -> [Standing] {
        try await pool.read(
            Query(
                each: Statement(
                    """
                    WITH standing AS (
                        SELECT channel, order_id, next_sequence AS sequence, 'waiting' AS state, attempts,
                            changed_at AS at, due_at, NULL AS reason
                        FROM delivery_cursor WHERE due_at IS NOT NULL AND (attempts = 0) = false
                        UNION ALL
                        SELECT channel, order_id, sequence, 'repeating', attempts, coalesce((
                            SELECT max(at) FROM delivery_attempt AS made
                            WHERE (made.order_id, made.channel, made.sequence)
                                = (again.order_id, again.channel, again.sequence)), due_at), due_at, NULL
                        FROM delivery_repeat AS again
                        UNION ALL
                        SELECT channel, order_id, sequence, 'failed', attempts, at, NULL, reason
                        FROM delivery_failure WHERE dropped_by IS NULL
                    ),
                    page AS (
                        SELECT * FROM standing
                        WHERE ($1::text IS NULL OR channel = $1) AND ($2::text IS NULL OR state = $2)
                        ORDER BY at DESC, channel, order_id LIMIT $3
                    )
                    SELECT channel, order_id, sequence, state, attempts, at, due_at, coalesce(reason, (
                        SELECT reason FROM delivery_attempt AS last
                        WHERE (last.order_id, last.channel, last.sequence) = (page.order_id, page.channel, page.sequence)
                        ORDER BY at DESC LIMIT 1)) AS reason
                    FROM page ORDER BY at DESC, channel, order_id
                    """,
                    channel,
                    state?.rawValue,
                    count
                )
            ) { row in
                Standing(
                    channel: try row.value("channel"),
                    orderID: try row.value("order_id"),
                    sequence: try row.value("sequence"),
                    state: Standing.State(rawValue: try row.value("state")) ?? .failed,
                    attempts: try row.value("attempts"),
                    at: try row.value("at"),
                    dueAt: try row.optional("due_at"),
                    reason: try row.optional("reason")
                )
            }
        )
    }

    /// The attempts of an order's events, or of a channel's, the latest first.
    package func attempts(of order: Int64?, on channel: String? = nil, count: Int) async throws -> [Attempt] {
        try await pool.read(
            Query(
                each: Statement(
                    """
                    SELECT channel, order_id, sequence, attempt, at, milliseconds, outcome, status, answer, reason
                    FROM delivery_attempt
                    WHERE ($1::bigint IS NULL OR order_id = $1) AND ($2::text IS NULL OR channel = $2)
                    ORDER BY at DESC, sequence DESC LIMIT $3
                    """,
                    order,
                    channel,
                    count
                )
            ) { row in
                let status: Int? = try row.optional("status")
                let text: String? = try row.optional("answer")
                return Attempt(
                    channel: try row.value("channel"),
                    orderID: try row.value("order_id"),
                    sequence: try row.value("sequence"),
                    attempt: try row.value("attempt"),
                    at: try row.value("at"),
                    milliseconds: try row.value("milliseconds"),
                    outcome: try row.value("outcome"),
                    answer: status.map { DeliveryAnswer(status: $0, text: text ?? "") },
                    reason: try row.optional("reason")
                )
            }
        )
    }

    /// Tries an event that was not told again at once: one that waits, or one that was given up.
    /// - Returns: whether there is such a one.
    package func retry(_ channel: String, order: Int64, sequence: Int, now: Instant) async throws -> Bool {
        let failures = try await pool.read(
            Statement(
                "SELECT FROM delivery_failure WHERE channel = $1 AND order_id = $2 AND sequence = $3",
                channel,
                order,
                sequence
            )
        )
        if !failures.isEmpty {
            try await self.repeat(channel, [(order, sequence)], now: now)
            return true
        }
        let changed = try await pool.write([
            Statement(
                """
                UPDATE delivery_cursor SET due_at = CASE WHEN lease_token IS NULL THEN $4 ELSE due_at END
                WHERE channel = $1 AND order_id = $2 AND next_sequence = $3 AND due_at IS NOT NULL RETURNING 1
                """,
                channel,
                order,
                sequence,
                now
            ),
            Statement(
                """
                UPDATE delivery_repeat SET due_at = CASE WHEN lease_token IS NULL THEN $4 ELSE due_at END
                WHERE channel = $1 AND order_id = $2 AND sequence = $3 RETURNING 1
                """,
                channel,
                order,
                sequence,
                now
            ),
        ])
        return changed.contains { !$0.isEmpty }
    }

    /// Tells an event no more: one that waits is given up, one that was given up need not be looked after.
    /// - Returns: whether there is such a one.
    package func drop(
        _ channel: String,
        order: Int64,
        sequence: Int,
        by actor: Actor,
        now: Instant
    ) async throws -> Bool {
        let dropped = try await pool.write([
            Statement(
                """
                WITH waiting AS (
                    UPDATE delivery_cursor SET next_sequence = next_sequence + 1, attempts = 0, lease_token = NULL,
                        changed_at = $4, due_at = CASE WHEN next_sequence < last_sequence THEN $4 END
                    WHERE channel = $1 AND order_id = $2 AND next_sequence = $3 AND (attempts = 0) = false
                        AND due_at IS NOT NULL
                    RETURNING 1
                ),
                repeated AS (
                    DELETE FROM delivery_repeat WHERE channel = $1 AND order_id = $2 AND sequence = $3 RETURNING 1
                ),
                gone AS (SELECT FROM waiting UNION ALL SELECT FROM repeated)
                INSERT INTO delivery_failure (channel, order_id, sequence, at, attempts, reason, dropped_by)
                SELECT $1, $2, $3, $4, 1, 'dropped', $5 FROM gone LIMIT 1
                ON CONFLICT (channel, order_id, sequence) DO UPDATE SET dropped_by = excluded.dropped_by
                RETURNING 1
                """,
                channel,
                order,
                sequence,
                now,
                actor.name
            ),
            Statement(
                """
                UPDATE delivery_failure SET dropped_by = coalesce(dropped_by, $4)
                WHERE channel = $1 AND order_id = $2 AND sequence = $3 RETURNING 1
                """,
                channel,
                order,
                sequence,
                actor.name
            ),
        ])
        return dropped.contains { !$0.isEmpty }
    }
}
