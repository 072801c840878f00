public import Commerce

/// What to do and what to leave alone, day by day, and what to look forward to. Made from a course by a regimen's
/// rules alone: no clock, no randomness, the same in, the same out.
public struct Plan: Hashable, Sendable {
    /// How much of the course is known.
    public enum Status: String, Sendable {
        /// The final session is known: the plan is complete.
        case dated
        /// The last session is not the final one: the plan ends soon after it.
        case open
        /// No date is known: one generic session, counted in days.
        case undated
    }

    /// Where the skin is after a session.
    public enum Phase: String, Sendable {
        case healing
        case between
        case restoring
    }

    /// What to do, in the order in which it is done.
    public enum Action: String, Sendable, CaseIterable {
        case wash
        case ointment
        case lotion
    }

    /// What to leave alone.
    public enum Caution: String, Sendable, CaseIterable {
        case dry
        case rest
        case sun
        case pick
    }

    /// What is normal, or fine, on a day.
    public enum Information: String, Sendable, CaseIterable {
        case swelling
        case redness
        case scabs
        case exercise
    }

    /// One day of the plan.
    public struct Day: Hashable, Sendable {
        /// The date; nil while undated.
        public let date: CalendarDate?
        /// The session it counts from, from 1; nil while undated.
        public let session: Int?
        /// Days since that session.
        public let day: Int
        public let phase: Phase
        public let actions: [Action]
        public let cautions: [Caution]
        public let information: [Information]
    }

    /// Something that comes about by itself, or becomes possible.
    public struct Milestone: Hashable, Sendable {
        /// What comes about.
        public enum Code: String, Sendable {
            case activity
            case fullResult
            case scabsGone
            case zeroShine
        }

        public let code: Code
        /// The session it counts from, from 1; nil while undated.
        public let session: Int?
        /// Days since that session.
        public let days: Window<Int>
        /// The same as dates; nil while undated.
        public let dates: Window<CalendarDate>?
    }

    /// A stretch of days with both its ends; without an end it goes on for good.
    public struct Window<Bound: Hashable & Sendable>: Hashable, Sendable {
        public let from: Bound
        public let to: Bound?
    }

    /// The name of the regimen whose rules made this plan.
    public let regimen: String
    public let status: Status
    /// The course; nil when the client gave none.
    public let course: Course?
    /// What the artist chose, or the regimen's defaults.
    public let choices: ArtistChoices
    /// Every day from the first to the last, also those with nothing to do.
    public let days: [Day]
    /// In order of date, then of code.
    public let milestones: [Milestone]

    /// The plan for a course; without one, or without dates, the generic plan counted in days.
    public init(_ course: Course?, regimen: Regimen = .current) {
        let sessions = course?.sessions ?? []
        let choices = course?.choices ?? regimen.defaults
        let isOpen = !sessions.isEmpty && course?.isFinal == false
        self.regimen = regimen.name
        self.course = course
        self.choices = choices
        status = sessions.isEmpty ? .undated : isOpen ? .open : .dated

        // The generic session stands for a final one.
        let starts: [CalendarDate?] = sessions.isEmpty ? [nil] : sessions
        var days: [Day] = []
        var milestones: [Milestone] = []
        for (index, start) in starts.enumerated() {
            let isLast = index == starts.count - 1
            let length =
                if isLast { (isOpen ? regimen.openLastDay : regimen.lotion.upperBound) + 1 } else {
                    sessions[index + 1] - sessions[index]
                }
            let session = Session(
                start: start,
                ordinal: start == nil ? nil : index + 1,
                isFinal: isLast && !isOpen,
                length: length,
                isLast: isLast
            )
            days += session.days(regimen, choices)
            milestones += session.milestones(regimen)
        }
        self.days = days
        self.milestones = milestones.sorted {
            ($0.dates?.from.daysSince1970 ?? Int32($0.days.from), $0.code.rawValue)
                < ($1.dates?.from.daysSince1970 ?? Int32($1.days.from), $1.code.rawValue)
        }
    }

    /// The last day on which the dates may be changed: the plan's own. Nil while the plan has no end.
    public var lastDateOfChange: CalendarDate? { status == .dated ? days.last?.date : nil }

    /// The stretches of days that something holds for, each within one session, in order.
    public func spans(_ holds: (Day) -> Bool) -> [ArraySlice<Day>] {
        var spans: [ArraySlice<Day>] = []
        for (index, day) in days.enumerated() where holds(day) {
            if let last = spans.last, last.endIndex == index, days[last.startIndex].session == day.session {
                spans[spans.count - 1] = days[last.startIndex...index]
            } else {
                spans.append(days[index...index])
            }
        }
        return spans
    }

    /// How often a product is used on or after a date; on all days while undated.
    public func applications(of use: Regimen.Use, from today: CalendarDate?) -> Int {
        days(of: use, from: today).count
    }

    /// The day on which a product is used for so many times; nil where the plan does not use it again after, where nothing is
    /// left of it before, and while undated.
    public func dayUsedUp(_ use: Regimen.Use, after uses: Int, from today: CalendarDate) -> CalendarDate? {
        let days = days(of: use, from: today)
        return uses > 0 && days.count > uses ? days[uses - 1].date : nil
    }

    private func days(of use: Regimen.Use, from today: CalendarDate?) -> [Day] {
        let action: Action
        switch use {
        case .ointment: action = .ointment
        case .wash: action = .wash
        case .lotion: action = .lotion
        case .zeroShine: return []
        }
        return days.filter { day in
            guard day.actions.contains(action) else { return false }
            guard let date = day.date, let today else { return true }
            return date >= today
        }
    }
}

/// One session and the days that belong to it: from its own until the next session's.
private struct Session {
    let start: CalendarDate?
    let ordinal: Int?
    let isFinal: Bool
    let length: Int
    let isLast: Bool

    func days(_ regimen: Regimen, _ choices: ArtistChoices) -> [Plan.Day] {
        var lastWash: Int?
        return (0..<length).map { day in
            let isHealing = regimen.healing.contains(day)
            var actions: [Plan.Action] = []
            if regimen.isWashDay(day, lastWash: lastWash, choices) {
                lastWash = day
                actions.append(.wash)
            }
            if isHealing { actions.append(.ointment) }
            if isFinal, regimen.lotion.contains(day) { actions.append(.lotion) }
            return Plan.Day(
                date: start.map { $0 + day },
                session: ordinal,
                day: day,
                phase: isHealing ? .healing : isFinal ? .restoring : .between,
                actions: actions,
                cautions: regimen.cautions(on: day, choices),
                information: regimen.information(on: day, choices)
            )
        }
    }

    func milestones(_ regimen: Regimen) -> [Plan.Milestone] {
        func milestone(_ code: Plan.Milestone.Code, from: Int, to: Int?) -> Plan.Milestone {
            Plan.Milestone(
                code: code,
                session: ordinal,
                days: Plan.Window(from: from, to: to),
                dates: start.map { start in Plan.Window(from: start + from, to: to.map { start + $0 }) }
            )
        }
        var milestones: [Plan.Milestone] = []
        // Another session before the last day would start the healing again.
        if isLast || regimen.scabsGone.upperBound < length {
            milestones.append(
                milestone(.scabsGone, from: regimen.scabsGone.lowerBound, to: regimen.scabsGone.upperBound)
            )
        }
        if isFinal {
            milestones.append(milestone(.activity, from: regimen.activityFrom, to: nil))
            milestones.append(milestone(.zeroShine, from: regimen.zeroShineFrom, to: nil))
            milestones.append(
                milestone(.fullResult, from: regimen.fullResult.lowerBound, to: regimen.fullResult.upperBound)
            )
        }
        return milestones
    }
}
