package import Commerce
package import Postgres
import Synchronization

/// The catalog and the stock as the database has them.
package final class CatalogStore: Sendable {
    private let pool: Pool
    private let seenLast = Mutex<Catalog?>(nil)
    private let glance = Mutex<(levels: StockLevels, seen: ContinuousClock.Instant)?>(nil)

    package init(_ pool: Pool) { self.pool = pool }

    /// Asks for the version of the catalog: for the batch of a request that depends on it.
    package static let versionStatement = Statement("SELECT version FROM catalog_version")

    /// Reads the version out of the answer to `versionStatement`.
    package static func version(_ rows: Rows) throws(PostgresError) -> Int64 { try rows.single().value("version") }

    /// The catalog of a version, from memory where it is the one seen last. Where it has changed again meanwhile, a
    /// newer one: prices are those of the moment.
    package func catalog(version: Int64) async throws -> Catalog {
        if let known = seenLast.withLock({ $0 }), known.version == version { return known }
        return try await refresh()
    }

    /// The catalog seen last, which may have changed since: for those who compare its version with the database's.
    package func latest() async throws -> Catalog {
        if let known = seenLast.withLock({ $0 }) { return known }
        return try await refresh()
    }

    /// The catalog seen last; nil before any was.
    package var seen: Catalog? { seenLast.withLock { $0 } }

    /// The catalog as it stands now.
    package func catalog() async throws -> Catalog {
        try await catalog(version: Self.version(try await pool.read(Self.versionStatement)))
    }

    /// The catalog and the stock for showing, at most a second old.
    package func window() async throws -> (catalog: Catalog, stock: StockLevels) {
        let now = ContinuousClock.now
        if let catalog = seenLast.withLock({ $0 }), let (levels, seen) = glance.withLock({ $0 }),
            now - seen < .seconds(1)
        {
            return (catalog, levels)
        }
        let rows = try await pool.read([Self.versionStatement, Self.stockStatement])
        let levels = try Self.stock(rows[1])
        let catalog = try await catalog(version: Self.version(rows[0]))
        glance.withLock { $0 = (levels, now) }
        return (catalog, levels)
    }

    private func refresh() async throws -> Catalog {
        // Statements that see one moment.
        let rows = try await pool.transaction(isolation: .repeatableRead) { transaction in
            try await transaction.commit([
                Statement("SELECT version, is_demo FROM catalog_version"),
                Statement("SELECT * FROM product ORDER BY position, sku"),
                Statement("SELECT * FROM kit_component ORDER BY kit_sku, position, component_sku"),
                Statement("SELECT * FROM price"),
                Statement("SELECT * FROM market"),
                Statement("SELECT * FROM tax_rate"),
                Statement("SELECT * FROM shipping_method ORDER BY position"),
                Statement("SELECT * FROM shipping_rate ORDER BY method, position"),
                Statement("SELECT * FROM discount"),
                Statement("SELECT * FROM seller"),
            ])
        }
        var components: [SKU: [Product.Component]] = [:]
        for row in rows[2] {
            components[try row.value("kit_sku"), default: []].append(
                Product.Component(
                    sku: try row.value("component_sku"),
                    quantity: try row.value("quantity"),
                    isRequired: try row.value("required")
                )
            )
        }
        var products: [Product] = []
        for row in rows[1] { products.append(try Product(row, components: components)) }
        var prices: [Currency: [SKU: Int64]] = [:]
        for row in rows[3] {
            prices[try row.value("currency"), default: [:]][try row.value("sku")] = try row.value("amount")
        }
        let head = try rows[0].single()
        let catalog = Catalog(
            version: try head.value("version"),
            isDemo: try head.value("is_demo"),
            products: products,
            prices: prices,
            terms: try Terms(Array(rows[4...]))
        )
        seenLast.withLock { if ($0?.version ?? 0) < catalog.version { $0 = catalog } }
        return catalog
    }
}

extension CatalogStore {
    /// Reads what nobody has reserved, of every component.
    package static let stockStatement = Statement("SELECT sku, on_hand - reserved AS available FROM stock")

    /// The same, and locks the rows in the order of their codes until the transaction ends: what it reads, holds.
    package static func lockedStockStatement() -> Statement {
        Statement("SELECT sku, on_hand - reserved AS available FROM stock ORDER BY sku FOR UPDATE")
    }

    /// Reads the levels out of the answer to a stock statement.
    package static func stock(_ rows: Rows) throws(PostgresError) -> StockLevels {
        var levels: [SKU: Int64] = [:]
        for row in rows { levels[try row.value("sku")] = try row.value("available") }
        return StockLevels(levels)
    }

    /// Reserves units. The rows are locked in the order of their codes, so that no two orders wait for each other; a
    /// demand beyond the stock violates `stockConstraint`.
    package static func reserve(_ demand: [(sku: SKU, quantity: Int)]) -> Statement {
        Statement(
            """
            WITH locked AS MATERIALIZED (
                SELECT stock.sku, demand.quantity
                FROM unnest($1::text[], $2::bigint[]) AS demand (sku, quantity) JOIN stock USING (sku)
                ORDER BY stock.sku FOR UPDATE OF stock)
            UPDATE stock SET reserved = reserved + locked.quantity FROM locked WHERE stock.sku = locked.sku
            """,
            demand.map(\.sku),
            demand.map(\.quantity)
        )
    }

    /// Gives back what was reserved, with the same locks in the same order.
    package static func release(_ reserved: [(sku: SKU, quantity: Int)]) -> Statement {
        reserve(reserved.map { ($0.sku, -$0.quantity) })
    }

    /// The constraint that a reservation beyond the stock violates.
    package static let stockConstraint = "stock_reserved_within_on_hand"
}

extension Product {
    fileprivate init(_ row: Row, components: [SKU: [Component]]) throws(PostgresError) {
        sku = try row.value("sku")
        kind = try row.value("kind")
        name = try row.value("name")
        description = try row.value("description")
        barcode = try row.optional("barcode")
        weightGrams = try row.optional("weight_grams")
        taxClass = try row.value("tax_class")
        lowStockMark = try row.value("low_stock_mark")
        tracksLots = try row.value("lots_tracked")
        applicationsPerUnit = try row.optional("applications_per_unit")
        quantityMax = try row.value("quantity_max")
        self.components = components[sku] ?? []
    }
}

extension Terms {
    /// The terms in the answers for markets, taxes, methods, rates, discounts and the seller.
    fileprivate init(_ rows: [Rows]) throws(PostgresError) {
        var markets: [Market] = []
        for row in rows[0] {
            markets.append(Market(country: try row.value("country"), isTaxIncluded: try row.value("tax_included")))
        }
        var taxes: [TaxRate] = []
        for row in rows[1] {
            let region: String = try row.value("region")
            taxes.append(
                TaxRate(
                    country: try row.value("country"),
                    region: region.isEmpty ? nil : region,
                    taxClass: try row.value("tax_class"),
                    basisPoints: Int64(try row.value("basis_points", as: Int.self)),
                    from: try row.value("from_date")
                )
            )
        }
        var rates: [String: [ShippingMethod.Rate]] = [:]
        for row in rows[3] {
            let countries: [Country] = try row.value("countries")
            rates[try row.value("method"), default: []].append(
                ShippingMethod.Rate(
                    countries: Set(countries),
                    currency: try row.value("currency"),
                    weightMaxGrams: try row.optional("weight_max_grams"),
                    amount: try row.value("amount"),
                    freeFrom: try row.optional("free_from")
                )
            )
        }
        var shipping: [ShippingMethod] = []
        for row in rows[2] {
            let code: String = try row.value("code")
            let weekdays: [Int] = try row.value("working_weekdays")
            let holidays: [CalendarDate] = try row.value("holidays")
            shipping.append(
                ShippingMethod(
                    code: code,
                    name: try row.value("name"),
                    transitDays: try row.value("transit_least", as: Int.self)...row.value("transit_most", as: Int.self),
                    cutOffMinutes: try row.value("cut_off"),
                    workingWeekdays: Set(weekdays),
                    holidays: Set(holidays),
                    rates: rates[code] ?? []
                )
            )
        }
        var discounts: [Discount] = []
        for row in rows[4] {
            let value: Discount.Value
            if let points: Int = try row.optional("basis_points") {
                value = .basisPoints(Int64(points))
            } else {
                value = .amount(Money(try row.value("amount"), try row.value("currency")))
            }
            discounts.append(
                Discount(
                    code: try row.value("code"),
                    value: value,
                    from: try row.optional("from_date"),
                    until: try row.optional("until_date"),
                    minimum: try row.value("minimum"),
                    limit: try row.optional("limit_total"),
                    limitPerEmail: try row.optional("limit_per_email")
                )
            )
        }
        var seller: Seller?
        for row in rows[5] {
            seller = Seller(
                name: try row.value("name"),
                addressLines: try row.value("address_lines"),
                taxNumber: try row.optional("tax_number"),
                email: try row.optional("email"),
                paymentLines: try row.value("payment_lines")
            )
        }
        self.init(seller: seller, markets: markets, taxes: taxes, shipping: shipping, discounts: discounts)
    }
}
