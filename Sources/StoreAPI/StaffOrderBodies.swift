/// An order in a list: nothing that says who the customer is.
package struct StaffOrderSummaryBody: Codable, Sendable, Hashable {
    /// Its number.
    package let number: String
    /// When it was placed.
    package let placedAt: String
    /// `placed`, `completed` or `cancelled`.
    package let status: String
    /// Where the payment stands.
    package let payment: PaymentBody
    /// Where the parcels stand.
    package let fulfilment: String
    /// The latest day to send it.
    @Nullable package var shipBy: String?
    /// What it costs.
    package let total: MoneyBody
    /// What was ordered.
    package let items: [ChoiceItemBody]
    /// Where it goes.
    package let country: String
    /// Why it is not packed for now.
    @Nullable package var hold: String?

    package init(
        number: String,
        placedAt: String,
        status: String,
        payment: PaymentBody,
        fulfilment: String,
        shipBy: String?,
        total: MoneyBody,
        items: [ChoiceItemBody],
        country: String,
        hold: String?
    ) {
        self.number = number
        self.placedAt = placedAt
        self.status = status
        self.payment = payment
        self.fulfilment = fulfilment
        self.shipBy = shipBy
        self.total = total
        self.items = items
        self.country = country
        self.hold = hold
    }
}

/// Orders, the newest first.
package struct StaffOrderListBody: Codable, Sendable, Hashable {
    /// At most as many as were asked for.
    package let data: [StaffOrderSummaryBody]
    /// Where the rest begins.
    @Nullable package var next: String?

    package init(data: [StaffOrderSummaryBody], next: String?) {
        self.data = data
        self.next = next
    }
}

/// What moving the sessions would change.
package struct CoursePreviewBody: Codable, Sendable, Hashable {
    /// In words.
    package let changes: [String]
    /// The latest day to send it then.
    @Nullable package var shipBy: String?
    /// The guide's revision now: the version to name when it is done.
    package let revision: Int

    package init(changes: [String], shipBy: String?, revision: Int) {
        self.changes = changes
        self.shipBy = shipBy
        self.revision = revision
    }
}

/// An order's course as the staff change it.
package struct StaffCourseBody: Codable, Sendable, Hashable {
    /// The order as it is now.
    package let order: StaffOrderBody
    /// The guide's revision.
    package let revision: Int

    package init(order: StaffOrderBody, revision: Int) {
        self.order = order
        self.revision = revision
    }
}

/// What becomes of one of an order's links.
package struct LinkRequestBody: Codable, Sendable, Hashable {
    /// `order`, `guide` or `calendar`.
    package let link: String
    /// `renew` or `revoke`.
    package let act: String

    package init(link: String, act: String) {
        self.link = link
        self.act = act
    }
}

/// The links of an order, for passing on to the customer. Null where switched off.
package struct StaffLinksBody: Codable, Sendable, Hashable {
    /// Its owner's page.
    @Nullable package var order: String?
    /// The guide.
    @Nullable package var guide: String?
    /// The calendar to subscribe to.
    @Nullable package var calendar: String?

    package init(order: String?, guide: String?, calendar: String?) {
        self.order = order
        self.guide = guide
        self.calendar = calendar
    }
}

/// An order's invoice and credit notes.
package struct StaffDocumentsBody: Codable, Sendable, Hashable {
    /// Oldest first.
    package let data: [DocumentBody]
    /// Always null.
    @Nullable package var next: String?

    package init(data: [DocumentBody], next: String?) {
        self.data = data
        self.next = next
    }
}
