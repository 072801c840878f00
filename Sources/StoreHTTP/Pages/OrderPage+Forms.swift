import Cart
import Catalog
import Commerce
import GuideFormats
import JSONFields
import Orders
import Payments
import UsageGuide

/// The page's forms: what may be changed, and what came of changing it.
extension OrderPage {
    var courseForm: [String: Any] {
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
            "action": "\(StorePath.orderPage(order.token))/course", "version": "\(order.guide.courseVersion)",
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

    var remindersForm: [String: Any] {
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

    var offersForm: [String: Any] {
        [
            "action": "\(StorePath.orderPage(order.token))/offers", "heading": words.text(.orderOffers),
            "hint": takesOffers
                ? words.text(.orderOffersTaken) : offers?.text(in: order.details.language) ?? "",
            "wording": takesOffers ? "" : offers?.wording ?? "",
            "button": words.text(takesOffers ? .orderOffersEnd : .orderOffersTake),
        ]
    }

    var contactForm: [String: Any] {
        let (customer, address) = (order.details.customer, order.details.shippingAddress)
        let wrong = Set(problem?.errors?.map(\.pointer) ?? [])
        func field(
            _ name: String,
            _ value: String,
            type: String = "text",
            autocomplete: String,
            isRequired: Bool = true
        ) -> [String: Any] {
            [
                "field": name, "label": words.text(Self.label(name)), "value": value, "type": type,
                "autocomplete": autocomplete, "required": isRequired,
                "isWrong": wrong.contains("/customer/\(name)") || wrong.contains("/address/\(name)"),
            ]
        }
        return [
            "action": "\(StorePath.orderPage(order.token))/contact",
            "fields": [
                field("name", contact?.name ?? customer.name, autocomplete: "name"),
                field(
                    "givenName",
                    contact?.givenName ?? customer.givenName ?? "",
                    autocomplete: "given-name",
                    isRequired: false
                ),
                field("email", contact?.email ?? customer.email.rawValue, type: "email", autocomplete: "email"),
                field(
                    "phone",
                    contact?.phone ?? customer.phone ?? "",
                    type: "tel",
                    autocomplete: "tel",
                    isRequired: false
                ),
                field("line1", contact?.line1 ?? address.line1, autocomplete: "address-line1"),
                field(
                    "line2",
                    contact?.line2 ?? address.line2 ?? "",
                    autocomplete: "address-line2",
                    isRequired: false
                ),
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
        case "name": .orderContactName
        case "givenName": .orderContactGivenName
        case "email": .orderContactEmail
        case "phone": .orderContactPhone
        case "line1": .orderContactLine1
        case "line2": .orderContactLine2
        case "city": .orderContactCity
        default: .orderContactPostalCode
        }
    }

    var links: [[String: Any]] {
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

    // MARK: What came of one

    var doneText: String? {
        switch done {
        case .course: words.text(.orderDoneCourse, ["revision": "\(order.guide.revision)"])
        case .contact: words.text(.orderDoneContact)
        case .reminders:
            order.details.reminders.map { words.text(.orderDoneReminders, ["time": "\($0.hour):00"]) }
                ?? words.text(.orderDoneNoReminders)
        case .offers: words.text(takesOffers ? .orderDoneOffers : .orderDoneNoOffers)
        case .cancellation: words.text(order.status == .cancelled ? .orderStatusCancelled : .orderDoneCancelledSome)
        case .shipping: words.text(.orderDoneShipping)
        case .returns: words.text(.orderDoneReturn)
        case .returnKept: words.text(.orderDoneReturnKept)
        case .withdrawal: words.text(.orderDoneWithdrawal)
        case .links: words.text(.orderDoneLinks)
        case .payment: words.text(.orderDonePayment)
        case nil: nil
        }
    }

    var faults: [String]? {
        guard let problem else { return nil }
        if problem.type == .courseChanged { return [words.text(.orderFaultChanged)] }
        if [.shipping, .returns, .returnKept, .withdrawal].contains(refused)
            || problem.type == .courseClosed && refused == .cancellation
                && order.canBeCorrected
        {
            guard problem.type == .invalidRequest else {
                return [words.text(.orderFaultChangedMeanwhile, ["detail": problem.detail])]
            }
            let others = (problem.errors ?? []).filter { !$0.pointer.hasPrefix("/items") }
            return others.isEmpty ? [words.text(.orderFaultUnits)] : others.map(\.detail)
        }
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
            let parts = error.pointer.split(separator: "/").drop { ["customer", "address"].contains($0) }
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
