import Commerce
package import Postgres
import Records
import Synchronization

/// The catalog as the database has it, and what of it was seen last.
package final class CatalogStore: Sendable {
    let pool: Pool
    private let seen = Mutex<Catalog?>(nil)
    private let stockSeen = Mutex<(levels: StockLevels, at: ContinuousClock.Instant)?>(nil)
    /// How old the stock may be that is only shown.
    private static let shownFor = Duration.seconds(1)

    package init(_ pool: Pool) { self.pool = pool }

    /// The version of the catalog: for the batch of a request that depends on it.
    package static let version = Query(only: Statement("SELECT version FROM catalog_version")) {
        try $0.value("version", as: Int64.self)
    }

    /// The catalog as it stands now.
    package func current() async throws -> Catalog { try await catalog(version: try await pool.read(Self.version)) }

    /// The catalog of a version, from memory where it is the one seen last. Where it has changed again meanwhile, a
    /// newer one: prices are those of the moment.
    package func catalog(version: Int64) async throws -> Catalog {
        if let known = seen.withLock({ $0 }), known.version == version { return known }
        return try await read()
    }

    /// The catalog seen last, which may have changed since: for those who compare its version with the database's.
    package func lastSeen() async throws -> Catalog {
        if let known = seen.withLock({ $0 }) { return known }
        return try await read()
    }

    /// The catalog seen last; nil before any was.
    package var known: Catalog? { seen.withLock { $0 } }

    /// The catalog and the stock for showing, at most a second old.
    package func shown() async throws -> (catalog: Catalog, stock: StockLevels) {
        let now = ContinuousClock.now
        if let catalog = seen.withLock({ $0 }), let (levels, at) = stockSeen.withLock({ $0 }), now - at < Self.shownFor
        {
            return (catalog, levels)
        }
        let (version, levels) = try await pool.read(Self.version, StockStore.available())
        let catalog = try await catalog(version: version)
        stockSeen.withLock { $0 = (levels, now) }
        return (catalog, levels)
    }

    private func read() async throws -> Catalog {
        // Statements that see one moment.
        let (goods, media, translations, terms) = try await pool.transaction(isolation: .repeatableRead) {
            transaction in
            let goods = try await transaction.read(Self.head, Self.products, Self.components, Self.prices)
            let (media, translations) = try await transaction.read(Self.media, Self.translations)
            return (goods, media, translations, try await Self.terms(transaction))
        }
        let (head, products, components, prices) = goods
        let catalog = Catalog(
            version: head.version,
            isDemo: head.isDemo,
            products: products.map { product in
                var product = product
                product.components = components.filter { $0.kit == product.sku }.map(\.component)
                product.details.media = media.filter { $0.sku == product.sku }.map(\.picture)
                product.details.translations = translations.filter { $0.sku == product.sku }.map(\.texts)
                return product
            },
            prices: prices,
            terms: terms
        )
        seen.withLock { if ($0?.version ?? 0) < catalog.version { $0 = catalog } }
        return catalog
    }

    private static let head = Query(only: Statement("SELECT version, is_demo FROM catalog_version")) {
        (version: try $0.value("version", as: Int64.self), isDemo: try $0.value("is_demo", as: Bool.self))
    }

    private static let products = Query(
        each: Statement(
            """
            SELECT sku, kind, name, description, barcode, weight_grams, tax_class, low_stock_mark, lots_tracked,
                applications_per_unit, quantity_max, ingredients, warnings, responsible_name, responsible_address_lines,
                responsible_contact, is_sealed
            FROM product ORDER BY position, sku
            """
        )
    ) { row in
        let responsible = try row.optional("responsible_name").map { name in
            ProductDetails.ResponsiblePerson(
                name: name,
                addressLines: try row.value("responsible_address_lines"),
                contact: try row.value("responsible_contact")
            )
        }
        return Product(
            sku: try row.value("sku"),
            kind: try row.value("kind"),
            name: try row.value("name"),
            description: try row.value("description"),
            barcode: try row.optional("barcode"),
            weightGrams: try row.optional("weight_grams"),
            taxClass: try row.value("tax_class"),
            lowStockMark: try row.value("low_stock_mark"),
            tracksLots: try row.value("lots_tracked"),
            applicationsPerUnit: try row.optional("applications_per_unit"),
            quantityMax: try row.value("quantity_max"),
            components: [],
            details: ProductDetails(
                ingredients: try row.optional("ingredients"),
                warnings: try row.value("warnings"),
                responsible: responsible,
                isSealed: try row.value("is_sealed")
            )
        )
    }

    private static let components = Query(
        each: Statement(
            """
            SELECT kit_sku, component_sku, quantity, required FROM kit_component
            ORDER BY kit_sku, position, component_sku
            """
        )
    ) { row in
        (
            kit: try row.value("kit_sku", as: SKU.self),
            component: Product.Component(
                sku: try row.value("component_sku"),
                quantity: try row.value("quantity"),
                isRequired: try row.value("required")
            )
        )
    }

    private static let media = Query(
        each: Statement(
            "SELECT sku, url, alternative_text, width, height FROM product_media ORDER BY sku, position"
        )
    ) { row in
        (
            sku: try row.value("sku", as: SKU.self),
            picture: ProductDetails.Picture(
                url: try row.value("url"),
                alternativeText: try row.value("alternative_text"),
                width: try row.value("width"),
                height: try row.value("height")
            )
        )
    }

    private static let translations = Query(
        each: Statement(
            """
            SELECT sku, language, name, description, warnings, alternative_texts FROM product_translation
            ORDER BY sku, language
            """
        )
    ) { row in
        (
            sku: try row.value("sku", as: SKU.self),
            texts: ProductTexts(
                language: try row.value("language"),
                name: try row.value("name"),
                description: try row.value("description"),
                warnings: try row.value("warnings"),
                alternativeTexts: try row.value("alternative_texts")
            )
        )
    }

    private static let prices = Query(Statement("SELECT currency, sku, amount FROM price")) { rows in
        var prices: [Currency: [SKU: Int64]] = [:]
        for row in rows {
            prices[try row.value("currency"), default: [:]][try row.value("sku")] = try row.value("amount")
        }
        return prices
    }
}

extension Product.Kind: PostgresValue {}
