public import Commerce

/// What a client needs to know on one day: where they are, what to do, what comes next.
public struct GuideMoment: Hashable, Sendable {
    /// Where the day lies.
    public enum Position: Hashable, Sendable {
        case before
        /// Days since the plan began.
        case during(Int)
        /// After the last known session's plan, while the final session is not known.
        case paused
        case after
        case undated
    }

    /// Something to come.
    public struct Next: Hashable, Sendable {
        public let when: String
        public let what: String
        /// Whether something begins or ends with it.
        public let isTurningPoint: Bool
    }

    public let position: Position
    public let date: CalendarDate?
    /// The date in words; empty while undated.
    public let dateLine: String
    /// `Day 3`
    public let headline: String
    /// `after your second session`
    public let subheading: String
    /// The day's entry; nil outside the plan.
    public let day: GuideDocument.Day?
    /// That there is nothing to do; nil where there is, or where it is not a day of the plan.
    public let nothing: GuideDocument.Step.Words?
    public let next: [Next]
    /// How far the plan has come, in words; empty outside it.
    public let progress: String

    /// How many things to come are told.
    private static let nextMax = 4

    /// A guide on a day.
    /// - Parameter today: the date where the client is; nil while the guide is undated.
    public init(_ guide: Guide, _ document: GuideDocument, content: GuideContent, on today: CalendarDate?) {
        let plan = guide.plan
        let writer = GuideWriter(guide: guide, content: content)
        let sessionCount = plan.course?.sessions.count ?? 0
        date = today
        dateLine = plan.status == .undated ? "" : today.map { content.date($0, .dateWeekday) } ?? ""
        guard let today, let first = plan.days.first?.date, let last = plan.days.last?.date else {
            position = .undated
            headline = content.text(.headlineUndated)
            subheading = content.text(.headlineUndatedOf)
            (day, nothing, next, progress) = (nil, nil, [], "")
            return
        }
        next = Self.next(plan, document, writer, after: today)
        guard let index = plan.days.firstIndex(where: { $0.date == today }) else {
            (day, nothing, progress) = (nil, nil, "")
            if today < first {
                position = .before
                let days = first - today
                headline =
                    days == 1 ? content.text(.headlineTomorrow) : content.text(.headlineBefore, ["days": "\(days)"])
                subheading =
                    days == 1
                    ? content.text(.headlineTomorrowOf)
                    : content.text(.headlineBeforeOf, ["date": content.date(first, .dateWeekday)])
            } else if plan.status == .open {
                position = .paused
                headline = content.text(.headlinePaused)
                subheading = content.text(.headlinePausedOf)
            } else {
                position = .after
                headline = content.text(.headlineDone)
                subheading = content.text(.headlineDoneOf)
            }
            return
        }
        position = .during(index)
        let entry = document.days[index]
        day = entry
        headline = entry.label
        let ordinal = content.ordinal(plan.days[index].session ?? 1)
        subheading =
            switch (entry.isSession, sessionCount > 1) {
            case (true, true): content.text(.headlineSessionOf, ["ordinal": ordinal])
            case (true, false): content.text(.headlineSessionOnly)
            case (false, true): content.text(.headlineDayOf, ["ordinal": ordinal])
            case (false, false): content.text(.headlineDayOnly)
            }
        nothing =
            entry.steps.isEmpty
            ? GuideDocument.Step.Words(title: content.text(.nothingTitle), detail: content.text(.nothingDetail)) : nil
        progress = content.text(.progress, ["day": "\(index + 1)", "days": "\(last - first + 1)"])
    }

    /// The next two days, then the dates on which something begins or ends.
    private static func next(
        _ plan: Plan,
        _ document: GuideDocument,
        _ writer: GuideWriter,
        after today: CalendarDate
    ) -> [Next] {
        let content = writer.content
        var turns: [CalendarDate: String] = [:]
        for milestone in plan.milestones {
            guard let date = milestone.dates?.from else { continue }
            turns[date] = (turns[date].map { $0 + " · " } ?? "") + writer.shortMilestone(milestone)
        }
        let lotion = plan.days.filter { $0.actions.contains(.lotion) }
        if let begin = lotion.first?.date { turns[begin] = content.text(.nextLotion, ["days": "\(lotion.count)"]) }
        if let end = lotion.last?.date { turns[end] = content.text(.nextLast) }
        for (index, date) in (plan.course?.sessions ?? []).enumerated() {
            turns[date] =
                document.sessions.count > 1
                ? content.text(.nextSession, ["ordinal": content.ordinal(index + 1)]) : content.text(.nextSessionOnly)
        }
        let soon = [today + 1, today + 2]
        let ordinary = zip(plan.days, document.days).filter { day, _ in day.date.map(soon.contains) ?? false }
            .compactMap { day, entry in day.date.map { ($0, entry.short) } }
        let dates = Set(turns.keys.filter { $0 > today }).union(ordinary.map(\.0)).sorted()
        return dates.prefix(nextMax).map { date in
            Next(
                when: date == today + 1 ? content.text(.nextTomorrow) : content.date(date, .dateShort),
                what: turns[date] ?? ordinary.first { $0.0 == date }?.1 ?? "",
                isTurningPoint: turns[date] != nil
            )
        }
    }
}

extension GuideDocument.Step {
    /// A step's words without an action.
    public struct Words: Hashable, Sendable {
        public let title: String
        public let detail: String
    }
}
