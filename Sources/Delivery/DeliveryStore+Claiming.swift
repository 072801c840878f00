package import Commerce
import Orders
import Postgres

/// Who tells what, and what came of it.
extension DeliveryStore {
    /// How long somebody has for one attempt. One that takes longer is taken for dead, and the event is tried again.
    static let leaseLifetime = Duration.seconds(90)

    /// Takes what is due, for whoever asks alone; a quarter is kept for what was never tried.
    package func claim(_ channel: String, count: Int, now: Instant) async throws -> [DeliveryClaim] {
        guard count > 0 else { return [] }
        let token = Int64.random(in: .min ... .max)
        return try await pool.write(
            after: [Self.withoutWaiting],
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
                DeliveryClaim(
                    channel: channel,
                    orderID: try row.value("order_id"),
                    sequences: try row.value("next_sequence", as: Int.self)...row.value("last_sequence", as: Int.self),
                    attempts: try row.value("attempts"),
                    isRepeat: false,
                    token: token
                )
            }
        )
    }

    /// The same for what is told by itself.
    package func claimRepeats(_ channel: String, count: Int, now: Instant) async throws -> [DeliveryClaim] {
        guard count > 0 else { return [] }
        let token = Int64.random(in: .min ... .max)
        return try await pool.write(
            after: [Self.withoutWaiting],
            Query(
                each: Statement(
                    """
                    WITH taken AS MATERIALIZED (
                        SELECT order_id, sequence FROM delivery_repeat WHERE channel = $1 AND due_at <= $2
                        ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
                    )
                    UPDATE delivery_repeat AS again SET attempts = attempts + 1, lease_token = $4, due_at = $5
                    FROM taken
                    WHERE (again.channel, again.order_id, again.sequence) = ($1, taken.order_id, taken.sequence)
                    RETURNING again.order_id, again.sequence, attempts
                    """,
                    channel,
                    now,
                    count,
                    token,
                    now + Self.leaseLifetime
                )
            ) { row in
                let sequence: Int = try row.value("sequence")
                return DeliveryClaim(
                    channel: channel,
                    orderID: try row.value("order_id"),
                    sequences: sequence...sequence,
                    attempts: try row.value("attempts"),
                    isRepeat: true,
                    token: token
                )
            }
        )
    }

    /// Writes down what came of attempts. Whoever lost a lease changes nothing of what is told next.
    package func settle(_ results: [DeliveryResult], now: Instant) async throws {
        let settlements = results.map { DeliverySettlement($0, now: now, spread: .random(in: 0...1)) }
        let attempts = settlements.map(\.result).filter(\.isAttempt)
        let cursors = settlements.filter { !$0.result.claim.isRepeat }
        let repeats = settlements.filter { $0.result.claim.isRepeat }
        let failed = settlements.filter { $0.failure != nil }
        var statements = attempts.isEmpty ? [] : [try Self.attempts.statement(attempts)]
        if !failed.isEmpty { statements.append(Self.failures(failed, now: now)) }
        if !cursors.isEmpty { statements.append(Self.advance(cursors, now: now)) }
        if !repeats.isEmpty {
            statements += [Self.postpone(repeats.filter { !$0.isOver }), Self.end(repeats.filter(\.isOver))]
        }
        _ = try await pool.write(statements)
    }

    private static let attempts = Insertion<DeliveryResult>(
        into: "delivery_attempt",
        [
            .column("channel") { $0.claim.channel },
            .column("order_id") { $0.claim.orderID },
            .column("sequence") { Int64($0.entry?.sequence ?? 0) },
            .column("attempt") { Int64($0.claim.attempts) },
            .column("at") { $0.at },
            .column("milliseconds") { Int64($0.took / .milliseconds(1)) },
            .column("outcome") { $0.outcome.name },
            .optional("status") { $0.outcome.answer.map { Int64($0.status) } },
            .optional("answer") { $0.outcome.answer?.text },
            .optional("reason") { $0.outcome.reason },
        ]
    )

    private static func advance(_ settlements: [DeliverySettlement], now: Instant) -> Statement {
        Statement(
            """
            UPDATE delivery_cursor AS cursor SET next_sequence = place, attempts = tried, lease_token = NULL,
                changed_at = $7, due_at = CASE WHEN place <= last_sequence THEN due END
            FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[])
                AS settled (name, id, token, place, tried, due)
            WHERE cursor.channel = name AND cursor.order_id = id AND lease_token = token
            """,
            settlements.map(\.result.claim.channel),
            settlements.map(\.result.claim.orderID),
            settlements.map(\.result.claim.token),
            settlements.map { Int64($0.next) },
            settlements.map { Int64($0.attempts) },
            settlements.map(\.dueAt),
            now
        )
    }

    private static func failures(_ settlements: [DeliverySettlement], now: Instant) -> Statement {
        Statement(
            """
            INSERT INTO delivery_failure (channel, order_id, sequence, at, attempts, reason)
            SELECT name, id, place, $7, tried, cause
            FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
                AS failed (name, id, token, place, tried, cause)
            WHERE EXISTS (SELECT FROM delivery_cursor WHERE channel = name AND order_id = id AND lease_token = token)
                OR EXISTS (SELECT FROM delivery_repeat
                    WHERE channel = name AND order_id = id AND sequence = place AND lease_token = token)
            ON CONFLICT (channel, order_id, sequence) DO UPDATE SET at = excluded.at, attempts = excluded.attempts,
                reason = excluded.reason, dropped_by = NULL
            """,
            settlements.map(\.result.claim.channel),
            settlements.map(\.result.claim.orderID),
            settlements.map(\.result.claim.token),
            settlements.map { Int64($0.result.entry?.sequence ?? 0) },
            settlements.map { Int64($0.result.claim.attempts) },
            settlements.map { DeliveryResult.kept($0.failure ?? "") },
            now
        )
    }

    private static func postpone(_ settlements: [DeliverySettlement]) -> Statement {
        Statement(
            """
            UPDATE delivery_repeat AS again SET attempts = tried, lease_token = NULL, due_at = due
            FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[])
                AS settled (name, id, token, place, tried, due)
            WHERE again.channel = name AND again.order_id = id AND again.sequence = place AND lease_token = token
            """,
            settlements.map(\.result.claim.channel),
            settlements.map(\.result.claim.orderID),
            settlements.map(\.result.claim.token),
            settlements.map { Int64($0.result.claim.sequences.lowerBound) },
            settlements.map { Int64($0.attempts) },
            settlements.map(\.dueAt)
        )
    }

    private static func end(_ settlements: [DeliverySettlement]) -> Statement {
        Statement(
            """
            DELETE FROM delivery_repeat AS again
            USING unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS told (name, id, token, place)
            WHERE again.channel = name AND again.order_id = id AND again.sequence = place AND lease_token = token
            """,
            settlements.map(\.result.claim.channel),
            settlements.map(\.result.claim.orderID),
            settlements.map(\.result.claim.token),
            settlements.map { Int64($0.result.claim.sequences.lowerBound) }
        )
    }
}

extension DeliveryResult {
    /// Whether something was tried: an attempt is written down, a wait is not.
    var isAttempt: Bool {
        if case .later = outcome { return false }
        return entry != nil
    }

    /// As much of a reason as is kept.
    static func kept(_ reason: String) -> String { reason.isEmpty ? "unknown" : String(reason.prefix(200)) }
}

extension DeliveryOutcome {
    var name: String {
        switch self {
        case .delivered: "delivered"
        case .failed, .later: "failed"
        case .refused: "refused"
        }
    }

    var reason: String? {
        switch self {
        case .delivered, .later: nil
        case .failed(let reason, _, _), .refused(let reason, _): DeliveryResult.kept(reason)
        }
    }

    var answer: DeliveryAnswer? {
        switch self {
        case .delivered(let answer), .failed(_, let answer, _), .refused(_, let answer): answer
        case .later: nil
        }
    }
}
