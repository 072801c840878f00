package import Commerce
package import Orders
import Postgres

/// The cursors of the channels: which order has something to tell, and who is telling it.
package struct DeliveryStore: Sendable {
    private let feed: OrderFeed
    private let pool: Pool

    package init(_ orders: OrderStore) {
        feed = OrderFeed(orders)
        pool = orders.pool
    }

    /// How long somebody has for one attempt. One that takes longer is taken for dead, and the event is tried again.
    static let leaseLifetime = Duration.seconds(90)
    /// What is older when a channel first reads of it is of no use any more: a channel that is set up later does not tell
    /// the whole past.
    static let usefulFor = Duration.seconds(3 * 86_400)
    /// As many entries of the feed are read at once.
    private static let pageMax = 500
    /// How long a cursor that has nothing to tell is kept.
    private static let idleLifetime = Duration.seconds(30 * 86_400)

    /// An order whose next event somebody is to tell.
    package struct Claim: Sendable, Equatable {
        package let channel: String
        package let orderID: Int64
        /// The first and the last event that it may be.
        package let next: Int
        package let last: Int
        /// How often it was tried, this time included.
        package let attempts: Int
        let token: Int64
    }

    // MARK: - What there is to tell

    /// Reads a part of the feed for a channel and wakes the cursors of those orders that it has something to tell of.
    /// - Returns: how far the channel has read then; nil where another process is at it.
    package func wake(_ channel: any DeliveryChannel, now: Instant) async throws -> Int64? {
        try await pool.transaction { transaction in
            // Whoever reads the feed for a channel is the only one meanwhile.
            let position = try await transaction.read(
                after: [
                    Statement(
                        "INSERT INTO delivery_position (channel, number) VALUES ($1, 0) ON CONFLICT DO NOTHING",
                        channel.name
                    )
                ],
                Query(
                    first: Statement(
                        "SELECT number FROM delivery_position WHERE channel = $1 FOR UPDATE SKIP LOCKED",
                        channel.name
                    )
                ) { try $0.value("number", as: Int64.self) }
            )
            guard let position else { return nil }
            let rows = try await transaction.read(
                after: [],
                feed.rows(after: position, count: Self.pageMax, kinds: channel.kinds)
            )
            guard let end = rows.last?.number else { return position }
            var spans: [Int64: ClosedRange<Int>] = [:]
            for entry in rows.compactMap(\.entry) where entry.at > now + (.zero - Self.usefulFor) {
                let known = spans[entry.orderID] ?? entry.sequence...entry.sequence
                spans[entry.orderID] = min(known.lowerBound, entry.sequence)...max(known.upperBound, entry.sequence)
            }
            let orders = spans.keys.sorted()
            _ = try await transaction.commit([
                Statement(
                    """
                    INSERT INTO delivery_cursor (channel, order_id, next_sequence, last_sequence, due_at, changed_at)
                    SELECT $1, fresh.order_id, first, last, $5, $5
                    FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS fresh (order_id, first, last)
                    ON CONFLICT (channel, order_id) DO UPDATE SET
                        next_sequence = CASE WHEN delivery_cursor.due_at IS NULL THEN excluded.next_sequence
                            ELSE delivery_cursor.next_sequence END,
                        last_sequence = excluded.last_sequence,
                        due_at = coalesce(delivery_cursor.due_at, excluded.due_at),
                        changed_at = excluded.changed_at
                    """,
                    channel.name,
                    orders,
                    orders.map { Int64(spans[$0]?.lowerBound ?? 1) },
                    orders.map { Int64(spans[$0]?.upperBound ?? 1) },
                    now
                ),
                Statement("UPDATE delivery_position SET number = $2 WHERE channel = $1", channel.name, end),
            ])
            return end
        }
    }

    // MARK: - Telling it

    /// Takes what is due, for whoever asks alone; a quarter is kept for what was never tried.
    package func claim(_ channel: String, count: Int, now: Instant) async throws -> [Claim] {
        guard count > 0 else { return [] }
        let token = Int64.random(in: .min ... .max)
        return try await pool.write(
            after: [],
            Query(
                each: Statement(
                    """
                    WITH first AS MATERIALIZED (
                        SELECT order_id FROM delivery_cursor WHERE channel = $1 AND (attempts = 0) AND due_at <= $2
                        ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
                    ),
                    again AS MATERIALIZED (
                        SELECT order_id FROM delivery_cursor WHERE channel = $1 AND (attempts = 0) = false AND due_at <= $2
                        ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED
                    ),
                    taken AS (SELECT order_id FROM first UNION ALL SELECT order_id FROM again LIMIT $3)
                    UPDATE delivery_cursor AS cursor SET attempts = attempts + 1, lease_token = $5, due_at = $6,
                        changed_at = $2
                    FROM taken WHERE cursor.channel = $1 AND cursor.order_id = taken.order_id
                    RETURNING cursor.order_id, next_sequence, last_sequence, attempts
                    """,
                    channel,
                    now,
                    count,
                    max(1, count * 3 / 4),
                    token,
                    now + Self.leaseLifetime
                )
            ) { row in
                Claim(
                    channel: channel,
                    orderID: try row.value("order_id"),
                    next: try row.value("next_sequence"),
                    last: try row.value("last_sequence"),
                    attempts: try row.value("attempts"),
                    token: token
                )
            }
        )
    }

    /// Notes that a claim's events up to a sequence were told, or are none of the channel's. Whoever lost the lease changes
    /// nothing.
    package func complete(_ claim: Claim, through sequence: Int, now: Instant) async throws {
        _ = try await pool.write([Self.advance(claim, to: sequence + 1, now: now)])
    }

    /// Tries a claim again later, or gives its event up.
    package func postpone(_ claim: Claim, _ sequence: Int, reason: String, now: Instant) async throws {
        guard let pause = DeliverySchedule.pause(after: claim.attempts, spread: .random(in: 0...1)) else {
            return try await giveUp(claim, sequence, reason: reason, now: now)
        }
        _ = try await pool.write([
            Statement(
                """
                UPDATE delivery_cursor SET due_at = $4, lease_token = NULL, changed_at = $5
                WHERE channel = $1 AND order_id = $2 AND lease_token = $3
                """,
                claim.channel,
                claim.orderID,
                claim.token,
                now + pause,
                now
            )
        ])
    }

    /// Writes down that an event is not told, and goes on with the next.
    package func giveUp(_ claim: Claim, _ sequence: Int, reason: String, now: Instant) async throws {
        _ = try await pool.write([
            Statement(
                """
                INSERT INTO delivery_failure (channel, order_id, sequence, at, attempts, reason)
                SELECT channel, order_id, $4, $5, attempts, $6 FROM delivery_cursor
                WHERE channel = $1 AND order_id = $2 AND lease_token = $3
                """,
                claim.channel,
                claim.orderID,
                claim.token,
                sequence,
                now,
                String(reason.prefix(200))
            ),
            Self.advance(claim, to: sequence + 1, now: now),
        ])
    }

    private static func advance(_ claim: Claim, to sequence: Int, now: Instant) -> Statement {
        Statement(
            """
            UPDATE delivery_cursor SET next_sequence = $4, attempts = 0, lease_token = NULL, changed_at = $5,
                due_at = CASE WHEN $4 <= last_sequence THEN $5 END
            WHERE channel = $1 AND order_id = $2 AND lease_token = $3
            """,
            claim.channel,
            claim.orderID,
            claim.token,
            sequence,
            now
        )
    }

    /// Removes cursors that have had nothing to tell for long.
    package func sweep(now: Instant) async throws {
        _ = try await pool.write([
            Statement(
                "DELETE FROM delivery_cursor WHERE due_at IS NULL AND changed_at < $1",
                now + (.zero - Self.idleLifetime)
            )
        ])
    }
}
