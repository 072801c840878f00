import Commerce
import Crypto
import FoundationEssentials
import Glibc
import NIOHTTP1
import Staff
import TestSupport
import Testing

/// How a guide is served: on which day, to whom, and under which policy.
@Suite(DatabaseTrait.store) struct GuideServingTests {
    // MARK: - Today

    struct Morning: Sendable, CustomTestStringConvertible {
        let zone: String
        let day: String
        let headline: String
        var testDescription: String { zone }
    }

    @Test(arguments: [
        Morning(zone: "Pacific/Kiritimati", day: "2026-12-04", headline: "Friday 4 December Day 3"),
        Morning(zone: "Europe/London", day: "2026-12-03", headline: "Thursday 3 December Day 2"),
        Morning(zone: "Pacific/Pago_Pago", day: "2026-12-02", headline: "Wednesday 2 December Day 1"),
    ])
    func todayIsTheClientsDay(morning: Morning) async throws {
        try await TestStore.run(now: Self.instant("2026-12-03", 10, 30)) { store in
            let course = TestStore.course(["2026-12-01", "2026-12-12"], zone: morning.zone)
            let page = try await store.send(.GET, try await store.order(course: course).guide.page.text)
            #expect(page.text.contains("data-day=\"\(morning.day)\""))
            #expect(page.words.contains("\(morning.headline) after your first session"), "\(page.words.suffix(3000))")
            #expect(page.words.contains("Dates are days in \(morning.zone)."))
        }
    }

    @Test func aPageTurnsAtMidnight() async throws {
        let pages = Collector<String>()
        let tags = Collector<String>()
        try await TestStore.run(now: Self.instant("2026-12-03", 23, 59)) { store in
            let path = try await store.order().guide.page.text
            let page = try await store.send(.GET, path)
            #expect(page.words.contains("Day 2 after your first session"))
            pages.append(path)
            tags.append(page.etag)
        }
        let path = try #require(pages.all.first)
        let tag = try #require(tags.all.first)
        try await TestStore.run(now: Self.instant("2026-12-04", 0, 1)) { store in
            let page = try await store.send(.GET, path, nil, ["If-None-Match": tag])
            #expect(page.status == 200 && page.etag != tag)
            #expect(page.words.contains("Day 3 after your first session"))
        }
    }

    // MARK: - To whom

    @Test(arguments: ["Ada Example", "Ada  Example", "Ada\u{A0}Example", "Ada\u{3000}Example", "Ada \u{301}Example"])
    func aSurnameStaysWithTheOrder(name: String) async throws {
        try await TestStore.run { store in
            let order = try await store.order(name: name)
            for path in Self.forms(order) {
                let text = try await store.send(.GET, path).text.replacing("\r\n ", with: "")
                #expect(text.contains("Ada"), "\(path)")
                #expect(!text.contains("Example"), "\(path)")
            }
            for path in Self.calendarPages(order) {
                #expect(!(try await store.send(.GET, path)).text.contains("Example"), "\(path)")
            }
            #expect(try await store.send(.GET, order.page.text).text.contains("Example"))
        }
    }

    @Test func aLinkOpensOnlyWhatItIsFor() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let guide = String(order.guide.page.text.dropFirst(3))
            let calendar = String(order.guide.calendar.text.dropFirst(3).dropLast(4))
            let nobody = String(repeating: "A", count: 43)
            for token in [order.token.text, calendar, nobody, "short", String(guide.dropLast()), guide + "A"] {
                for form in [
                    "", "/guide.txt", "/guide.ics", "/calendar", "/insert", "/insert.pdf", "/sheet", "/sheet.pdf",
                ] {
                    let path = "/g/\(token)\(form)"
                    #expect(try await store.send(.GET, path).status == 404, "\(path)")
                }
            }
            for token in [order.token.text, guide, nobody, "short"] {
                #expect(try await store.send(.GET, "/c/\(token).ics").status == 404)
                #expect(try await store.send(.GET, "/c/\(token)").status == 404)
            }
            for token in [guide, calendar, nobody, "short"] {
                #expect(try await store.send(.GET, "/o/\(token)").status == 404)
            }
        }
    }

    @Test func aBrowserIsToldInAPageThatALinkOpensNothing() async throws {
        try await TestStore.run { store in
            let nobody = String(repeating: "A", count: 43)
            let browser = ["Accept": "text/html,application/xhtml+xml,*/*;q=0.8"]
            let programs: [[String: String]] = [[:], ["Accept": "application/json"]]
            for path in ["/g/\(nobody)", "/g/\(nobody)/insert", "/o/\(nobody)", "/c/\(nobody).ics", "/g/short"] {
                let page = try await store.send(.GET, path, nil, browser)
                #expect(page.status == 404 && page.isPage, "\(path)")
                #expect(page.words.contains("This link opens nothing"))
                #expect(page.headers.first(name: "X-Robots-Tag") == "noindex")
                for program in programs {
                    let problem = try await store.send(.GET, path, nil, program)
                    #expect(problem.status == 404 && problem.problem == "not-found", "\(path)")
                    #expect(problem.headers.first(name: "Content-Type") == "application/problem+json")
                }
            }
        }
    }

    // MARK: - Under which policy

    @Test func everyFormIsServedUnderAPolicyThatRunsNothingElse() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            for path in Self.forms(order) + Self.calendarPages(order) + [order.page.text] {
                let answer = try await store.send(.GET, path)
                #expect(answer.status == 200)
                #expect(answer.headers.first(name: "Referrer-Policy") == "no-referrer", "\(path)")
                #expect(answer.headers.first(name: "X-Robots-Tag") == "noindex", "\(path)")
                #expect(answer.headers.first(name: "X-Content-Type-Options") == "nosniff", "\(path)")
                // The order's page tells where somebody lives: not even the browser keeps it.
                let kept = path == order.page.text ? "no-store" : "private, no-cache"
                #expect(answer.headers.first(name: "Cache-Control") == kept, "\(path)")
                let policy = try #require(answer.headers.first(name: "Content-Security-Policy"))
                let directives = policy.split(separator: "; ").map(String.init)
                #expect(directives.contains("default-src 'none'") && directives.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe-") && !policy.contains("*") && !policy.contains("://"), "\(path)")
                guard answer.isPage else { continue }

                let style = try #require(Self.inside("style", of: answer.text))
                #expect(directives.contains("style-src '\(Self.hash(style))'"), "\(path)")
                #expect(answer.text.ranges(of: "<style").count == 1)
                let scripts = answer.text.ranges(of: "<script").count
                #expect(scripts == (path == order.guide.page.text ? 1 : 0), "\(path)")
                if let script = Self.inside("script", of: answer.text) {
                    #expect(directives.contains("script-src '\(Self.hash(script))'"), "\(path)")
                } else {
                    #expect(!policy.contains("script-src"), "\(path)")
                }
                let hasForms = answer.text.contains("<form")
                #expect(directives.contains("form-action \(hasForms ? "'self'" : "'none'")"), "\(path)")
                for tag in answer.text.matches(of: #/<[a-z][^>]*>/#).map({ String($0.output) }) {
                    #expect(tag.firstMatch(of: #/\s(style|on[a-z]+)\s*=/#) == nil, "\(path) \(tag)")
                }
                for address in answer.text.matches(of: #/(https?:)?//[a-z][^\s"'<>)]*/#).map({ String($0.output.0) }) {
                    let isOwn = address.hasPrefix("http://store.test/") || address.hasPrefix("//store.test/")
                    #expect(isOwn || address == "http://www.w3.org/2000/svg", "\(path) \(address)")
                }
            }
        }
    }

    // MARK: - How large

    @Test(arguments: [(2, 83), (12, 60)]) func aPageIsSmall(sessions: Int, apart: Int) async throws {
        let first = try #require(CalendarDate("2026-11-24"))
        let dates = (0..<sessions).map { (first + $0 * apart).description }
        try await TestStore.run { store in
            let order = try await store.order(
                course: TestStore.course(dates),
                name: String(repeating: "W", count: 200)
            )
            let guide = try await store.send(.GET, order.guide.json.text)
            #expect(guide.json.plan.days.entries.count == (sessions - 1) * apart + 37)
            let page = try await store.send(.GET, order.guide.page.text)
            #expect(page.status == 200 && page.words.contains("Session day"))
            #expect(page.body.count <= 60_000, "\(page.body.count)")
        }
    }

    // MARK: - On paper

    @Test func aPrintIsMadeWhereThePrinterIs() async throws {
        let isInstalled = ["/usr/bin", "/usr/local/bin", "/opt/venv/bin"].contains {
            access("\($0)/weasyprint", X_OK) == 0
        }
        try await TestStore.run { store in
            let page = try await store.order().guide.page.text
            for sheet in ["insert.pdf", "sheet.pdf"] {
                let pdf = try await store.send(.GET, "\(page)/\(sheet)")
                if isInstalled {
                    #expect(pdf.status == 200, "\(pdf.text.prefix(300))")
                    #expect(pdf.headers.first(name: "Content-Type") == "application/pdf")
                    #expect(pdf.body.starts(with: Array("%PDF".utf8)))
                } else {
                    #expect(pdf.status == 501 && pdf.problem == "pdf-unavailable", "\(pdf.text)")
                }
            }
        }
    }

    // MARK: -

    private static func instant(_ date: String, _ hour: Int64, _ minute: Int64) throws -> Instant {
        let days = Int64(try #require(CalendarDate(date)).daysSince1970)
        return Instant(microsecondsSince1970: ((days * 24 + hour) * 60 + minute) * 60_000_000)
    }

    private static func forms(_ order: JSON) -> [String] {
        let page = order.guide.page.text
        return [
            page, page + "/guide.txt", page + "/guide.ics", page + "/insert", page + "/sheet",
            order.guide.calendar.text,
        ]
    }

    /// The pages that lead into a calendar: they name nobody.
    private static func calendarPages(_ order: JSON) -> [String] {
        [order.guide.page.text + "/calendar", String(order.guide.calendar.text.dropLast(4))]
    }

    /// What stands between a tag and its end.
    private static func inside(_ tag: String, of page: String) -> String? {
        guard let start = page.firstRange(of: "<\(tag)>")?.upperBound,
            let end = page[start...].firstRange(of: "</\(tag)>")?.lowerBound
        else { return nil }
        return String(page[start..<end])
    }

    private static func hash(_ text: String) -> String {
        "sha256-" + Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
    }

    @Test func guideOfACancelledOrderSaysSoAndRingsNoMore() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(key: "k")
            let (page, calendar) = (order.guide.page.text, order.guide.calendar.text)
            let rings = try await store.send(.GET, calendar + "?remindAt=07:00").text
            #expect(rings.contains("BEGIN:VALARM") && rings.contains("STATUS:CONFIRMED"))
            let gone = try await store.send(
                .POST,
                "/v1/staff/orders/\(order.number.text)/cancellation",
                #"{"reason": "asked"}"#,
                try await store.staff(.manager).merging(["Idempotency-Key": "c"]) { $1 }
            )
            #expect(gone.json.status == "cancelled", "\(gone.text)")
            let silent = try await store.send(.GET, calendar + "?remindAt=07:00").text
            #expect(!silent.contains("VALARM") && !silent.contains("STATUS:CONFIRMED"))
            #expect(silent.contains("STATUS:CANCELLED") && silent.contains("SEQUENCE:1"))
            let said = "This order was cancelled"
            #expect(try await !store.send(.GET, order.page.text).text.contains("remindAt"))
            // A page is at most a second old.
            try await eventually("the page says so") { try await store.send(.GET, page).text.contains(said) }
            for path in [page, page + "/guide.txt", page + "/sheet"] {
                let text = try await store.send(.GET, path).text
                #expect(text.contains(said) && !text.contains("(in your order)"), "\(path)")
                #expect(!text.contains("remindAt"), "\(path)")
            }
        }
    }
}
