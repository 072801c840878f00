package import Catalog
package import Cart
package import CivilTime
package import Commerce
package import Links
package import Postgres
package import UsageGuide

/// The orders in the database: placing them (see `OrderStore+Placing`) and reading them.
package struct OrderStore: Sendable {
    let pool: Pool
    let keys: LinkKeys
    let timeZones: TimeZoneDatabase
    let catalogs: CatalogStore
    let line = PlacingLine()
    let proofs = GuideProofs()
    /// The shop's own time zone: its today, and its cut-off hours.
    let shopTimeZone: String
    /// The secret that order numbers are permuted under. It belongs to the database and never changes.
    let numbering: [UInt8]

    /// Reads what never changes.
    package init(
        _ pool: Pool,
        keys: LinkKeys,
        timeZones: TimeZoneDatabase,
        catalogs: CatalogStore,
        shopTimeZone: String
    ) async throws {
        self.pool = pool
        self.shopTimeZone = shopTimeZone
        self.keys = keys
        self.timeZones = timeZones
        self.catalogs = catalogs
        let row = try await pool.read(Statement("SELECT secret FROM order_numbering")).single()
        numbering = try row.value("secret", as: Bytea.self).bytes
    }

    /// The moment that a choice is priced for: the client's date and the shop's.
    package func moment(_ course: Course?, now: Instant) -> Quote.Moment {
        let shop = timeZones.rules(for: shopTimeZone)
        return Quote.Moment(
            clientToday: course.flatMap { timeZones.today(in: $0.timeZone, at: now) },
            shopToday: shop?.date(at: now) ?? now.date,
            shopMinutes: shop?.minutes(at: now) ?? 0
        )
    }

    /// The order that a link opens; nil for an unknown, a wrong or a revoked link.
    package func order(_ token: Token) async throws -> Order? {
        try order(try await pool.read(Self.statements(.order, token)))
    }

    /// The order that was placed from a cart.
    package func order(fromCart token: Token) async throws -> Order? {
        try order(try await pool.read(Self.statements(.cart, token)))
    }

    // MARK: - Acts

    /// Reads an order, which stays as it is meanwhile, and writes what a decision makes of it, once for a key: the same
    /// request again is answered from how the order stands.
    /// - Parameter reading: further statements that the decision needs the answers of.
    func once(
        _ name: Name,
        _ key: ActKey,
        now: Instant,
        reading: [Statement] = [],
        _ decide: @Sendable (Order, [Rows]) throws -> [Statement]
    ) async throws -> Order {
        try await pool.transaction { transaction in
            let rows = try await transaction.execute(
                [
                    Self.locked(name),
                    key.earlier,
                ] + Self.statements(name) + reading
            )
            guard let order = try order(Array(rows[2..<5])) else { throw Refusal.unknown }
            if try key.isDone(rows[1]) { return }
            let statements = try decide(order, Array(rows[5...]))
            _ = try await transaction.commit([key.kept(now: now)] + statements)
        }
        guard let order = try await order(name) else { throw Refusal.unknown }
        return order
    }
}
