import Commerce
import Postgres
import Records

/// What a catalog is made of, as rows of its tables.
enum CatalogRows {
    static let products = Insertion<(product: Product, position: Int)>(
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
            .optional("ingredients") { $0.product.details.ingredients },
            .column("warnings", as: lines) { $0.product.details.warnings.joined(separator: "\n") },
            .optional("responsible_name") { $0.product.details.responsible?.name },
            .optional("responsible_address_lines", as: lines) {
                $0.product.details.responsible?.addressLines.joined(separator: "\n")
            },
            .optional("responsible_contact") { $0.product.details.responsible?.contact },
            .column("is_sealed") { $0.product.details.isSealed },
            .column("position") { $0.position },
        ],
        replacing: "sku"
    )

    static let media = Insertion<(sku: SKU, position: Int, picture: ProductDetails.Picture)>(
        into: "product_media",
        [
            .column("sku") { $0.sku },
            .column("position") { $0.position },
            .column("url") { $0.picture.url },
            .column("alternative_text") { $0.picture.alternativeText },
            .column("width") { $0.picture.width },
            .column("height") { $0.picture.height },
        ]
    )

    static let translations = Insertion<(sku: SKU, texts: ProductTexts)>(
        into: "product_translation",
        [
            .column("sku") { $0.sku },
            .column("language") { $0.texts.language },
            .column("name") { $0.texts.name },
            .column("description") { $0.texts.description },
            .column("warnings", as: lines) { $0.texts.warnings.joined(separator: "\n") },
            .column("alternative_texts", as: lines) { $0.texts.alternativeTexts.joined(separator: "\n") },
        ]
    )

    /// What one kit holds of one thing.
    struct Content: Sendable {
        let kit: SKU
        let component: Product.Component
        let kind: Product.Kind
        let position: Int
    }

    static let contents = Insertion<Content>(
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

    static let priceList = Insertion<(currency: Currency, sku: SKU, amount: Int64)>(
        into: "price",
        [.column("currency") { $0.currency }, .column("sku") { $0.sku }, .column("amount") { $0.amount }]
    )

    /// Counters that are there already stay as they are.
    static let stock = Insertion<Product>(
        into: "stock",
        [.column("sku") { $0.sku }, .column("kind") { $0.kind }, .column("on_hand") { _ in Int64(0) }],
        keeping: "sku"
    )

    static let sellers = Insertion<Seller>(
        into: "seller",
        [
            .column("name") { $0.name },
            .column("address_lines", as: lines) { $0.addressLines.joined(separator: "\n") },
            .optional("country") { $0.country },
            .optional("tax_number") { $0.taxNumber },
            .optional("email") { $0.email },
            .column("payment_lines", as: lines) { $0.paymentLines.joined(separator: "\n") },
        ]
    )

    /// A list of texts that hold no line break.
    private static let lines: StaticString = "string_to_array(%, E'\\n')"

    static let markets = Insertion<Market>(
        into: "market",
        [.column("country") { $0.country }, .column("tax_included") { $0.isTaxIncluded }]
    )

    static let taxes = Insertion<TaxRate>(
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

    static let methods = Insertion<(method: ShippingMethod, position: Int)>(
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

    static let rates = Insertion<(method: String, position: Int, rate: ShippingMethod.Rate)>(
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

    static let discounts = Insertion<Discount>(
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
