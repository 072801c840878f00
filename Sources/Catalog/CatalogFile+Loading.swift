import Commerce
package import Postgres
import Records

extension CatalogFile {
    /// Makes the database's catalog what this file says, in one transaction.
    ///
    /// Products that the file lacks stay, without a price: they are sold no more, and old orders keep their names.
    /// `stock` opens the count of a component that has none yet; it never changes a count.
    ///
    /// - Parameters:
    ///   - actor: who does it.
    ///   - planned: the version that it was planned against; nil for any.
    /// - Returns: the version that is in force then; nil where the planned one is the newest no more.
    @discardableResult
    package func load(into pool: Pool, actor: String = "host", planned: Int64? = nil) async throws -> Int64? {
        try await pool.transaction { transaction in
            // Two loads at once follow one another.
            let newest = try await transaction.read(
                after: [Statement("SELECT version FROM catalog_version FOR UPDATE")],
                Query(only: Statement("SELECT coalesce(max(version), 0) AS version FROM catalog_revision")) {
                    try $0.value("version", as: Int64.self)
                }
            )
            if let planned, planned != newest { return nil }
            return try await transaction.commit(
                after: try removals + insertions,
                Query(
                    only: Statement(
                        """
                        INSERT INTO catalog_revision (version, document, actor) SELECT version, $1, $2 FROM catalog_version
                        RETURNING version
                        """,
                        JSONBValue(utf8: document),
                        actor
                    )
                ) { try $0.value("version", as: Int64.self) }
            )
        }
    }

    private var removals: [Statement] {
        [
            Statement("DELETE FROM price"), Statement("DELETE FROM seller"), Statement("DELETE FROM market"),
            Statement("DELETE FROM tax_rate"), Statement("DELETE FROM shipping_method"),
            Statement("DELETE FROM discount"), Statement("DELETE FROM kit_component"),
            Statement("DELETE FROM product_media"), Statement("DELETE FROM product_translation"),
        ]
    }

    private var insertions: [Statement] {
        get throws {
            let products = entries.enumerated().map { (product: $0.element.product, position: $0.offset + 1) }
            let kinds = Dictionary(entries.map { ($0.product.sku, $0.product.kind) }) { first, _ in first }
            let contents = entries.map(\.product).filter { $0.kind == .kit }.flatMap { kit in
                kit.components.enumerated().map {
                    CatalogRows.Content(
                        kit: kit.sku,
                        component: $0.element,
                        kind: kinds[$0.element.sku] ?? .product,
                        position: $0.offset + 1
                    )
                }
            }
            let media = entries.map(\.product).flatMap { product in
                product.details.media.enumerated().map { (product.sku, $0.offset + 1, $0.element) }
            }
            let translations = entries.map(\.product).flatMap { product in
                product.details.translations.map { (product.sku, $0) }
            }
            let priceList = prices.flatMap { currency, list in list.map { (currency, $0.key, $0.value) } }
            let rates = terms.shipping.flatMap { method in
                method.rates.enumerated().map { (method: method.code, position: $0.offset + 1, rate: $0.element) }
            }
            let methods = terms.shipping.enumerated().map { (method: $0.element, position: $0.offset + 1) }
            let components = entries.filter { $0.product.kind != .kit }
            return [
                try CatalogRows.sellers.statement(terms.seller.map { [$0] } ?? []),
                try CatalogRows.markets.statement(terms.markets),
                try CatalogRows.taxes.statement(terms.taxes), try CatalogRows.methods.statement(methods),
                try CatalogRows.rates.statement(rates), try CatalogRows.discounts.statement(terms.discounts),
                try CatalogRows.products.statement(products), try CatalogRows.contents.statement(contents),
                try CatalogRows.media.statement(media), try CatalogRows.translations.statement(translations),
                try CatalogRows.priceList.statement(priceList),
                try CatalogRows.stock.statement(components.map(\.product)),
                Statement(
                    """
                    INSERT INTO legal_text (id, text) SELECT id, text FROM unnest($1::text[], $2::text[]) AS fresh (id, text)
                    ON CONFLICT (id) DO NOTHING
                    """,
                    legalTexts.map(\.id),
                    legalTexts.map(\.text)
                ),
                Statement(
                    """
                    INSERT INTO stock_movement (sku, change, kind, actor, request_id)
                    SELECT sku, change, 'opening', 'catalog', 'catalog'
                    FROM unnest($1::text[], $2::bigint[]) AS opening (sku, change)
                    WHERE change > 0 AND NOT EXISTS (SELECT 1 FROM stock_movement WHERE sku = opening.sku)
                    """,
                    components.map(\.product.sku),
                    components.map { $0.openingStock ?? 0 }
                ),
                Statement("UPDATE catalog_version SET version = version + 1, is_demo = $1", isDemo),
            ]
        }
    }
}
