package import Postgres

/// A database of the shop's, told from every other one: from that of another shop, and from the one before it was made
/// anew.
package struct Installation: Sendable, Hashable {
    /// A UUID in lower case.
    package let id: String

    package init(id: String) { self.id = id }

    /// The one that a database is.
    package static func read(_ pool: Pool) async throws -> Installation {
        try await pool.read(
            Query(only: Statement("SELECT id::text AS id FROM installation")) { Installation(id: try $0.value("id")) }
        )
    }
}
