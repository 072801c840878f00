import Commerce
import Testing
import UsageGuide

/// What holds of every document, whatever the course.
@Suite struct GuideDocumentPropertyTests {
    private let content: GuideContent

    init() throws {
        content = try #require(GuideContent.named("en-1"))
    }

    private func guide(_ seed: Int) throws -> Guide {
        // Every tenth has no dates.
        try UsageGuideTests.guide(seed % 10 == 9 ? nil : RandomCourse(seed: seed).course())
    }

    @Test(arguments: 0..<60)
    func daysAreThoseOfThePlanOneToOne(seed: Int) throws {
        let guide = try guide(seed)
        let days = GuideDocument(guide, content: content).days
        #expect(days.map(\.date) == guide.plan.days.map(\.date))
        #expect(days.map(\.phase) == guide.plan.days.map(\.phase))
        #expect(days.map(\.isSession) == guide.plan.days.map { $0.day == 0 })
        #expect(days.map { $0.steps.map(\.action) } == guide.plan.days.map(\.actions))
        #expect(days.map { $0.cautions.map(\.caution) } == guide.plan.days.map(\.cautions))
        #expect(days.map(\.information.count) == guide.plan.days.map(\.information.count))
        #expect(
            days.map(\.heading)
                == guide.plan.days.map { day in day.date.map { content.date($0, .dateShort) } ?? "day \(day.day)" }
        )
    }

    @Test(arguments: 0..<60)
    func cautionHoldsUntilTheLastDayOfItsStretch(seed: Int) throws {
        let guide = try guide(seed)
        let days = GuideDocument(guide, content: content).days
        var wrong: [String] = []
        var last: [Plan.Caution: GuideDocument.Day] = [:]
        // From the end: a caution's last day is the first that is met.
        for (day, planned) in zip(days, guide.plan.days).reversed() {
            last = last.filter { planned.cautions.contains($0.key) }
            for caution in day.cautions {
                let end = last[caution.caution, default: day]
                last[caution.caution] = end
                let expected =
                    end == day
                    ? "today is the last day" : "\(end.date == nil ? "to" : "until") \(end.heading)"
                if caution.until != expected { wrong.append("\(day.heading): \(caution.until), not \(expected)") }
            }
        }
        #expect(wrong.prefix(3) == [])
    }

    @Test(arguments: 0..<60)
    func runsTellEachDayOfTheirBlockOnce(seed: Int) throws {
        let guide = try guide(seed)
        for block in GuideDocument(guide, content: content).blocks {
            var rest = block.days[...]
            for run in block.runs {
                let days = try #require(self.days(of: run, in: rest), "\(block.heading), \(run.when)")
                check(run, days, guide.plan.choices)
                rest = rest[days.endIndex...]
            }
            #expect(rest.isEmpty, "\(block.heading)")
        }
    }

    /// The days that a run tells of, if they are the first of these; nil if not.
    private func days(
        of run: GuideDocument.Run,
        in days: ArraySlice<GuideDocument.Day>
    ) -> ArraySlice<GuideDocument.Day>? {
        // `3 Dec to 4 Dec`, `3 Dec`, `days 2 to 3` or `day 2`
        let ends = run.when.split(separator: " to ").map { end in
            end.hasPrefix("days ") ? end.dropFirst(5) : end.hasPrefix("day ") ? end.dropFirst(4) : end
        }
        guard let first = days.first, let from = ends.first, let to = ends.last, name(first) == from,
            let last = days.firstIndex(where: { name($0) == to })
        else { return nil }
        return days[days.startIndex...last]
    }

    /// `3 Dec`, or the number of the day.
    private func name(_ day: GuideDocument.Day) -> String {
        day.date.map { content.date($0, .dateBrief) } ?? String(day.heading.dropFirst(4))
    }

    private func check(_ run: GuideDocument.Run, _ days: ArraySlice<GuideDocument.Day>, _ choices: ArtistChoices) {
        func has(_ action: Plan.Action, _ day: GuideDocument.Day) -> Bool {
            day.steps.contains { $0.action == action }
        }
        let (ointment, lotion) = (
            run.lines.contains("Ointment every day"), run.lines.contains { $0.hasPrefix("Lotion every day") }
        )
        #expect(days.allSatisfy { $0.cautions.map(\.short) == run.cautions }, "\(run.when)")
        #expect(days.allSatisfy { has(.ointment, $0) == ointment }, "\(run.when)")
        #expect(days.allSatisfy { has(.lotion, $0) == lotion }, "\(run.when)")
        let washes = days.indices.filter { has(.wash, days[$0]) }
        let told = run.lines.first { $0.hasPrefix("Wash ") } ?? ""
        if washes.isEmpty {
            #expect(told == "", "\(run.when)")
        } else if told.hasPrefix("Wash every") {
            let ends = [washes[0], washes[washes.count - 1]].map { index in
                (days[index].date == nil ? "day " : "") + name(days[index])
            }
            #expect(told == "Wash every \(choices.washIntervalDays) days, \(ends[0]) to \(ends[1])")
            #expect(
                zip(washes, washes.dropFirst()).allSatisfy { $1 - $0 == choices.washIntervalDays },
                "\(run.when): \(told)"
            )
        } else {
            let named = told.dropFirst(5).replacing(" and ", with: ", ").split(separator: ", ").map { part in
                part.hasPrefix("day ") ? part.dropFirst(4) : part
            }
            #expect(named.map { String($0) } == washes.map { name(days[$0]) }, "\(run.when): \(told)")
        }
        let isIdle = days.allSatisfy(\.steps.isEmpty)
        #expect((run.lines == ["Nothing to do"]) == isIdle, "\(run.when)")
    }

    @Test(arguments: 0..<60)
    func stretchesAddUpToThePlan(seed: Int) throws {
        let guide = try guide(seed)
        let document = GuideDocument(guide, content: content)
        #expect(
            document.stretches.flatMap { Array(repeating: $0.phase, count: $0.days) } == guide.plan.days.map(\.phase)
        )
    }

    @Test(arguments: 0..<100)
    func eventsHaveNamesOfTheirOwnAndEndNoEarlierThanTheyBegin(seed: Int) throws {
        let events = GuideDocument(try guide(seed), content: content).events
        #expect(Set(events.map(\.name)).count == events.count)
        #expect(events.filter { $0.from > $0.to }.map(\.line) == [])
        #expect(events.map(\.from) == events.map(\.from).sorted())
    }

    @Test(arguments: 0..<100)
    func eventsOfAKindAreCountedWithinTheirSession(seed: Int) throws {
        let events = GuideDocument(try guide(seed), content: content).events
        for group in Dictionary(grouping: events, by: { "\($0.session) \($0.kind.rawValue)" }).values {
            #expect(group.map(\.ordinal) == Array(1...group.count), "\(group[0].line)")
        }
    }

    @Test(arguments: 0..<100)
    func everyDayOfThePlanIsInTheCalendarOnce(seed: Int) throws {
        let guide = try guide(seed)
        let document = GuideDocument(guide, content: content)
        let plan = guide.plan
        let washes = document.events(.wash)
        #expect(washes.filter { $0.from != $0.to }.map(\.line) == [])
        func planned(_ holds: (Plan.Day) -> Bool) -> [CalendarDate] { plan.days.filter(holds).compactMap(\.date) }
        func told(_ kind: GuideDocument.Event.Kind) -> [CalendarDate] {
            document.events(kind).flatMap { dates($0.from, $0.to) }
        }
        #expect(told(.wash) == planned { $0.actions.contains(.wash) })
        #expect(told(.ointment) == planned { $0.actions.contains(.ointment) })
        #expect(told(.lotion) == planned { $0.actions.contains(.lotion) })
        #expect(told(.sun) == planned { $0.cautions.contains(.sun) })
        #expect(told(.rest) == planned { $0.cautions.contains(.rest) })
        #expect(told(.session) == planned { $0.day == 0 })
        let milestones = Set(document.events.map { "\($0.session) \($0.kind.rawValue) \($0.from)" })
        for milestone in plan.milestones where milestone.dates != nil {
            let line = "\(text(milestone.session)) \(milestone.code.rawValue) \(text(milestone.dates?.from))"
            #expect(milestones.contains(line))
        }
    }

    @Test(arguments: 0..<20)
    func noSentenceIsEmptyOrUnfinished(seed: Int) throws {
        let some = ["RESTORE-OINTMENT", "CLEANSE-SHAMPOO", "RESTORE-LOTION", "ZERO-SHINE-SAMPLE"].prefix(seed % 5)
        let course: Course? = try seed % 10 == 9 ? nil : RandomCourse(seed: seed).course()
        for guide in [
            UsageGuideTests.guide(course, atHome: Set(some)), UsageGuideTests.guide(course, without: Set(some)),
        ] {
            let document = GuideDocument(guide, content: content)
            var all = texts(in: document)
            #expect(all.count > document.days.count * 3)
            for day in guide.plan.days.prefix(40) {
                let moment = GuideMoment(guide, document, content: content, on: day.date)
                all += [moment.headline, moment.subheading] + texts(in: moment.next)
            }
            let wrong = all.filter { text in
                text.isEmpty || text.contains { "{}".contains($0) } || text.contains("  ") || text.first == " "
                    || text.last == " "
            }
            #expect(Set(wrong) == [])
        }
    }
}
