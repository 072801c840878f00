import Cart
import Catalog
import Commerce
import GuideFormats
import JSONFields
import Orders
import Payments
import Returns
import StoreAPI
import UsageGuide

/// The order as a page for whoever placed it: where it stands, and what they may still change.
struct OrderPage {
    static let template = HTMLTemplate(Embedded.text("order.mustache"), style: style, sendsForms: true)
    /// A page's style, and that of forms.
    static let style = HTMLTemplate.pageStyle + Embedded.text("order.css")

    let order: Order
    /// The page's forms.
    enum Form: String, Sendable {
        case course
        case contact
        case reminders
        case offers
        case links
        case cancellation
        case payment
        case shipping
        case returns
        case returnKept
        case withdrawal
    }

    /// What has just been done, as the page that follows a form says.
    var done: Form?
    /// The form that was sent and refused.
    var refused: Form?
    /// What is wrong with a form that was sent.
    var problem: Problem?
    /// What was typed into a form that was not accepted.
    var course: CourseForm?
    var contact: ContactForm?
    /// Units that come back, and where to; and the other ways to send what is not packed.
    var returns: [Return] = []
    var returnAddress: [String] = []
    var shippingChanges: [ShippingChange] = []
    /// The last day to withdraw from the contract; nil while nothing has arrived.
    var lastDayToWithdraw: CalendarDate?
    var isWithdrawalOver = false
    /// What a withdrawal that was asked for would do: it is to be confirmed.
    var withdrawal: WithdrawalPreviewBody?
    /// Its invoice and credit notes.
    var documents: [IssuedDocument] = []
    /// The words by which offers are taken; nil where the shop makes none.
    var offers: OfferWording?
    /// Whether the customer takes them.
    var takesOffers = false
    /// The revision before the current one.
    let previous: IssuedGuide?
    /// Why the dates can't be changed; nil while they can.
    let closedBy: OrderError?
    /// A time zone to offer where none is known, and all to choose from.
    let timeZone: String
    let timeZones: [String]
    let publicURL: String
    let words: PageWords

    /// - Throws: where the order's language is unknown.
    init(
        _ order: Order,
        previous: IssuedGuide?,
        closedBy: OrderError?,
        timeZone: String,
        timeZones: [String],
        publicURL: String
    ) throws {
        self.order = order
        self.previous = previous
        self.closedBy = closedBy
        self.timeZone = timeZone
        self.timeZones = timeZones
        self.publicURL = publicURL
        words = try PageWords(language: order.details.language)
    }

    func html() -> String {
        var values: [String: Any] = [
            "language": words.language, "direction": words.direction,
            "title": words.text(.orderTitle, ["number": order.number.description]),
            "number": order.number.description, "name": order.details.customer.name, "thanks": words.text(.orderThanks),
            "placed": words.text(.orderPlaced, ["date": words.date(order.placedAt.date)]),
            "status": status, "lines": lines, "sums": sums, "links": links,
            "private": words.text(.orderPrivate),
        ]
        for (name, sentence) in Self.labels { values[name] = words.text(sentence) }
        for (name, sentence) in [
            ("wordRemind", Sentence.pageRemind), ("wordNoReminder", .pageRemindNone), ("wordCalendar", .pageCalendar),
        ] {
            values[name] = words.text(sentence)
        }
        values["done"] = doneText
        if let faults { values["faults"] = ["heading": words.text(.orderFaultHeading), "list": faults] }
        if awaitsPayment {
            values["payment"] = [
                "action": "\(StorePath.orderPage(order.token))/payment", "hint": words.text(.orderPayHint),
                "button": words.text(order.paymentStatus == .failed ? .orderPayAgain : .orderPay),
            ]
        }
        if !documents.isEmpty {
            values["documents"] = [
                "heading": words.text(.orderDocuments),
                "list": documents.map { issued in
                    [
                        "address": StorePath.document(order.token, issued.number),
                        "text": words.text(
                            issued.document.kind == .invoice ? .documentInvoice : .documentCreditNote,
                            ["number": issued.number]
                        ),
                    ]
                },
            ]
        }
        values["guide"] = order.guideToken.map(StorePath.guidePage)
        // Of what it comes to now.
        let tax = order.totals.tax.amount + order.adjustments.reduce(0) { $0 + $1.tax }
        if order.totals.isTaxIncluded, tax > 0 {
            let money = Money(tax, order.totals.tax.currency)
            values["taxIncluded"] = words.text(.orderTaxIncluded, ["amount": money.text])
        }
        if let previous {
            let changes = words.changes(from: previous.guide.plan, to: order.guide.guide.plan)
            values["lastChange"] = words.text(.orderCourseLast, ["changes": changes.joined(separator: " ")])
        }
        switch (closedBy, order.status) {
        case (nil, .placed), (nil, .completed):
            let isKnown = order.guide.guide.plan.status != .undated
            values["courseHint"] = words.text(isKnown ? .orderCourseMove : .orderCourseNone)
            values["course"] = courseForm
        case (_, .cancelled): values["courseHint"] = words.text(.orderCourseCancelled)
        default: values["courseHint"] = words.text(.orderCourseClosed)
        }
        if order.status != .cancelled, closedBy == nil || order.details.reminders != nil {
            values["reminders"] = remindersForm
        }
        if order.status != .cancelled, takesOffers || closedBy == nil && offers != nil { values["offers"] = offersForm }
        values["contactHint"] = words.text(order.canBeCorrected ? .orderContactOpen : .orderContactClosed)
        if order.canBeCorrected {
            values["contact"] = contactForm
            values["cancellation"] = "\(StorePath.orderPage(order.token))/cancellation"
            values["someCancellation"] = someCancellation
            values["shipping"] = shippingForm
        } else {
            let address = order.details.shippingAddress
            values["addressLines"] = [
                order.details.customer.name, address.line1, address.line2, address.city, address.region,
                address.postalCode,
                address.country.rawValue, order.details.customer.email.rawValue, order.details.customer.phone,
            ].compactMap(\.self)
        }
        values["seen"] = "\(order.adjustments.count).\(returns.count).\(order.shippingMethod ?? "")"
        values["returns"] = returnsCard
        values["withdrawal"] = withdrawalCard
        return Self.template.render(values)
    }

    private static let labels: [(String, PageSentence)] = [
        ("wordStatus", .orderStatus), ("wordGuide", .orderGuide), ("wordItems", .orderItems),
        ("wordLinks", .orderLinks), ("hintLinks", .orderLinksHint), ("wordRevoked", .orderLinksRevoked),
        ("wordRenew", .orderLinksRenew), ("wordRevoke", .orderLinksRevoke), ("wordSessions", .orderCourse),
        ("lineHint", .orderCourseHint), ("wordFinal", .orderCourseFinal), ("wordZone", .orderCourseZone),
        ("wordArtist", .orderCourseArtist), ("wordSave", .orderCourseSave), ("wordContact", .orderContact),
        ("wordSaveContact", .orderContactSave), ("wordCancel", .orderCancel), ("hintCancel", .orderCancelHint),
        ("buttonCancel", .orderCancelButton),
    ]

    /// Whether its customer has something to do to pay it.
    private var awaitsPayment: Bool {
        order.details.paymentMethod != .invoice && order.status == .placed
            && [.unpaid, .failed].contains(order.paymentStatus)
    }

    // MARK: - What was ordered

    private var status: [String] {
        let order: PageSentence =
            switch order.status {
            case .placed: .orderStatusPlaced
            case .completed:
                self.order.fulfilmentStatus == .returned ? .orderStatusClosed : .orderStatusCompleted
            case .cancelled: .orderStatusCancelled
            }
        let payment: PageSentence =
            switch self.order.paymentStatus {
            case .unpaid: .orderPaymentUnpaid
            case .authorised: .orderPaymentAuthorised
            case .paid: .orderPaymentPaid
            case .failed: .orderPaymentFailed
            case .void: .orderPaymentVoid
            case .partlyRefunded: .orderPaymentPartlyRefunded
            case .refunded: .orderPaymentRefunded
            }
        let fulfilment: PageSentence =
            switch self.order.fulfilmentStatus {
            case .unfulfilled: .orderFulfilmentUnfulfilled
            case .partlyShipped: .orderFulfilmentPartlyShipped
            case .shipped: .orderFulfilmentShipped
            case .delivered: .orderFulfilmentDelivered
            case .returned:
                self.order.lines.contains { $0.returnedQuantity > 0 } ? .orderFulfilmentReturned : .orderFulfilmentLost
            }
        return self.order.status == .cancelled
            ? [words.text(order), words.text(payment)]
            : [words.text(order), words.text(payment), words.text(fulfilment)]
    }

    private var lines: [[String: Any]] {
        order.lines.map { line in
            var values: [String: Any] = [
                "quantity": "\(line.quantity)", "name": line.name, "amount": line.total.text,
            ]
            values["changes"] = changes(line)
            let missing = line.components.filter { $0.quantity < $0.wanted }.map(\.name)
            if !missing.isEmpty {
                values["missing"] = words.text(.orderWithout, ["product": missing.joined(separator: ", ")])
            }
            return values
        }
    }

    private var sums: [[String: Any]] {
        let totals = order.totals
        var sums: [[String: Any]] = []
        if totals.discount.amount > 0 {
            sums.append(["label": words.text(.orderDiscount), "amount": "−\(totals.discount.text)"])
        }
        if totals.shipping.amount > 0 {
            sums.append(["label": words.text(.orderShipping), "amount": totals.shipping.text])
        }
        if !totals.isTaxIncluded, totals.tax.amount > 0 {
            sums.append(["label": words.text(.orderTax), "amount": totals.tax.text])
        }
        sums.append(["label": words.text(.orderTotal), "amount": totals.total.text, "isTotal": true])
        return sums + adjustments
    }
}
