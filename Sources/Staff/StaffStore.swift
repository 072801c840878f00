package import Commerce
package import Postgres
import Records

/// The staff's tokens in the database.
package struct StaffStore: Sendable {
    private let pool: Pool

    package init(_ pool: Pool) { self.pool = pool }

    /// The constraint that a second live token of a name violates.
    package static let nameConstraint = "staff_token_name"

    /// Makes a token. What is returned is the only time that its secret is seen.
    /// - Throws: `PostgresError` with `nameConstraint` where the name has a live token already.
    package func create(
        name: String,
        role: StaffRole,
        now: Instant,
        lifetime: Duration
    ) async throws -> (StaffSecret, StaffToken) {
        let secret = StaffSecret()
        // A name whose token has run out is free again.
        let ended = Statement(
            """
            UPDATE staff_token SET revoked_at = expires_at WHERE name = $1 AND revoked_at IS NULL AND expires_at <= $2
            """,
            name,
            now
        )
        let made = Query(
            only: Statement(
                assembled: """
                    INSERT INTO staff_token (name, role, token_hash, created_at, expires_at)
                    VALUES ($1, $2, $3, $4, $5) RETURNING \(Self.columns)
                    """,
                [name, role, Bytea(secret.hash), now, now + lifetime]
            ),
            Self.token
        )
        return (secret, try await pool.write(after: [ended], made))
    }

    /// Whose a secret is, where it is live. Its use is noted once a minute.
    package func token(_ secret: StaffSecret, now: Instant) async throws -> StaffToken? {
        let token = try await pool.read(
            Query(
                first: Statement(
                    assembled: "SELECT \(Self.columns) FROM staff_token WHERE token_hash = $1",
                    [Bytea(secret.hash)]
                ),
                Self.token
            )
        )
        guard let token, token.revokedAt == nil, token.expiresAt > now else { return nil }
        if (token.lastUsedAt.map { $0 + .seconds(60) < now }) ?? true {
            _ = try await pool.write([
                Statement("UPDATE staff_token SET last_used_at = $2 WHERE id = $1", token.id, now)
            ])
        }
        return token
    }

    /// Whether a secret was made by this store, live or not.
    package func hasMade(_ secret: StaffSecret) async throws -> Bool {
        let known = Statement("SELECT id FROM staff_token WHERE token_hash = $1", Bytea(secret.hash))
        return try await pool.read(known).count > 0
    }

    /// All tokens, newest first.
    package func tokens() async throws -> [StaffToken] {
        try await pool.read(
            Query(
                each: Statement(assembled: "SELECT \(Self.columns) FROM staff_token ORDER BY id DESC"),
                Self.token
            )
        )
    }

    /// Revokes a name's live token; whether there was one.
    package func revoke(name: String, now: Instant) async throws -> Bool {
        let revoked = Statement(
            "UPDATE staff_token SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL",
            name,
            now
        )
        return try await pool.write(Query(revoked) { $0.affected > 0 })
    }

    private static let columns = "id, name, role, created_at, expires_at, revoked_at, last_used_at"

    private static func token(_ row: Row) throws(PostgresError) -> StaffToken {
        StaffToken(
            id: try row.value("id"),
            name: try row.value("name"),
            role: try row.value("role"),
            createdAt: try row.value("created_at"),
            expiresAt: try row.value("expires_at"),
            revokedAt: try row.optional("revoked_at"),
            lastUsedAt: try row.optional("last_used_at")
        )
    }
}

extension StaffRole: PostgresValue {}
