/// A staff token, without its secret.
package struct StaffTokenBody: Codable, Sendable, Hashable {
    package let name: String
    package let role: String
    package let createdAt: String
    package let expiresAt: String
    @Nullable package var revokedAt: String?
    @Nullable package var lastUsedAt: String?
    /// The secret, in the answer that made it and never again.
    package let token: String?

    package init(
        name: String,
        role: String,
        createdAt: String,
        expiresAt: String,
        revokedAt: String?,
        lastUsedAt: String?,
        token: String?
    ) {
        self.name = name
        self.role = role
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
        self.token = token
    }
}

/// All staff tokens.
package struct StaffTokenListBody: Codable, Sendable, Hashable {
    package let data: [StaffTokenBody]
    @Nullable package var next: String?

    package init(data: [StaffTokenBody]) {
        self.data = data
        next = nil
    }
}

/// Something that happened to an order.
package struct TimelineEntryBody: Codable, Sendable, Hashable {
    package let kind: String
    package let at: String
    package let actor: String
    package let requestId: String
    @Nullable package var reason: String?
    @Nullable package var amount: MoneyBody?

    package init(
        kind: String,
        at: String,
        actor: String,
        requestId: String,
        reason: String?,
        amount: MoneyBody?
    ) {
        self.kind = kind
        self.at = at
        self.actor = actor
        self.requestId = requestId
        self.reason = reason
        self.amount = amount
    }
}

/// An order as the staff see it: without the links that are its owner's keys.
package struct StaffOrderBody: Codable, Sendable, Hashable {
    package let number: String
    package let placedAt: String
    package let status: String
    package let payment: PaymentBody
    /// What has gone back to the customer.
    package let refunded: MoneyBody
    package let fulfilment: FulfilmentBody
    /// Why it is not packed for now; null where it may be.
    @Nullable package var hold: HoldBody?
    /// Its parcels, those that wait included.
    package let parcels: [ParcelBody]
    package let items: [OrderItemBody]
    package let totals: TotalsBody
    package let customer: CustomerBody
    package let shippingAddress: AddressBody
    @Nullable package var course: CourseBody?
    package let timeline: [TimelineEntryBody]

    package init(
        _ order: OrderBody,
        refunded: MoneyBody,
        hold: HoldBody?,
        parcels: [ParcelBody],
        timeline: [TimelineEntryBody]
    ) {
        number = order.number
        placedAt = order.placedAt
        status = order.status
        payment = order.payment
        self.refunded = refunded
        fulfilment = order.fulfilment
        self.hold = hold
        self.parcels = parcels
        items = order.items
        totals = order.totals
        customer = order.customer
        shippingAddress = order.shippingAddress
        course = order.course
        self.timeline = timeline
    }
}
