package import Commerce
package import JSONFields
package import Postgres

/// A catalog as a JSON file: products, what is in the kit, and the price lists. `README.md` shows the format.
package struct CatalogFile: Sendable {
    /// Whether it says of itself that it is a demo.
    package let isDemo: Bool
    package let productCount: Int
    /// The document as it was read: every field in it has been checked.
    let document: JSONBValue

    /// The demo catalog that the program carries: made-up prices in GBP and EUR, a million of each component.
    package static var demoBytes: [UInt8] { Array(Embedded.text("demo-catalog.json").utf8) }

    /// Reads and checks a file.
    /// - Throws: `DocumentFault` with everything that is wrong in it.
    package init(_ bytes: [UInt8]) throws(DocumentFault) {
        (isDemo, productCount) = try Fields.read(bytes) { fields in
            fields.allow("demo", "seller", "products", "prices", "markets", "taxes", "shipping", "discounts")
            guard fields.require("products"), fields.require("prices") else { return nil }
            let products = fields.objects("products", countMax: 500, Self.readProduct) ?? []
            Self.checkAcross(products, fields)
            fields.object("prices") { lists in Self.checkPrices(lists, known: Set(products.map(\.sku))) }
            Self.checkTerms(fields)
            return (fields.flag("demo") ?? false, products.count)
        }
        // As it was read, not as it was written: a field that is given twice has one value, and it is the checked one.
        document = JSONBValue(utf8: try Fields.canonical(bytes))
    }

    // MARK: - Checking

    private struct Entry {
        let sku: SKU
        let kind: Product.Kind
        let barcode: String?
        let contents: [(sku: SKU, isRequired: Bool)]
    }

    private static func readProduct(_ fields: Fields) -> Entry? {
        fields.allow(
            "sku",
            "kind",
            "name",
            "description",
            "barcode",
            "weightGrams",
            "taxClass",
            "lowStockMark",
            "tracksLots",
            "applicationsPerUnit",
            "maxPerOrder",
            "contents",
            "stock"
        )
        let sku = fields.sku("sku")
        var kind: Product.Kind?
        if fields.require("kind"), let text = fields.text("kind") {
            kind = Product.Kind(rawValue: text)
            if kind == nil { fields.report("kind", "unknownKind", "A product is a kit, a product or a sample.") }
        }
        if fields.require("name") { fields.checkLine("name", lengthMax: 120) }
        if fields.has("description") { fields.checkLine("description", lengthMax: 2000) }
        if let barcode = fields.text("barcode"), !isGTIN(barcode) {
            fields.report(
                "barcode",
                "notABarcode",
                "A barcode is a GTIN: 8, 12, 13 or 14 digits with a right check digit."
            )
        }
        if let taxClass = fields.text("taxClass"), !isTaxClass(taxClass) {
            fields.report("taxClass", "notATaxClass", "A tax class is 1 to 40 lower-case letters and dashes.")
        }
        for (name, range) in [
            ("weightGrams", 1...1_000_000), ("lowStockMark", 0...1_000_000_000), ("applicationsPerUnit", 1...100_000),
            ("stock", 0...1_000_000_000),
        ] {
            _ = fields.integer(name, in: range)
        }
        _ = fields.flag("tracksLots")
        if fields.require("maxPerOrder") { _ = fields.integer("maxPerOrder", in: 1...1000) }
        let contents = fields.objects("contents", countMax: 50, readComponent)
        if kind == .kit, contents?.isEmpty ?? true { fields.report("contents", "missing", "A kit has contents.") }
        if kind == .kit, fields.has("stock") {
            fields.report("stock", "notKept", "Stock is kept per component, never per kit.")
        }
        if kind != .kit, fields.has("contents") { fields.report("contents", "notAKit", "Only a kit has contents.") }
        guard let sku, let kind else { return nil }
        if kind == .kit, let contents, !contents.isEmpty, !contents.contains(where: \.isRequired) {
            fields.report(
                "contents",
                "nothingRequired",
                "A kit has at least one component that it can't be sold without."
            )
        }
        return Entry(sku: sku, kind: kind, barcode: fields.text("barcode"), contents: contents ?? [])
    }

    private static func readComponent(_ fields: Fields) -> (sku: SKU, isRequired: Bool)? {
        fields.allow("sku", "quantity", "required")
        if fields.require("quantity") { _ = fields.integer("quantity", in: 1...100) }
        let isRequired = fields.require("required") ? fields.flag("required") : nil
        return fields.sku("sku").map { ($0, isRequired ?? true) }
    }

    private static func checkAcross(_ products: [Entry], _ fields: Fields) {
        var kinds: [SKU: Product.Kind] = [:]
        for product in products {
            if kinds.updateValue(product.kind, forKey: product.sku) != nil {
                fields.report("products", "duplicate", "\(product.sku) is listed twice.")
            }
        }
        var barcodes: Set<String> = []
        for barcode in products.compactMap(\.barcode) where !barcodes.insert(barcode).inserted {
            fields.report("products", "duplicate", "The barcode \(barcode) is given twice.")
        }
        for product in products {
            if Set(product.contents.map(\.sku)).count < product.contents.count {
                fields.report("products", "duplicate", "\(product.sku) names a component twice.")
            }
            for component in product.contents.map(\.sku) {
                switch kinds[component] {
                case .none:
                    fields.report(
                        "products",
                        "unknownComponent",
                        "\(product.sku) holds \(component), which is not listed."
                    )
                case .kit: fields.report("products", "kitInKit", "\(product.sku) holds \(component), which is a kit.")
                case .product, .sample: break
                }
            }
        }
    }

    private static func checkPrices(_ lists: Fields, known: Set<SKU>) {
        for code in lists.names {
            if Currency(rawValue: code) == nil {
                lists.report(code, "unknownCurrency", "This is not an ISO 4217 currency.")
            }
            lists.object(code) { prices in
                for name in prices.names {
                    if !known.contains(where: { $0.rawValue == name }) {
                        prices.report(name, "unknownProduct", "No product of this file has this code.")
                    }
                    if !prices.has(name) {
                        prices.report(
                            name,
                            "missing",
                            "A price is a number; leave a product out that is not sold here."
                        )
                    }
                    _ = prices.integer(name, in: 0...Int(Money.amountMax))
                }
            }
        }
    }

    static func isTaxClass(_ text: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        return (1...40).contains(text.utf8.count) && letters.contains(text.utf8.first ?? 0)
            && text.utf8.allSatisfy { letters.contains($0) || $0 == UInt8(ascii: "-") }
    }

    /// GS1's check digit: from the right, every other digit counts three times, and the sum is a multiple of ten.
    private static func isGTIN(_ text: String) -> Bool {
        let digits = text.utf8.map { Int($0) - Int(UInt8(ascii: "0")) }
        guard [8, 12, 13, 14].contains(digits.count), digits.allSatisfy((0...9).contains) else { return false }
        return digits.reversed().enumerated().reduce(0) { $0 + $1.element * ($1.offset % 2 == 0 ? 1 : 3) } % 10 == 0
    }

    // MARK: - Loading

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
        let document = document
        let isDemo = isDemo
        return try await pool.transaction { transaction in
            // Two loads at once follow one another.
            let rows = try await transaction.execute([
                Statement("SELECT version FROM catalog_version FOR UPDATE"),
                Statement("SELECT coalesce(max(version), 0) AS version FROM catalog_revision"),
            ])
            let newest: Int64 = try rows[1].single().value("version")
            if let planned, planned != newest { return nil }
            let written = try await transaction.commit([
                Statement("DELETE FROM price"),
                Statement("DELETE FROM seller"),
                Statement(
                    """
                    INSERT INTO seller (name, address_lines, tax_number, email, payment_lines)
                    SELECT s ->> 'name', ARRAY(SELECT jsonb_array_elements_text(s -> 'addressLines')), s ->> 'taxNumber',
                           s ->> 'email', ARRAY(SELECT jsonb_array_elements_text(coalesce(s -> 'paymentLines', '[]')))
                    FROM (SELECT $1::jsonb -> 'seller' AS s) AS file WHERE jsonb_typeof(s) = 'object'
                    """,
                    document
                ),
                Statement("DELETE FROM market"),
                Statement("DELETE FROM tax_rate"),
                Statement("DELETE FROM shipping_method"),
                Statement("DELETE FROM discount"),
                Statement(
                    """
                    INSERT INTO market (country, tax_included)
                    SELECT m ->> 'country', (m ->> 'taxIncluded')::boolean
                    FROM jsonb_array_elements(coalesce($1::jsonb -> 'markets', '[]')) AS m
                    """,
                    document
                ),
                Statement(
                    """
                    INSERT INTO tax_rate (country, region, tax_class, from_date, basis_points)
                    SELECT t ->> 'country', coalesce(t ->> 'region', ''), coalesce(t ->> 'taxClass', 'standard'),
                           coalesce((t ->> 'from')::date, '1970-01-01'), (t ->> 'basisPoints')::int
                    FROM jsonb_array_elements(coalesce($1::jsonb -> 'taxes', '[]')) AS t
                    """,
                    document
                ),
                Statement(
                    """
                    INSERT INTO shipping_method (code, name, transit_least, transit_most, cut_off, working_weekdays, holidays, position)
                    SELECT s ->> 'code', s ->> 'name', (s ->> 'transitLeast')::smallint, (s ->> 'transitMost')::smallint,
                           coalesce(split_part(s ->> 'cutOff', ':', 1)::int * 60 + split_part(s ->> 'cutOff', ':', 2)::int, 720),
                           ARRAY(SELECT value::smallint FROM jsonb_array_elements_text(coalesce(s -> 'weekdays', '[1,2,3,4,5]'))),
                           ARRAY(SELECT value::date FROM jsonb_array_elements_text(coalesce(s -> 'holidays', '[]'))), position
                    FROM jsonb_array_elements(coalesce($1::jsonb -> 'shipping', '[]')) WITH ORDINALITY AS entry (s, position)
                    """,
                    document
                ),
                Statement(
                    """
                    INSERT INTO shipping_rate (method, position, countries, currency, weight_max_grams, amount, free_from)
                    SELECT s ->> 'code', n, ARRAY(SELECT jsonb_array_elements_text(coalesce(r -> 'countries', '[]'))),
                           r ->> 'currency', (r ->> 'weightMaxGrams')::int, (r ->> 'amount')::bigint, (r ->> 'freeFrom')::bigint
                    FROM jsonb_array_elements(coalesce($1::jsonb -> 'shipping', '[]')) AS s,
                         jsonb_array_elements(s -> 'rates') WITH ORDINALITY AS rate (r, n)
                    """,
                    document
                ),
                Statement(
                    """
                    INSERT INTO discount (code, basis_points, amount, currency, from_date, until_date, minimum, limit_total,
                                          limit_per_email)
                    SELECT d ->> 'code', (d ->> 'basisPoints')::int, (d ->> 'amount')::bigint, d ->> 'currency',
                           (d ->> 'from')::date, (d ->> 'until')::date, coalesce((d ->> 'minimum')::bigint, 0),
                           (d ->> 'limit')::int, (d ->> 'limitPerEmail')::int
                    FROM jsonb_array_elements(coalesce($1::jsonb -> 'discounts', '[]')) AS d
                    """,
                    document
                ),
                Statement("DELETE FROM kit_component"),
                Statement(
                    """
                    INSERT INTO product (sku, kind, name, description, barcode, weight_grams, tax_class, low_stock_mark,
                                         lots_tracked, applications_per_unit, quantity_max, position)
                    SELECT p ->> 'sku', p ->> 'kind', btrim(p ->> 'name'), btrim(coalesce(p ->> 'description', '')), p ->> 'barcode',
                           (p ->> 'weightGrams')::int, coalesce(p ->> 'taxClass', 'standard'),
                           coalesce((p ->> 'lowStockMark')::int, 0), coalesce((p ->> 'tracksLots')::boolean, false),
                           (p ->> 'applicationsPerUnit')::int, (p ->> 'maxPerOrder')::int, position
                    FROM jsonb_array_elements($1::jsonb -> 'products') WITH ORDINALITY AS entry (p, position)
                    ON CONFLICT (sku) DO UPDATE SET
                        kind = EXCLUDED.kind, name = EXCLUDED.name, description = EXCLUDED.description,
                        barcode = EXCLUDED.barcode, weight_grams = EXCLUDED.weight_grams, tax_class = EXCLUDED.tax_class,
                        low_stock_mark = EXCLUDED.low_stock_mark, lots_tracked = EXCLUDED.lots_tracked,
                        applications_per_unit = EXCLUDED.applications_per_unit, quantity_max = EXCLUDED.quantity_max,
                        position = EXCLUDED.position
                    """,
                    document
                ),
                Statement(
                    """
                    INSERT INTO kit_component (kit_sku, component_sku, component_kind, quantity, required, position)
                    SELECT kit ->> 'sku', c ->> 'sku', product.kind, (c ->> 'quantity')::int, (c ->> 'required')::boolean, n
                    FROM jsonb_array_elements($1::jsonb -> 'products') AS kit,
                         jsonb_array_elements(kit -> 'contents') WITH ORDINALITY AS content (c, n)
                    JOIN product ON product.sku = c ->> 'sku'
                    WHERE kit ->> 'kind' = 'kit'
                    """,
                    document
                ),
                Statement(
                    """
                    INSERT INTO price (currency, sku, amount)
                    SELECT list.key, entry.key, entry.value::text::bigint
                    FROM jsonb_each($1::jsonb -> 'prices') AS list, jsonb_each(list.value) AS entry
                    """,
                    document
                ),
                Statement(
                    """
                    INSERT INTO stock (sku, kind, on_hand)
                    SELECT p ->> 'sku', p ->> 'kind', 0 FROM jsonb_array_elements($1::jsonb -> 'products') AS p
                    WHERE p ->> 'kind' <> 'kit'
                    ON CONFLICT (sku) DO NOTHING
                    """,
                    document
                ),
                Statement(
                    """
                    INSERT INTO stock_movement (sku, change, kind, actor, request_id)
                    SELECT p ->> 'sku', (p ->> 'stock')::bigint, 'opening', 'catalog', 'catalog'
                    FROM jsonb_array_elements($1::jsonb -> 'products') AS p
                    WHERE p ->> 'kind' <> 'kit' AND (p ->> 'stock')::bigint > 0
                        AND NOT EXISTS (SELECT 1 FROM stock_movement WHERE sku = p ->> 'sku')
                    """,
                    document
                ),
                Statement("UPDATE catalog_version SET version = version + 1, is_demo = $1", isDemo),
                Statement(
                    """
                    INSERT INTO catalog_revision (version, document, actor) SELECT version, $1, $2 FROM catalog_version
                    RETURNING version
                    """,
                    document,
                    actor
                ),
            ])
            return try written.last?.single().value("version")
        }
    }
}

extension Fields {
    /// A product code; nil where it is absent or not one (both are reported).
    package func sku(_ name: String) -> SKU? {
        guard require(name), let text = text(name) else { return nil }
        guard let sku = SKU(rawValue: text) else {
            report(name, "notASKU", "A product code has 1 to 40 capital letters, digits and inner dashes.")
            return nil
        }
        return sku
    }

    /// A whole number within a range; nil where it is absent or not that (which is reported).
    package func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let number = integer(name) else { return nil }
        guard range.contains(number) else {
            report(name, "outOfRange", "This number must be from \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        return number
    }

    /// One line of text without spaces at its ends; nil where it is absent or not acceptable (which is reported).
    @discardableResult
    package func checkLine(_ name: String, lengthMax: Int) -> String? {
        guard let text = text(name) else { return nil }
        do {
            return try OneLineText.checked(text, lengthMax: lengthMax)
        } catch {
            switch error {
            case .blank: report(name, error.rawValue, "This field must not be blank.")
            case .tooLong: report(name, error.rawValue, "This field has at most \(lengthMax) characters.")
            case .controlCharacter:
                report(name, error.rawValue, "This field must not hold control characters such as line breaks.")
            }
            return nil
        }
    }
}
