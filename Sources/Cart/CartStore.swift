import Catalog
package import Commerce
package import Links
package import Postgres
import UsageGuide

/// The carts in the database.
package struct CartStore: Sendable {
    /// What became of a change.
    package enum Change: Sendable {
        case done(Cart)
        /// The cart has another version than the caller saw.
        case conflict(Cart)
        case ordered
        case expired
        case unknown
    }

    /// What became of asking for a new cart under an idempotency key.
    package enum Creation: Sendable {
        case created(Token, Cart)
        /// The key was used for another request.
        case keyReused
        /// The key made a cart that is no longer there.
        case gone
    }

    /// The key of a request to create a cart: who asked, and for what.
    package struct CreationKey: Sendable {
        package let scopeHash: [UInt8]
        package let fingerprint: [UInt8]

        package init(scopeHash: [UInt8], fingerprint: [UInt8]) {
            self.scopeHash = scopeHash
            self.fingerprint = fingerprint
        }
    }

    private let pool: Pool
    private let keys: LinkKeys
    /// How long a cart lives after its last change.
    private let lifetime: Duration

    package init(_ pool: Pool, keys: LinkKeys, lifetime: Duration) {
        self.pool = pool
        self.keys = keys
        self.lifetime = lifetime
    }

    /// Has a change of a cart written to disk soon, not at once: a power cut may take back the last fraction of a second of
    /// what somebody chose, and nothing else. Never for orders, payments or stock.
    private static let soon = Statement("SELECT set_config('synchronous_commit', 'off', true)")

    /// Makes a cart. Under a key that was used before, the cart that was made then.
    package func create(_ choice: Choice, key: CreationKey?, now: Instant) async throws -> Creation {
        guard let linkKey = keys.current else { throw PostgresError.misuse("there is no current link key") }
        let seed = UUIDValue.random()
        let token = linkKey.token(.cart, of: seed.bytes, version: 1)
        let cart = Cart(choice: choice, version: 1, isOrdered: false, expiresAt: now + lifetime)
        let insertion = Statement(
            assembled: """
                INSERT INTO cart (token_hash, seed, link_key, expires_at, currency, country, region, shipping_method,
                    discount_codes, skus, quantities, \(CourseColumns.names))
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
                """,
            [Bytea(token.hash), seed, keys.currentID, cart.expiresAt] + Self.parameters(choice)
        )
        guard let key else {
            _ = try await pool.write([Self.soon, insertion])
            return .created(token, cart)
        }
        // The row of the key comes first: whoever is second waits for it, and then sees what the first one made.
        let made = try await pool.transaction { transaction in
            let claimed = try await transaction.execute(
                Statement(
                    """
                    INSERT INTO cart_creation_key (scope_hash, fingerprint, cart_token_hash) VALUES ($1, $2, $3)
                    ON CONFLICT (scope_hash) DO NOTHING
                    """,
                    Bytea(key.scopeHash),
                    Bytea(key.fingerprint),
                    Bytea(token.hash)
                )
            )
            if claimed.affected == 1 { _ = try await transaction.commit([insertion]) }
            return claimed.affected == 1
        }
        return made ? .created(token, cart) : try await earlier(key)
    }

    private func earlier(_ key: CreationKey) async throws -> Creation {
        let row = try await pool.read(
            Statement(
                """
                SELECT creation.fingerprint, cart.*
                FROM cart_creation_key AS creation LEFT JOIN cart ON cart.token_hash = creation.cart_token_hash
                WHERE creation.scope_hash = $1
                """,
                Bytea(key.scopeHash)
            )
        ).first
        guard let row else { return .gone }
        guard try row.value("fingerprint", as: Bytea.self).bytes == key.fingerprint else { return .keyReused }
        guard let seed: UUIDValue = try row.optional("seed"), let linkKey = keys.key(try row.value("link_key")) else {
            return .gone
        }
        return .created(linkKey.token(.cart, of: seed.bytes, version: 1), try Self.cart(row))
    }

    // MARK: - Reading

    /// Reads a cart: for the batch of a request that needs more than the cart.
    package static func statement(_ token: Token) -> Statement {
        Statement("SELECT * FROM cart WHERE token_hash = $1", Bytea(token.hash))
    }

    /// The same, and holds the cart as it is until the transaction ends.
    package static func lockedStatement(_ token: Token) -> Statement {
        Statement("SELECT * FROM cart WHERE token_hash = $1 FOR UPDATE", Bytea(token.hash))
    }

    /// Reads some carts and holds them as they are until the transaction ends; not those that somebody else holds.
    package static func lockedStatement(_ tokens: [Bytea]) -> Statement {
        Statement("SELECT * FROM cart WHERE token_hash = ANY ($1) ORDER BY token_hash FOR UPDATE SKIP LOCKED", tokens)
    }

    /// The carts in the answer to that, by the hash of what opens them.
    package static func carts(_ rows: Rows) throws(PostgresError) -> [[UInt8]: Cart] {
        var carts: [[UInt8]: Cart] = [:]
        for row in rows { carts[try row.value("token_hash", as: Bytea.self).bytes] = try cart(row) }
        return carts
    }

    /// Reads how often the codes of a cart have been used: for the batch that prices it.
    package static func redemptionStatement(_ token: Token) -> Statement {
        Statement(
            """
            SELECT code, count(*) AS uses FROM discount_redemption
            WHERE code = ANY (SELECT unnest(discount_codes) FROM cart WHERE token_hash = $1) GROUP BY code
            """,
            Bytea(token.hash)
        )
    }

    /// The answer to `redemptionStatement`, by code.
    package static func redemptions(_ rows: Rows) throws(PostgresError) -> [String: Int] {
        var uses: [String: Int] = [:]
        for row in rows { uses[try row.value("code")] = try row.value("uses") }
        return uses
    }

    /// Marks a cart as ordered: for the transaction that places the order.
    package static func orderedStatement(_ token: Token) -> Statement { orderedStatement([Bytea(token.hash)]) }

    /// The same for several.
    package static func orderedStatement(_ tokens: [Bytea]) -> Statement {
        Statement("UPDATE cart SET is_ordered = true WHERE token_hash = ANY ($1)", tokens)
    }

    /// The cart in the answer to one of these statements; nil where there is none.
    package static func cart(_ rows: Rows) throws(PostgresError) -> Cart? {
        guard let row = rows.first else { return nil }
        return try cart(row)
    }

    private static func cart(_ row: Row) throws(PostgresError) -> Cart {
        let skus: [SKU] = try row.value("skus")
        let quantities: [Int] = try row.value("quantities")
        let choice = Choice(
            currency: try row.value("currency"),
            country: try row.optional("country"),
            region: try row.optional("region"),
            items: zip(skus, quantities).map { Choice.Item(sku: $0, quantity: $1) },
            course: try CourseColumns.course(row),
            shippingMethod: try row.optional("shipping_method"),
            discountCodes: try row.value("discount_codes")
        )
        return Cart(
            choice: choice,
            version: try row.value("version"),
            isOrdered: try row.value("is_ordered"),
            expiresAt: try row.value("expires_at")
        )
    }

    private static func parameters(_ choice: Choice) -> [any PostgresParameter] {
        [
            choice.currency, choice.country, choice.region, choice.shippingMethod, choice.discountCodes,
            choice.items.map(\.sku), choice.items.map { Int32($0.quantity) },
        ] + CourseColumns.parameters(choice.course)
    }

    // MARK: - Changing

    /// Replaces the choice of a cart whose version is one that the caller saw.
    ///
    /// - Parameters:
    ///   - versions: the versions that the caller accepts; nil accepts any.
    ///   - alongside: reads for the same round trip, whose answers are returned.
    package func replace(
        _ token: Token,
        with choice: Choice,
        versions: Set<Int>?,
        now: Instant,
        alongside: [Statement]
    ) async throws -> (change: Change, alongside: [Rows]) {
        let rows = try await pool.write(
            [
                Self.soon,
                Statement(
                    assembled: """
                        UPDATE cart SET currency = $4, country = $5, region = $6, shipping_method = $7,
                            discount_codes = $8, skus = $9, quantities = $10,
                            (\(CourseColumns.names)) = ($11::text, $12::date[], $13::boolean, $14::smallint, $15::smallint, $16::smallint),
                            version = version + 1, expires_at = $17
                        WHERE token_hash = $1 AND version = ANY (coalesce($2::int[], ARRAY[version]))
                            AND NOT is_ordered AND expires_at > $3
                        RETURNING *
                        """,
                    [Bytea(token.hash), versions.map { $0.map { Int32(clamping: $0) } }, now] + Self.parameters(choice)
                        + [now + lifetime]
                ),
                Self.statement(token),
            ] + alongside
        )
        let change = try Self.cart(rows[1]).map(Change.done) ?? Self.refusal(rows[2], now: now)
        return (change, Array(rows[3...]))
    }

    /// Removes a cart whose version is one that the caller saw. An ordered cart stays until it expires.
    package func delete(_ token: Token, versions: Set<Int>?, now: Instant) async throws -> Change {
        let rows = try await pool.write([
            Statement(
                """
                DELETE FROM cart WHERE token_hash = $1 AND version = ANY (coalesce($2::int[], ARRAY[version]))
                    AND NOT is_ordered AND expires_at > $3
                RETURNING *
                """,
                Bytea(token.hash),
                versions.map { $0.map { Int32(clamping: $0) } },
                now
            ),
            Self.statement(token),
        ])
        if let cart = try Self.cart(rows[0]) { return .done(cart) }
        return try Self.refusal(rows[1], now: now)
    }

    private static func refusal(_ rows: Rows, now: Instant) throws(PostgresError) -> Change {
        guard let cart = try cart(rows) else { return .unknown }
        if cart.isOrdered { return .ordered }
        return cart.expiresAt <= now ? .expired : .conflict(cart)
    }

    // MARK: - Sweeping

    /// How long a key for a new cart is kept.
    package static let creationKeyLifetime = Duration.seconds(24 * 3600)
    private static let sweepRowsMax = 1000

    /// How long an expired cart is still answered with "expired" rather than "not found".
    package static let expiredKept = Duration.seconds(7 * 24 * 3600)

    /// Removes carts that expired a week ago and keys older than a day, a thousand at a time; how many went. Several
    /// servers may sweep at once: each takes rows that no other holds.
    package func sweep(now: Instant) async throws -> Int {
        let rows = try await pool.write([
            Statement(
                """
                DELETE FROM cart WHERE token_hash IN (
                    SELECT token_hash FROM cart WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
                """,
                now + -Self.expiredKept,
                Self.sweepRowsMax
            ),
            Statement(
                """
                DELETE FROM cart_creation_key WHERE scope_hash IN (
                    SELECT scope_hash FROM cart_creation_key WHERE created_at < $1 ORDER BY created_at LIMIT $2
                    FOR UPDATE SKIP LOCKED)
                """,
                now + -Self.creationKeyLifetime,
                Self.sweepRowsMax
            ),
        ])
        return rows[0].affected + rows[1].affected
    }
}

extension Duration {
    static prefix func - (duration: Duration) -> Duration { .zero - duration }
}
