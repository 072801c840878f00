import Commerce
import StoreAPI
import UsageGuide

/// The plan before buying, in short: what the first screens of a guide for these dates say, and what the plan uses up.
struct PlanCard {
    let answer: PlanAnswerBody
    /// What is said of how far the chosen bottles last.
    let covers: [String]

    private var plan: PlanBody { answer.plan }

    func values(_ words: ShopWords) -> [String: Any] {
        let isDated = plan.status != Plan.Status.undated.rawValue
        return [
            "heading": words.text(isDated ? .plan : .planNone),
            "hint": words.text(isDated ? .planHint : .planHintNone),
            "entries": entries(words).map {
                ["when": $0.when, "what": $0.what, "more": ShopPage.lines($0.more), "icon": $0.icon]
            },
            "uses": uses(words), "covers": covers,
        ]
    }

    private struct Entry {
        /// Days since the first one; what has no day comes last.
        let order: Int
        let when: String
        let what: String
        var more: String?
        let icon: String
    }

    private func entries(_ words: ShopWords) -> [Entry] {
        let guide = words.guide
        func when(_ day: PlanDayBody) -> String {
            day.date.map { words.date($0, .dateShort) } ?? guide.text(.dayNumber, ["day": "\(day.day)"])
        }
        func first(_ action: Plan.Action) -> (offset: Int, element: PlanDayBody)? {
            plan.days.enumerated().first { $0.element.actions.contains(action.rawValue) }
        }
        let care = [
            words.text(.planDry, ["hours": "\(plan.keepDryHours)"]),
            name(of: .ointment).map { words.text(.planOintment, ["product": $0]) },
        ].compactMap(\.self).joined(separator: " · ")
        var entries = plan.days.enumerated().filter { $0.element.day == 0 }.map { offset, day in
            Entry(
                order: offset,
                when: when(day),
                what: plan.sessions.count > 1
                    ? guide.text(.nextSession, ["ordinal": guide.ordinal(day.session ?? 1)])
                    : guide.text(.nextSessionOnly),
                more: care,
                icon: "calendar"
            )
        }
        if let (offset, day) = first(.wash) {
            let product = name(of: .wash) ?? guide.text(.fallbackWash)
            let what = words.text(.planFirstWash, ["product": product])
            entries.append(Entry(order: offset, when: when(day), what: what, icon: "wash"))
        }
        if let (offset, day) = first(.lotion) {
            let days = plan.days.count { $0.actions.contains(Plan.Action.lotion.rawValue) }
            let what = guide.text(.nextLotion, ["days": "\(days)"])
            entries.append(Entry(order: offset, when: when(day), what: what, icon: "lotion"))
        } else {
            let (when, what) = (words.text(.planLater), guide.text(.productLotionLater))
            let product = name(of: .lotion)
            entries.append(
                Entry(
                    order: plan.days.count,
                    when: when,
                    what: product ?? what,
                    more: product.map { _ in what },
                    icon: "lotion"
                )
            )
        }
        if let result = plan.milestones.first(where: { $0.code == Plan.Milestone.Code.fullResult.rawValue }) {
            let when =
                result.from.map { words.date($0, .dateShort) }
                ?? guide.text(.dayNumber, ["day": "\(result.fromDay ?? 0)"])
            let what = guide.text(.milestoneFullResultShort)
            entries.append(Entry(order: plan.days.count, when: when, what: what, icon: "check"))
        }
        return entries.sorted { $0.order < $1.order }
    }

    private func uses(_ words: ShopWords) -> [[String: Any]] {
        [(Regimen.Use.ointment, Plan.Action.ointment), (.wash, .wash), (.lotion, .lotion)].compactMap { use, action in
            let count = plan.days.count { $0.actions.contains(action.rawValue) }
            guard count > 0, let name = name(of: use) else { return nil }
            return ["count": words.text(.planTimes, ["count": "\(count)"]), "name": name]
        }
    }

    /// A product's name, by what it is used for.
    private func name(of use: Regimen.Use) -> String? {
        guard let sku = Regimen.named(plan.regimen)?.products.first(where: { $0.use == use })?.sku else { return nil }
        return answer.products.first { $0.sku == sku.rawValue }?.name
    }
}

extension ShopWords {
    /// What a product is for and how and when it is used, in the guide's words, as long as no date is known.
    func use(of sku: String, name: String) -> [String: Any]? {
        guard let sku = SKU(rawValue: sku) else { return nil }
        let guide = Guide(plan: Plan(nil), products: [Guide.Product(sku: sku, name: name, isInOrder: true)])
        return GuideDocument(guide, content: self.guide).products.first.map {
            ["purpose": $0.purpose, "how": $0.how, "when": $0.when]
        }
    }
}
