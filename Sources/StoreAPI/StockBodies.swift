/// The units of one lot.
package struct LotStockBody: Codable, Sendable, Hashable {
    /// Its name; null for units without one.
    @Nullable package var lot: String?
    /// When it should have been used.
    @Nullable package var expires: String?
    /// How many there are.
    package let onHand: Int

    package init(lot: String?, expires: String?, onHand: Int) {
        self.lot = lot
        self.expires = expires
        self.onHand = onHand
    }
}

/// A component's stock.
package struct StockRowBody: Codable, Sendable, Hashable {
    /// Its code.
    package let sku: String
    /// Its name.
    package let name: String
    /// Units on the shelf.
    package let onHand: Int
    /// Units that orders hold.
    package let reserved: Int
    /// What is left to sell.
    package let available: Int
    /// At or below this it is low.
    package let lowStockMark: Int
    /// `inStock`, `lowStock` or `outOfStock`.
    package let status: String
    /// Whether its lots are kept apart.
    package let tracksLots: Bool
    /// The lots, the one that expires first first.
    package let lots: [LotStockBody]

    package init(
        sku: String,
        name: String,
        onHand: Int,
        reserved: Int,
        available: Int,
        lowStockMark: Int,
        status: String,
        tracksLots: Bool,
        lots: [LotStockBody]
    ) {
        self.sku = sku
        self.name = name
        self.onHand = onHand
        self.reserved = reserved
        self.available = available
        self.lowStockMark = lowStockMark
        self.status = status
        self.tracksLots = tracksLots
        self.lots = lots
    }
}

/// The stock of every component.
package struct StockListBody: Codable, Sendable, Hashable {
    /// By code.
    package let data: [StockRowBody]
    /// Always null.
    @Nullable package var next: String?

    package init(data: [StockRowBody], next: String?) {
        self.data = data
        self.next = next
    }
}

/// Units that came in.
package struct StockReceiptBody: Codable, Sendable, Hashable {
    /// How many.
    package let quantity: Int
    /// Their lot.
    @Nullable package var lot: String?
    /// When they should have been used.
    @Nullable package var expires: String?
    /// Such as the delivery note's number.
    @Nullable package var reason: String?

    package init(quantity: Int, lot: String? = nil, expires: String? = nil, reason: String? = nil) {
        self.quantity = quantity
        self.lot = lot
        self.expires = expires
        self.reason = reason
    }
}

/// Units that were found, lost or spoilt.
package struct StockAdjustmentBody: Codable, Sendable, Hashable {
    /// How many more; negative for fewer.
    package let change: Int
    /// Of which lot.
    @Nullable package var lot: String?
    /// Why.
    package let reason: String

    package init(change: Int, lot: String? = nil, reason: String) {
        self.change = change
        self.lot = lot
        self.reason = reason
    }
}

/// What was counted on the shelf.
package struct StockCountBody: Codable, Sendable, Hashable {
    /// What the store said when the counting began.
    package let expected: Int
    /// What is really there.
    package let actual: Int
    /// Of which lot.
    @Nullable package var lot: String?

    package init(expected: Int, actual: Int, lot: String? = nil) {
        self.expected = expected
        self.actual = actual
        self.lot = lot
    }
}

/// A counter beside the sum of its movements.
package struct StockAuditRowBody: Codable, Sendable, Hashable {
    /// The component.
    package let sku: String
    /// The lot; null for the whole component.
    @Nullable package var lot: String?
    /// What the counter says.
    package let counted: Int
    /// What the movements come to.
    package let moved: Int

    package init(sku: String, lot: String?, counted: Int, moved: Int) {
        self.sku = sku
        self.lot = lot
        self.counted = counted
        self.moved = moved
    }
}

/// Whether every counter is the sum of its movements.
package struct StockAuditBody: Codable, Sendable, Hashable {
    /// Whether all of them are.
    package let agrees: Bool
    /// How many counters were compared.
    package let checked: Int
    /// Those that are not.
    package let differences: [StockAuditRowBody]

    package init(agrees: Bool, checked: Int, differences: [StockAuditRowBody]) {
        self.agrees = agrees
        self.checked = checked
        self.differences = differences
    }
}

/// Somebody who got units of a lot.
package struct RecallRowBody: Codable, Sendable, Hashable {
    /// The order.
    package let number: String
    /// What.
    package let sku: String
    /// How many.
    package let quantity: Int
    /// When.
    package let shippedAt: String
    /// The customer.
    package let name: String
    /// Their e-mail address.
    package let email: String

    package init(number: String, sku: String, quantity: Int, shippedAt: String, name: String, email: String) {
        self.number = number
        self.sku = sku
        self.quantity = quantity
        self.shippedAt = shippedAt
        self.name = name
        self.email = email
    }
}

/// Who got units of a lot.
package struct RecallBody: Codable, Sendable, Hashable {
    /// The lot.
    package let lot: String
    /// How many are still here.
    package let onHand: Int
    /// Each order and component.
    package let data: [RecallRowBody]
    /// Always null.
    @Nullable package var next: String?

    package init(lot: String, onHand: Int, data: [RecallRowBody], next: String?) {
        self.lot = lot
        self.onHand = onHand
        self.data = data
        self.next = next
    }
}

/// One difference between a catalog file and the catalog.
package struct CatalogChangeBody: Codable, Sendable, Hashable {
    /// `add`, `change` or `remove`.
    package let kind: String
    /// What it concerns, such as `product DM-KIT`.
    package let what: String
    /// Which field of it.
    @Nullable package var field: String?
    /// As it is.
    @Nullable package var old: String?
    /// As it would be.
    @Nullable package var new: String?

    package init(kind: String, what: String, field: String?, old: String?, new: String?) {
        self.kind = kind
        self.what = what
        self.field = field
        self.old = old
        self.new = new
    }
}

/// What a catalog file would change.
package struct CatalogPlanBody: Codable, Sendable, Hashable {
    /// The catalog's version that it was compared with.
    package let version: Int
    /// In the file's order.
    package let changes: [CatalogChangeBody]
    /// Why it can't be applied; empty where it can.
    package let refusals: [String]

    package init(version: Int, changes: [CatalogChangeBody], refusals: [String]) {
        self.version = version
        self.changes = changes
        self.refusals = refusals
    }
}

/// What was applied, and how to go back.
package struct CatalogAppliedBody: Codable, Sendable, Hashable {
    /// The version that is in force now.
    package let version: Int
    /// The one before: exporting it and applying that goes back.
    package let previous: Int
    /// What has changed.
    package let changes: [CatalogChangeBody]

    package init(version: Int, previous: Int, changes: [CatalogChangeBody]) {
        self.version = version
        self.previous = previous
        self.changes = changes
    }
}
