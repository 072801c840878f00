import Commerce
import GuideFormats
import StoreAPI
import UsageGuide

extension GuideWordsBody {
    /// A guide's document as JSON. The pages are made from the same one: what they say and what this says can't differ.
    /// - Parameter cover: what stands around an order's guide; nil without an order.
    init(_ document: GuideDocument, _ plan: Plan, content: GuideContent, cover: GuideCover?) {
        let days = Array(zip(document.days, plan.days))
        let information: [(code: Plan.Information, text: String)] = days.flatMap { day, planned in
            zip(planned.information, day.information).map { (code: $0, text: $1) }
        }
        self.init(
            language: document.language,
            contentVersion: document.contentVersion,
            title: document.title,
            disclaimer: document.disclaimer,
            note: cover.map { $0.note(document, content) } ?? document.note,
            sessions: document.sessions.map(GuideEntryBody.init),
            blocks: document.blocks.map { GuideBlockBody(heading: $0.heading, days: $0.days.count, note: $0.note) },
            days: days.map { GuideDayBody($0, $1) },
            steps: Self.once(document.days.flatMap(\.steps), by: \.sentence).map(GuideStepBody.init),
            cautions: document.cautions.map(GuideCautionBody.init),
            information: Self.once(information, by: \.code).map {
                GuideInformationBody(code: $0.code.rawValue, text: $0.text)
            },
            milestones: document.milestones.map(GuideEntryBody.init),
            products: document.products.map { product in
                GuideProductWordsBody(
                    sku: product.sku.rawValue,
                    name: product.name,
                    source: cover?.source(product, content) ?? product.source,
                    purpose: product.purpose,
                    how: product.how,
                    when: product.when
                )
            },
            prepare: document.prepare,
            normal: document.normal,
            call: document.call,
            forGood: document.forGood
        )
    }

    /// The first of each name.
    private static func once<Element, Name: Hashable>(
        _ elements: [Element],
        by name: (Element) -> Name
    ) -> [Element] {
        var seen: Set<Name> = []
        return elements.filter { seen.insert(name($0)).inserted }
    }
}

extension GuideEntryBody {
    fileprivate init(_ entry: GuideDocument.Entry) { self.init(when: entry.when, what: entry.what) }
}

extension GuideDayBody {
    fileprivate init(_ day: GuideDocument.Day, _ planned: Plan.Day) {
        self.init(
            heading: day.heading,
            label: day.label,
            short: day.short,
            steps: day.steps.map(\.sentence.rawValue),
            cautions: day.cautions.map { GuideDayCautionBody(caution: $0.caution.rawValue, until: $0.until) },
            information: planned.information.map(\.rawValue)
        )
    }
}

extension GuideStepBody {
    fileprivate init(_ step: GuideDocument.Step) {
        self.init(
            code: step.sentence.rawValue,
            action: step.action.rawValue,
            title: step.title,
            detail: step.detail
        )
    }
}

extension GuideCautionBody {
    fileprivate init(_ caution: GuideDocument.Caution) {
        self.init(
            caution: caution.caution.rawValue,
            title: caution.title,
            detail: caution.detail,
            short: caution.short
        )
    }
}
