import Cart
import Catalog
import Commerce
import FoundationEssentials
import Links
import Postgres
import Synchronization
import UsageGuide

extension OrderStore {
    /// The column that a link's hash is looked for in.
    static func column(_ purpose: Purpose) -> String {
        switch purpose {
        case .order: "token_hash"
        case .guide: "guide_token_hash"
        case .calendar: "calendar_token_hash"
        case .cart: "cart_token_hash"
        }
    }

    /// What reads an order by one of its links, in one batch: the order with its guide, its lines, its components.
    static func statements(_ purpose: Purpose, _ token: Token) -> [Statement] {
        statements(column(purpose), Bytea(token.hash))
    }

    /// The same by whatever names an order.
    static func statements(_ name: Name) -> [Statement] { statements(name.column, name.value) }

    private static func statements(_ column: String, _ hash: any PostgresParameter) -> [Statement] {
        let id = "(SELECT id FROM orders WHERE \(column) = $1)"
        return [
            Statement(
                assembled: """
                    SELECT *, CASE WHEN packed_at IS NOT NULL THEN \(shipments) END AS shipments
                    FROM orders JOIN guide ON guide.order_id = orders.id AND guide.revision = orders.guide_revision
                    WHERE orders.\(column) = $1
                    """,
                [hash]
            ),
            Statement(assembled: "SELECT * FROM order_line WHERE order_id = \(id) ORDER BY position", [hash]),
            Statement(
                assembled: "SELECT * FROM order_component WHERE order_id = \(id) ORDER BY line, position",
                [hash]
            ),
        ]
    }

    /// An order's parcels as one value: most orders that are read have none yet, and pay nothing for them.
    private static let shipments = """
        (SELECT jsonb_agg(jsonb_build_object('ordinal', ordinal, 'packedAt', extract(epoch FROM packed_at),
            'packedBy', packed_by, 'shippedAt', extract(epoch FROM shipped_at), 'carrier', carrier,
            'trackingNumber', tracking_number, 'items', (SELECT jsonb_agg(jsonb_build_object('line', line,
                'position', position, 'sku', sku, 'quantity', quantity, 'lot', nullif(lot, ''))
                ORDER BY line, position, lot)
            FROM shipment_item AS item WHERE item.order_id = shipment.order_id AND item.ordinal = shipment.ordinal))
            ORDER BY ordinal) FROM shipment WHERE shipment.order_id = orders.id)
        """

    /// The order in the answers to `statements`; nil where there is none.
    func order(_ rows: [Rows]) throws -> Order? {
        guard let row = rows[0].first else { return nil }
        let currency: Currency = try row.value("currency")
        func money(_ column: String) throws(PostgresError) -> Money { Money(try row.value(column), currency) }
        let id: Int64 = try row.value("id")
        guard let number = OrderNumber(try row.value("number")), let key = keys.key(try row.value("link_key")) else {
            throw PostgresError.misuse("order \(id) has a number or a link key that this program does not know")
        }
        guard let email = EmailAddress(rawValue: try row.value("customer_email")) else {
            throw PostgresError.misuse("order \(id) has an e-mail address that is none")
        }
        return Order(
            id: id,
            number: number,
            token: key.token(.order, of: Self.name(id), version: try row.value("token_version")),
            guideToken: try Self.link(.guide, of: row, id, key),
            calendarToken: try Self.link(.calendar, of: row, id, key),
            placedAt: try row.value("placed_at"),
            status: try row.value("status"),
            paymentStatus: try row.value("payment_status"),
            paymentMethod: try row.value("payment_method"),
            fulfilmentStatus: try row.value("fulfilment_status"),
            lines: try Self.lines(rows[1], components: rows[2], currency: currency),
            totals: Quote.Totals(
                items: try money("items_amount"),
                discount: try money("discount_amount"),
                shipping: try money("shipping_amount"),
                tax: try money("tax_amount"),
                isTaxIncluded: try row.value("tax_included")
            ),
            shippingTax: try row.value("shipping_tax_amount"),
            shippingTaxBasisPoints: Int64(try row.value("shipping_tax_basis_points", as: Int.self)),
            isShippingRefunded: try row.value("shipping_refunded"),
            isStockHeld: try row.value("stock_held"),
            refunded: try row.value("refunded_amount"),
            shippingMethod: try row.optional("shipping_method"),
            discountCodes: try row.value("discount_codes"),
            shipBy: try row.optional("ship_by"),
            customer: Order.Customer(
                name: try row.value("customer_name"),
                email: email,
                phone: try row.optional("customer_phone")
            ),
            shippingAddress: try Self.address(row),
            billingAddress: try row.optional("billing_address", as: JSONBValue.self).map(StoredAddress.read),
            language: try row.value("language"),
            accepted: try row.value("accepted"),
            guide: try Self.issuedGuide(row),
            packedAt: try row.optional("packed_at"),
            shipments: try row.optional("shipments", as: JSONBValue.self).map(StoredShipment.read) ?? [],
            hold: try Self.hold(row)
        )
    }

    private static func address(_ row: Row) throws(PostgresError) -> PostalAddress {
        PostalAddress(
            line1: try row.value("address_line1"),
            line2: try row.optional("address_line2"),
            city: try row.value("address_city"),
            region: try row.optional("address_region"),
            postalCode: try row.value("address_postal_code"),
            country: try row.value("address_country")
        )
    }

    private static func hold(_ row: Row) throws -> Order.Hold? {
        guard let reason: Order.Hold.Reason = try row.optional("hold_reason") else { return nil }
        return Order.Hold(
            reason: reason,
            note: try row.optional("hold_note"),
            by: try row.value("hold_by"),
            at: try row.value("hold_at")
        )
    }

    /// A link that may be switched off.
    private static func link(_ purpose: Purpose, of row: Row, _ id: Int64, _ key: LinkKey) throws -> Token? {
        guard try row.optional(column(purpose), as: Bytea.self) != nil else { return nil }
        return key.token(purpose, of: name(id), version: try row.value("\(purpose.rawValue)_token_version"))
    }

    /// What an order's links are made from.
    static func name(_ id: Int64) -> [UInt8] { Array("order \(id)".utf8) }

    private static func lines(_ lines: Rows, components: Rows, currency: Currency) throws -> [Order.Line] {
        var packed: [Int: [Order.Component]] = [:]
        for row in components {
            packed[try row.value("line"), default: []].append(
                Order.Component(
                    sku: try row.value("sku"),
                    name: try row.value("name"),
                    quantity: try row.value("quantity"),
                    wanted: try row.value("wanted"),
                    isRequired: try row.value("required"),
                    packed: try row.value("packed"),
                    shipped: try row.value("shipped")
                )
            )
        }
        return try lines.map { row in
            Order.Line(
                sku: try row.value("sku"),
                kind: try row.value("kind"),
                name: try row.value("name"),
                quantity: try row.value("quantity"),
                unitPrice: Money(try row.value("unit_amount"), currency),
                total: Money(try row.value("total_amount"), currency),
                components: packed[try row.value("position")] ?? [],
                shares: Quote.LineTotals(
                    items: try row.value("total_amount"),
                    discount: try row.value("discount_amount"),
                    tax: try row.value("tax_amount"),
                    taxBasisPoints: Int64(try row.value("tax_basis_points", as: Int.self))
                ),
                refundedQuantity: try row.value("refunded_quantity")
            )
        }
    }

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
            guide: Guide(
                plan: Plan(try CourseColumns.course(row), regimen: regimen),
                products: products
            )
        )
    }
}

extension Order.Status: PostgresValue {}
extension Order.PaymentStatus: PostgresValue {}
extension Order.PaymentMethod: PostgresValue {}
extension Order.FulfilmentStatus: PostgresValue {}

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

extension Order.Hold.Reason: PostgresValue {}

/// A parcel as the database's JSON has it.
private struct StoredShipment: Decodable {
    struct Item: Decodable {
        let line: Int
        let position: Int
        let sku: String
        let quantity: Int
        let lot: String?
    }

    let ordinal: Int
    let packedAt: Double
    let packedBy: String
    let shippedAt: Double?
    let carrier: String?
    let trackingNumber: String?
    let items: [Item]?

    static func read(_ document: JSONBValue) throws -> [Order.Shipment] {
        func instant(_ seconds: Double) -> Instant { Instant(microsecondsSince1970: Int64(seconds * 1_000_000)) }
        return try JSONDecoder().decode([StoredShipment].self, from: Data(document.utf8)).map { stored in
            Order.Shipment(
                ordinal: stored.ordinal,
                packedAt: instant(stored.packedAt),
                packedBy: stored.packedBy,
                shippedAt: stored.shippedAt.map(instant),
                carrier: stored.carrier.map { Carrier(code: $0) },
                trackingNumber: stored.trackingNumber,
                items: (stored.items ?? []).compactMap { item in
                    SKU(rawValue: item.sku).map {
                        Order.Shipment.Item(
                            line: item.line,
                            position: item.position,
                            sku: $0,
                            quantity: item.quantity,
                            lot: item.lot
                        )
                    }
                }
            )
        }
    }
}

/// A billing address as an order's row holds it.
struct StoredAddress: Codable {
    let line1: String
    let line2: String?
    let city: String
    let region: String?
    let postalCode: String
    let country: String

    static func document(_ address: PostalAddress) throws -> JSONBValue {
        let stored = StoredAddress(
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            region: address.region,
            postalCode: address.postalCode,
            country: address.country.rawValue
        )
        return JSONBValue(utf8: Array(try JSONEncoder().encode(stored)))
    }

    static func read(_ document: JSONBValue) throws -> PostalAddress {
        let stored = try JSONDecoder().decode(StoredAddress.self, from: Data(document.utf8))
        guard let country = Country(rawValue: stored.country) else {
            throw PostgresError.misuse("an address in the database has a country that is none")
        }
        return PostalAddress(
            line1: stored.line1,
            line2: stored.line2,
            city: stored.city,
            region: stored.region,
            postalCode: stored.postalCode,
            country: country
        )
    }
}
