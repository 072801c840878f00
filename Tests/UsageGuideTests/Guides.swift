import Commerce
import Testing
import UsageGuide

/// A guide with the regimen's products, all in the order but those that are at home or that the shop does not have.
func guide(_ course: Course?, atHome: Set<String> = [], without: Set<String> = []) -> Guide {
    let names = [
        "RESTORE-OINTMENT": "Restore Ointment", "CLEANSE-SHAMPOO": "Cleanse Shampoo",
        "RESTORE-LOTION": "Restore Lotion", "ZERO-SHINE-SAMPLE": "Zero Shine",
    ]
    let bought = Set(Regimen.current.products.map(\.sku).filter { !atHome.contains($0.rawValue) })
    let products = Guide.Product.list(.current, bought: bought) { sku in
        without.contains(sku.rawValue) ? nil : names[sku.rawValue]
    }
    return Guide(plan: Plan(course), products: products)
}

/// The document of a guide in the first English version.
func document(_ guide: Guide) throws -> GuideDocument {
    GuideDocument(guide, content: try #require(GuideContent.named("en-1")))
}

/// The dates from one to another, both included.
func dates(_ from: CalendarDate, _ to: CalendarDate) -> [CalendarDate] { (0...max(to - from, 0)).map { from + $0 } }

/// Every text in a value, however deep.
func texts(in value: Any) -> [String] {
    if let text = value as? String { return [text] }
    return Mirror(reflecting: value).children.flatMap { texts(in: $0.value) }
}

extension GuideDocument {
    /// The day of a date.
    func day(_ text: String) throws -> Day {
        let wanted = try date(text)
        return try #require(days.first { $0.date == wanted })
    }

    /// The product for a use.
    func product(_ use: Regimen.Use) throws -> Product { try #require(products.first { $0.use == use }) }

    /// The events of a kind.
    func events(_ kind: Event.Kind) -> [Event] { events.filter { $0.kind == kind } }
}

extension GuideDocument.Day {
    /// What to leave alone and how long, in a line.
    var cautionLine: String { cautions.map { "\($0.title) \($0.until)" }.joined(separator: ", ") }
}

extension GuideDocument.Run {
    /// The whole run in one line.
    var line: String { "\(when): \(lines.joined(separator: ". ")) / \(cautions.joined(separator: ", "))" }
}

extension GuideDocument.Entry {
    /// The entry in one line.
    var line: String { "\(when): \(what)" }
}

extension GuideDocument.Event {
    /// What the event is called for good.
    var name: String { "\(session) \(kind.rawValue) \(ordinal)" }
    /// The event and its dates in one line.
    var line: String { from == to ? "\(name) \(from)" : "\(name) \(from) to \(to)" }
}
