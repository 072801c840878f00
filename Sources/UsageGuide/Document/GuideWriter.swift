import Commerce

/// Puts a guide into words.
struct GuideWriter {
    let guide: Guide
    let content: GuideContent

    private var plan: Plan { guide.plan }
    private var regimen: Regimen? { Regimen.named(plan.regimen) }
    private var sessionCount: Int { plan.course?.sessions.count ?? 0 }

    /// `Your second session`; without a number where there is only one.
    func sessionName(_ ordinal: Int) -> String {
        sessionCount > 1
            ? content.text(.sessionOrdinal, ["ordinal": content.ordinal(ordinal)]) : content.text(.sessionOnly)
    }

    // MARK: - Days

    func blocks() -> [GuideDocument.Block] {
        if plan.status == .undated { return undatedBlocks() }
        var blocks: [GuideDocument.Block] = []
        for span in plan.spans({ _ in true }) {
            guard let session = span.first?.session else { continue }
            let heading =
                sessionCount > 1
                ? content.text(.blockSession, ["ordinal": content.ordinal(session)]) : content.text(.blockOnly)
            blocks.append(block(heading, span, note: nil))
        }
        return blocks
    }

    /// One block for after each session, one for what comes only after the final one.
    private func undatedBlocks() -> [GuideDocument.Block] {
        let healing = plan.days.prefix { $0.phase == .healing }
        let picking = plan.days.last { $0.cautions.contains(.pick) }?.day ?? 0
        let between = content.text(
            .noteBetween,
            ["days": "\(plan.choices.washIntervalDays)", "day": "\(picking)"]
        )
        return [
            block(content.text(.blockEach), healing, note: between),
            block(content.text(.blockFinal), plan.days[healing.endIndex...], note: nil),
        ]
    }

    private func block(_ heading: String, _ days: ArraySlice<Plan.Day>, note: String?) -> GuideDocument.Block {
        GuideDocument.Block(
            heading: heading,
            days: days.indices.map { day(days[$0], at: $0) },
            runs: runs(days),
            note: note
        )
    }

    private func day(_ day: Plan.Day, at index: Int) -> GuideDocument.Day {
        let isSession = day.day == 0
        return GuideDocument.Day(
            date: day.date,
            heading: day.date.map { content.date($0, .dateShort) } ?? content.span(day: day.day, day.day),
            label: isSession ? content.text(.headlineSession) : content.text(.headlineDay, ["day": "\(day.day)"]),
            isSession: isSession,
            phase: day.phase,
            steps: day.actions.map { step($0, on: day) },
            cautions: day.cautions.map { caution($0, at: index) },
            information: day.information.map(information),
            short: day.actions.isEmpty
                ? content.text(.nothingShort) : day.actions.map(short).joined(separator: " · ")
        )
    }

    private func step(_ action: Plan.Action, on day: Plan.Day) -> GuideDocument.Step {
        let (title, detail): (Sentence, Sentence) =
            switch action {
            case .wash:
                switch day.phase {
                case .healing: (.washTitle, .washHealing)
                case .between: (.washTitle, .washBetween)
                case .restoring: (.washTitle, .washRestoring)
                }
            case .ointment: (.ointmentTitle, .ointmentDetail)
            case .lotion: (.lotionTitle, day.actions.contains(.wash) ? .lotionAfterWash : .lotionDetail)
            }
        return GuideDocument.Step(
            action: action,
            sentence: detail,
            title: content.text(title, ["product": productName(action)]),
            detail: content.text(detail)
        )
    }

    /// What the client has at hand for something: from this order, from the kit at home, or a substitute's description.
    private func productName(_ action: Plan.Action) -> String {
        let (use, fallback): (Regimen.Use, Sentence) =
            switch action {
            case .wash: (.wash, .fallbackWash)
            case .ointment: (.ointment, .fallbackOintment)
            case .lotion: (.lotion, .fallbackLotion)
            }
        guard let product = guide.product(for: use) else { return content.text(fallback) }
        return product.isInOrder ? product.name : content.text(.home, ["product": product.name])
    }

    private func short(_ action: Plan.Action) -> String {
        switch action {
        case .wash: content.text(.washShort)
        case .ointment: content.text(.ointmentShort)
        case .lotion: content.text(.lotionShort)
        }
    }

    private func caution(_ caution: Plan.Caution, at index: Int) -> GuideDocument.Caution {
        let words = words(caution)
        return GuideDocument.Caution(
            caution: caution,
            title: content.text(words.title),
            detail: content.text(words.detail),
            until: until(caution, at: index),
            short: content.text(words.short)
        )
    }

    private func words(_ caution: Plan.Caution) -> (title: Sentence, detail: Sentence, short: Sentence) {
        switch caution {
        case .dry: (.dryTitle, .dryDetail, .dryShort)
        case .rest: (.restTitle, .restDetail, .restShort)
        case .sun: (.sunTitle, .sunDetail, .sunShort)
        case .pick: (.pickTitle, .pickDetail, .pickShort)
        }
    }

    /// The last day of an unbroken stretch, also across a session that starts it anew.
    private func until(_ caution: Plan.Caution, at index: Int) -> String {
        var last = index
        while last + 1 < plan.days.count, plan.days[last + 1].cautions.contains(caution) { last += 1 }
        if last == index { return content.text(.untilToday) }
        if let date = plan.days[last].date {
            return content.text(.untilDate, ["date": content.date(date, .dateShort)])
        }
        return content.text(.untilDay, ["day": "\(plan.days[last].day)"])
    }

    private func information(_ information: Plan.Information) -> String {
        switch information {
        case .swelling: content.text(.informationSwelling)
        case .redness: content.text(.informationRedness)
        case .scabs: content.text(.informationScabs)
        case .exercise: content.text(.informationExercise)
        }
    }

    // MARK: - Runs

    /// A run lists its washes by date up to this many; beyond, it tells how often.
    private static let listedWashesMax = 5

    private func runs(_ days: ArraySlice<Plan.Day>) -> [GuideDocument.Run] {
        var runs: [GuideDocument.Run] = []
        var start = days.startIndex
        while start < days.endIndex {
            let key = Self.likeness(days[start])
            let end = days[start...].firstIndex { Self.likeness($0) != key } ?? days.endIndex
            runs.append(run(days[start..<end]))
            start = end
        }
        return runs
    }

    /// Days that agree in this differ in their washes at most.
    private static func likeness(_ day: Plan.Day) -> [String] {
        [day.phase.rawValue] + day.actions.filter { $0 != .wash }.map(\.rawValue) + day.cautions.map(\.rawValue)
    }

    private func run(_ days: ArraySlice<Plan.Day>) -> GuideDocument.Run {
        let first = days[days.startIndex]
        var lines: [String] = []
        let washes = days.filter { $0.actions.contains(.wash) }
        if let firstWash = washes.first, let lastWash = washes.last {
            lines.append(
                washes.count <= Self.listedWashesMax
                    ? content.text(.washOn, ["dates": content.spoken(washes.map(brief))])
                    : content.text(
                        .washEvery,
                        ["days": "\(plan.choices.washIntervalDays)", "from": brief(firstWash), "to": brief(lastWash)]
                    )
            )
        }
        if first.actions.contains(.ointment) { lines.append(content.text(.ointmentDaily)) }
        if first.actions.contains(.lotion) { lines.append(content.text(.lotionDaily)) }
        if lines.isEmpty { lines.append(content.text(.nothingShort)) }
        return GuideDocument.Run(
            when: when(days, .dateBrief),
            lines: lines,
            cautions: first.cautions.map { content.text(words($0).short) }
        )
    }

    private func brief(_ day: Plan.Day) -> String {
        day.date.map { content.date($0, .dateBrief) } ?? content.span(day: day.day, day.day)
    }

    private func when(_ days: ArraySlice<Plan.Day>, _ sentence: Sentence) -> String {
        guard let first = days.first, let last = days.last else { return "" }
        if let from = first.date { return content.span(from, last.date, sentence) }
        return content.span(day: first.day, last.day)
    }

    func stretches() -> [GuideDocument.Stretch] {
        var stretches: [GuideDocument.Stretch] = []
        for phase in plan.spans({ _ in true }).flatMap({ span in
            [Plan.Phase.healing, .between, .restoring].map { phase in (phase, span.count { $0.phase == phase }) }
        }) where phase.1 > 0 {
            stretches.append(
                GuideDocument.Stretch(
                    phase: phase.0,
                    days: phase.1,
                    label: content.text(label(phase.0), ["days": "\(phase.1)"])
                )
            )
        }
        return stretches
    }

    private func label(_ phase: Plan.Phase) -> Sentence {
        switch phase {
        case .healing: .phaseHealing
        case .between: .phaseBetween
        case .restoring: .phaseRestoring
        }
    }

    // MARK: - Milestones and products

    private func words(_ code: Plan.Milestone.Code) -> (long: Sentence, short: Sentence) {
        switch code {
        case .scabsGone: (.milestoneScabsGone, .milestoneScabsGoneShort)
        case .activity: (.milestoneActivity, .milestoneActivityShort)
        case .zeroShine: (.milestoneZeroShine, .milestoneZeroShineShort)
        case .fullResult: (.milestoneFullResult, .milestoneFullResultShort)
        }
    }

    func milestone(_ milestone: Plan.Milestone) -> GuideDocument.Entry {
        let when =
            milestone.dates.map { content.span($0.from, $0.to, .dateBrief) }
            ?? content.span(day: milestone.days.from, milestone.days.to)
        // Without dates it has to be said which session the days count from.
        let isOfFinal = milestone.dates == nil && milestone.code != .scabsGone
        return GuideDocument.Entry(
            when: isOfFinal ? content.text(.milestoneOfFinal, ["when": when]) : when,
            what: content.text(words(milestone.code).long)
        )
    }

    func shortMilestone(_ milestone: Plan.Milestone) -> String { content.text(words(milestone.code).short) }

    func product(_ product: Guide.Product) -> GuideDocument.Product? {
        guard let use = regimen?.products.first(where: { $0.sku == product.sku })?.use else { return nil }
        let (purpose, how): (Sentence, Sentence) =
            switch use {
            case .ointment: (.productOintmentPurpose, .productOintmentHow)
            case .wash: (.productWashPurpose, .productWashHow)
            case .lotion: (.productLotionPurpose, .productLotionHow)
            case .zeroShine: (.productZeroShinePurpose, .productZeroShineHow)
            }
        return GuideDocument.Product(
            sku: product.sku,
            use: use,
            name: product.name,
            isInOrder: product.isInOrder,
            source: content.text(product.isInOrder ? .productInOrder : .productAtHome),
            purpose: content.text(purpose),
            how: content.text(how),
            when: when(use)
        )
    }

    private func when(_ use: Regimen.Use) -> String {
        switch use {
        case .ointment: return content.text(.productOintmentWhen, ["when": stretches(of: .ointment)])
        case .wash: return content.text(.productWashWhen, ["days": "\(plan.choices.washIntervalDays)"])
        case .lotion:
            if plan.status != .dated { return content.text(.productLotionLater) }
            return content.text(.productLotionWhen, ["when": stretches(of: .lotion)])
        case .zeroShine:
            guard plan.status == .dated, let milestone = plan.milestones.first(where: { $0.code == .zeroShine }) else {
                return content.text(.productZeroShineLater)
            }
            return content.text(.productZeroShineWhen, ["when": self.milestone(milestone).when])
        }
    }

    /// All days with an action, stretches that touch told as one.
    private func stretches(of action: Plan.Action) -> String {
        var stretches: [ArraySlice<Plan.Day>] = []
        for span in plan.spans({ $0.actions.contains(action) }) {
            if let last = stretches.last, last.endIndex == span.startIndex {
                stretches[stretches.count - 1] = plan.days[last.startIndex..<span.endIndex]
            } else {
                stretches.append(span)
            }
        }
        return content.spoken(stretches.map { when($0, .dateBrief) })
    }

    // MARK: - Calendar

    func events() -> [GuideDocument.Event] {
        var events: [GuideDocument.Event] = []
        var counts: [String: Int] = [:]
        func add(_ kind: GuideDocument.Event.Kind, _ days: ArraySlice<Plan.Day>, _ title: String, _ detail: String) {
            guard let session = days.first?.session, let from = days.first?.date, let to = days.last?.date else {
                return
            }
            let ordinal = counts["\(session) \(kind)", default: 0] + 1
            counts["\(session) \(kind)"] = ordinal
            events.append(
                GuideDocument.Event(
                    session: session,
                    kind: kind,
                    ordinal: ordinal,
                    from: from,
                    to: to,
                    title: title,
                    detail: detail
                )
            )
        }
        for (index, day) in plan.days.enumerated() {
            let span = plan.days[index...index]
            if day.day == 0, let session = day.session {
                let dry = caution(.dry, at: index)
                let title =
                    sessionCount > 1
                    ? content.text(.eventSession, ["ordinal": content.ordinal(session)])
                    : content.text(.eventSessionOnly)
                add(.session, span, title, "\(dry.title) (\(dry.until)). \(dry.detail)")
            }
            if day.actions.contains(.wash) {
                let step = step(.wash, on: day)
                add(.wash, span, step.title, step.detail)
            }
        }
        for span in plan.spans({ $0.actions.contains(.ointment) }) {
            add(
                .ointment,
                span,
                content.text(.eventOintment, ["product": productName(.ointment)]),
                content.text(.ointmentDetail)
            )
        }
        for span in plan.spans({ $0.actions.contains(.lotion) }) {
            add(
                .lotion,
                span,
                content.text(.eventLotion, ["product": productName(.lotion)]),
                content.text(.productLotionHow)
            )
        }
        for (caution, kind, title) in [
            (Plan.Caution.sun, GuideDocument.Event.Kind.sun, Sentence.eventSun), (.rest, .rest, .eventRest),
        ] {
            for span in plan.spans({ $0.cautions.contains(caution) }) {
                add(kind, span, content.text(title), content.text(words(caution).detail))
            }
        }
        for milestone in plan.milestones {
            guard let session = milestone.session, let dates = milestone.dates,
                let kind = GuideDocument.Event.Kind(rawValue: milestone.code.rawValue)
            else { continue }
            events.append(
                GuideDocument.Event(
                    session: session,
                    kind: kind,
                    ordinal: 1,
                    from: dates.from,
                    to: dates.to ?? dates.from,
                    title: shortMilestone(milestone),
                    detail: content.text(words(milestone.code).long)
                )
            )
        }
        return events.sorted {
            ($0.from, $0.session, $0.kind.rawValue, $0.ordinal) < ($1.from, $1.session, $1.kind.rawValue, $1.ordinal)
        }
    }
}
