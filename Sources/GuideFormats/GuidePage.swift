public import Commerce
public import UsageGuide

/// The guide as a page for a phone at seven in the morning: the day first, then what comes, then everything.
public enum GuidePage {
    /// The page's template and the policy that it is served under.
    public static let template = HTMLTemplate(
        Embedded.text("guide.mustache"),
        script: Embedded.text("page.js"),
        sendsForms: true,
        isInstallable: true
    )

    /// Plans of more days than this show some of their months, and their days in runs.
    static let listedDaysMax = 120
    private static let monthsOfLongPlans = 4

    /// The page on a day.
    /// - Parameter path: where the page is; its other forms are below it.
    public static func render(
        _ guide: Guide,
        _ document: GuideDocument,
        content: GuideContent,
        cover: GuideCover,
        on today: CalendarDate?,
        path: String
    ) -> String {
        let moment = GuideMoment(guide, document, content: content, on: today)
        let isLong = document.days.count > listedDaysMax
        var values = words(content)
        values["language"] = content.language
        values["direction"] = content.direction
        values["title"] = document.title
        values["name"] = cover.firstName
        if !moment.dateLine.isEmpty { values["dateLine"] = moment.dateLine }
        values["headline"] = moment.headline
        values["subheading"] = moment.subheading
        values["day"] = today?.description ?? ""
        values["progress"] = moment.progress
        values["ribbon"] = ribbon(document, moment)
        values["note"] = cover.note(document, content)
        values["next"] = moment.next.map { ["when": $0.when, "what": $0.what, "key": $0.isTurningPoint] }
        values["hasNext"] = !moment.next.isEmpty
        switch moment.position {
        case .before: values["before"] = ["prepare": document.prepare]
        case .after: values["after"] = ["forGood": document.forGood]
        case .paused, .undated: break
        case .during:
            var during: [String: Any] = [
                "steps": (moment.day?.steps ?? []).map {
                    ["action": $0.action.rawValue, "title": $0.title, "detail": $0.detail]
                },
                "cautions": (moment.day?.cautions ?? []).map {
                    ["icon": $0.caution.rawValue, "title": $0.title, "until": $0.until, "detail": $0.detail]
                },
                "hasCautions": moment.day?.cautions.isEmpty == false,
            ]
            during["nothing"] = moment.nothing.map { ["title": $0.title, "detail": $0.detail] }
            values["during"] = during
        }
        values["information"] = moment.day?.information ?? []
        values["hasInformation"] = moment.day?.information.isEmpty == false
        values["normal"] = document.normal
        values["call"] = document.call
        values["forGood"] = document.forGood
        values["months"] = months(document, moment, content: content, isLong: isLong)
        values["monthsHeading"] = content.text(isLong ? .pageMonthsSome : .pageMonths)
        values["isDated"] = document.status != .undated
        values["weekdays"] = content.list(.weekdays).map { ["name": $0, "letter": String($0.prefix(1))] }
        let current = document.blocks.firstIndex { $0.days.contains { $0.date != nil && $0.date == today } } ?? 0
        values["blocks"] = document.blocks.enumerated().map { index, block in
            self.block(block, today: today, isLong: isLong, isOpen: index == current)
        }
        values["milestones"] = document.milestones.map { ["when": $0.when, "what": $0.what] }
        values["products"] = document.products.map {
            [
                "icon": icon($0.use), "name": $0.name, "source": cover.source($0, content), "purpose": $0.purpose,
                "how": $0.how,
                "when": $0.when,
            ]
        }
        values["disclaimer"] = document.disclaimer
        values["foot"] = content.text(
            .pageFoot,
            [
                "number": cover.orderNumber, "revision": "\(cover.revision)",
                "date": content.date(cover.issuedAt.date, .dateFull),
            ]
        )
        values["timeZone"] = document.timeZone
        values["zone"] = document.timeZone.map { content.text(.pageZone, ["zone": $0]) }
        values["path"] = path
        if document.status != .undated, !cover.isCancelled {
            values["calendar"] = ["reminders": GuideCalendar.Reminder.times(chosen: nil)]
        }
        return template.render(values)
    }

    /// The page's own words, by the names that its templates use.
    static func words(_ content: GuideContent) -> [String: Any] {
        var words: [String: Any] = [:]
        for (name, sentence) in [
            ("wordSkip", Sentence.pageSkip), ("wordNav", .pageNav), ("wordToday", .pageNavToday),
            ("wordPlan", .pageNavPlan), ("wordProducts", .pageNavProducts), ("wordHelp", .pageNavHelp),
            ("wordDo", .pageDo), ("wordLeave", .pageLeave), ("wordNext", .pageNext), ("wordPrepare", .pagePrepare),
            ("wordNormal", .pageNormal), ("wordNormalToday", .pageNormalToday), ("wordCall", .pageCall),
            ("wordYourPlan", .pagePlan), ("wordDays", .pageDays), ("wordMilestones", .pageMilestones),
            ("wordYourProducts", .pageProducts), ("wordForGood", .pageForGood), ("wordCalendar", .pageCalendar),
            ("wordRemind", .pageRemind), ("wordNoReminder", .pageRemindNone), ("wordKept", .pageKept),
            ("wordPrint", .pagePrint), ("wordMoved", .pageMoved),
            ("wordWash", .washShort),
            ("wordOintment", .ointmentShort), ("wordLotion", .lotionShort), ("wordSession", .pageKeySession),
            ("wordInsert", .printInsert), ("wordScan", .printScan), ("wordPDF", .printPDF),
            ("wordSessions", .printSessions),
            ("wordSummary", .printSummary),
        ] { words[name] = content.text(sentence) }
        return words
    }

    static func icon(_ use: Regimen.Use) -> String {
        switch use {
        case .ointment: "ointment"
        case .wash: "wash"
        case .lotion: "lotion"
        case .zeroShine: "matt"
        }
    }

    // MARK: -

    /// The whole plan as a band, with today on it.
    private static func ribbon(_ document: GuideDocument, _ moment: GuideMoment) -> [String: Any]? {
        guard case .during(let index) = moment.position else { return nil }
        var start = 0
        var bands: [[String: Any]] = []
        var label = ""
        for stretch in document.stretches {
            bands.append(["phase": stretch.phase.rawValue, "from": "\(start)", "days": "\(stretch.days)"])
            if (start..<start + stretch.days).contains(index) { label = stretch.label }
            start += stretch.days
        }
        return ["bands": bands, "total": "\(start)", "today": "\(index)", "label": label]
    }

    private static func block(
        _ block: GuideDocument.Block,
        today: CalendarDate?,
        isLong: Bool,
        isOpen: Bool
    ) -> [String: Any] {
        var values: [String: Any] = ["heading": block.heading, "isOpen": isOpen || block.days.first?.date == nil]
        values["blockNote"] = block.note
        values["rows"] =
            isLong
            ? block.runs.map {
                [
                    "when": $0.when, "what": $0.lines.joined(separator: " · "),
                    "leave": $0.cautions.joined(separator: " · "),
                ]
            }
            : block.days.map { day in
                [
                    "when": day.heading, "what": day.short,
                    "leave": day.cautions.map(\.short).joined(separator: " · "),
                    "isToday": day.date != nil && day.date == today, "label": day.label,
                ] as [String: Any]
            }
        return values
    }

    private static func months(
        _ document: GuideDocument,
        _ moment: GuideMoment,
        content: GuideContent,
        isLong: Bool
    ) -> [[String: Any]] {
        let days = Dictionary(document.days.compactMap { day in day.date.map { ($0, day) } }) { first, _ in first }
        guard let first = document.days.first?.date, let last = document.days.last?.date else { return [] }
        var month = first.firstOfMonth
        var end = last
        if isLong {
            if let today = moment.date, today > month { month = min(today, last).firstOfMonth }
            end = min(last, month + (monthsOfLongPlans - 1) * 31)
        }
        var months: [[String: Any]] = []
        while month <= end {
            let next = (month + 31).firstOfMonth
            var cells: [[String: Any]] = Array(repeating: ["out": true], count: month.weekday - 1)
            for offset in 0..<(next - month) {
                cells.append(cell(month + offset, days[month + offset], today: moment.date))
            }
            cells += Array(repeating: ["out": true], count: (7 - cells.count % 7) % 7)
            months.append([
                "name": content.date(month, .dateMonth),
                "weeks": stride(from: 0, to: cells.count, by: 7).map { ["cells": Array(cells[$0..<$0 + 7])] },
            ])
            month = next
        }
        return months
    }

    private static func cell(_ date: CalendarDate, _ day: GuideDocument.Day?, today: CalendarDate?) -> [String: Any] {
        var classes: [String] = []
        if let day {
            if day.phase == .healing { classes.append("heal") }
            if day.steps.contains(where: { $0.action == .lotion }) { classes.append("care") }
            if day.isSession { classes.append("session") }
        }
        if date == today { classes.append("today") }
        if let today, date < today { classes.append("past") }
        let words = day.map { ($0.isSession ? [$0.label] : []) + ($0.steps.isEmpty ? [] : [$0.short]) } ?? []
        return [
            "class": classes.joined(separator: " "), "number": "\(date.parts.day)",
            "marks": (day?.steps ?? []).map(\.action.rawValue),
            "words": words.isEmpty ? "" : ": " + words.joined(separator: " · "),
        ]
    }
}

extension CalendarDate {
    /// The first day of its month.
    fileprivate var firstOfMonth: CalendarDate { self + (1 - parts.day) }
}
