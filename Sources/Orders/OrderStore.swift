package import Catalog
package import Cart
package import CivilTime
package import Commerce
import Crypto
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

    /// The guide that a guide's or a calendar's link opens; nil for an unknown, a wrong or a revoked link.
    package func guide(_ purpose: Purpose, _ token: Token) async throws -> SharedGuide? {
        try await pool.read(Self.sharedStatement(purpose, token, revisions: "=")).first.map(shared)
    }

    /// The same with every revision there has been, oldest first: its own is the last.
    package func history(_ purpose: Purpose, _ token: Token) async throws -> (SharedGuide, [IssuedGuide])? {
        let rows = try await pool.read(Self.sharedStatement(purpose, token, revisions: "<="))
        guard let last = rows.last else { return nil }
        return (try shared(last), try rows.map(Self.issuedGuide))
    }

    /// Every revision of an order's guide, oldest first; none for an unknown number.
    package func guides(of number: OrderNumber) async throws -> [IssuedGuide] {
        try await pool.read(
            Statement(
                """
                SELECT guide.* FROM guide JOIN orders ON orders.id = guide.order_id WHERE number = $1
                ORDER BY revision
                """,
                number.description
            )
        ).map(Self.issuedGuide)
    }

    /// The revision before an order's current guide; nil where that is the first.
    package func previousGuide(of order: Order) async throws -> IssuedGuide? {
        guard order.guide.revision > 1 else { return nil }
        let rows = try await pool.read(
            Statement(
                "SELECT * FROM guide WHERE order_id = $1 AND revision = $2",
                order.id,
                order.guide.revision - 1
            )
        )
        return try rows.first.map(Self.issuedGuide)
    }

    private static func sharedStatement(_ purpose: Purpose, _ token: Token, revisions: String) -> Statement {
        Statement(
            assembled: """
                SELECT orders.id, number, customer_name, guide.*
                FROM orders JOIN guide ON guide.order_id = orders.id AND guide.revision \(revisions) orders.guide_revision
                WHERE orders.\(column(purpose)) = $1 ORDER BY guide.revision
                """,
            [Bytea(token.hash)]
        )
    }

    private func shared(_ row: Row) throws -> SharedGuide {
        let (id, name): (Int64, String) = (try row.value("id"), try row.value("customer_name"))
        let seed = HMAC<SHA256>.authenticationCode(
            for: Array("calendar \(id)".utf8),
            using: SymmetricKey(data: numbering)
        )
        return SharedGuide(
            orderNumber: try row.value("number"),
            firstName: SharedGuide.firstName(name),
            issued: try Self.issuedGuide(row),
            calendarSeed: Array(seed)
        )
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
