import Catalog
import Commerce
import Postgres
import Records

/// The parts of an order as they are read: from its row, and from the rows inside it, whose values come in the order of
/// the selection.
extension Order.Hold {
    /// Nil where the order is not held.
    init?(_ row: Row) throws(PostgresError) {
        guard let reason: Reason = try row.optional("hold_reason") else { return nil }
        self.init(
            reason: reason,
            note: try row.optional("hold_note"),
            by: try row.value("hold_by"),
            at: try row.value("hold_at")
        )
    }
}

extension Order.Line {
    init(_ record: Record, _ currency: Currency) throws(PostgresError) {
        var fields = record
        let sku: SKU = try fields.value()
        let kind: Product.Kind = try fields.value()
        let name: String = try fields.value()
        let quantity: Int = try fields.value()
        let unitAmount: Int64 = try fields.value()
        let totalAmount: Int64 = try fields.value()
        let shares = LineTotals(
            items: totalAmount,
            discount: try fields.value(),
            tax: try fields.value(),
            taxBasisPoints: try fields.value()
        )
        let cancelledQuantity: Int = try fields.value()
        let returnedQuantity: Int = try fields.value()
        let lostQuantity: Int = try fields.value()
        let creditedQuantity: Int = try fields.value()
        let isSealed: Bool = try fields.value()
        // What was sold comes first, then what replaces it.
        var components: [Order.Component] = []
        var replacements: [Order.Component] = []
        for record in try fields.records() {
            let component = try Order.Component(record)
            if component.replacement == 0 { components.append(component) } else { replacements.append(component) }
        }
        self.init(
            sku: sku,
            kind: kind,
            name: name,
            quantity: quantity,
            unitPrice: Money(unitAmount, currency),
            total: Money(totalAmount, currency),
            components: components,
            replacements: replacements,
            shares: shares,
            cancelledQuantity: cancelledQuantity,
            returnedQuantity: returnedQuantity,
            lostQuantity: lostQuantity,
            creditedQuantity: creditedQuantity,
            isSealed: isSealed
        )
    }
}

extension Order.Component {
    init(_ record: Record) throws(PostgresError) {
        var fields = record
        self.init(
            sku: try fields.value(),
            name: try fields.value(),
            quantity: try fields.value(),
            wanted: try fields.value(),
            isRequired: try fields.value(),
            cancelled: try fields.value(),
            packed: try fields.value(),
            shipped: try fields.value(),
            returned: try fields.value(),
            lost: try fields.value(),
            replacement: try fields.value()
        )
    }
}

extension Order.Adjustment {
    init(_ record: Record) throws {
        var fields = record
        let cause: String = try fields.value()
        guard let cause = Cause(rawValue: cause) else {
            throw PostgresError.misuse("an adjustment has the cause \(cause), which is none")
        }
        let at: Instant = try fields.value()
        var parts: [Part] = []
        for record in try fields.records() {
            var part = record
            let line: Int? = try part.optional()
            let quantity: Int = try part.value()
            let isShipping: Bool = try part.value()
            parts.append(
                Part(
                    subject: line.map { .units(line: $0, quantity: quantity) } ?? (isShipping ? .shipping : .price),
                    amount: try part.value(),
                    tax: try part.value(),
                    taxBasisPoints: try part.value()
                )
            )
        }
        self.init(cause: cause, at: at, parts: parts)
    }
}

extension Order.Shipment {
    init(_ record: Record) throws(PostgresError) {
        var fields = record
        let ordinal: Int = try fields.value()
        let packedAt: Instant = try fields.value()
        let packedBy: String = try fields.value()
        let shippedAt: Instant? = try fields.optional()
        let carrier: String? = try fields.optional()
        let trackingNumber: String? = try fields.optional()
        var items: [Item] = []
        for record in try fields.records() {
            var item = record
            items.append(
                Item(
                    line: try item.value(),
                    position: try item.value(),
                    sku: try item.value(),
                    quantity: try item.value(),
                    lot: try item.optional()
                )
            )
        }
        self.init(
            ordinal: ordinal,
            packedAt: packedAt,
            packedBy: packedBy,
            shippedAt: shippedAt,
            carrier: carrier.map { Carrier(code: $0) },
            trackingNumber: trackingNumber,
            items: items
        )
    }
}
