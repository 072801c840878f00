import CivilTime
import Commerce
import Orders
import UsageGuide

/// What becomes of an order's reminders at a moment. Whoever plans them and whoever tells them decides by the order as it
/// stands then: nothing is told that the plan or the customer wants no more, whatever was planned before.
struct ReminderDecision: Sendable {
    /// What ends a reminder.
    enum End: String, Sendable {
        case told
        case superseded
        case late
        case secondOfDay
    }

    /// When a reminder is to come, by the customer's own clocks.
    struct Wish: Equatable, Sendable {
        let hour: Int
        let timeZone: String
    }

    /// A reminder that waits for its moment.
    struct Planned: Equatable, Sendable {
        let reminder: Reminder
        let wish: Wish
        let revision: Int
        let dueAt: Instant
        let lookAt: Instant
    }

    /// What the database holds of an order: what waits, and what was told.
    struct Kept: Equatable, Sendable {
        var planned: [Planned]
        var told: [Reminder]
        /// Whether the customer takes offers.
        var takesOffers = false
    }

    /// What waits from now on, where that is new.
    private(set) var planned: [Planned] = []
    /// What waits no more, and why; of what is told, all is of one day.
    private(set) var ended: [(reminder: Reminder, end: End)] = []

    var told: [Reminder] { ended.filter { $0.end == .told }.map(\.reminder) }

    /// - Parameters:
    ///   - offers: what the shop would offer of what the order used up.
    ///   - rules: those of the course's time zone; nil without a course.
    init(_ order: Order, kept: Kept, offers: [Reminder], rules: TimeZoneRules?, now: Instant) {
        let plan = order.guide.guide.plan
        guard let rules, let zone = plan.course?.timeZone, order.status != .cancelled, !order.isMailUndeliverable else {
            ended = kept.planned.map { ($0.reminder, .superseded) }
            return
        }
        let hour = order.details.reminders?.hour ?? Reminder.offerHour
        let wish = Wish(hour: hour, timeZone: zone)
        let wanted = Self.wanted(of: order, kept: kept, offers: offers)
        for former in kept.planned {
            let (reminder, due) = (former.reminder, rules.instant(on: former.reminder.date, hour: hour))
            // One that waits for this very hour may have come to it. For another one, what is past is past.
            if !wanted.contains(reminder) || due <= now && former.wish != wish {
                ended.append((reminder, .superseded))
            } else if due <= now {
                let isFirst = !kept.told.contains { $0.date == reminder.date }
                let end: End = !ReminderTiming.mayBeTold(due, rules, now: now) ? .late : isFirst ? .told : .secondOfDay
                ended.append((reminder, end))
            }
        }
        for reminder in wanted where !kept.told.contains(reminder) {
            let due = rules.instant(on: reminder.date, hour: hour)
            guard due > now else { continue }
            let next = Planned(
                reminder: reminder,
                wish: wish,
                revision: order.guide.revision,
                dueAt: due,
                lookAt: ReminderTiming.nextLook(due, now: now)
            )
            if !kept.planned.contains(next) { planned.append(next) }
        }
    }

    /// What the customer asked for, and the offers that they take: on days of their own, for one mail is enough, and of each
    /// product once, however the plan moves.
    private static func wanted(of order: Order, kept: Kept, offers: [Reminder]) -> [Reminder] {
        let reminders = order.details.reminders.map { _ in Reminder.all(of: order.guide.guide.plan) } ?? []
        let days = Set(reminders.map(\.date))
        let offered = Set(kept.told.map(\.kind))
        return reminders
            + offers.filter { kept.takesOffers && !days.contains($0.date) && !offered.contains($0.kind) }
    }
}
