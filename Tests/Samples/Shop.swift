import Commerce
import Testing

@testable import Catalog

/// A code that a test names.
func sku(_ text: String) throws -> SKU { try #require(SKU(rawValue: text)) }

/// A currency that a test names.
func currency(_ code: String) throws -> Currency { try #require(Currency(rawValue: code)) }

/// A date that a test names.
func date(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }

/// A product with what matters to a test.
func product(
    _ code: String,
    kind: Product.Kind = .product,
    barcode: String? = nil,
    lowStockMark: Int = 0,
    quantityMax: Int = 10,
    components: [Product.Component] = []
) throws -> Product {
    Product(
        sku: try sku(code),
        kind: kind,
        name: code,
        description: "",
        barcode: barcode,
        weightGrams: nil,
        taxClass: "standard",
        lowStockMark: lowStockMark,
        tracksLots: false,
        applicationsPerUnit: nil,
        quantityMax: quantityMax,
        components: components
    )
}

/// Something inside a kit.
func component(_ code: String, _ quantity: Int = 1, isRequired: Bool = true) throws -> Product.Component {
    Product.Component(sku: try sku(code), quantity: quantity, isRequired: isRequired)
}

/// Stock by code.
func stock(_ levels: [String: Int64]) throws -> StockLevels {
    var bySKU: [SKU: Int64] = [:]
    for (code, level) in levels { bySKU[try sku(code)] = level }
    return StockLevels(bySKU)
}

/// A shop with a kit of three bottles and a sample.
struct Shop {
    let kit: Product
    let ointment: Product
    let shampoo: Product
    let lotion: Product
    let sample: Product
    let catalog: Catalog

    init(kitMark: Int = 0, bottleMark: Int = 0, sampleMark: Int = 0, shampoosPerKit: Int = 1) throws {
        kit = try product(
            "KIT",
            kind: .kit,
            lowStockMark: kitMark,
            components: [
                component("OINTMENT"), component("SHAMPOO", shampoosPerKit), component("LOTION"),
                component("SAMPLE", isRequired: false),
            ]
        )
        ointment = try product("OINTMENT", lowStockMark: bottleMark)
        shampoo = try product("SHAMPOO", lowStockMark: bottleMark)
        lotion = try product("LOTION", lowStockMark: bottleMark)
        sample = try product("SAMPLE", kind: .sample, lowStockMark: sampleMark, quantityMax: 1)
        catalog = Catalog(
            version: 1,
            isDemo: false,
            products: [kit, ointment, shampoo, lotion, sample],
            prices: [:]
        )
    }

    func availability(of product: Product, _ levels: [String: Int64]) throws -> Availability {
        Availability(of: product, in: catalog, stock: try stock(levels))
    }
}
