package import Commerce
import FoundationEssentials
package import Postgres

/// One difference between a catalog file and the catalog that is in force.
package struct CatalogChange: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case add
        case change
        case remove
    }

    package let kind: Kind
    /// What it concerns: `product DM-KIT`, `price GBP DM-KIT`, `shipping standard`.
    package let what: String
    /// Which field of it; nil for the whole.
    package let field: String?
    package let old: String?
    package let new: String?
}

/// What a catalog file would change, and why it may not.
package struct CatalogPlan: Sendable {
    /// The version that it was compared with.
    package let version: Int64
    package let changes: [CatalogChange]
    /// What would break; empty where the file can be applied.
    package let refusals: [Refusal]

    /// Why a file can't be applied.
    package struct Refusal: Sendable, Equatable {
        /// Where in the file, as a JSON Pointer; empty where it is what the file lacks.
        package let pointer: String
        package let detail: String
    }

    /// What differs between two catalog files: entries that came, went or have other fields.
    static func changes(from old: [UInt8]?, to new: [UInt8]) throws -> [CatalogChange] {
        let before = try old.map(entries) ?? [:]
        let after = try entries(new)
        return Set(before.keys).union(after.keys).sorted().flatMap { what -> [CatalogChange] in
            switch (before[what], after[what]) {
            case (nil, let entry?):
                return [CatalogChange(kind: .add, what: what, field: nil, old: nil, new: entry.description)]
            case (let entry?, nil):
                return [CatalogChange(kind: .remove, what: what, field: nil, old: entry.description, new: nil)]
            case (let one?, let other?) where one != other:
                guard case .object(let mine) = one, case .object(let theirs) = other else {
                    return [
                        CatalogChange(
                            kind: .change,
                            what: what,
                            field: nil,
                            old: one.description,
                            new: other.description
                        )
                    ]
                }
                return Set(mine.keys).union(theirs.keys).sorted().filter { mine[$0] != theirs[$0] }.map { field in
                    CatalogChange(
                        kind: .change,
                        what: what,
                        field: field,
                        old: mine[field]?.description,
                        new: theirs[field]?.description
                    )
                }
            default: return []
            }
        }
    }

    /// A file's entries by what they are called.
    private static func entries(_ document: [UInt8]) throws -> [String: JSONTree] {
        guard case .object(let file) = try JSONDecoder().decode(JSONTree.self, from: Data(document)) else { return [:] }
        var entries: [String: JSONTree] = [:]
        func list(_ section: String, _ noun: String, _ keys: [String]) {
            guard case .list(let list)? = file[section] else { return }
            for case .object(var entry) in list {
                let names = keys.compactMap { entry.removeValue(forKey: $0)?.description }
                entries[([noun] + names).joined(separator: " ")] = .object(entry)
            }
        }
        // Stock opens a count and never changes one: it is not part of what is compared.
        list("products", "product", ["sku"])
        for (what, entry) in entries {
            guard case .object(var fields) = entry else { continue }
            fields["stock"] = nil
            entries[what] = .object(fields)
        }
        list("markets", "market", ["country"])
        list("taxes", "tax", ["country", "region", "taxClass", "from"])
        list("shipping", "shipping", ["code"])
        list("discounts", "discount", ["code"])
        list("legalTexts", "legal text", ["kind", "language", "country"])
        // A long text is told by its id.
        for case (let what, .object(var fields)) in entries where what.hasPrefix("legal text ") {
            if case .scalar(let text)? = fields["text"] { fields["text"] = .scalar(LegalText.id(of: text)) }
            entries[what] = .object(fields)
        }
        if case .object(let lists)? = file["prices"] {
            for case (let currency, .object(let prices)) in lists {
                for (sku, price) in prices { entries["price \(currency) \(sku)"] = price }
            }
        }
        if let seller = file["seller"], seller != .null { entries["seller"] = seller }
        if file["demo"] == .scalar("true") { entries["demo"] = .scalar("true") }
        return entries
    }
}

/// Any JSON, to be compared and shown.
private indirect enum JSONTree: Decodable, Equatable, CustomStringConvertible {
    case null
    case scalar(String)
    case list([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let text = try? container.decode(String.self) {
            self = .scalar(text)
        } else if let flag = try? container.decode(Bool.self) {
            self = .scalar("\(flag)")
        } else if let number = try? container.decode(Int64.self) {
            self = .scalar("\(number)")
        } else if let list = try? container.decode([JSONTree].self) {
            self = .list(list)
        } else {
            // A field that is null is one that is not there.
            self = .object(try container.decode([String: JSONTree].self).filter { $0.value != .null })
        }
    }

    /// In short, for people.
    var description: String {
        switch self {
        case .null: "none"
        case .scalar(let text): text
        case .list(let list): "[" + list.map(\.description).joined(separator: ", ") + "]"
        case .object(let fields):
            fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        }
    }
}

/// What open orders and carts use of the catalog: a file that takes it away is refused.
package struct CatalogUse: Sendable {
    /// How many open carts hold a product in a currency.
    package struct InCarts: Sendable {
        package let sku: SKU
        package let currency: Currency
        package let carts: Int

        package init(sku: SKU, currency: Currency, carts: Int) {
            self.sku = sku
            self.currency = currency
            self.carts = carts
        }
    }

    /// How many open orders go by each shipping method.
    package let openOrders: [String: Int]
    package let carts: [InCarts]

    package init(openOrders: [String: Int], carts: [InCarts]) {
        self.openOrders = openOrders
        self.carts = carts
    }
}

extension CatalogFile {
    /// The file that a version of the catalog was loaded from, or the newest; nil where there is none.
    package static func stored(version: Int64?) -> Query<(version: Int64, document: [UInt8])?> {
        Query(
            first: Statement(
                """
                SELECT version, document FROM catalog_revision WHERE $1::bigint IS NULL OR version = $1
                ORDER BY version DESC LIMIT 1
                """,
                version
            )
        ) { (try $0.value("version"), try $0.value("document", as: JSONBValue.self).utf8) }
    }

    /// What this file would change, and what would break.
    /// - Parameters:
    ///   - catalog: what is in force.
    ///   - stored: the file that it came from; nil where there was none.
    package func plan(
        against catalog: Catalog,
        stored: (version: Int64, document: [UInt8])?,
        use: CatalogUse
    ) throws -> CatalogPlan {
        CatalogPlan(
            version: stored?.version ?? 0,
            changes: try CatalogPlan.changes(from: stored?.document, to: document),
            refusals: refusals(catalog, use)
        )
    }

    /// What applying this file would take from under open carts and orders, or from products that there are or were.
    package func refusals(_ catalog: Catalog, _ use: CatalogUse) -> [CatalogPlan.Refusal] {
        let products = entries.enumerated().flatMap { index, entry -> [CatalogPlan.Refusal] in
            let product = entry.product
            var refusals: [CatalogPlan.Refusal] = []
            if let known = catalog.product(product.sku), known.kind != product.kind {
                refusals.append(
                    CatalogPlan.Refusal(
                        pointer: "/products/\(index)/kind",
                        detail: "product \(product.sku) would change its kind: give the new one a code of its own."
                    )
                )
            }
            let number = product.barcode.flatMap { GTIN($0) }
            let owner = catalog.products.first { $0.barcode.flatMap { GTIN($0) } == number && $0.sku != product.sku }
            if number != nil, let barcode = product.barcode, let owner {
                refusals.append(
                    CatalogPlan.Refusal(
                        pointer: "/products/\(index)/barcode",
                        detail: """
                            \(barcode) is the barcode of \(owner.sku): load a file first in which \(owner.sku) has none, \
                            also where it is sold no more.
                            """
                    )
                )
            }
            return refusals
        }
        let methods = Set(terms.shipping.map(\.code))
        let lost = use.carts.filter { item in
            catalog.price(of: item.sku, in: item.currency) != nil && prices[item.currency]?[item.sku] == nil
        }
        return products
            + (use.openOrders.filter { !methods.contains($0.key) }.sorted { $0.key < $1.key }.map {
                "shipping \($0.key) is how \($0.value) open orders go: send them first, or keep it."
            }
            + lost.map { item in
                """
                \(item.sku) lies in \(item.carts) open carts in \(item.currency.rawValue): keep its price until they \
                expire, or count its stock to 0.
                """
            }).map { CatalogPlan.Refusal(pointer: "", detail: $0) }
    }
}
