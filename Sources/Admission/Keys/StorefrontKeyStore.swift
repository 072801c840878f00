package import Commerce
package import Postgres
import Records

/// The storefronts' keys in the database, and in this process's memory: a request costs no query.
package final class StorefrontKeyStore: Sendable {
    /// How many keys may be in force at once.
    package static let liveMax = 100
    /// The constraint that a second live key of a name violates.
    package static let nameConstraint = "storefront_key_name"

    /// Why a key is not made.
    package enum Refusal: Error, Sendable {
        /// There are as many as there may be.
        case tooMany
    }

    private let pool: Pool
    private let memory: KeyMemory

    /// Reads the keys.
    package init(_ pool: Pool) async throws {
        self.pool = pool
        memory = KeyMemory(try await Self.read(pool)) { try await StorefrontKeyStore.read(pool) }
    }

    /// The keys in force, about a second old at the most. Where the database does not answer, those that were known last.
    package func ring() async -> KeyRing { await memory.ring() }

    /// Makes a key.
    /// - Throws: `PostgresError` with `nameConstraint` where the name has a live key already; `Refusal`.
    package func create(
        name: String,
        origins: [String],
        currency: Currency?,
        country: Country?,
        requestsPerMinute: Int,
        now: Instant
    ) async throws -> StorefrontKey {
        let made = Query(
            first: Statement(
                assembled: """
                    INSERT INTO storefront_key (name, key, origins, currency, country, requests_per_minute, created_at)
                    SELECT $1, $2, $3, $4, $5, $6, $7
                    WHERE (SELECT count(*) FROM storefront_key WHERE revoked_at IS NULL) < $8 RETURNING \(Self.columns)
                    """,
                [
                    name, StorefrontKey.randomText(), origins, currency, country, requestsPerMinute, now, Self.liveMax,
                ]
            ),
            Self.key
        )
        guard let key = try await pool.write(after: [], made) else { throw Refusal.tooMany }
        await memory.noteChange()
        return key
    }

    /// All keys, newest first, with those that were revoked.
    package func keys() async throws -> [StorefrontKey] {
        try await pool.read(
            Query(
                each: Statement(assembled: "SELECT \(Self.columns) FROM storefront_key ORDER BY id DESC"),
                Self.key
            )
        )
    }

    /// Revokes a name's live key; whether there was one.
    package func revoke(name: String, now: Instant) async throws -> Bool {
        let revoked = Statement(
            "UPDATE storefront_key SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL",
            name,
            now
        )
        let wasLive = try await pool.write(Query(revoked) { $0.affected > 0 })
        await memory.noteChange()
        return wasLive
    }

    private static func read(_ pool: Pool) async throws -> KeyRing {
        let (live, wasEverUsed) = try await pool.read(
            Query(
                each: Statement(assembled: "SELECT \(columns) FROM storefront_key WHERE revoked_at IS NULL"),
                key
            ),
            Query(only: Statement("SELECT EXISTS (SELECT FROM storefront_key) AS ever")) {
                try $0.value("ever", as: Bool.self)
            }
        )
        return KeyRing(live, wasEverUsed: wasEverUsed)
    }

    private static let columns =
        "id, name, key, origins, currency, country, requests_per_minute, created_at, revoked_at"

    private static func key(_ row: Row) throws(PostgresError) -> StorefrontKey {
        StorefrontKey(
            id: try row.value("id"),
            name: try row.value("name"),
            text: try row.value("key"),
            origins: try row.value("origins"),
            currency: try row.optional("currency"),
            country: try row.optional("country"),
            requestsPerMinute: try row.value("requests_per_minute"),
            createdAt: try row.value("created_at"),
            revokedAt: try row.optional("revoked_at")
        )
    }
}
