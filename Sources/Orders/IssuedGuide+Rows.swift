import Commerce
import FoundationEssentials
import Links
import Postgres
import Records
import Synchronization
import UsageGuide

/// A revision of a guide as a row of its table: how it is read, and how it is written.
extension IssuedGuide {
    /// Its columns, in the order in which they are read.
    static let columns = """
        regimen, products, revision, course_version, issued_at, content_version, renderer_version, document_hash,
        \(CourseColumns.names)
        """

    init(_ row: Row) throws {
        guard let regimen = Regimen.named(try row.value("regimen")) else {
            throw PostgresError.misuse("a guide has a regimen that this program does not know: it is too old")
        }
        let products = try StoredProduct.read(try row.value("products"))
        self.init(
            revision: try row.value("revision"),
            courseVersion: try row.value("course_version"),
            issuedAt: try row.value("issued_at"),
            contentVersion: try row.value("content_version"),
            rendererVersion: try row.value("renderer_version"),
            documentHash: try row.value("document_hash", as: Bytea.self).bytes,
            guide: Guide(plan: Plan(try CourseColumns.course(row), regimen: regimen), products: products)
        )
    }

    /// Keeps revisions of guides, each of its order.
    static let rows = Insertion<(order: Int64, issued: IssuedGuide)>(
        into: "guide",
        [
            .column("order_id") { $0.order },
            .column("revision") { $0.issued.revision },
            .column("course_version") { $0.issued.courseVersion },
            .column("issued_at") { $0.issued.issuedAt },
            .column("regimen") { $0.issued.guide.plan.regimen },
            .column("content_version") { $0.issued.contentVersion },
            .column("renderer_version") { $0.issued.rendererVersion },
            .column("document_hash") { Bytea($0.issued.documentHash) },
            .column("products") { try StoredProduct.document($0.issued.guide.products) },
            .optional("time_zone") { $0.issued.guide.plan.course?.timeZone },
            .optional("sessions", as: "string_to_array(%, ',')::date[]") {
                $0.issued.guide.plan.course?.sessions.map(\.description).joined(separator: ",")
            },
            .optional("is_final") { $0.issued.guide.plan.course?.isFinal },
            .optional("keep_dry_hours") { $0.issued.guide.plan.course?.choices.keepDryHours },
            .optional("wash_interval_days") { $0.issued.guide.plan.course?.choices.washIntervalDays },
            .optional("rest_days") { $0.issued.guide.plan.course?.choices.restDays },
        ]
    )
}

/// What a guide's own link shows, as it is read.
extension SharedGuide {
    /// - Parameter revisions: how those that are wanted stand to the one that is in force.
    static func statement(_ purpose: LinkPurpose, _ link: Link, revisions: String) -> Statement {
        // A purpose is one of our own words.
        Statement(
            assembled: """
                SELECT orders.id, orders.erased_at, number, customer_name, customer_given_name, \(IssuedGuide.columns),
                    CASE WHEN status = 'cancelled' THEN (SELECT max(at) FROM order_event
                        WHERE order_id = orders.id AND kind = 'cancelled') END AS cancelled_at
                FROM orders JOIN guide ON guide.order_id = orders.id AND guide.revision \(revisions) orders.guide_revision
                WHERE orders.id = $1 AND orders.link_key = $2 AND orders.\(purpose)_link_version = $3
                    AND orders.\(purpose)_link_is_on
                ORDER BY guide.revision
                """,
            [link.target.id, link.target.key, link.target.version]
        )
    }

    /// - Parameter seed: names an order in calendars, by its id.
    init(_ row: Row, seed: (Int64) -> [UInt8]) throws {
        if let erasedAt: Instant = try row.optional("erased_at") { throw OrderError.erased(erasedAt) }
        let (id, number): (Int64, String) = (try row.value("id"), try row.value("number"))
        let name: String = try row.value("customer_name")
        self.init(
            orderNumber: number,
            firstName: try row.optional("customer_given_name") ?? GivenName.guess(name),
            cancelledAt: try row.optional("cancelled_at"),
            issued: try IssuedGuide(row),
            calendarSeed: seed(id)
        )
    }
}

/// A guide's product as its row holds it: a list without names, which every order would have to hold again.
private struct StoredProduct: Codable {
    let sku: String
    let name: String
    let inOrder: Bool

    init(_ product: Guide.Product) { (sku, name, inOrder) = (product.sku.rawValue, product.name, product.isInOrder) }

    init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        sku = try list.decode(String.self)
        name = try list.decode(String.self)
        inOrder = try list.decode(Bool.self)
    }

    func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        try list.encode(sku)
        try list.encode(name)
        try list.encode(inOrder)
    }

    /// The last ones that were written and read: most orders are of the same few products.
    private static let kept = Mutex<[[Guide.Product]: JSONBValue]>([:])
    private static let keptRead = Mutex<[JSONBValue: [Guide.Product]]>([:])
    private static let keptMax = 256

    static func read(_ document: JSONBValue) throws -> [Guide.Product] {
        if let known = keptRead.withLock({ $0[document] }) { return known }
        let stored = try JSONDecoder().decode([StoredProduct].self, from: Data(document.utf8))
        let products = stored.compactMap { product in
            SKU(rawValue: product.sku).map { Guide.Product(sku: $0, name: product.name, isInOrder: product.inOrder) }
        }
        keptRead.withLock { kept in
            if kept.count >= keptMax { kept = [:] }
            kept[document] = products
        }
        return products
    }

    static func document(_ products: [Guide.Product]) throws -> JSONBValue {
        if let known = kept.withLock({ $0[products] }) { return known }
        let document = try write(products)
        kept.withLock { kept in
            if kept.count >= keptMax { kept = [:] }
            kept[products] = document
        }
        return document
    }

    private static func write(_ products: [Guide.Product]) throws -> JSONBValue {
        JSONBValue(utf8: Array(try JSONEncoder().encode(products.map(StoredProduct.init))))
    }
}
