public import Commerce

/// One difference between a course and the one before it.
public enum CourseChange: Hashable, Sendable {
    /// The session has this place in the new course.
    case moved(session: Int, from: CalendarDate, to: CalendarDate)
    case added(CalendarDate)
    case dropped(CalendarDate)
    /// There were no dates before.
    case dated
    /// There are no dates any more.
    case undated
    case final(Bool)
    case timeZone(String)
    case keepDryHours(Int)
    case washIntervalDays(Int)
    case restDays(Int)

    /// What is different, dates first. A date that is in both courses has not moved; of the others, the first that went
    /// moved to the first that came, and so on.
    public static func changes(from old: Plan, to new: Plan) -> [CourseChange] {
        let (before, after) = (old.course?.sessions ?? [], new.course?.sessions ?? [])
        var changes: [CourseChange] = []
        if before.isEmpty, !after.isEmpty {
            changes.append(.dated)
        } else if after.isEmpty, !before.isEmpty {
            changes.append(.undated)
        } else {
            let gone = before.filter { !after.contains($0) }
            let come = after.filter { !before.contains($0) }
            changes += zip(gone, come).map { from, to in
                .moved(session: (after.firstIndex(of: to) ?? 0) + 1, from: from, to: to)
            }
            changes += come.dropFirst(gone.count).map { .added($0) }
            changes += gone.dropFirst(come.count).map { .dropped($0) }
            if let isFinal = new.course?.isFinal, !after.isEmpty, old.course?.isFinal != isFinal {
                changes.append(.final(isFinal))
            }
        }
        if let zone = new.course?.timeZone, let oldZone = old.course?.timeZone, zone != oldZone {
            changes.append(.timeZone(zone))
        }
        if new.choices.keepDryHours != old.choices.keepDryHours {
            changes.append(.keepDryHours(new.choices.keepDryHours))
        }
        if new.choices.washIntervalDays != old.choices.washIntervalDays {
            changes.append(.washIntervalDays(new.choices.washIntervalDays))
        }
        if new.choices.restDays != old.choices.restDays { changes.append(.restDays(new.choices.restDays)) }
        return changes
    }
}
