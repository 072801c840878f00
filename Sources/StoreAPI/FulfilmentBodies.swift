/// Who packs an order, and until when nobody else may.
package struct LeaseBody: Codable, Sendable, Hashable {
    /// The name of their token.
    package let by: String
    /// Until when, unless they ask again.
    package let until: String

    package init(by: String, until: String) {
        self.by = by
        self.until = until
    }
}

/// Why an order is not packed for now.
package struct HoldBody: Codable, Sendable, Hashable {
    /// `addressProblem`, `awaitingCustomer`, `stockProblem`, `paymentReview` or `other`.
    package let reason: String
    /// In somebody's own words.
    @Nullable package var note: String?
    /// Who put it on hold.
    package let by: String
    /// When.
    package let at: String

    package init(reason: String, note: String?, by: String, at: String) {
        self.reason = reason
        self.note = note
        self.by = by
        self.at = at
    }
}

/// An order that waits to be packed.
package struct QueueEntryBody: Codable, Sendable, Hashable {
    /// The order's number.
    package let number: String
    /// The latest day to send it and still be in time.
    package let shipBy: String
    /// Days until then; negative for too late.
    package let slackDays: Int
    /// `late`, `due`, `waiting` (not due yet) or `blocked`.
    package let state: String
    /// What keeps it: `unpaid`, `hold`.
    package let blockedBy: [String]
    /// What was ordered.
    package let items: [ChoiceItemBody]
    /// How many units are still to be packed.
    package let units: Int
    /// How it goes.
    @Nullable package var shippingMethod: String?
    /// Where it goes.
    package let country: String
    /// Who is packing it now.
    @Nullable package var lease: LeaseBody?
    /// Whether a parcel is packed and waits to be sent.
    package let packed: Bool

    package init(
        number: String,
        shipBy: String,
        slackDays: Int,
        state: String,
        blockedBy: [String],
        items: [ChoiceItemBody],
        units: Int,
        shippingMethod: String?,
        country: String,
        lease: LeaseBody?,
        packed: Bool
    ) {
        self.number = number
        self.shipBy = shipBy
        self.slackDays = slackDays
        self.state = state
        self.blockedBy = blockedBy
        self.items = items
        self.units = units
        self.shippingMethod = shippingMethod
        self.country = country
        self.lease = lease
        self.packed = packed
    }
}

/// What must leave, the most urgent first.
package struct QueueBody: Codable, Sendable, Hashable {
    /// Today, where the shop is.
    package let date: String
    /// Orders that should have left.
    package let late: Int
    /// Orders that must leave today.
    package let due: Int
    /// Orders due by today that something keeps.
    package let blocked: Int
    /// Parcels that left today.
    package let shipped: Int
    /// The orders, at most 500.
    package let data: [QueueEntryBody]
    /// Where the rest begins.
    @Nullable package var next: String?

    package init(
        date: String,
        late: Int,
        due: Int,
        blocked: Int,
        shipped: Int,
        data: [QueueEntryBody],
        next: String?
    ) {
        self.date = date
        self.late = late
        self.due = due
        self.blocked = blocked
        self.shipped = shipped
        self.data = data
        self.next = next
    }
}

/// Something that goes into the box.
package struct PackComponentBody: Codable, Sendable, Hashable {
    /// Its code.
    package let sku: String
    /// Its name.
    package let name: String
    /// What is scanned.
    @Nullable package var barcode: String?
    /// How many are still to be packed.
    package let quantity: Int
    /// Whether the parcel may not leave without it.
    package let required: Bool
    /// Whether its lot is asked for.
    package let tracksLots: Bool

    package init(sku: String, name: String, barcode: String?, quantity: Int, required: Bool, tracksLots: Bool) {
        self.sku = sku
        self.name = name
        self.barcode = barcode
        self.quantity = quantity
        self.required = required
        self.tracksLots = tracksLots
    }
}

/// An order to be packed: what goes into the box and where the box goes.
package struct PackListBody: Codable, Sendable, Hashable {
    /// The order's number.
    package let number: String
    /// The latest day to send it.
    @Nullable package var shipBy: String?
    /// Who packs it.
    @Nullable package var lease: LeaseBody?
    /// Who gets it.
    package let name: String
    /// Where it goes.
    package let shippingAddress: AddressBody
    /// How it goes.
    @Nullable package var shippingMethod: String?
    /// What is still to be packed.
    package let components: [PackComponentBody]
    /// What was packed already.
    package let parcels: [ParcelBody]

    package init(
        number: String,
        shipBy: String?,
        lease: LeaseBody?,
        name: String,
        shippingAddress: AddressBody,
        shippingMethod: String?,
        components: [PackComponentBody],
        parcels: [ParcelBody]
    ) {
        self.number = number
        self.shipBy = shipBy
        self.lease = lease
        self.name = name
        self.shippingAddress = shippingAddress
        self.shippingMethod = shippingMethod
        self.components = components
        self.parcels = parcels
    }
}

/// The most urgent order, for whoever asked.
package struct NextOrderBody: Codable, Sendable, Hashable {
    /// Null where nothing waits.
    @Nullable package var order: PackListBody?

    package init(order: PackListBody?) {
        self.order = order
    }
}

/// Something in a parcel.
package struct ParcelItemBody: Codable, Sendable, Hashable {
    /// Its code.
    package let sku: String
    /// How many.
    package let quantity: Int
    /// Its lot, where it has one.
    @Nullable package var lot: String?

    package init(sku: String, quantity: Int, lot: String?) {
        self.sku = sku
        self.quantity = quantity
        self.lot = lot
    }
}

/// A parcel, packed or sent.
package struct ParcelBody: Codable, Sendable, Hashable {
    /// Its name within the order: 1, 2, …
    package let id: String
    /// When it was packed.
    package let packedAt: String
    /// By whom.
    package let packedBy: String
    /// When it left; null while it waits.
    @Nullable package var shippedAt: String?
    /// Who carries it.
    @Nullable package var carrier: String?
    /// Its number there.
    @Nullable package var trackingNumber: String?
    /// Where it can be followed.
    @Nullable package var trackingUrl: String?
    /// What is in it.
    package let items: [ParcelItemBody]

    package init(
        id: String,
        packedAt: String,
        packedBy: String,
        shippedAt: String?,
        carrier: String?,
        trackingNumber: String?,
        trackingUrl: String?,
        items: [ParcelItemBody]
    ) {
        self.id = id
        self.packedAt = packedAt
        self.packedBy = packedBy
        self.shippedAt = shippedAt
        self.carrier = carrier
        self.trackingNumber = trackingNumber
        self.trackingUrl = trackingUrl
        self.items = items
    }
}

/// Something that was scanned or typed at the bench.
package struct ScanBody: Codable, Sendable, Hashable {
    /// A product code or a barcode.
    package let code: String
    /// How many; 1 where nothing is said.
    @Nullable package var quantity: Int?
    /// Its lot, where it has one.
    @Nullable package var lot: String?

    package init(code: String, quantity: Int? = nil, lot: String? = nil) {
        self.code = code
        self.quantity = quantity
        self.lot = lot
    }
}

/// What was put into the box.
package struct PackRequestBody: Codable, Sendable, Hashable {
    /// Everything that is in it.
    package let scanned: [ScanBody]
    /// Optional components that go without.
    @Nullable package var without: [String]?
    /// Whether the rest follows in another parcel.
    @Nullable package var partial: Bool?

    package init(scanned: [ScanBody], without: [String]? = nil, partial: Bool? = nil) {
        self.scanned = scanned
        self.without = without
        self.partial = partial
    }
}

/// How a packed parcel leaves.
package struct ShipRequestBody: Codable, Sendable, Hashable {
    /// Who carries it, such as `royal-mail`, `ups`, `dpd`, `dhl`, `fedex`, `evri` or `other`.
    package let carrier: String
    /// Its number there.
    package let trackingNumber: String
    /// Which parcel; the one that waits where there is only one.
    @Nullable package var parcel: String?

    package init(carrier: String, trackingNumber: String, parcel: String? = nil) {
        self.carrier = carrier
        self.trackingNumber = trackingNumber
        self.parcel = parcel
    }
}

/// Why an order is not packed for now.
package struct HoldRequestBody: Codable, Sendable, Hashable {
    /// `addressProblem`, `awaitingCustomer`, `stockProblem`, `paymentReview` or `other`.
    package let reason: String
    /// In your own words.
    @Nullable package var note: String?

    package init(reason: String, note: String? = nil) {
        self.reason = reason
        self.note = note
    }
}

/// What came back.
package struct ReturnRequestBody: Codable, Sendable, Hashable {
    /// Why.
    package let reason: String
    /// Whether its units can be sold again.
    @Nullable package var restock: Bool?

    package init(reason: String, restock: Bool? = nil) {
        self.reason = reason
        self.restock = restock
    }
}

/// Something to remember about an order.
package struct NoteRequestBody: Codable, Sendable, Hashable {
    /// One line.
    package let text: String

    package init(text: String) {
        self.text = text
    }
}

/// An order on a day's list.
package struct DayOrderBody: Codable, Sendable, Hashable {
    /// Its number.
    package let number: String
    /// Why it did not leave.
    @Nullable package var why: String?

    package init(number: String, why: String?) {
        self.number = number
        self.why = why
    }
}

/// What became of a day.
package struct DayCloseBody: Codable, Sendable, Hashable {
    /// The day.
    package let date: String
    /// Who closed it; null while it is open.
    @Nullable package var closedBy: String?
    /// When.
    @Nullable package var closedAt: String?
    /// Parcels that left.
    package let parcels: Int
    /// The orders they belong to.
    package let shipped: [DayOrderBody]
    /// Orders that were due and did not leave, and why.
    package let left: [DayOrderBody]

    package init(
        date: String,
        closedBy: String?,
        closedAt: String?,
        parcels: Int,
        shipped: [DayOrderBody],
        left: [DayOrderBody]
    ) {
        self.date = date
        self.closedBy = closedBy
        self.closedAt = closedAt
        self.parcels = parcels
        self.shipped = shipped
        self.left = left
    }
}
