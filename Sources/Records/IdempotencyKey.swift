package import Commerce
package import Postgres

/// The key of a request that must not be carried out twice, and what was asked under it.
///
/// A request's own transaction asks `isDone` first, under a lock that others with the same key wait for, and writes
/// `kept` with whatever it does: a request that is sent again finds its key and does nothing more.
package struct IdempotencyKey: Sendable, Equatable {
    /// The key was used for another request.
    package struct Reused: Error {
        package init() {}
    }

    /// How much is kept of a hash that tells requests apart: 128 bits.
    package static let octets = 16
    /// How long a key is remembered.
    package static let lifetime = Duration.seconds(86_400)

    /// The first `octets` of the SHA-256 of the key with what it belongs to, and of the request.
    package let scope: [UInt8]
    package let fingerprint: [UInt8]

    /// A key from the hashes of its scope and of the request.
    package init(scope: [UInt8], fingerprint: [UInt8]) {
        self.scope = Array(scope.prefix(Self.octets))
        self.fingerprint = Array(fingerprint.prefix(Self.octets))
    }

    /// Whether the very same request was done.
    /// - Throws: `Reused` where it was another one.
    package var isDone: Query<Bool> { earlier.map { $0 != nil } }

    /// What came of the very same request, where it was done.
    /// - Throws: `Reused` where it was another one.
    package var earlier: Query<Outcome?> {
        Query(
            first: Statement(
                "SELECT fingerprint, outcome FROM idempotency_key WHERE scope_hash = $1",
                Bytea(scope)
            )
        ) { [fingerprint] row in
            guard try row.value("fingerprint", as: Bytea.self).bytes == fingerprint else { throw Reused() }
            return Outcome(id: try row.optional("outcome"))
        }
    }

    /// What came of a request.
    package struct Outcome: Sendable {
        /// What was made, where it can't be found otherwise.
        package let id: Int64?
    }

    /// Notes that the request is done. Who has the same key at the same time waits, and then writes nothing.
    package func kept(now: Instant, outcome: Int64? = nil) -> Statement {
        Statement(
            """
            INSERT INTO idempotency_key (scope_hash, fingerprint, outcome, used_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (scope_hash) DO NOTHING
            """,
            Bytea(scope),
            Bytea(fingerprint),
            outcome,
            now
        )
    }

    private static let sweepRowsMax = 1000

    /// Forgets keys that nobody uses any more, a thousand at a time; how many went.
    package static func sweep(_ pool: Pool, now: Instant) async throws -> Int {
        try await pool.write([
            Statement(
                """
                DELETE FROM idempotency_key WHERE scope_hash IN (
                    SELECT scope_hash FROM idempotency_key WHERE used_at < $1 ORDER BY used_at LIMIT $2
                    FOR UPDATE SKIP LOCKED)
                """,
                now + (.zero - lifetime),
                sweepRowsMax
            )
        ])[0].affected
    }
}
