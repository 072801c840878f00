import CAllocations
import Commerce
import GuideFormats
import UsageGuide

/// G: what a guide costs by itself, without a server: the plan of twelve sessions and its forms.
enum GuideBenchmark {
    static func run(seconds: Double, _ report: inout Report) throws {
        guard let first = CalendarDate("2026-12-01"), let choices = ArtistChoices(),
            let content = GuideContent.newest("en")
        else { throw Child.Fault(description: "the benchmark's course is not valid") }
        let course = Course(
            timeZone: "Europe/London",
            sessions: (0..<12).map { first + $0 * 10 },
            isFinal: true,
            choices: choices
        )
        let products = Guide.Product.list(.current, bought: Set(Regimen.current.products.map(\.sku))) { $0.rawValue }
        let guide = Guide(plan: Plan(course), products: products)
        let document = GuideDocument(guide, content: content)
        let cover = GuideCover(
            firstName: "Ada",
            orderNumber: "DM-7K4Q-92",
            revision: 1,
            issuedAt: Instant(microsecondsSince1970: 0)
        )
        let revision = GuideCalendar.Revision(issuedAt: cover.issuedAt, document: document)
        let works: [(String, () -> Int)] = [
            ("plan of 12 sessions", { Plan(course).days.count }),
            ("document of that plan", { GuideDocument(guide, content: content).blocks.count }),
            (
                "page",
                {
                    GuidePage.render(
                        guide,
                        document,
                        content: content,
                        cover: cover,
                        on: first + 20,
                        path: "/g/x"
                    ).utf8.count
                }
            ),
            (
                "calendar",
                {
                    GuideCalendar.render(
                        [revision],
                        firstName: cover.firstName,
                        content: content,
                        seed: [1],
                        now: cover.issuedAt
                    ).utf8.count
                }
            ),
            ("text and its proof", { GuideText.proof(document, content: content).count }),
        ]
        for (name, work) in works {
            measure(name, seconds: seconds / 3, work, &report)
        }
    }

    private static func measure(_ name: String, seconds: Double, _ work: () -> Int, _ report: inout Report) {
        var sink = work()
        let before = allocations_made()
        sink &+= work()
        let allocations = allocations_made() - before
        var times: [Double] = []
        let end = Load.now() + UInt64(seconds * 1e6)
        while Load.now() < end {
            let start = Load.now()
            for _ in 0..<10 { sink &+= work() }
            times.append(Double(Load.now() - start) / 10)
        }
        precondition(sink != 0)
        report.add(BenchmarkRow(bench: "G", name: name, value: times.median, unit: "µs"))
        report.add(BenchmarkRow(bench: "G", name: "\(name): allocations", value: Double(allocations), unit: ""))
    }
}
