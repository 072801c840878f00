import Catalog
package import Commerce
import Crypto
import FoundationEssentials
import GuideFormats
package import Links
package import Postgres
import Records
import Synchronization
import UsageGuide

/// The guides of orders: issued, kept, and read again by their links.
extension OrderStore {
    // MARK: - Reading

    /// The guide that a guide's or a calendar's link opens; nil for a revoked link.
    package func guide(_ purpose: LinkPurpose, _ link: Link) async throws -> SharedGuide? {
        try await pool.read(Query(first: Self.shared(purpose, link, revisions: "="), shared))
    }

    /// The same with every revision there has been, oldest first: its own is the last.
    package func history(_ purpose: LinkPurpose, _ link: Link) async throws -> (SharedGuide, [IssuedGuide])? {
        let revisions = try await pool.read(Query(each: Self.shared(purpose, link, revisions: "<="), shared))
        return revisions.last.map { ($0, revisions.map(\.issued)) }
    }

    /// Every revision of an order's guide, oldest first; none for an unknown number.
    package func guides(of number: OrderNumber) async throws -> [IssuedGuide] {
        try await pool.read(
            Query(
                each: Statement(
                    assembled: "SELECT \(Self.guideColumns) FROM guide WHERE order_id = $1 ORDER BY revision",
                    [place(.number(number)).id]
                ),
                Self.issuedGuide
            )
        )
    }

    /// The revision before an order's current guide; nil where that is the first.
    package func previousGuide(of order: Order) async throws -> IssuedGuide? {
        guard order.guide.revision > 1 else { return nil }
        return try await pool.read(
            Query(
                first: Statement(
                    assembled: "SELECT \(Self.guideColumns) FROM guide WHERE order_id = $1 AND revision = $2",
                    [order.id, order.guide.revision - 1]
                ),
                Self.issuedGuide
            )
        )
    }

    private static func shared(_ purpose: LinkPurpose, _ link: Link, revisions: String) -> Statement {
        // A purpose is one of our own words.
        Statement(
            assembled: """
                SELECT orders.id, number, status, customer_name, customer_given_name, \(guideColumns)
                FROM orders JOIN guide ON guide.order_id = orders.id AND guide.revision \(revisions) orders.guide_revision
                WHERE orders.id = $1 AND orders.link_key = $2 AND orders.\(purpose)_link_version = $3
                    AND orders.\(purpose)_link_is_on
                ORDER BY guide.revision
                """,
            [link.target.id, link.target.key, link.target.version]
        )
    }

    private func shared(_ row: Row) throws -> SharedGuide {
        let (id, number): (Int64, String) = (try row.value("id"), try row.value("number"))
        let status: Order.Status = try row.value("status")
        let name: String = try row.value("customer_name")
        return SharedGuide(
            orderNumber: number,
            firstName: try row.optional("customer_given_name") ?? GivenName.guess(name),
            isCancelled: status == .cancelled,
            issued: try Self.issuedGuide(row),
            calendarSeed: keyed("calendar \(id)")
        )
    }

    /// A guide's columns, in the order in which `issuedGuide(_:)` reads them.
    static let guideColumns = """
        regimen, products, revision, issued_at, content_version, renderer_version, document_hash, \(CourseColumns.names)
        """

    static func issuedGuide(_ row: Row) throws -> IssuedGuide {
        guard let regimen = Regimen.named(try row.value("regimen")) else {
            throw PostgresError.misuse("a guide has a regimen that this program does not know: it is too old")
        }
        let products = try StoredProduct.read(try row.value("products"))
        return IssuedGuide(
            revision: try row.value("revision"),
            issuedAt: try row.value("issued_at"),
            contentVersion: try row.value("content_version"),
            rendererVersion: try row.value("renderer_version"),
            documentHash: try row.value("document_hash", as: Bytea.self).bytes,
            guide: Guide(plan: Plan(try CourseColumns.course(row), regimen: regimen), products: products)
        )
    }

    // MARK: - Issuing

    /// A guide as it is issued now: with the newest sentences of its language, and the proof of what they say.
    func issue(_ guide: Guide, revision: Int, at now: Instant, language: String) throws -> IssuedGuide {
        guard let content = GuideContent.newest(language) else {
            throw PostgresError.misuse("an order has a language that no guide is written in")
        }
        return IssuedGuide(
            revision: revision,
            issuedAt: now,
            contentVersion: content.version,
            rendererVersion: GuideText.version,
            documentHash: proofs.proof(of: guide, content: content),
            guide: guide
        )
    }

    /// Issues the next revision of an order's guide, and makes it the one that is in force.
    func reissue(_ guide: Guide, of order: Order, at now: Instant) throws -> [Statement] {
        let issued = try issue(guide, revision: order.guide.revision + 1, at: now, language: order.details.language)
        return [
            try Self.guides.statement([(order.id, issued)]),
            Statement("UPDATE orders SET guide_revision = $2 WHERE id = $1", order.id, issued.revision),
        ]
    }

    /// It goes without some optional units: they are free again, and its guide says so.
    /// - Parameter dropped: how many units of which component, by line and position.
    package func goesWithout(
        _ dropped: [(component: Order.OpenComponent, quantity: Int)],
        _ order: Order,
        at now: Instant
    ) throws -> [Statement] {
        guard !dropped.isEmpty else { return [] }
        return [
            StockStore.release(dropped.map { ($0.component.part.sku, $0.quantity) }),
            Statement(
                """
                UPDATE order_component AS part SET quantity = part.quantity - dropped.quantity
                FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS dropped (line, position, quantity)
                WHERE order_id = $1 AND (part.line, part.position) = (dropped.line, dropped.position)
                """,
                order.id,
                dropped.map(\.component.line),
                dropped.map(\.component.position),
                dropped.map(\.quantity)
            ),
        ]
            + (try reissue(order, without: dropped.map { ($0.component.part.sku, $0.quantity) }, at: now))
    }

    /// The guide anew where something of it is not in the order any more.
    func reissue(_ order: Order, without gone: [(sku: SKU, quantity: Int)], at now: Instant) throws -> [Statement] {
        var left: [SKU: Int] = [:]
        for part in order.lines.flatMap(\.components) { left[part.sku, default: 0] += part.quantity - part.cancelled }
        for part in gone { left[part.sku, default: 0] -= part.quantity }
        let guide = order.guide.guide
        let products = guide.products.map {
            Guide.Product(sku: $0.sku, name: $0.name, isInOrder: left[$0.sku, default: 0] > 0)
        }
        guard products != guide.products else { return [] }
        return try reissue(Guide(plan: guide.plan, products: products), of: order, at: now)
    }

    /// Gives up what some units' money goes back for, as far as it has not left: it is never packed, its stock is free, and
    /// the guide names it no more.
    /// - Throws: `OrderError.waitsInParcel` where a parcel that waits holds some of it.
    package func cancelUnits(_ order: Order, refunding quantities: [SKU: Int], at now: Instant) throws -> [Statement] {
        guard let cancellations = order.cancellations(refunding: quantities) else { throw OrderError.waitsInParcel }
        guard !cancellations.isEmpty else { return [] }
        let parts = cancellations.flatMap { line in line.components.map { (line: line.line, part: $0) } }
        let gone = parts.map { (sku: $0.part.sku, quantity: $0.part.quantity) }
        let nothingIsLeft = order.openComponents.reduce(0) { $0 + $1.left } == gone.reduce(0) { $0 + $1.quantity }
        return [
            Statement(
                """
                UPDATE order_line SET cancelled_quantity = cancelled_quantity + part.quantity
                FROM unnest($2::bigint[], $3::bigint[]) AS part (line, quantity)
                WHERE order_id = $1 AND position = part.line
                """,
                order.id,
                cancellations.map(\.line),
                cancellations.map(\.quantity)
            ),
            Statement(
                """
                UPDATE order_component AS part SET cancelled = part.cancelled + gone.quantity
                FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS gone (line, position, quantity)
                WHERE order_id = $1 AND (part.line, part.position) = (gone.line, gone.position)
                """,
                order.id,
                parts.map(\.line),
                parts.map(\.part.position),
                parts.map(\.part.quantity)
            ),
        ] + (order.isStockHeld ? [StockStore.release(gone)] : [])
            // What was still to come never does: what left is all.
            + (nothingIsLeft && order.fulfilmentStatus == .partlyShipped && order.waitingShipments.isEmpty
                ? [Statement("UPDATE orders SET fulfilment_status = 'shipped' WHERE id = $1", order.id)] : [])
            + (try reissue(order, without: gone, at: now))
    }

    /// Keeps revisions of guides, each of its order.
    static let guides = Insertion<(order: Int64, issued: IssuedGuide)>(
        into: "guide",
        [
            .column("order_id") { $0.order },
            .column("revision") { $0.issued.revision },
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

/// A guide's product as its row holds it: a list without names, which every order would have to hold again.
struct StoredProduct: Codable {
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
