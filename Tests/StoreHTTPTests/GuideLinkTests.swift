import Crypto
import Foundation
import NIOHTTP1
import Postgres
import StoreHTTP
import TestSupport
import Testing

/// The links that show a guide, and the order's page that makes, moves and switches them off.
@Suite(DatabaseTrait.store) struct GuideLinkTests {
    private static let form = ["Content-Type": "application/x-www-form-urlencoded"]

    private func order(_ store: TestStore, name: String = "Ada Example", course: String = TestStore.exampleCourse)
        async throws
        -> JSON
    {
        let cart = try await store.cart(TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 1}]"#, course: course))
        let placed = try await store.checkout(cart.path, key: cart.path, name: name)
        #expect(placed.status == 201, "\(placed.text)")
        return placed.json
    }

    /// Sends a form as a browser does: where it was accepted, the page that follows is what counts.
    private func submit(_ store: TestStore, _ path: String, _ fields: String) async throws -> Answer {
        let answer = try await store.send(.POST, path, fields, Self.form)
        guard answer.status == 303 else { return answer }
        return try await store.send(.GET, try #require(answer.headers.first(name: "Location")))
    }

    private func forms(_ order: JSON) -> [String] {
        let page = order.guide.page.text
        return [
            page, page + "/guide.txt", page + "/guide.ics", page + "/insert", page + "/sheet",
            order.guide.calendar.text,
        ]
    }

    @Test func aLinkShowsThePlanAndNothingElse() async throws {
        try await TestStore.run { store in
            let order = try await order(store)
            for path in forms(order) {
                let answer = try await store.send(.GET, path)
                #expect(answer.status == 200)
                for secret in ["Example", "ada@example.com", "High Street", "N1 1AA", order.token.text] {
                    #expect(!answer.text.contains(secret), "\(path) tells \(secret)")
                }
                #expect(answer.headers.first(name: "Referrer-Policy") == "no-referrer")
                #expect(answer.headers.first(name: "X-Robots-Tag") == "noindex")
                #expect(answer.headers.first(name: "Cache-Control") == "private, no-cache")
                #expect(answer.headers.first(name: "X-Content-Type-Options") == "nosniff")
            }
        }
    }

    @Test func aPageRunsItsOwnStyleAndScriptAlone() async throws {
        try await TestStore.run { store in
            let order = try await order(store)
            for path in [order.guide.page.text, order.guide.page.text + "/insert", order.page.text] {
                let page = try await store.send(.GET, path)
                let policy = try #require(page.headers.first(name: "Content-Security-Policy"))
                #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
                for (tag, directive) in [("style", "style-src"), ("script", "script-src")] {
                    for source in page.text.split(separator: "<\(tag)>").dropFirst() {
                        let text = source[..<(try #require(source.firstRange(of: "</\(tag)>"))).lowerBound]
                        let hash = Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
                        #expect(policy.contains("\(directive) 'sha256-\(hash)'"), "\(path) \(tag)")
                    }
                }
                #expect(!page.text.contains(" style=\"") && !page.text.contains(" onclick"))
                let addresses = page.text.split(separator: "http").dropFirst().filter {
                    $0.hasPrefix("://") || $0.hasPrefix("s://")
                }
                #expect(
                    addresses.allSatisfy { $0.hasPrefix("://store.test/") || $0.hasPrefix("://www.w3.org/2000/svg") }
                )
            }
        }
    }

    @Test func aPageOfFourMonthsIsSmall() async throws {
        try await TestStore.run { store in
            let long = #"{"timeZone": "Europe/London", "sessions": ["2026-11-24", "2027-02-15"]}"#
            let order = try await order(store, course: long)
            let guide = try await store.send(.GET, order.guide.json.text)
            #expect(guide.json.plan.days.entries.count == 120)
            #expect(try await store.send(.GET, order.guide.page.text).body.count <= 60_000)
        }
    }

    @Test func unchangedPageIsNotSentAgain() async throws {
        try await TestStore.run { store in
            let order = try await order(store)
            var tags: [String: String] = [:]
            for path in forms(order) {
                let tag = try await store.send(.GET, path).etag
                let known = try await store.send(.GET, path, nil, ["If-None-Match": tag])
                #expect(known.status == 304 && known.body.isEmpty && known.etag == tag)
                tags[path] = tag
            }
            let course = #"{"timeZone": "Europe/London", "sessions": ["2026-12-03"]}"#
            let path = "/v1/orders/\(order.token.text)/course"
            #expect(try await store.send(.PUT, path, course, ["If-Match": "\"1\""]).status == 200)
            for (path, tag) in tags {
                let changed = try await store.send(.GET, path, nil, ["If-None-Match": tag])
                #expect(changed.status == 200 && changed.etag != tag, "\(path)")
            }
        }
    }

    @Test func aReminderIsATimeOfDay() async throws {
        try await TestStore.run { store in
            let calendar = try await order(store).guide.calendar.text
            let feed = try await store.send(.GET, calendar + "?remindAt=07:30")
            #expect(feed.text.contains("TRIGGER:PT7H30M\r\n"))
            for wrong in ["7:30", "24:00", "07:60", "noon"] {
                #expect(try await store.send(.GET, calendar + "?remindAt=\(wrong)").status == 422, "\(wrong)")
            }
        }
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\\\"\u{0301}onfocus=alert(1)", "\u{202E}Ada", "\u{2067}\u{2069}Ada",
        "\u{1F9F4}\u{1F469}\u{200D}\u{1F52C}",
        "A" + String(repeating: "\u{0301}", count: 190), "Ada;X:Y,\\\\n",
    ])
    func aHostileNameIsShownAndNeverObeyed(name: String) async throws {
        try await TestStore.run { store in
            let order = try await order(store, name: name)
            for path in forms(order) + [order.page.text] {
                let answer = try await store.send(.GET, path)
                #expect(answer.status == 200)
                #expect(!answer.text.contains("<script>alert") || path.hasSuffix(".txt") || path.hasSuffix(".ics"))
                // A quote that a mark follows is still a quote to a browser.
                let scalars = Array(answer.text.unicodeScalars)
                #expect(
                    !zip(scalars, scalars.dropFirst()).contains { $0 == "\"" && $1 == "\u{0301}" }
                        || path.hasSuffix(".txt") || path.hasSuffix(".ics")
                )
                if path.hasSuffix(".txt") || path.hasSuffix(".ics") {
                    let unfolded = answer.text.replacing("\r\n ", with: "").unicodeScalars
                    let marks = unfolded.filter {
                        (0x202A...0x202E).contains($0.value) || (0x2066...0x2067).contains($0.value)
                    }
                    #expect(marks.isEmpty)
                    #expect(unfolded.count { $0.value == 0x2068 } == unfolded.count { $0.value == 0x2069 })
                }
                if path.hasSuffix(".ics") {
                    #expect(
                        answer.text.utf8.split(separator: UInt8(ascii: "\n")).allSatisfy {
                            $0.count <= 76 && $0.last == 13
                        }
                    )
                }
            }
        }
    }

    @Test func aLinkThatOpensNothingIsAPageForABrowserAndAProblemForAProgram() async throws {
        try await TestStore.run { store in
            let wrong = "/g/" + String(repeating: "A", count: 43)
            let program = try await store.send(.GET, wrong)
            #expect(program.status == 404 && program.problem == "not-found")
            let browser = try await store.send(.GET, wrong, nil, ["Accept": "text/html,*/*"])
            #expect(browser.status == 404 && browser.text.contains("This link opens nothing"))
            for path in ["/g/short", "/c/short.ics", "/o/" + String(repeating: "A", count: 43)] {
                #expect(try await store.send(.GET, path).status == 404)
            }
        }
    }

    /// A cache that asks for one origin must not forget that the answer depends on more.
    @Test func answerForAnotherOriginStillVariesWithWhatItVariedWith() async throws {
        try await TestStore.run(settings: { $0.corsOrigins = ["https://shop.test"] }) { store in
            let answer = try await store.send(
                .GET,
                "/g/" + String(repeating: "A", count: 43),
                nil,
                ["Accept": "text/html", "Origin": "https://shop.test"]
            )
            #expect(answer.status == 404)
            #expect(Set(answer.headers[canonicalForm: "Vary"].map { String($0) }) == ["Accept", "Origin"])
        }
    }

    /// A link that was never made is refused by itself: with no database to ask, it is as unknown as ever.
    @Test func forgedLinkCostsNoQuery() async throws {
        try await TestStore.run { store in
            let order = try await store.checkout(try await store.cart().path, key: "k").json
            let right = order.token.text
            let forged = (right.first == "A" ? "B" : "A") + right.dropFirst()
            await store.pool.close()
            for path in ["/v1/orders/\(forged)", "/g/\(forged)", "/c/\(forged).ics", "/v1/carts/\(forged)"] {
                #expect(try await store.send(.GET, path).status == 404, "\(path)")
            }
            // A link of another purpose is no link here.
            #expect(try await store.send(.GET, "/g/\(right)").status == 404)
            #expect(try await store.send(.GET, "/v1/orders/\(right)").status == 503)
        }
    }

    @Test func anOldLinkStopsWorkingWhenANewOneIsMadeOrItIsSwitchedOff() async throws {
        try await TestStore.run { store in
            var order = try await order(store)
            let path = order.page.text
            for link in ["guide", "calendar"] {
                func address(_ order: JSON) -> JSON { link == "guide" ? order.guide.page : order.guide.calendar }
                let old = address(order).text
                #expect(try await store.send(.GET, old).status == 200)
                let renewed = try await submit(store, path + "/links", "link=\(link)&act=renew")
                #expect(renewed.status == 200 && renewed.text.contains("The old link has stopped working"))
                #expect(try await store.send(.GET, old).status == 404)
                order = try await store.send(.GET, "/v1/orders/\(order.token.text)").json
                let new = address(order).text
                #expect(new != old)
                #expect(try await store.send(.GET, new).status == 200)
                #expect(
                    try await submit(store, path + "/links", "link=\(link)&act=revoke").status == 200
                )
                #expect(try await store.send(.GET, new).status == 404)
                order = try await store.send(.GET, "/v1/orders/\(order.token.text)").json
                #expect(address(order) == .null)
            }
            #expect(try await store.send(.GET, path).text.contains("Switched off"))
            #expect(try await store.send(.POST, path + "/links", "link=order&act=revoke", Self.form).status == 422)
            #expect(try await store.number("SELECT count(*) AS n FROM order_event WHERE kind::text LIKE '%Link%'") == 4)
        }
    }

    @Test func theFormMovesSessionsWithoutAScript() async throws {
        try await TestStore.run { store in
            let order = try await order(store)
            func send(_ version: Int, _ dates: String..., zone: String = "Europe/London") async throws -> Answer {
                let lines = dates.map { "sessions%5B%5D=\($0)" }.joined(separator: "&")
                return try await submit(
                    store,
                    order.page.text + "/course",
                    "version=\(version)&\(lines)&final=yes&timeZone=\(zone)&keepDryHours=24&washIntervalDays=2&restDays=5"
                )
            }
            let saved = try await send(1, "2026-12-20", "", "2026-12-02")
            #expect(saved.status == 200 && saved.text.contains("this is revision 2 of your guide"))
            let read = try await store.send(.GET, "/v1/orders/\(order.token.text)").json
            #expect(read.course.sessions == ["2026-12-02", "2026-12-20"] && read.course.keepDryHours == 24)

            let wrong = try await send(2, "2026-12-02", "2026-02-30")
            #expect(wrong.status == 422 && wrong.text.contains("Session 1: there is no such day."))
            #expect(wrong.text.contains("value=\"2026-02-30\" aria-invalid=\"true\""))
            #expect(try await send(2, "2026-12-02", zone: "Moon").text.contains("This is not a time zone."))
            let stale = try await send(1, "2026-12-25")
            #expect(
                stale.status == 412 && stale.text.contains("changed elsewhere") && stale.text.contains("2026-12-20")
            )
            #expect(try await store.send(.POST, order.page.text + "/course", "version=2", Self.form).status == 422)
            #expect(try await store.send(.POST, order.page.text + "/course", "{}").status == 415)
            #expect(try await store.number("SELECT count(*) AS n FROM guide") == 2)
        }
    }

    @Test func contactIsCorrectedUntilTheParcelLeaves() async throws {
        try await TestStore.run { store in
            let order = try await order(store)
            func send(_ fields: String) async throws -> Answer {
                try await submit(store, order.page.text + "/contact", fields)
            }
            let customer = "name=Ada+Example&givenName=&email=ada%40example.org&phone="
            let good = customer + "&line1=2+Low+Street&line2=&city=Leeds&postalCode=LS1+1AA"
            #expect(try await send(good).text.contains("Your name and address are saved."))
            let read = try await store.send(.GET, "/v1/orders/\(order.token.text)").json
            #expect(read.customer.email == "ada@example.org" && read.shippingAddress.city == "Leeds")
            #expect(read.shippingAddress.country == "GB" && read.shippingAddress.line2 == .null)
            #expect(try await store.number("SELECT count(*) AS n FROM order_event WHERE kind = 'contactChanged'") == 1)
            #expect(try await send(good).status == 200)
            #expect(try await store.number("SELECT count(*) AS n FROM order_event WHERE kind = 'contactChanged'") == 1)

            let mail = try await send(good.replacing("%40example.org", with: ""))
            #expect(mail.status == 422 && mail.text.contains("This is not an e-mail address."))
            let city = try await send(good.replacing("Leeds", with: "Le%0Aeds"))
            #expect(city.status == 422 && city.text.contains("Town or city: this is missing"))
            try await store.sendAll()
            #expect(try await send(good).status == 409)
            #expect(try await store.send(.GET, order.page.text).text.contains("Packing has started"))
        }
    }
}
