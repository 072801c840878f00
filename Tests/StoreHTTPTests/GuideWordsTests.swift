import Commerce
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

/// The guide's sentences as JSON are those that its pages show.
@Suite(DatabaseTrait.store) struct GuideWordsTests {
    /// A page's text: without tags, and with the marks that HTML writes otherwise.
    private static func text(of page: String) -> String {
        page.replacing(#/<[^>]*>/#, with: " ").replacing("&#39;", with: "'").replacing("&quot;", with: "\"")
            .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static let courses = [
        TestStore.exampleCourse,
        #"{"timeZone": "Europe/London", "sessions": ["2026-11-20"], "final": false, "keepDryHours": 24}"#,
        #"{"timeZone": "Europe/London", "sessions": []}"#,
    ]

    @Test(arguments: courses) func whatThePageSaysOfADayIsWhatTheJSONSays(course: String) async throws {
        let clock = Turning(TestStore.midday)
        try await TestStore.run(clock: { clock.now }) { store in
            let cart = try await store.cart(TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 1}]"#, course: course))
                .path
            let order = try await store.checkout(cart, key: "words").json
            let guide = try await store.send(.GET, order.guide.json.text).json
            let words = guide.words
            #expect(words.language == "en" && words.contentVersion == guide.contentVersion)
            let days = guide.plan.days.entries
            #expect(words.days.entries.count == days.count && !days.isEmpty)
            #expect(words.blocks.entries.compactMap(\.days.int).reduce(0, +) == days.count)
            func page() async throws -> String {
                Self.text(of: try await store.send(.GET, order.guide.page.text).text)
            }
            var seen = try await page() + (try await store.send(.GET, order.guide.page.text).text)
            // What is normal on no day of its own stands on the sheet.
            seen += Self.text(of: try await store.send(.GET, order.guide.page.text + "/sheet").text)
            var sentences = [words.title, words.disclaimer, words.note].map(\.text)
            for name in ["normal", "call", "forGood"] { sentences += words[name].entries.map(\.text) }
            for product in words.products.entries {
                sentences += [product.name, product.source, product.purpose, product.how, product.when].map(\.text)
            }
            for milestone in words.milestones.entries { sentences += [milestone.when.text, milestone.what.text] }
            for block in words.blocks.entries { sentences += [block.heading.text, block.note.text] }
            for day in words.days.entries { sentences += [day.heading.text, day.short.text] }
            // Each day, on its own morning.
            for (day, spoken) in zip(days, words.days.entries) {
                #expect(spoken.cautions.entries.map(\.caution) == day.cautions.entries)
                let steps = spoken.steps.entries.compactMap { code in
                    words.steps.entries.first { $0.code == code }
                }
                #expect(steps.map(\.action) == day.actions.entries)
                guard let date = CalendarDate(day.date.text) else { continue }
                clock.turn(to: date)
                let today = try await page()
                seen += today
                var said = [spoken.label.text] + steps.flatMap { [$0.title.text, $0.detail.text] }
                for caution in spoken.cautions.entries {
                    let found = words.cautions.entries.first { $0.caution == caution.caution }
                    said += [found?.title.text ?? "?", found?.detail.text ?? "?", caution.until.text]
                }
                for code in spoken.information.entries {
                    said.append(words.information.entries.first { $0.code == code }?["text"].text ?? "?")
                }
                for sentence in said { #expect(today.contains(sentence), "\(date): \(sentence)") }
            }
            // What is said of no day stands on some morning's page.
            for sentence in sentences { #expect(seen.contains(sentence), "\(sentence)") }
        }
    }

    @Test func aPlanWithoutAnOrderHasTheSameWords() async throws {
        try await TestStore.run { store in
            let order = try await store.checkout(try await store.cart().path, key: "words").json
            let guide = try await store.send(.GET, order.guide.json.text).json
            let asked = #"{"course": \#(TestStore.exampleCourse), "items": [{"sku": "DM-KIT"}]}"#
            let plan = try await store.send(.POST, "/v1/plan", asked, ["Accept-Language": "de, en;q=0.1"])
            #expect(plan.json.words == guide.words)
            #expect(plan.headers.first(name: "Content-Language") == "en")
            #expect(plan.headers[canonicalForm: "Vary"].contains("Accept-Language"))
            // Whoever has the sentences already leaves them out.
            let short = try await store.send(.POST, "/v1/plan?words=false", asked)
            #expect(short.json.words == .null && short.json.plan == plan.json.plan)
            let other = try await store.send(.GET, order.guide.json.text + "?words=false").json
            #expect(other.words == .null && other.plan == guide.plan)
            #expect(try await store.send(.POST, "/v1/plan?words=maybe", asked).status == 422)
        }
    }

    @Test func theGuideOfACancelledOrderSaysSo() async throws {
        try await TestStore.run { store in
            let order = try await store.checkout(try await store.cart().path, key: "words").json
            let before = try await store.send(.GET, order.guide.json.text).json.words
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            let gone = try await store.send(.POST, order.page.text + "/cancellation", "", form)
            #expect(gone.status == 303)
            let after = try await store.send(.GET, order.guide.json.text).json.words
            #expect(before.note == .null && after.note.text.hasPrefix("This order was cancelled"))
            #expect(after.products[0].source != before.products[0].source)
            let page = Self.text(of: try await store.send(.GET, order.guide.page.text).text)
            #expect(page.contains(after.note.text) && page.contains(after.products[0].source.text))
        }
    }
}

/// A clock that a test turns.
private final class Turning: Sendable {
    private let instant: Mutex<Instant>

    init(_ instant: Instant?) { self.instant = Mutex(instant ?? Instant(microsecondsSince1970: 0)) }

    var now: Instant { instant.withLock { $0 } }

    /// To the midday of a date.
    func turn(to date: CalendarDate) {
        instant.withLock {
            $0 = Instant(microsecondsSince1970: Int64(date.daysSince1970) * 86_400_000_000 + 43_200_000_000)
        }
    }
}
