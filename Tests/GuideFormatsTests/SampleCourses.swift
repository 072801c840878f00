import Commerce
import GuideFormats
import TestSupport
import Testing
import UsageGuide

/// A date that a test names.
func date(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }

/// A course in London; what is left out is the regimen's default.
func course(
    _ sessions: [String],
    isFinal: Bool = true,
    timeZone: String = "Europe/London",
    keepDryHours: Int? = nil,
    washIntervalDays: Int? = nil,
    restDays: Int? = nil
) throws -> Course {
    let choices = try #require(
        ArtistChoices(keepDryHours: keepDryHours, washIntervalDays: washIntervalDays, restDays: restDays)
    )
    let dates = try sessions.map { try date($0) }
    return Course(timeZone: timeZone, sessions: dates, isFinal: isFinal, choices: choices)
}

/// A course made from a seed: from one session to all that are allowed, close together or far apart.
func randomCourse(_ seed: Int) throws -> Course {
    var generator = SeededGenerator(seed: UInt64(seed))
    let gapMax = [3, 10, 40, 60].randomElement(using: &generator) ?? 60
    var sessions = [try date("2026-12-01") + Int.random(in: -200...200, using: &generator)]
    for _ in 1..<Int.random(in: 1...Course.sessionsMax, using: &generator) {
        sessions.append(sessions[sessions.count - 1] + Int.random(in: 1...gapMax, using: &generator))
    }
    let choices = try #require(
        ArtistChoices(
            keepDryHours: ArtistChoices.keepDryHoursAllowed.randomElement(using: &generator),
            washIntervalDays: Int.random(in: ArtistChoices.washIntervalDaysAllowed, using: &generator),
            restDays: Int.random(in: ArtistChoices.restDaysAllowed, using: &generator)
        )
    )
    return Course(
        timeZone: "Europe/London",
        sessions: sessions,
        isFinal: Bool.random(using: &generator),
        choices: choices
    )
}

/// The regimen's products, all in the order but those that are at home or that the shop does not have.
func kit(
    atHome: Set<String> = [],
    without: Set<String> = [],
    names: [String: String] = [:]
) -> [Guide.Product] {
    let usual = [
        "RESTORE-OINTMENT": "Restore Ointment", "CLEANSE-SHAMPOO": "Cleanse Shampoo",
        "RESTORE-LOTION": "Restore Lotion", "ZERO-SHINE-SAMPLE": "Zero Shine",
    ]
    let bought = Set(Regimen.current.products.map(\.sku).filter { !atHome.contains($0.rawValue) })
    return Guide.Product.list(.current, bought: bought) { sku in
        without.contains(sku.rawValue) ? nil : names[sku.rawValue] ?? usual[sku.rawValue]
    }
}

/// Names that would break a format which trusts them.
let hostileNames = [
    "\"><script>alert(1)</script>",
    "</title></style><b onclick='x()'>&amp;&lt;",
    // A mark that follows a quote is one character with it.
    "\"\u{301} '\u{301} <\u{338} >\u{338} &\u{301}",
    "A\u{202E}\u{2066}\u{2069}\u{2069}\u{200F}da",
    String(repeating: "👩‍👩‍👧‍👦", count: 40),
    "e" + String(repeating: "\u{301}", count: 200),
    "\u{301}\u{20DD}Ada",
    String(repeating: "x", count: 300),
    "{{headline}} {{{title}}} {name} {date} {{#during}}",
    "عائشة بنت محمد",
    "Ada, Lovelace; the \\ first \\n",
]

extension Sample {
    /// A guide for a course, with products of one's own or in other words.
    init(
        _ course: Course?,
        products: [Guide.Product] = kit(),
        content: GuideContent? = GuideContent.named("en-1")
    ) throws {
        self.content = try #require(content)
        guide = Guide(plan: Plan(course), products: products)
        document = GuideDocument(guide, content: self.content)
        today = nil
    }

    /// The agreed example: sessions on 1 and 12 December 2026, the second one final.
    static func worked() throws -> Sample { try Sample(course(["2026-12-01", "2026-12-12"])) }

    /// From a seed; every eighth has no dates.
    static func random(_ seed: Int) throws -> Sample { try Sample(seed % 8 == 7 ? nil : randomCourse(seed)) }

    /// The same for a client of another name.
    func named(_ name: String) -> Sample {
        var sample = self
        sample.firstName = name
        return sample
    }

    /// The text without a cover.
    var bareText: String { GuideText.render(document, content: content) }

    /// Days before the plan, in it and after it; only none while undated.
    var notableDays: [CalendarDate?] {
        guard let first = document.days.first?.date, let last = document.days.last?.date else { return [nil] }
        return [
            first - 40, first - 1, first, first + 3, first + 7, first + (last - first) / 2, last, last + 1, last + 90,
        ]
    }
}
