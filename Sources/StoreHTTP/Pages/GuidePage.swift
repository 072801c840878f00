import Cart
import Commerce
import Mustache
import Orders
import UsageGuide

/// The guide as a page: today first, then the whole plan, the products, and what to know.
struct GuidePage {
    private let shared: SharedGuide
    private let today: CalendarDate?
    private let text: GuideContent

    /// - Parameter today: the date where the client is; nil while no date is known.
    init(_ shared: SharedGuide, today: CalendarDate?) {
        self.shared = shared
        self.today = today
        text = GuideContent(language: shared.language)
    }

    private var guide: Guide { shared.issued.guide }
    private var plan: Plan { guide.plan }

    func html() throws -> String {
        var values: [String: Any] = [
            "language": shared.language, "name": shared.firstName, "number": shared.orderNumber,
            "revision": shared.issued.revision, "title": text.title, "headline": headline,
            "disclaimer": text.disclaimer,
            "infection": text.infection, "normal": text.normal, "movement": text.movement, "scabs": text.scabs,
            "forGood": text.forGood,
            "days": plan.days.map { row($0) },
            "milestones": plan.milestones.map { ["when": when($0), "what": text.milestone($0.code)] },
            "products": guide.products.map {
                ["name": $0.name, "note": $0.isInOrder ? text.inThisOrder : text.fromKitAtHome]
            },
        ]
        if let note = statusNote { values["statusNote"] = note }
        if let day = plan.days.first(where: { $0.date != nil && $0.date == today }) {
            values["today"] = [
                "actions": day.actions.map { action($0, on: day) }, "isFree": day.actions.isEmpty,
                "free": text.nothingToDo, "cautions": day.cautions.map { text.caution($0) },
            ]
        }
        return PageTemplates.guide.render(values)
    }

    private var headline: String {
        guard let today, let first = plan.days.first?.date, let last = plan.days.last?.date else { return text.undated }
        if today < first { return text.before(days: first - today) }
        guard today <= last, let day = plan.days.first(where: { $0.date == today }), let session = day.session else {
            return text.after
        }
        return text.day(day.day, session: session, of: plan.course?.sessions.count ?? 1)
    }

    private var statusNote: String? {
        switch plan.status {
        case .dated: nil
        case .open: text.openNote
        case .undated: text.undatedNote
        }
    }

    private func row(_ day: Plan.Day) -> [String: Any] {
        [
            "when": day.date.map { text.date($0) } ?? text.dayNumber(day.day),
            "isToday": day.date != nil && day.date == today,
            "actions": day.actions.map { action($0, on: day) }, "isFree": day.actions.isEmpty, "free": text.nothingToDo,
            "cautions": day.cautions.map { text.cautionInShort($0) }.joined(separator: " · "),
        ]
    }

    private func action(_ action: Plan.Action, on day: Plan.Day) -> String {
        let use: Regimen.Use =
            switch action {
            case .wash: .wash
            case .ointment: .ointment
            case .lotion: .lotion
            }
        let product = guide.product(for: use)
        return text.action(
            action,
            isHealing: day.phase == .healing,
            product: product?.name,
            isInOrder: product?.isInOrder ?? false
        )
    }

    private func when(_ milestone: Plan.Milestone) -> String {
        if let dates = milestone.dates {
            return text.span(from: text.date(dates.from), to: dates.to.map { text.date($0) })
        }
        return text.span(from: text.dayNumber(milestone.days.from), to: milestone.days.to.map { text.dayNumber($0) })
    }
}

/// The order as a page: what was ordered and what it costs, with the way to the guide.
struct OrderPage {
    let order: Order

    init(_ order: Order) { self.order = order }

    func html() throws -> String {
        PageTemplates.order.render(
            [
                "language": order.language, "number": order.number.description,
                "lines": order.lines.map {
                    ["quantity": "\($0.quantity)", "name": $0.name, "total": $0.total.text]
                },
                "total": order.totals.total.text, "guide": StorePath.guidePage(order.guideToken),
            ] as [String: Any]
        )
    }
}

extension Money {
    /// The amount with its decimals and its code: `45.00 GBP`.
    fileprivate var text: String {
        let digits = currency.minorUnitDigits
        if digits == 0 { return "\(amount) \(currency.rawValue)" }
        var number = String(amount)
        while number.count <= digits { number = "0" + number }
        return "\(number.dropLast(digits)).\(number.suffix(digits)) \(currency.rawValue)"
    }
}
