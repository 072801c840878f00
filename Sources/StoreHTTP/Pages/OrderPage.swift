import Cart
import Catalog
import Commerce
import GuideFormats
import JSONFields
import Orders
import Payments
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
    private let words: PageWords

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
        if order.totals.isTaxIncluded, order.totals.tax.amount > 0 {
            values["taxIncluded"] = words.text(.orderTaxIncluded, ["amount": order.totals.tax.text])
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
        } else {
            let address = order.details.shippingAddress
            values["addressLines"] = [
                address.line1, address.line2, address.city, address.region, address.postalCode,
                address.country.rawValue, order.details.customer.email.rawValue,
            ].compactMap(\.self)
        }
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
            case .completed: .orderStatusCompleted
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
            case .returned: .orderFulfilmentReturned
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
        return sums
    }

    // MARK: - What may be changed

    private var courseForm: [String: Any] {
        let known = order.guide.guide.plan.course
        let choices = order.guide.guide.plan.choices
        let typed = course?.dates ?? known?.sessions.map(\.description) ?? []
        let wrong = Set(problem?.errors?.map(\.pointer) ?? [])
        let rows = min(max(typed.count + 2, 2), max(Course.sessionsMax, typed.count))
        func choice(
            _ name: String,
            _ label: PageSentence,
            _ options: [Int],
            _ value: Int,
            _ text: (Int) -> String
        ) -> [String: Any] {
            [
                "name": name, "label": words.text(label),
                "options": options.map { ["value": "\($0)", "text": text($0), "selected": $0 == value] },
            ]
        }
        return [
            "action": "\(StorePath.orderPage(order.token))/course", "revision": "\(order.guide.revision)",
            "dates": (0..<rows).map { row in
                [
                    "label": words.text(.orderCourseSession, ["number": "\(row + 1)"]),
                    "value": row < typed.count ? typed[row] : "", "isWrong": wrong.contains("/sessions/\(row)"),
                ] as [String: Any]
            },
            "isFinal": course.map { $0.final != nil } ?? known?.isFinal ?? true,
            "zones": timeZones,
            "timeZone": course?.timeZone ?? known?.timeZone ?? timeZone, "isZoneWrong": wrong.contains("/timeZone"),
            "choices": [
                choice(
                    "keepDryHours",
                    .orderCourseKeepDry,
                    ArtistChoices.keepDryHoursAllowed,
                    course?.keepDryHours ?? choices.keepDryHours
                ) { words.text(.orderCourseKeepDryValue, ["hours": "\($0)"]) },
                choice(
                    "washIntervalDays",
                    .orderCourseWash,
                    Array(ArtistChoices.washIntervalDaysAllowed),
                    course?.washIntervalDays ?? choices.washIntervalDays
                ) { words.text(.orderCourseWashValue, ["days": "\($0)"]) },
                choice(
                    "restDays",
                    .orderCourseRest,
                    Array(ArtistChoices.restDaysAllowed),
                    course?.restDays ?? choices.restDays
                ) { words.text(.orderCourseRestValue, ["days": "\($0)"]) },
            ],
        ]
    }

    private var remindersForm: [String: Any] {
        let wished = order.details.reminders?.hour
        return [
            "action": "\(StorePath.orderPage(order.token))/reminders", "heading": words.text(.orderReminders),
            "hint": words.text(.orderRemindersHint), "label": words.text(.orderRemindersHour),
            "none": words.text(.orderRemindersNone), "button": words.text(.orderRemindersSave),
            "hours": Order.Reminders.hours.map {
                ["value": "\($0)", "text": "\($0):00", "selected": $0 == wished] as [String: Any]
            },
        ]
    }

    private var offersForm: [String: Any] {
        [
            "action": "\(StorePath.orderPage(order.token))/offers", "heading": words.text(.orderOffers),
            "hint": takesOffers
                ? words.text(.orderOffersTaken) : offers?.text(in: order.details.language) ?? "",
            "wording": takesOffers ? "" : offers?.wording ?? "",
            "button": words.text(takesOffers ? .orderOffersEnd : .orderOffersTake),
        ]
    }

    private var contactForm: [String: Any] {
        let address = order.details.shippingAddress
        let wrong = Set(problem?.errors?.map(\.pointer) ?? [])
        func field(_ name: String, _ value: String, type: String = "text", autocomplete: String) -> [String: Any] {
            [
                "field": name, "label": words.text(Self.label(name)), "value": value, "type": type,
                "autocomplete": autocomplete, "required": name != "line2",
                "isWrong": wrong.contains("/\(name)") || wrong.contains("/address/\(name)"),
            ]
        }
        return [
            "action": "\(StorePath.orderPage(order.token))/contact",
            "fields": [
                field(
                    "email",
                    contact?.email ?? order.details.customer.email.rawValue,
                    type: "email",
                    autocomplete: "email"
                ),
                field("line1", contact?.line1 ?? address.line1, autocomplete: "address-line1"),
                field("line2", contact?.line2 ?? address.line2 ?? "", autocomplete: "address-line2"),
                field("city", contact?.city ?? address.city, autocomplete: "address-level2"),
                field("postalCode", contact?.postalCode ?? address.postalCode, autocomplete: "postal-code"),
            ],
            "country": words.text(
                .orderContactCountry,
                ["country": [address.region, address.country.rawValue].compactMap(\.self).joined(separator: ", ")]
            ),
        ]
    }

    private static func label(_ field: String) -> PageSentence {
        switch field {
        case "email": .orderContactEmail
        case "line1": .orderContactLine1
        case "line2": .orderContactLine2
        case "city": .orderContactCity
        default: .orderContactPostalCode
        }
    }

    private var links: [[String: Any]] {
        func link(_ link: Order.SharedLink, _ name: PageSentence, _ path: String?) -> [String: Any] {
            var values: [String: Any] = [
                "name": words.text(name), "link": link.rawValue,
                "action": "\(StorePath.orderPage(order.token))/links",
            ]
            values["address"] = path.map { ["path": $0, "text": publicURL + $0] }
            return values
        }
        var calendar = link(.calendar, .orderLinksCalendar, order.calendarToken.map(StorePath.calendarPage))
        let offered = order.status == .cancelled ? nil : order.calendarToken
        calendar["calendar"] = offered.map {
            ["path": StorePath.calendarPage($0), "reminders": GuideCalendar.Reminder.times(chosen: nil)]
                as [String: Any]
        }
        return [link(.guide, .orderLinksGuide, order.guideToken.map(StorePath.guidePage)), calendar]
    }

    // MARK: - What came of a form

    private var doneText: String? {
        switch done {
        case .course: words.text(.orderDoneCourse, ["revision": "\(order.guide.revision)"])
        case .contact: words.text(.orderDoneContact)
        case .reminders:
            order.details.reminders.map { words.text(.orderDoneReminders, ["time": "\($0.hour):00"]) }
                ?? words.text(.orderDoneNoReminders)
        case .offers: words.text(takesOffers ? .orderDoneOffers : .orderDoneNoOffers)
        case .cancellation: words.text(.orderStatusCancelled)
        case .links: words.text(.orderDoneLinks)
        case .payment: words.text(.orderDonePayment)
        case nil: nil
        }
    }

    private var faults: [String]? {
        guard let problem else { return nil }
        if problem.type == .courseChanged { return [words.text(.orderFaultChanged)] }
        if problem.type == .courseClosed {
            return [
                words.text(
                    [.reminders, .offers].contains(refused)
                        ? .orderCourseCancelled
                        : refused == .contact || refused == .cancellation ? .orderContactClosed : .orderCourseClosed
                )
            ]
        }
        guard let errors = problem.errors, !errors.isEmpty else { return [problem.detail] }
        return errors.map { error in
            let parts = error.pointer.split(separator: "/").drop { $0 == "address" }
            guard let field = parts.first else { return error.detail }
            if field == "sessions" {
                guard parts.count == 2, let index = parts.last.flatMap({ Int($0) }) else {
                    return words.text(.orderFaultTooMany)
                }
                let sentence: PageSentence =
                    switch error.code {
                    case SessionError.duplicate.rawValue: .orderFaultDuplicate
                    case SessionError.tooFarAway.rawValue: .orderFaultTooFarAway
                    default: .orderFaultNotADate
                    }
                return words.text(sentence, ["number": "\(index + 1)"])
            }
            if error.code == Fields.cardNumberCode {
                return words.text(.orderFaultCard, ["field": words.text(Self.label(String(field)))])
            }
            switch field {
            case "timeZone": return words.text(.orderFaultZone)
            case "email": return words.text(.orderFaultEmail)
            case "hour": return words.text(.orderFaultHour)
            case "wording": return words.text(.orderFaultOffers)
            case "keepDryHours", "washIntervalDays", "restDays": return words.text(.orderFaultChoice)
            default: return words.text(.orderFaultLine, ["field": words.text(Self.label(String(field)))])
            }
        }
    }
}
