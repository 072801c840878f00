package import Catalog
package import Commerce
package import Links
package import Postgres
package import Records
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

    /// A cart's columns, in the order in which they are read.
    private static let columns = """
        id, link_key, version, is_ordered, expires_at, currency, country, region, shipping_method, discount_codes, reference, \
        skus, quantities, \(CourseColumns.names)
        """

    // MARK: - Making

    /// Makes a cart. Under a key that was used before, the cart that was made then; nil where that is no longer there.
    /// - Throws: `IdempotencyKey.Reused`.
    package func create(_ choice: Choice, key: IdempotencyKey?, now: Instant) async throws -> (Link, Cart)? {
        let insertion = insertion(choice, now: now)
        guard let key else { return try link(to: try await pool.write(after: [Self.soon], insertion)) }
        do {
            let cart = try await pool.transaction { transaction in
                let cart = try await transaction.read(insertion)
                // The key comes last: whoever is second waits for the first here, and then finds the cart that it made.
                guard try await transaction.execute(key.kept(now: now, outcome: cart.id)).affected == 1 else {
                    throw AlreadyMade()
                }
                return cart
            }
            return try link(to: cart)
        } catch is AlreadyMade {
            guard let id = try await pool.read(key.earlier)?.id, let cart = try await pool.read(Self.cart(id)) else {
                return nil
            }
            return try link(to: cart)
        }
    }

    /// A key made its cart before: what this transaction made goes.
    private struct AlreadyMade: Error {}

    private func insertion(_ choice: Choice, now: Instant) -> Query<Cart> {
        Query(
            only: Statement(
                assembled: """
                    INSERT INTO cart (id, link_key, expires_at, currency, country, region, shipping_method, discount_codes,
                        reference, skus, quantities, \(CourseColumns.names))
                    VALUES (nextval('cart_sequence'), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                    RETURNING \(Self.columns)
                    """,
                [keys.current, now + lifetime] + Self.parameters(choice)
            ),
            Self.cart
        )
    }

    private func link(to cart: Cart) throws(PostgresError) -> (Link, Cart) {
        (try keys.link(.cart, to: cart.linkTarget), cart)
    }

    // MARK: - Reading

    /// What a cart is priced from, as it is at one moment.
    package struct Pricing: Sendable {
        package let catalogVersion: Int64
        package let stock: StockLevels
        /// How often each of the cart's codes has been used.
        package let redemptions: [String: Int]
    }

    /// The cart that a link opens, and what it is priced from.
    /// - Parameter redemptions: how often the cart's codes have been used.
    package func cart(_ link: Link, redemptions: Query<[String: Int]>) async throws -> (Cart?, Pricing) {
        let (cart, version, stock, uses) = try await pool.read(
            Self.cart(link),
            CatalogStore.version,
            StockStore.available(),
            redemptions
        )
        return (cart, Pricing(catalogVersion: version, stock: stock, redemptions: uses))
    }

    /// The cart that a link opens.
    package func cart(_ link: Link) async throws -> Cart? { try await pool.read(Self.cart(link)) }

    /// Reads the cart that a link opens: for the batch of a request that needs more than the cart.
    /// - Parameter locking: whether it stays as it is until the transaction ends.
    package static func cart(_ link: Link, locking: Bool = false) -> Query<Cart?> {
        Query(
            first: Statement(
                assembled: """
                    SELECT \(columns) FROM cart WHERE id = $1 AND link_key = $2\(locking ? " FOR UPDATE" : "")
                    """,
                [link.target.id, link.target.key]
            ),
            cart
        )
    }

    private static func cart(_ id: Int64) -> Query<Cart?> {
        Query(first: Statement(assembled: "SELECT \(columns) FROM cart WHERE id = $1", [id]), cart)
    }

    /// Reads some carts and holds them as they are until the transaction ends; not those that somebody else holds.
    package static func locked(_ links: [Link]) -> Query<[Int64: Cart]> {
        Query(
            each: Statement(
                assembled: "SELECT \(columns) FROM cart WHERE id = ANY ($1) ORDER BY id FOR UPDATE SKIP LOCKED",
                [links.map(\.target.id)]
            ),
            cart
        ).map { carts in Dictionary(uniqueKeysWithValues: carts.map { ($0.id, $0) }) }
    }

    /// The codes of the cart whose id stands in a parameter, as a subquery: for whoever counts how often they were used.
    package static func discountCodes(of parameter: String) -> String {
        "(SELECT unnest(discount_codes) FROM cart WHERE id = \(parameter))"
    }

    /// Marks carts as ordered: for the transaction that places their orders.
    package static func ordered(_ carts: [Int64]) -> Statement {
        Statement("UPDATE cart SET is_ordered = true WHERE id = ANY ($1)", carts)
    }

    /// What lies in open carts.
    package static func uses(now: Instant) -> Query<[CatalogUse.InCarts]> {
        Query(
            each: Statement(
                """
                SELECT item.sku, currency, count(*) AS carts FROM cart CROSS JOIN unnest(skus) AS item (sku)
                WHERE NOT is_ordered AND expires_at > $1 GROUP BY item.sku, currency ORDER BY item.sku, currency
                """,
                now
            )
        ) { row in
            CatalogUse.InCarts(
                sku: try row.value("sku"),
                currency: try row.value("currency"),
                carts: try row.value("carts")
            )
        }
    }

    private static func cart(_ row: Row) throws(PostgresError) -> Cart {
        let (id, key): (Int64, Int16) = (try row.value("id"), try row.value("link_key"))
        let version: Int = try row.value("version")
        let isOrdered: Bool = try row.value("is_ordered")
        let expiresAt: Instant = try row.value("expires_at")
        let currency: Currency = try row.value("currency")
        let country: Country? = try row.optional("country")
        let region: String? = try row.optional("region")
        let shippingMethod: String? = try row.optional("shipping_method")
        let discountCodes: [String] = try row.value("discount_codes")
        let reference: ClinicReference? = try row.optional("reference")
        let skus: [SKU] = try row.value("skus")
        let quantities: [Int] = try row.value("quantities")
        return Cart(
            id: id,
            linkKey: key,
            choice: Choice(
                currency: currency,
                country: country,
                region: region,
                items: zip(skus, quantities).map { Choice.Item(sku: $0, quantity: $1) },
                course: try CourseColumns.course(row),
                shippingMethod: shippingMethod,
                discountCodes: discountCodes,
                reference: reference
            ),
            version: version,
            isOrdered: isOrdered,
            expiresAt: expiresAt
        )
    }

    private static func parameters(_ choice: Choice) -> [any PostgresParameter] {
        [
            choice.currency, choice.country, choice.region, choice.shippingMethod, choice.discountCodes,
            choice.reference,
            choice.items.map(\.sku), choice.items.map { Int32($0.quantity) },
        ] + CourseColumns.parameters(choice.course)
    }

    // MARK: - Changing

    /// Replaces the choice of a cart whose version is one that the caller saw, and reads what it is priced from then.
    ///
    /// - Parameters:
    ///   - versions: the versions that the caller accepts; nil accepts any.
    ///   - redemptions: how often the cart's codes have been used.
    package func replace(
        _ link: Link,
        with choice: Choice,
        versions: Set<Int>?,
        redemptions: Query<[String: Int]>,
        now: Instant
    ) async throws -> (Change, Pricing) {
        let replaced = Query(
            first: Statement(
                assembled: """
                    UPDATE cart SET currency = $5, country = $6, region = $7, shipping_method = $8,
                        discount_codes = $9, reference = $10, skus = $11, quantities = $12,
                        (\(CourseColumns.names)) = ($13::text, $14::date[], $15::boolean, $16::smallint, $17::smallint, $18::smallint),
                        version = version + 1, expires_at = $19
                    WHERE id = $1 AND link_key = $2 AND version = ANY (coalesce($3::int[], ARRAY[version]))
                        AND NOT is_ordered AND expires_at > $4
                    RETURNING \(Self.columns)
                    """,
                Self.place(link, versions, now) + Self.parameters(choice) + [now + lifetime]
            ),
            Self.cart
        )
        let (done, asItIs, version, stock, uses) = try await pool.write(
            after: [Self.soon],
            replaced,
            Self.cart(link),
            CatalogStore.version,
            StockStore.available(),
            redemptions
        )
        let pricing = Pricing(catalogVersion: version, stock: stock, redemptions: uses)
        return (done.map(Change.done) ?? Self.refusal(asItIs, now: now), pricing)
    }

    /// Removes a cart whose version is one that the caller saw. An ordered cart stays until it expires.
    package func delete(_ link: Link, versions: Set<Int>?, now: Instant) async throws -> Change {
        let deleted = Query(
            first: Statement(
                assembled: """
                    DELETE FROM cart WHERE id = $1 AND link_key = $2 AND version = ANY (coalesce($3::int[], ARRAY[version]))
                        AND NOT is_ordered AND expires_at > $4
                    RETURNING \(Self.columns)
                    """,
                Self.place(link, versions, now)
            ),
            Self.cart
        )
        let (done, asItIs) = try await pool.write(deleted, Self.cart(link))
        return done.map(Change.done) ?? Self.refusal(asItIs, now: now)
    }

    private static func place(_ link: Link, _ versions: Set<Int>?, _ now: Instant) -> [any PostgresParameter] {
        [link.target.id, link.target.key, versions.map { $0.map { Int32(clamping: $0) } }, now]
    }

    private static func refusal(_ cart: Cart?, now: Instant) -> Change {
        guard let cart else { return .unknown }
        if cart.isOrdered { return .ordered }
        return cart.expiresAt <= now ? .expired : .conflict(cart)
    }

    // MARK: - Sweeping

    /// Removes carts that orders were placed from, whose customers are to be known no more.
    package static func erasure(of carts: [Int64]) -> Statement {
        Statement("DELETE FROM cart WHERE id = ANY ($1::bigint[])", carts)
    }

    private static let sweepRowsMax = 1000
    /// How long an expired cart is still answered with "expired" rather than "not found".
    package static let expiredKept = Duration.seconds(7 * 24 * 3600)

    /// Removes carts that expired a week ago, a thousand at a time; how many went. Several servers may sweep at once: each
    /// takes rows that no other holds.
    package func sweep(now: Instant) async throws -> Int {
        try await pool.write([
            Statement(
                """
                DELETE FROM cart WHERE id IN (
                    SELECT id FROM cart WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
                """,
                now + (.zero - Self.expiredKept),
                Self.sweepRowsMax
            )
        ])[0].affected
    }
}
