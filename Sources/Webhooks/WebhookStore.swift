package import Commerce
import Delivery
package import Links
package import Orders
import Postgres
package import Records
package import StandardWebhooks
import Synchronization

/// Why an endpoint is not made.
package enum WebhookError: Error, Sendable {
    /// There are as many as there may be.
    case tooMany(Int)
}

/// The endpoints in the database.
///
/// Their secrets sign, so they rest there sealed under the shop's link key: whoever has a copy of the database has none.
package struct WebhookStore: Sendable {
    /// So many endpoints there may be: each is a channel that looks for what it has to tell.
    package static let endpointsMax = 20
    /// How long the secret before the current one signs too.
    package static let secretOverlap = Duration.seconds(24 * 3600)
    /// After so long of nothing but failures an endpoint is told nothing more until somebody resumes it.
    package static let failingMax = Duration.seconds(5 * 86_400)
    /// How long a server goes on with what it read last: another one may have changed it.
    static let memory = Duration.seconds(5)
    private static let purpose = "webhook secret"

    private let pool: Pool
    private let keys: LinkKeys
    private let feed: OrderFeed
    private let deliveries: DeliveryStore
    private let changes: ChangeSignal
    private let remembered = Remembered()

    package init(_ orders: OrderStore, keys: LinkKeys) {
        pool = orders.pool
        self.keys = keys
        feed = OrderFeed(orders)
        changes = orders.changes
        deliveries = DeliveryStore(orders)
    }

    // MARK: - Reading

    /// All endpoints, the first first.
    package func endpoints() async throws -> [WebhookEndpoint] { try await pool.read(list()) }

    /// One endpoint; nil where there is none of this id.
    package func endpoint(_ id: Int64) async throws -> WebhookEndpoint? { try await pool.read(list(id)).first }

    /// How many endpoints are told nothing until somebody resumes them.
    package func stoppedCount() async throws -> Int {
        try await pool.read(
            Query(
                only: Statement(
                    "SELECT count(*) AS count FROM webhook_endpoint WHERE state <> 'active' AND removed_at IS NULL"
                )
            ) { Int(try $0.value("count", as: Int64.self)) }
        )
    }

    /// The channels of the endpoints that are told nothing, until somebody resumes them or for good.
    package func quietChannels() async throws -> [String] {
        try await pool.read(
            Query(
                each: Statement("SELECT id FROM webhook_endpoint WHERE state <> 'active' OR removed_at IS NOT NULL")
            ) { WebhookEndpoint.channel(try $0.value("id")) }
        )
    }

    /// The endpoints that are told, as this server read them last.
    package func active() async throws -> [WebhookEndpoint] {
        if let endpoints = remembered.fresh { return endpoints }
        let count = remembered.count
        let endpoints = try await endpoints().filter { $0.state == .active }
        remembered.keep(endpoints, unlessChangedSince: count)
        return endpoints
    }

    private func list(_ id: Int64? = nil) -> Query<[WebhookEndpoint]> {
        Query(
            each: Statement(
                """
                SELECT id, url, description, types, state, state_reason, state_since, failing_since, created_at,
                    secret, secret_key, former_secret, former_secret_key, former_secret_until
                FROM webhook_endpoint WHERE removed_at IS NULL AND ($1::bigint IS NULL OR id = $1) ORDER BY id
                """,
                id
            ),
            endpoint
        )
    }

    private func endpoint(_ row: Row) throws -> WebhookEndpoint {
        var former: (WebhookSecret, Instant)?
        if let until: Instant = try row.optional("former_secret_until") {
            former = (
                try secret(row.value("former_secret"), row.value("former_secret_key")), until
            )
        }
        let types: [String]? = try row.optional("types")
        return WebhookEndpoint(
            id: try row.value("id"),
            url: try WebhookURL(row.value("url"), allowsPrivate: true),
            description: try row.optional("description"),
            types: types?.compactMap { OrderEvent(rawValue: $0) },
            state: try row.value("state"),
            stateReason: try row.optional("state_reason"),
            stateSince: try row.value("state_since"),
            failingSince: try row.optional("failing_since"),
            createdAt: try row.value("created_at"),
            secret: try secret(row.value("secret"), row.value("secret_key")),
            formerSecret: former
        )
    }

    private func secret(_ sealed: Bytea, _ key: Int16) throws(PostgresError) -> WebhookSecret {
        let bytes = try keys.open(SealedBytes(key: key, bytes: sealed.bytes), for: Self.purpose)
        guard let secret = WebhookSecret(bytes: bytes) else { throw .misuse("a webhook secret is of no use") }
        return secret
    }

    // MARK: - Keeping them

    /// Makes an endpoint that is told what happens from now on. The same request again finds what it made.
    /// - Throws: `WebhookError.tooMany`, `IdempotencyKey.Reused`.
    package func create(_ wanted: WantedEndpoint, key: IdempotencyKey, now: Instant) async throws -> (
        WebhookEndpoint, WebhookSecret
    )? {
        // Where it begins is written before it is there: without that it would be told all of the past.
        let start = try await feed.extend()
        let id = try await pool.write(
            Query(only: Statement("SELECT nextval('webhook_endpoint_id') AS id")) { try $0.value("id", as: Int64.self) }
        )
        try await deliveries.begin(channel: WebhookEndpoint.channel(id), after: start)
        var made: Int64?
        do {
            made = try await insert(wanted, id, key: key, now: now)
        } catch {
            try? await deliveries.remove(WebhookEndpoint.channel(id))
            throw error
        }
        remembered.forget()
        if made != id { try await deliveries.remove(WebhookEndpoint.channel(id)) }
        guard let made else { return nil }
        return try await endpoint(made).map { ($0, $0.secret) }
    }

    /// - Returns: the id of what is made, or was made by the same request.
    private func insert(_ wanted: WantedEndpoint, _ id: Int64, key: IdempotencyKey, now: Instant) async throws -> Int64?
    {
        let sealed = try keys.seal(WebhookSecret().bytes, for: Self.purpose)
        return try await pool.transaction { transaction in
            let (earlier, count) = try await transaction.read(
                after: [Statement("LOCK TABLE webhook_endpoint IN SHARE ROW EXCLUSIVE MODE")],
                key.earlier,
                Query(only: Statement("SELECT count(*) AS count FROM webhook_endpoint WHERE removed_at IS NULL")) {
                    Int(try $0.value("count", as: Int64.self))
                }
            )
            if let earlier { return earlier.id }
            guard count < Self.endpointsMax else { throw WebhookError.tooMany(Self.endpointsMax) }
            _ = try await transaction.commit([
                Statement(
                    """
                    INSERT INTO webhook_endpoint (id, url, description, types, secret, secret_key, state_since, created_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
                    """,
                    id,
                    wanted.url.text,
                    wanted.description,
                    wanted.types?.map(\.rawValue),
                    Bytea(sealed.bytes),
                    sealed.key,
                    now
                ),
                key.kept(now: now, outcome: id),
            ])
            return id
        }
    }

    /// Changes what an endpoint is told, and where; nil where there is none of this id.
    package func change(_ id: Int64, to wanted: WantedEndpoint) async throws -> WebhookEndpoint? {
        try await write(
            id,
            Statement(
                """
                UPDATE webhook_endpoint SET url = $2, description = $3, types = $4
                WHERE id = $1 AND removed_at IS NULL
                """,
                id,
                wanted.url.text,
                wanted.description,
                wanted.types?.map(\.rawValue)
            )
        )
    }

    /// Gives an endpoint another secret. For a day what it is sent is signed with both, so that no message fails while the
    /// receiver changes over. The same request again finds the secret that it made.
    /// - Returns: nil where there is no endpoint of this id.
    /// - Throws: `IdempotencyKey.Reused`.
    package func rotate(_ id: Int64, key: IdempotencyKey, now: Instant) async throws -> (
        WebhookEndpoint, WebhookSecret
    )? {
        let sealed = try keys.seal(WebhookSecret().bytes, for: Self.purpose)
        try await pool.transaction { transaction in
            let isDone = try await transaction.read(
                after: [Statement("SELECT FROM webhook_endpoint WHERE id = $1 FOR UPDATE", id)],
                key.isDone
            )
            if isDone { return }
            _ = try await transaction.commit([
                Statement(
                    """
                    UPDATE webhook_endpoint SET secret = $2, secret_key = $3,
                        former_secret = secret, former_secret_key = secret_key, former_secret_until = $4
                    WHERE id = $1 AND removed_at IS NULL
                    """,
                    id,
                    Bytea(sealed.bytes),
                    sealed.key,
                    now + Self.secretOverlap
                ),
                key.kept(now: now),
            ])
        }
        remembered.forget()
        return try await endpoint(id).map { ($0, $0.secret) }
    }

    /// Tells an endpoint again what happens, from the first event on that did not reach it.
    /// - Returns: nil where there is no endpoint of this id.
    package func resume(_ id: Int64, now: Instant) async throws -> WebhookEndpoint? {
        let failed = try await pool.read(
            Query(
                first: Statement(
                    """
                    SELECT failed_number FROM webhook_endpoint
                    WHERE id = $1 AND state <> 'active' AND removed_at IS NULL
                    """,
                    id
                )
            ) { try $0.value("failed_number", as: Int64.self) }
        )
        guard let failed else { return try await endpoint(id) }
        // First, while it is told nothing: whoever is cut off here resumes it once more.
        try await deliveries.rewind(WebhookEndpoint.channel(id), after: failed - 1)
        defer { changes.notify() }
        return try await write(
            id,
            Statement(
                """
                UPDATE webhook_endpoint SET state = 'active', state_reason = NULL, state_since = $2,
                    failing_since = NULL, failed_number = NULL
                WHERE id = $1 AND state <> 'active' AND removed_at IS NULL
                """,
                id,
                now
            )
        )
    }

    /// Removes an endpoint; whether there was one of this id.
    package func remove(_ id: Int64, now: Instant) async throws -> Bool {
        let removed = try await pool.write(
            Query(
                Statement("UPDATE webhook_endpoint SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL", id, now)
            ) { $0.affected > 0 }
        )
        remembered.forget()
        return removed
    }

    /// Takes away what was removed, once every server has heard of it: one that had not would begin with it anew.
    package func sweep(now: Instant) async throws {
        let gone = try await pool.read(
            Query(
                each: Statement(
                    "SELECT id FROM webhook_endpoint WHERE removed_at < $1 ORDER BY id LIMIT 100",
                    now + .seconds(-60)
                )
            ) { try $0.value("id", as: Int64.self) }
        )
        for id in gone {
            try await deliveries.remove(WebhookEndpoint.channel(id))
            _ = try await pool.write([Statement("DELETE FROM webhook_endpoint WHERE id = $1", id)])
        }
    }

    /// Has endpoints told something again: an event, or all since a moment. The same request again does nothing more.
    /// - Throws: `IdempotencyKey.Reused`.
    package func resend(
        _ entry: OrderFeed.Entry?,
        since: Instant?,
        to endpoints: [WebhookEndpoint],
        key: IdempotencyKey,
        now: Instant
    ) async throws {
        if try await pool.read(key.isDone) { return }
        var start: Int64?
        if let since { start = try await feed.number(before: since) }
        for endpoint in endpoints {
            if let entry {
                try await deliveries.repeat(endpoint.channel, [(entry.orderID, entry.sequence)], now: now)
            }
            if let start { try await deliveries.rewind(endpoint.channel, after: start) }
        }
        _ = try await pool.write([key.kept(now: now)])
        changes.notify()
    }

    private func write(_ id: Int64, _ statement: Statement) async throws -> WebhookEndpoint? {
        let endpoint = try await pool.write(after: [statement], list(id)).first
        remembered.forget()
        return endpoint
    }

    // MARK: - What comes of telling them

    /// Notes that something reached an endpoint.
    func noteSuccess(_ id: Int64) async throws {
        let changed = try await pool.write(
            Query(
                Statement(
                    """
                    UPDATE webhook_endpoint SET failing_since = NULL, failed_number = NULL
                    WHERE id = $1 AND state = 'active' AND failing_since IS NOT NULL
                    """,
                    id
                )
            ) { $0.affected > 0 }
        )
        if changed { remembered.forget() }
    }

    /// Notes that an event did not reach an endpoint, and stops it where it is gone or nothing has reached it for long.
    /// - Parameters:
    ///   - number: the event's.
    ///   - isGone: whether it said that it is gone for good.
    /// - Returns: what it became; nil where it goes on.
    func noteFailure(_ id: Int64, of number: Int64, reason: String, isGone: Bool, now: Instant) async throws
        -> WebhookEndpoint.State?
    {
        let state = try await pool.write(
            Query(
                first: Statement(
                    """
                    UPDATE webhook_endpoint AS endpoint SET
                        failing_since = coalesce(failing_since, $2), failed_number = least(failed_number, $3),
                        state = next.state,
                        state_reason = CASE WHEN next.state <> 'active' THEN $6 END,
                        state_since = CASE WHEN next.state <> 'active' THEN $2 ELSE state_since END
                    FROM (
                        SELECT id, CASE WHEN $5 THEN 'disabled' WHEN failing_since <= $4 THEN 'paused'
                            ELSE 'active' END AS state
                        FROM webhook_endpoint WHERE id = $1 AND state = 'active' AND removed_at IS NULL FOR UPDATE
                    ) AS next
                    WHERE endpoint.id = next.id
                    RETURNING endpoint.state
                    """,
                    id,
                    now,
                    number,
                    now + (.zero - Self.failingMax),
                    isGone,
                    String(reason.prefix(200))
                )
            ) { try $0.value("state", as: WebhookEndpoint.State.self) }
        )
        guard let state, state != .active else { return nil }
        remembered.forget()
        return state
    }

    /// What a server read last.
    private final class Remembered: Sendable {
        private let state = Mutex<(endpoints: [WebhookEndpoint]?, readAt: ContinuousClock.Instant, count: Int)>(
            (nil, .now, 0)
        )

        var fresh: [WebhookEndpoint]? {
            state.withLock { $0.readAt + WebhookStore.memory > .now ? $0.endpoints : nil }
        }

        /// How often something was changed.
        var count: Int { state.withLock { $0.count } }

        /// What was read before a change and arrives after it is old.
        func keep(_ endpoints: [WebhookEndpoint], unlessChangedSince count: Int) {
            state.withLock { state in
                if state.count == count { state = (endpoints, .now, count) }
            }
        }

        func forget() { state.withLock { $0 = (nil, .now, $0.count + 1) } }
    }
}

extension WebhookEndpoint.State: PostgresValue {}
