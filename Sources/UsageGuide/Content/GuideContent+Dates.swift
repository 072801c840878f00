public import Commerce

extension GuideContent {
    /// A date as one of the sentences `date.…` writes it.
    public func date(_ date: CalendarDate, _ sentence: Sentence) -> String {
        let (year, month, day) = date.parts
        return text(
            sentence,
            [
                "day": "\(day)", "year": "\(year)", "weekday": list(.weekdays)[date.weekday - 1],
                "shortWeekday": list(.shortWeekdays)[date.weekday - 1], "month": list(.months)[month - 1],
                "shortMonth": list(.shortMonths)[month - 1],
            ]
        )
    }

    /// `first` for 1.
    public func ordinal(_ number: Int) -> String {
        let words = list(.ordinals)
        return words[min(max(number, 1), words.count) - 1]
    }

    /// A stretch of dates, such as `Fri 4 Dec to Sun 6 Dec`.
    func span(_ from: CalendarDate, _ to: CalendarDate?, _ sentence: Sentence) -> String {
        span(date(from, sentence), to.map { date($0, sentence) })
    }

    /// A stretch of days by their numbers.
    func span(day from: Int, _ to: Int?) -> String {
        guard let to else { return text(.spanOpen, ["from": text(.dayNumber, ["day": "\(from)"])]) }
        return from == to
            ? text(.dayNumber, ["day": "\(from)"]) : text(.dayNumbers, ["from": "\(from)", "to": "\(to)"])
    }

    /// A list as it is spoken: `a, b and c`.
    func spoken(_ parts: [String]) -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return text(.listLast, ["rest": parts.dropLast().joined(separator: ", "), "last": last])
    }

    private func span(_ from: String, _ to: String?) -> String {
        guard let to else { return text(.spanOpen, ["from": from]) }
        return from == to ? text(.spanOne, ["from": from]) : text(.spanClosed, ["from": from, "to": to])
    }

    /// What changed from one revision of a guide to the next, a sentence each.
    public func changes(from old: Plan, to new: Plan) -> [String] {
        let changes = CourseChange.changes(from: old, to: new)
        return changes.isEmpty ? [text(.changeNone)] : changes.map(change)
    }

    private func change(_ change: CourseChange) -> String {
        switch change {
        case .moved(let session, let from, let to):
            text(
                .changeMoved,
                ["ordinal": ordinal(session), "from": date(from, .dateWeekday), "to": date(to, .dateWeekday)]
            )
        case .added(let date): text(.changeAdded, ["date": self.date(date, .dateWeekday)])
        case .dropped(let date): text(.changeDropped, ["date": self.date(date, .dateWeekday)])
        case .dated: text(.changeDated)
        case .undated: text(.changeUndated)
        case .final(let isFinal): text(isFinal ? .changeFinal : .changeNotFinal)
        case .timeZone(let zone): text(.changeTimeZone, ["zone": zone])
        case .keepDryHours(let hours): text(.changeKeepDryHours, ["hours": "\(hours)"])
        case .washIntervalDays(let days): text(.changeWashIntervalDays, ["days": "\(days)"])
        case .restDays(let days): text(.changeRestDays, ["days": "\(days)"])
        }
    }
}
