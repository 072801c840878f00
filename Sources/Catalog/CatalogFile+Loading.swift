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
        ]
    }

    private var insertions: [Statement] {
        get throws {
            let products = entries.enumerated().map { (product: $0.element.product, position: $0.offset + 1) }
            let kinds = Dictionary(entries.map { ($0.product.sku, $0.product.kind) }) { first, _ in first }
            let contents = entries.map(\.product).filter { $0.kind == .kit }.flatMap { kit in
                kit.components.enumerated().map {
                    Content(
                        kit: kit.sku,
                        component: $0.element,
                        kind: kinds[$0.element.sku] ?? .product,
                        position: $0.offset + 1
                    )
                }
            }
            let priceList = prices.flatMap { currency, list in list.map { (currency, $0.key, $0.value) } }
            let rates = terms.shipping.flatMap { method in
                method.rates.enumerated().map { (method: method.code, position: $0.offset + 1, rate: $0.element) }
            }
            let methods = terms.shipping.enumerated().map { (method: $0.element, position: $0.offset + 1) }
            let components = entries.filter { $0.product.kind != .kit }
            return [
                try Self.sellers.statement(terms.seller.map { [$0] } ?? []), try Self.markets.statement(terms.markets),
                try Self.taxes.statement(terms.taxes), try Self.methods.statement(methods),
                try Self.rates.statement(rates), try Self.discounts.statement(terms.discounts),
                try Self.products.statement(products), try Self.contents.statement(contents),
                try Self.priceList.statement(priceList), try Self.stock.statement(components.map(\.product)),
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

    private static let products = Insertion<(product: Product, position: Int)>(
        into: "product",
        [
            .column("sku") { $0.product.sku },
            .column("kind") { $0.product.kind },
            .column("name") { $0.product.name },
            .column("description") { $0.product.description },
            .optional("barcode") { $0.product.barcode },
            .optional("weight_grams") { $0.product.weightGrams },
            .column("tax_class") { $0.product.taxClass },
            .column("low_stock_mark") { $0.product.lowStockMark },
            .column("lots_tracked") { $0.product.tracksLots },
            .optional("applications_per_unit") { $0.product.applicationsPerUnit },
            .column("quantity_max") { $0.product.quantityMax },
            .column("position") { $0.position },
        ],
        replacing: "sku"
    )

    /// What one kit holds of one thing.
    private struct Content: Sendable {
        let kit: SKU
        let component: Product.Component
        let kind: Product.Kind
        let position: Int
    }

    private static let contents = Insertion<Content>(
        into: "kit_component",
        [
            .column("kit_sku") { $0.kit },
            .column("component_sku") { $0.component.sku },
            .column("component_kind") { $0.kind },
            .column("quantity") { $0.component.quantity },
            .column("required") { $0.component.isRequired },
            .column("position") { $0.position },
        ]
    )

    private static let priceList = Insertion<(currency: Currency, sku: SKU, amount: Int64)>(
        into: "price",
        [.column("currency") { $0.currency }, .column("sku") { $0.sku }, .column("amount") { $0.amount }]
    )

    /// Counters that are there already stay as they are.
    private static let stock = Insertion<Product>(
        into: "stock",
        [.column("sku") { $0.sku }, .column("kind") { $0.kind }, .column("on_hand") { _ in Int64(0) }],
        keeping: "sku"
    )

    private static let sellers = Insertion<Seller>(
        into: "seller",
        [
            .column("name") { $0.name },
            .column("address_lines", as: lines) { $0.addressLines.joined(separator: "\n") },
            .optional("tax_number") { $0.taxNumber },
            .optional("email") { $0.email },
            .column("payment_lines", as: lines) { $0.paymentLines.joined(separator: "\n") },
        ]
    )

    /// A list of texts that hold no line break.
    private static let lines: StaticString = "string_to_array(%, E'\\n')"

    private static let markets = Insertion<Market>(
        into: "market",
        [.column("country") { $0.country }, .column("tax_included") { $0.isTaxIncluded }]
    )

    private static let taxes = Insertion<TaxRate>(
        into: "tax_rate",
        [
            .column("country") { $0.country },
            // The whole country is the region without a name.
            .column("region") { $0.region ?? "" },
            .column("tax_class") { $0.taxClass },
            .column("from_date") { $0.from },
            .column("basis_points") { $0.basisPoints },
        ]
    )

    private static let methods = Insertion<(method: ShippingMethod, position: Int)>(
        into: "shipping_method",
        [
            .column("code") { $0.method.code },
            .column("name") { $0.method.name },
            .column("transit_least") { $0.method.transitDays.lowerBound },
            .column("transit_most") { $0.method.transitDays.upperBound },
            .column("cut_off") { $0.method.cutOffMinutes },
            .column("working_weekdays", as: "string_to_array(%, ',')::smallint[]") {
                $0.method.workingWeekdays.sorted().map(String.init).joined(separator: ",")
            },
            .column("holidays", as: "string_to_array(%, ',')::date[]") {
                $0.method.holidays.sorted().map(\.description).joined(separator: ",")
            },
            .column("position") { $0.position },
        ]
    )

    private static let rates = Insertion<(method: String, position: Int, rate: ShippingMethod.Rate)>(
        into: "shipping_rate",
        [
            .column("method") { $0.method },
            .column("position") { $0.position },
            .column("countries", as: "string_to_array(%, ',')") {
                $0.rate.countries.map(\.rawValue).sorted().joined(separator: ",")
            },
            .column("currency") { $0.rate.currency },
            .optional("weight_max_grams") { $0.rate.weightMaxGrams },
            .column("amount") { $0.rate.amount },
            .optional("free_from") { $0.rate.freeFrom },
        ]
    )

    private static let discounts = Insertion<Discount>(
        into: "discount",
        [
            .column("code") { $0.code },
            .optional("basis_points") { if case .basisPoints(let points) = $0.value { points } else { nil } },
            .optional("amount") { if case .amount(let money) = $0.value { money.amount } else { nil } },
            .optional("currency") { if case .amount(let money) = $0.value { money.currency } else { nil } },
            .optional("from_date") { $0.from },
            .optional("until_date") { $0.until },
            .column("minimum") { $0.minimum },
            .optional("limit_total") { $0.limit },
            .optional("limit_per_email") { $0.limitPerEmail },
        ]
    )
}
