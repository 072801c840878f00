package import Catalog
package import CivilTime
package import Links
package import Postgres

/// The orders in the database: placing them (see `OrderStore+Placing`) and reading them.
package struct OrderStore: Sendable {
    let pool: Pool
    let keys: LinkKeys
    let timeZones: TimeZoneDatabase
    let catalogs: CatalogStore
    /// The secret that order numbers are permuted under. It belongs to the database and never changes.
    let numbering: [UInt8]

    /// Reads what never changes.
    package init(_ pool: Pool, keys: LinkKeys, timeZones: TimeZoneDatabase, catalogs: CatalogStore) async throws {
        self.pool = pool
        self.keys = keys
        self.timeZones = timeZones
        self.catalogs = catalogs
        let row = try await pool.read(Statement("SELECT secret FROM order_numbering")).single()
        numbering = try row.value("secret", as: Bytea.self).bytes
    }

    /// The order that a link opens; nil for an unknown, a wrong or a revoked link.
    package func order(_ token: Token) async throws -> Order? {
        try order(try await pool.read(Self.statements(.order, token)))
    }

    /// The order that was placed from a cart.
    package func order(fromCart token: Token) async throws -> Order? {
        try order(try await pool.read(Self.statements(.cart, token)))
    }

    /// The guide that a link opens; nil for an unknown, a wrong or a revoked link.
    package func guide(_ token: Token) async throws -> SharedGuide? {
        guard let order = try order(try await pool.read(Self.statements(.guide, token))) else { return nil }
        let firstName = order.customer.name.split(separator: " ").first.map(String.init) ?? order.customer.name
        return SharedGuide(
            orderNumber: order.number.description,
            firstName: firstName,
            language: order.language,
            issued: order.guide
        )
    }
}
