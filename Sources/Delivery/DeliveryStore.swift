package import Commerce
package import Orders
import Postgres

/// The cursors of the channels: which order has something to tell, and who is telling it.
package struct DeliveryStore: Sendable {
    let feed: OrderFeed
    let pool: Pool

    package init(_ orders: OrderStore) {
        feed = OrderFeed(orders)
        pool = orders.pool
    }

    /// As many entries of the feed are read at once.
    private static let pageMax = 500
    /// A crash of the database may take back what a claim or a look has written: it is claimed or looked for again. So
    /// neither waits for the disk.
    static let withoutWaiting = Statement("SET LOCAL synchronous_commit = off")

    // MARK: - What there is to do

    /// How a channel stands.
    package struct Position: Sendable, Equatable {
        package let channel: String
        /// How far it has read the feed.
        package let number: Int64
        /// Whether an order's next event is due, and whether one is that is told by itself.
        package let isDue: Bool
        package let hasRepeats: Bool
    }

    /// How each channel stands, and the feed's last number as it is or soon will be.
    package func positions(now: Instant) async throws -> (feed: OrderFeed.Progress, channels: [Position]) {
        try await pool.read(
            feed.progress,
            Query(
                each: Statement(
                    """
                    SELECT channel, number,
                        least((SELECT due_at FROM delivery_cursor AS c
                            WHERE c.channel = p.channel AND (attempts = 0) AND due_at IS NOT NULL
                            ORDER BY due_at LIMIT 1),
                        (SELECT due_at FROM delivery_cursor AS c
                            WHERE c.channel = p.channel AND (attempts = 0) = false AND due_at IS NOT NULL
                            ORDER BY due_at LIMIT 1)) <= $1 AS is_due,
                        (SELECT due_at FROM delivery_repeat AS r WHERE r.channel = p.channel
                            ORDER BY due_at LIMIT 1) <= $1 AS has_repeats
                    FROM delivery_position AS p
                    """,
                    now
                )
            ) { row in
                Position(
                    channel: try row.value("channel"),
                    number: try row.value("number"),
                    isDue: try row.optional("is_due") ?? false,
                    hasRepeats: try row.optional("has_repeats") ?? false
                )
            }
        )
    }

    /// Makes a channel's position, unless it has one.
    /// - Parameter number: the number of the feed after which it begins to tell.
    @discardableResult
    package func begin(channel: String, after number: Int64) async throws -> Position {
        _ = try await pool.write([
            Statement(
                "INSERT INTO delivery_position (channel, number) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                channel,
                number
            )
        ])
        return Position(channel: channel, number: number, isDue: false, hasRepeats: false)
    }

    /// Reads a part of the feed for a channel and wakes the cursors of those orders that it has something to tell of.
    /// - Returns: how the channel stands then, as far as this tells; nil where another process is at it, or the channel has
    ///   no position.
    package func wake(_ channel: any DeliveryChannel, now: Instant) async throws -> Position? {
        try await pool.transaction { transaction in
            // Whoever reads the feed for a channel is the only one meanwhile.
            let position = try await transaction.read(
                after: [Self.withoutWaiting],
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
            func stands(_ number: Int64, isDue: Bool) -> Position {
                Position(channel: channel.name, number: number, isDue: isDue, hasRepeats: false)
            }
            guard let end = rows.last?.number else { return stands(position, isDue: false) }
            var spans: [Int64: ClosedRange<Int>] = [:]
            let oldest = channel.forgetsAfter.map { now + (.zero - $0) }
            var pressed: Set<Int64> = []
            for entry in rows.compactMap(\.entry) {
                if channel.retriesAfter.contains(where: { $0.rawValue == entry.kind }) { pressed.insert(entry.orderID) }
                if let oldest, entry.at <= oldest { continue }
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
                            ELSE least(delivery_cursor.next_sequence, excluded.next_sequence) END,
                        last_sequence = greatest(delivery_cursor.last_sequence, excluded.last_sequence),
                        -- A channel that was sent back begins with the earlier event, now: who tells a later one is no
                        -- longer the one who tells. Who tells this very one goes on.
                        attempts = CASE WHEN excluded.next_sequence < delivery_cursor.next_sequence
                            OR excluded.next_sequence = delivery_cursor.next_sequence
                                AND delivery_cursor.lease_token IS NULL THEN 0 ELSE delivery_cursor.attempts END,
                        lease_token = CASE WHEN excluded.next_sequence >= delivery_cursor.next_sequence
                            THEN delivery_cursor.lease_token END,
                        due_at = CASE WHEN excluded.next_sequence < delivery_cursor.next_sequence
                            OR excluded.next_sequence = delivery_cursor.next_sequence
                                AND delivery_cursor.lease_token IS NULL
                            OR delivery_cursor.order_id = ANY ($6) AND delivery_cursor.lease_token IS NULL
                                THEN excluded.due_at
                            ELSE coalesce(delivery_cursor.due_at, excluded.due_at) END,
                        changed_at = excluded.changed_at
                    """,
                    channel.name,
                    orders,
                    orders.map { Int64(spans[$0]?.lowerBound ?? 1) },
                    orders.map { Int64(spans[$0]?.upperBound ?? 1) },
                    now,
                    pressed.sorted()
                ),
                Statement("UPDATE delivery_position SET number = $2 WHERE channel = $1", channel.name, end),
            ])
            return stands(end, isDue: !orders.isEmpty)
        }
    }

    // MARK: - What somebody asks for

    /// Tells events again, each by itself.
    package func `repeat`(_ channel: String, _ events: [(order: Int64, sequence: Int)], now: Instant) async throws {
        _ = try await pool.write([
            Statement(
                """
                DELETE FROM delivery_failure USING unnest($2::bigint[], $3::bigint[]) AS asked (id, place)
                WHERE channel = $1 AND order_id = id AND sequence = place
                """,
                channel,
                events.map(\.order),
                events.map { Int64($0.sequence) }
            ),
            Statement(
                """
                INSERT INTO delivery_repeat (channel, order_id, sequence, due_at)
                SELECT $1, id, place, $4 FROM unnest($2::bigint[], $3::bigint[]) AS asked (id, place)
                ON CONFLICT (channel, order_id, sequence) DO UPDATE SET due_at = least(delivery_repeat.due_at, $4)
                """,
                channel,
                events.map(\.order),
                events.map { Int64($0.sequence) },
                now
            ),
        ])
    }

    /// Tells all again that came after a number of the feed, each order's events in their sequence.
    package func rewind(_ channel: String, after number: Int64) async throws {
        _ = try await pool.write([
            Statement(
                "UPDATE delivery_position SET number = least(number, $2) WHERE channel = $1",
                channel,
                number
            )
        ])
    }

    /// Forgets a channel and all that it still has to tell.
    package func remove(_ channel: String) async throws {
        _ = try await pool.write([
            Statement("DELETE FROM delivery_cursor WHERE channel = $1", channel),
            Statement("DELETE FROM delivery_failure WHERE channel = $1", channel),
            Statement("DELETE FROM delivery_repeat WHERE channel = $1", channel),
            Statement("DELETE FROM delivery_position WHERE channel = $1", channel),
        ])
    }
}
