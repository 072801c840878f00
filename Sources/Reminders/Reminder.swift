package import Commerce
package import UsageGuide

/// Something that a customer wants to be reminded of, or offered, on a day of their own.
package struct Reminder: Hashable, Sendable {
    /// What it is of. In a mail of several, what is for the day itself comes first.
    package enum Kind: String, Sendable, CaseIterable {
        /// The first wash after a session, on its day.
        case wash
        /// The first lotion, on its day.
        case lotion
        /// The last day of the plan.
        case end
        /// A session, on the day before.
        case session
        /// A bottle that is used up while the plan goes on with it: an offer, for those alone who agreed to offers.
        case ointmentRefill
        case shampooRefill
        case lotionRefill
    }

    package let kind: Kind
    /// The day on which it comes.
    package let date: CalendarDate

    package init(_ kind: Kind, on date: CalendarDate) {
        self.kind = kind
        self.date = date
    }

    /// All that a plan has, in the order of days and kinds; none while it is undated. A plan whose final session is not
    /// known has no end, and no lotion.
    package static func all(of plan: Plan) -> [Reminder] {
        let sessions = (plan.course?.sessions ?? []).map { Reminder(.session, on: $0 - 1) }
        let washes = plan.spans { _ in true }.compactMap { days in
            days.first { $0.actions.contains(.wash) }?.date.map { Reminder(.wash, on: $0) }
        }
        let lotion = plan.days.first { $0.actions.contains(.lotion) }?.date.map { Reminder(.lotion, on: $0) }
        let end = plan.lastDateOfChange.map { Reminder(.end, on: $0) }
        return (sessions + washes + [lotion, end].compactMap(\.self)).sorted { ($0.date, $0.kind) < ($1.date, $1.kind) }
    }
}

extension Reminder.Kind: Comparable {
    package static func < (one: Self, other: Self) -> Bool {
        (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
    }

    /// As the log tells the staff.
    var reason: String {
        switch self {
        case .wash: "first wash"
        case .lotion: "first lotion"
        case .end: "end of the plan"
        case .session: "session tomorrow"
        case .ointmentRefill: "offer of ointment"
        case .shampooRefill: "offer of shampoo"
        case .lotionRefill: "offer of lotion"
        }
    }
}
