import Catalog
package import Commerce
package import Links
package import Postgres
import Records
import Synchronization
import UsageGuide

/// Reading an order: one statement, in which the lines, what they hold and the parcels are rows inside columns.
extension OrderStore {
    /// The order that a locator finds; nil where there is none.
    /// - Throws: `OrderError.erased` for one whose customer was erased: there is nobody's order to be read.
    package func order(_ locator: OrderLocator) async throws -> Order? { try await pool.read(reading(locator)) }

    /// The order that was placed from a cart.
    package func order(from cart: Link) async throws -> Order? { try await pool.read(placed(from: cart))?.order }

    /// Orders that a filter lets through, the newest first.
    /// - Parameter before: the place in the list that the rest begins after.
    package func list(_ filter: OrderFilter, before: Int64? = nil, count: Int) async throws -> [OrderSummary] {
        try await pool.read(filter.page(before: before, count: count))
    }

    /// How many of the orders that were placed since a moment have no guide.
    package static func withoutGuide(since: Instant) -> Query<Int> {
        Query(
            only: Statement(
                """
                SELECT count(*) AS n FROM orders WHERE placed_at >= $1
                    AND NOT EXISTS (SELECT 1 FROM guide WHERE order_id = id AND revision = guide_revision)
                """,
                since
            )
        ) { try $0.value("n") }
    }

    /// How many of all orders have no guide. It takes the longer the more there are.
    package static let allWithoutGuide = Query(
        only: Statement(
            """
            SELECT count(*) AS n FROM orders
            WHERE NOT EXISTS (SELECT 1 FROM guide WHERE order_id = id AND revision = guide_revision)
            """
        )
    ) { (row: Row) -> Int in try row.value("n") }

    /// How many orders a filter lets through.
    package func count(_ filter: OrderFilter) async throws -> Int { try await pool.read(filter.total) }

    /// Where the units of a lot are: who got them, the first first; which parcels that wait hold them; and how many units
    /// of the same components left without a lot, of which nobody can say.
    package func recall(
        ofLot lot: String
    ) async throws -> (
        sent: [ParcelHistory.LotRecipient], waiting: [ParcelHistory.WaitingUnits],
        withoutLot: [(sku: SKU, quantity: Int)]
    ) {
        try await pool.read(
            ParcelHistory.recipients(ofLot: lot),
            ParcelHistory.waiting(ofLot: lot),
            ParcelHistory.sentWithoutLot(besides: lot)
        )
    }

    /// Reads the order that a locator finds: for the batch of whoever needs more than the order.
    package func reading(_ locator: OrderLocator) -> Query<Order?> {
        let (id, key, version) = place(locator)
        return Query(
            first: Statement(
                assembled: Self.byLocator,
                [id, key, version]
            ),
            order
        )
    }

    /// Reads the order that was placed from a cart, and the key that it was placed under.
    func placed(from cart: Link) -> Query<(order: Order, key: IdempotencyKey)?> {
        Query(
            first: Statement(
                assembled: Self.byCart,
                [cart.target.id, cart.target.key]
            )
        ) { row in
            let order = try order(row)
            let key = IdempotencyKey(
                scope: try row.value("key_hash", as: Bytea.self).bytes,
                fingerprint: try row.value("request_fingerprint", as: Bytea.self).bytes
            )
            return (order, key)
        }
    }

    /// Everything that an order is, in the order in which `order(_:)` reads it. Most orders that are read have no parcel
    /// yet, and pay nothing for looking.
    private static let selection = """
        SELECT orders.id, orders.erased_at, number, link_key, order_link_version, guide_link_version, guide_link_is_on,
            calendar_link_version, calendar_link_is_on, placed_at, status, payment_status,
            fulfilment_status, currency, items_amount, discount_amount, shipping_amount, tax_amount, tax_included,
            shipping_tax_amount, shipping_tax_basis_points, stock_held, mail_undeliverable, refunded_amount,
            shipping_method, discount_codes, reference, ship_by,
            \(Order.Details.columns.map(\.name).joined(separator: ", ")),
            packed_at, delivered_at, hold_reason, hold_note, hold_by, hold_at,
            ARRAY(SELECT ROW(sku, kind, name, quantity, unit_amount, total_amount, discount_amount, tax_amount,
                    tax_basis_points, cancelled_quantity, returned_quantity, lost_quantity, credited_quantity,
                    is_sealed,
                    ARRAY(SELECT ROW(sku, name, quantity, wanted, required, cancelled, packed, shipped, returned, lost,
                        replacement) FROM order_component AS part
                        WHERE part.order_id = line.order_id AND part.line = line.position ORDER BY position))
                FROM order_line AS line WHERE line.order_id = orders.id ORDER BY position) AS lines,
            CASE WHEN packed_at IS NOT NULL THEN
                ARRAY(SELECT ROW(ordinal, packed_at, packed_by, shipped_at, carrier, tracking_number,
                        ARRAY(SELECT ROW(line, position, sku, quantity, nullif(lot, '')) FROM shipment_item AS item
                            WHERE (item.order_id, item.ordinal) = (shipment.order_id, shipment.ordinal)
                            ORDER BY line, position, lot))
                    FROM shipment WHERE shipment.order_id = orders.id ORDER BY ordinal) END AS shipments,
            CASE WHEN orders.adjustments > 0 THEN
                ARRAY(SELECT ROW(cause, event.at,
                        ARRAY(SELECT ROW(line, quantity, is_shipping, amount, tax_amount, tax_basis_points)
                            FROM order_adjustment_part AS part
                            WHERE (part.order_id, part.adjustment) = (whole.order_id, whole.ordinal) ORDER BY position))
                    FROM order_adjustment AS whole JOIN order_event AS event USING (order_id, sequence)
                    WHERE whole.order_id = orders.id ORDER BY whole.ordinal) END AS changes,
            \(IssuedGuide.columns), key_hash, request_fingerprint
        FROM orders JOIN guide ON guide.order_id = orders.id AND guide.revision = orders.guide_revision
        """

    private static let byLocator = """
        \(selection) WHERE orders.id = $1
            AND ($2::smallint IS NULL OR (orders.link_key, orders.order_link_version) = ($2, $3))
        """
    private static let byCart = "\(selection) WHERE (orders.cart_id, orders.cart_link_key) = ($1, $2)"

    private func order(_ row: Row) throws -> Order {
        let id: Int64 = try row.value("id")
        if let erasedAt: Instant = try row.optional("erased_at") { throw OrderError.erased(erasedAt) }
        guard let number = OrderNumber(try row.value("number", as: String.self)) else {
            throw PostgresError.misuse("order \(id) has a number that is none")
        }
        let linkKey: Int16 = try row.value("link_key")
        let orderVersion: Int16 = try row.value("order_link_version")
        let guideVersion: Int16 = try row.value("guide_link_version")
        let guideIsOn: Bool = try row.value("guide_link_is_on")
        let calendarVersion: Int16 = try row.value("calendar_link_version")
        let calendarIsOn: Bool = try row.value("calendar_link_is_on")
        func token(_ purpose: LinkPurpose, _ version: Int16) throws(PostgresError) -> LinkToken {
            try keys.link(purpose, to: LinkTarget(id: id, version: version, key: linkKey)).token
        }
        let placedAt: Instant = try row.value("placed_at")
        let status: Order.Status = try row.value("status")
        let paymentStatus: Order.PaymentStatus = try row.value("payment_status")
        let fulfilmentStatus: Order.FulfilmentStatus = try row.value("fulfilment_status")
        let currency: Currency = try row.value("currency")
        func money(_ column: String) throws(PostgresError) -> Money { Money(try row.value(column), currency) }
        let totals = Totals(
            items: try money("items_amount"),
            discount: try money("discount_amount"),
            shipping: try money("shipping_amount"),
            tax: try money("tax_amount"),
            isTaxIncluded: try row.value("tax_included")
        )
        return Order(
            id: id,
            number: number,
            token: try token(.order, orderVersion),
            guideToken: guideIsOn ? try token(.guide, guideVersion) : nil,
            calendarToken: calendarIsOn ? try token(.calendar, calendarVersion) : nil,
            linkVersions: [.order: orderVersion, .guide: guideVersion, .calendar: calendarVersion],
            placedAt: placedAt,
            status: status,
            paymentStatus: paymentStatus,
            fulfilmentStatus: fulfilmentStatus,
            totals: totals,
            shippingTax: try row.value("shipping_tax_amount"),
            shippingTaxBasisPoints: try row.value("shipping_tax_basis_points"),
            adjustments: try row.records("changes").map { try Order.Adjustment($0) },
            isStockHeld: try row.value("stock_held"),
            isMailUndeliverable: try row.value("mail_undeliverable"),
            refunded: try row.value("refunded_amount"),
            shippingMethod: try row.optional("shipping_method"),
            discountCodes: try row.value("discount_codes"),
            reference: try row.optional("reference"),
            shipBy: try row.optional("ship_by"),
            details: try Order.Details(row),
            packedAt: try row.optional("packed_at"),
            deliveredAt: try row.optional("delivered_at"),
            hold: try Order.Hold(row),
            lines: try row.records("lines").map { try Order.Line($0, currency) },
            shipments: try row.records("shipments").map { try Order.Shipment($0) },
            guide: try IssuedGuide(row)
        )
    }
}

extension Order.Status: PostgresValue {}
extension Order.PaymentStatus: PostgresValue {}
extension Order.PaymentMethod: PostgresValue {}
extension Order.FulfilmentStatus: PostgresValue {}
extension Order.Hold.Reason: PostgresValue {}
