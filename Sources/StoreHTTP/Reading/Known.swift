import Catalog
import Commerce

/// What there is, as a sentence for whoever asked for something else.
enum Known {
    /// How many names a sentence lists.
    private static let namesMax = 20

    /// `There is GB, DE.`; of many the first, and how many more.
    static func sentence(_ names: [String], of what: String) -> String {
        guard !names.isEmpty else { return "There is no \(what) here." }
        let more = names.count - namesMax
        let list = names.prefix(namesMax).joined(separator: ", ")
        return more > 0 ? "There is \(list), and \(more) more." : "There is \(list)."
    }

    static func currencies(of catalog: Catalog) -> String {
        sentence(catalog.currencies.map(\.rawValue), of: "currency")
    }

    /// The countries that the shop sells to.
    static func countries(of catalog: Catalog) -> String {
        sentence(catalog.terms.countriesSoldTo.map(\.rawValue).sorted(), of: "country")
    }

    /// The products of a price list.
    static func products(of catalog: Catalog, in currency: Currency) -> String {
        sentence(catalog.listed(in: currency).map(\.sku.rawValue), of: "product")
    }

    /// All products, sold or not.
    static func products(of catalog: Catalog) -> String {
        sentence(catalog.products.map(\.sku.rawValue), of: "product")
    }

    static func deliveryMethods(of catalog: Catalog) -> String {
        sentence(catalog.terms.shipping.map(\.code), of: "shipping method")
    }
}
