import Catalog
import Commerce
import Orders
package import UsageGuide

extension Reminder.Kind {
    /// What the bottle that an offer is of is used for; nil for what is no offer.
    package var refilledUse: Regimen.Use? {
        switch self {
        case .ointmentRefill: .ointment
        case .shampooRefill: .wash
        case .lotionRefill: .lotion
        case .wash, .lotion, .end, .session: nil
        }
    }

    /// Whether it advertises: not what the customer asked to be reminded of, but what the shop would sell them.
    package var isOffer: Bool { refilledUse != nil }
}

extension Reminder {
    /// The hour of the offers to whoever chose none for reminders.
    static let offerHour = 9

    /// What may be offered for an order: each bottle that is used up before its plan is over, on the day of its last use.
    /// Nothing of what the order does not hold, of what lasts for nobody knows how long, and of what the shop does not sell by
    /// itself.
    /// - Parameter day: the customer's day when they ordered: what was to be used before was not of these bottles.
    static func offers(for order: Order, catalog: Catalog, from day: CalendarDate) -> [Reminder] {
        let plan = order.guide.guide.plan
        return Kind.allCases.compactMap { kind in
            guard let use = kind.refilledUse, let sku = plan.sku(for: use),
                let usesPerUnit = catalog.product(sku)?.applicationsPerUnit,
                catalog.price(of: sku, in: order.totals.total.currency) != nil
            else { return nil }
            let units = order.lines.flatMap(\.parts).filter { $0.sku == sku }
                .reduce(0) { $0 + $1.quantity - $1.cancelled - $1.returned - $1.lost }
            return plan.dayUsedUp(use, after: units * usesPerUnit, from: day).map { Reminder(kind, on: $0) }
        }
    }
}

extension Plan {
    /// The product that the plan's regimen has for a use.
    fileprivate func sku(for use: Regimen.Use) -> SKU? {
        Regimen.named(regimen)?.products.first { $0.use == use }?.sku
    }
}
