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
    package let refusals: [String]

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

extension CatalogFile {
    /// The file that a version of the catalog was loaded from, or the newest; nil where there is none.
    package static func stored(
        version: Int64?,
        in pool: Pool
    ) async throws -> (version: Int64, document: [UInt8])? {
        try await pool.read(
            Statement(
                """
                SELECT version, document FROM catalog_revision WHERE $1::bigint IS NULL OR version = $1
                ORDER BY version DESC LIMIT 1
                """,
                version
            )
        ).first.map { (try $0.value("version"), try $0.value("document", as: JSONBValue.self).utf8) }
    }

    /// What this file would change, and what would break.
    package func plan(in pool: Pool, now: Instant) async throws -> CatalogPlan {
        let current = try await Self.stored(version: nil, in: pool)
        return CatalogPlan(
            version: current?.version ?? 0,
            changes: try CatalogPlan.changes(from: current?.document, to: document.utf8),
            refusals: try await refusals(in: pool, now: now)
        )
    }

    /// What applying this file would take from under open carts and orders.
    private func refusals(in pool: Pool, now: Instant) async throws -> [String] {
        let rows = try await pool.read([
            // A product that changes its kind leaves its stock, or its contents, hanging.
            Statement(
                """
                SELECT sku FROM jsonb_array_elements($1::jsonb -> 'products') AS p JOIN product ON product.sku = p ->> 'sku'
                WHERE product.kind <> p ->> 'kind' ORDER BY sku
                """,
                document
            ),
            Statement(
                """
                SELECT code, count(*) AS n FROM shipping_method JOIN orders ON orders.shipping_method = code
                WHERE orders.status = 'placed' AND fulfilment_status IN ('unfulfilled', 'partlyShipped') AND NOT EXISTS
                    (SELECT 1 FROM jsonb_array_elements(coalesce($1::jsonb -> 'shipping', '[]')) AS s WHERE s ->> 'code' = code)
                GROUP BY code ORDER BY code
                """,
                document
            ),
            Statement(
                """
                SELECT item.sku, cart.currency, count(*) AS n FROM cart CROSS JOIN unnest(skus) AS item (sku)
                    JOIN price ON price.sku = item.sku AND price.currency = cart.currency
                WHERE NOT is_ordered AND expires_at > $2 AND $1::jsonb -> 'prices' -> cart.currency -> item.sku IS NULL
                GROUP BY item.sku, cart.currency ORDER BY item.sku, cart.currency
                """,
                document,
                now
            ),
        ])
        var refusals: [String] = []
        for row in rows[0] {
            refusals.append(
                "product \(try row.value("sku", as: String.self)) would change its kind: give the new one a code of its own."
            )
        }
        for row in rows[1] {
            let (code, count): (String, Int) = (try row.value("code"), try row.value("n"))
            refusals.append("shipping \(code) is how \(count) open orders go: send them first, or keep it.")
        }
        for row in rows[2] {
            let (sku, currency, count): (String, String, Int) = (
                try row.value("sku"), try row.value("currency"), try row.value("n")
            )
            refusals.append(
                "\(sku) lies in \(count) open carts in \(currency): keep its price until they expire, or count its stock to 0."
            )
        }
        return refusals
    }
}
