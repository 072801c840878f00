package import Commerce
package import Postgres

/// The key of an act that must not happen twice, and what was asked under it.
///
/// An act's own transaction reads `earlier` first and writes `kept` with whatever it does: a request that is sent again
/// finds its key and does nothing more.
package struct ActKey: Sendable {
    /// The key was used for another request.
    package struct Reused: Error {
        package init() {}
    }

    /// SHA-256 of the key with what it belongs to, and of the request.
    package let hash: [UInt8]
    package let fingerprint: [UInt8]

    package init(hash: [UInt8], fingerprint: [UInt8]) {
        self.hash = hash
        self.fingerprint = fingerprint
    }

    /// Asks whether the act was done.
    package var earlier: Statement {
        Statement("SELECT fingerprint FROM act_key WHERE key_hash = $1", Bytea(hash))
    }

    /// Reads the answer to `earlier`: whether the very same request was done.
    package func isDone(_ rows: Rows) throws -> Bool {
        guard let row = rows.first else { return false }
        guard try row.value("fingerprint", as: Bytea.self).bytes == fingerprint else { throw Reused() }
        return true
    }

    /// Notes that the act is done.
    package func kept(now: Instant) -> Statement {
        Statement(
            "INSERT INTO act_key (key_hash, fingerprint, at) VALUES ($1, $2, $3)",
            Bytea(hash),
            Bytea(fingerprint),
            now
        )
    }

    /// Forgets the keys of acts that nobody repeats any more: after a day.
    package static func sweep(_ pool: Pool, now: Instant) async throws {
        _ = try await pool.write([Statement("DELETE FROM act_key WHERE at < $1", now + .seconds(-86_400))])
    }
}
