import Links
import NIOHTTP1
import Postgres
import TestSupport
import StoreHTTP
import Testing

/// The order's page and its forms, as a browser without scripts uses them.
@Suite(DatabaseTrait.store) struct OrderPageTests {
    @Test func aFormMovesTheSessions() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let page = order.page.text
            let form = try await store.send(.GET, page)
            #expect(form.input("value=\"2026-12-12\"").contains("name=\"sessions[]\""))
            #expect(form.input("name=\"version\"").contains("value=\"1\""))

            // Out of order, and with lines that were left empty.
            let sent = Self.course(["2026-12-19", "", "2026-12-01", ""], zone: "Europe/Paris", restDays: 6)
            let answer = try await store.submit(page + "/course", sent)
            #expect(answer.status == 303 && answer.body.isEmpty, "\(answer.text)")
            let next = try #require(answer.headers.first(name: "Location"))
            #expect(next == page + "?done=course")
            let done = try await store.send(.GET, next)
            #expect(done.words.contains("Your dates are saved: this is revision 2 of your guide."))
            #expect(done.words.contains("Your second session moved from Saturday 12 December to Saturday 19 December."))
            #expect(done.input("name=\"version\"").contains("value=\"2\""))
            #expect(done.input("name=\"final\"").contains(" checked"))

            let read = try await store.send(.GET, "/v1/orders/\(order.token.text)")
            #expect(read.json.course.sessions == ["2026-12-01", "2026-12-19"])
            #expect(read.json.course.timeZone == "Europe/Paris" && read.json.course.restDays == 6)
            #expect(read.json.course.final == true && read.json.guide.revision == 2)
            #expect(try await store.reschedulings() == [1, 1])
        }
    }

    @Test func aFormThatIsSentTwiceCountsOnce() async throws {
        try await TestStore.run { store in
            let page = try await store.order().page.text
            let answers = try await store.atOnce(2) { _ in
                try await store.submit(page + "/course", Self.course(["2026-12-01", "2026-12-19"]))
            }
            #expect(answers.map(\.status) == [303, 303])
            #expect(try await store.revisions() == 2)
            #expect(try await store.reschedulings() == [1, 1])
        }
    }

    @Test func withoutATickTheCourseIsOpenAndWithoutDatesItIsUndated() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let page = order.page.text
            let open = try await store.submit(page + "/course", Self.course(["2026-12-01"], isFinal: false))
            #expect(open.status == 303)
            let guide = try await store.send(.GET, order.guide.json.text)
            #expect(guide.json.plan.status == "open" && guide.json.plan.final == false)
            let unticked = try await store.send(.GET, page)
            let box = unticked.input("name=\"final\"")
            #expect(!box.isEmpty && !box.contains(" checked"))
            let bare = try await store.submit(page + "/course", Self.course(["", ""], version: 2))
            #expect(bare.status == 303)
            #expect(try await store.send(.GET, order.guide.json.text).json.plan.status == "undated")
        }
    }

    @Test func aWrongDateComesBackAsItWasTyped() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let path = order.page.text + "/course"
            let typed = Self.course(["2026-12-12", "2026-02-30"], zone: "Europe/Paris", restDays: 6)
            let answer = try await store.submit(path, typed)
            #expect(answer.status == 422 && answer.isPage, "\(answer.text)")
            #expect(answer.input("value=\"2026-02-30\"").contains("aria-invalid=\"true\""))
            #expect(!answer.input("value=\"2026-12-12\"").contains("aria-invalid"))
            #expect(answer.input("name=\"timeZone\"").contains("value=\"Europe/Paris\""))
            #expect(answer.text.contains("<option value=\"6\" selected>"))
            #expect(answer.words.contains("Session 1: there is no such day."))

            let zone = try await store.submit(path, Self.course(["2026-12-01"], zone: "Mars/\"<b>"))
            #expect(zone.status == 422 && zone.words.contains("This is not a time zone."))
            #expect(zone.input("name=\"timeZone\"").contains("aria-invalid=\"true\""))
            #expect(zone.text.contains("Mars/&quot;&lt;b&gt;"))
            let twice = try await store.submit(path, Self.course(["2026-12-01", "2026-12-01"]))
            #expect(twice.status == 422 && twice.words.contains("Session 2: this date is there twice."))
            let far = try await store.submit(path, Self.course(["2029-12-01"]))
            #expect(far.status == 422 && far.words.contains("Session 1: this is more than two years from today."))
            let many = try await store.submit(path, Self.course((10..<23).map { "2026-12-\($0)" }))
            #expect(many.status == 422 && many.words.contains("There can be at most 12 sessions."))
            #expect(many.text.contains("value=\"2026-12-22\""))
            #expect(try await store.submit(path, Self.course(["2026-12-01"], restDays: 9)).status == 422)
            #expect(try await store.revisions() == 1)
        }
    }

    @Test func aFormFromAnOldPageIsToldHowTheDatesStand() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            #expect(try await store.move(order, to: ["2026-12-01", "2026-12-19"]).status == 200)
            let stale = try await store.submit(order.page.text + "/course", Self.course(["2026-12-05"]))
            #expect(stale.status == 412 && stale.isPage, "\(stale.text)")
            #expect(stale.words.contains("Your dates were changed elsewhere meanwhile."))
            #expect(stale.text.contains("value=\"2026-12-19\"") && !stale.text.contains("value=\"2026-12-05\""))
            #expect(stale.input("name=\"version\"").contains("value=\"2\""))
            #expect(try await store.revisions() == 2)
        }
    }

    @Test func whereDatesCannotBeChangedThereIsNoForm() async throws {
        try await TestStore.run { store in
            let over = try await store.order(course: TestStore.course(["2026-10-01"])).page.text
            let cancelled = try await store.order()
            try await store.cancel(cancelled)
            for (page, reason) in [
                (over, "Your plan is complete"), (cancelled.page.text, "This order was cancelled"),
            ] {
                let read = try await store.send(.GET, page)
                #expect(read.words.contains(reason) && !read.text.contains("sessions[]"))
                let refused = try await store.submit(page + "/course", Self.course(["2026-12-05"]))
                #expect(refused.status == 409 && refused.isPage, "\(refused.text)")
                #expect(!refused.text.contains("sessions[]"))
            }
            #expect(try await store.revisions() == 2)
        }
    }

    // MARK: - Where it goes

    @Test func customerAndAddressAreCorrected() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let path = order.page.text + "/contact"
            let sent = Self.contact([
                "line2": "  Flat 2 ", "country": "FR", "phone": " 020 7946 0000 ", "name": "Adah Example",
            ])
            let answer = try await store.submit(path, sent)
            #expect(answer.status == 303, "\(answer.text)")
            #expect(answer.headers.first(name: "Location") == order.page.text + "?done=contact")
            let read = try await store.send(.GET, "/v1/orders/\(order.token.text)").json
            #expect(read.customer.email == "ada@new.example" && read.customer.name == "Adah Example")
            #expect(read.customer.phone == "020 7946 0000" && read.customer.givenName == .null)
            let address = read.shippingAddress
            #expect(address.line1 == "2 Low Road" && address.line2 == "Flat 2" && address.city == "Leeds")
            #expect(address.postalCode == "LS1 1AA" && address.country == "GB")
            #expect(read.guide.revision == 1)
            // The same again changes nothing more.
            #expect(try await store.submit(path, sent).status == 303)
            #expect(try await store.corrections() == 1)
        }
    }

    @Test func aWrongLineComesBackAsItWasTyped() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let before = try await store.send(.GET, "/v1/orders/\(order.token.text)")
            let wrong = [
                ("email", "ada.example.com"), ("email", ""), ("line1", ""), ("line1", "2 Low\u{7}Road"),
                ("line1", "2 Low\nRoad"), ("line2", String(repeating: "l", count: 201)),
                ("name", " "), ("givenName", "Ad\u{7}a"), ("phone", String(repeating: "1", count: 41)),
                ("city", String(repeating: "c", count: 101)), ("postalCode", String(repeating: "9", count: 21)),
            ]
            for (field, value) in wrong {
                let answer = try await store.submit(order.page.text + "/contact", Self.contact([field: value]))
                #expect(answer.status == 422 && answer.isPage, "\(field) \(answer.text)")
                #expect(answer.input("name=\"\(field)\"").contains("aria-invalid=\"true\""), "\(field)")
                #expect(answer.input("name=\"\(field)\"").contains("value=\"\(value)\""), "\(field)")
                let other = field == "city" ? "2 Low Road" : "Leeds"
                #expect(!answer.input("value=\"\(other)\"").contains("aria-invalid"), "\(field)")
                #expect(answer.text.contains("value=\"\(other)\""), "\(field)")
            }
            #expect(try await store.send(.GET, "/v1/orders/\(order.token.text)").body == before.body)
            #expect(try await store.corrections() == 0)
        }
    }

    private static let endings = [["partlyShipped", "shipped"], ["cancelled"]]

    @Test(arguments: [0, 1]) func addressIsFixedOncePackingStarted(ending: Int) async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let page = order.page.text
            for status in Self.endings[ending] {
                if status == "cancelled" { try await store.cancel(order) } else { try await store.sendAll(status) }
                let read = try await store.send(.GET, page)
                #expect(!read.text.contains(page + "/contact"))
                #expect(read.words.contains("Ada Example 1 High Street London N1 1AA GB ada@example.com"))
                let refused = try await store.submit(page + "/contact", Self.contact())
                #expect(refused.status == 409 && refused.isPage, "\(refused.text)")
            }
            let address = try await store.send(.GET, "/v1/orders/\(order.token.text)").json.shippingAddress
            #expect(address.city == "London")
            #expect(try await store.corrections() == 0)
        }
    }

    @Test func anAddressOfMarkupStaysText() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let line = "\"\u{301}><script>alert(1)</script>"
            #expect(try await store.submit(order.page.text + "/contact", Self.contact(["line1": line])).status == 303)
            for path in [order.page.text, order.page.text + "?done=%3Cscript%3Ealert(1)"] {
                let page = try await store.send(.GET, path)
                #expect(page.status == 200)
                #expect(!page.holds("<script>alert") && !page.holds("\"\u{301}"))
                #expect(page.holds("&quot;\u{301}&gt;&lt;script&gt;alert(1)&lt;/script&gt;"))
            }
        }
    }

    // MARK: - Links

    @Test(arguments: ["guide", "calendar"]) func aLinkIsReplacedOrSwitchedOff(link: String) async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let path = order.page.text + "/links"
            func links() async throws -> (own: String?, other: String?) {
                let guide = try await store.send(.GET, "/v1/orders/\(order.token.text)").json.guide
                let (page, calendar) = (guide.page.path, guide.calendar.path)
                return link == "guide" ? (page, calendar) : (calendar, page)
            }
            let first = try await links()
            let old = try #require(first.own)
            let other = try #require(first.other)
            #expect(try await store.send(.GET, old).status == 200)

            let renewed = try await store.submit(path, [("link", link), ("act", "renew")])
            #expect(renewed.status == 303, "\(renewed.text)")
            #expect(renewed.headers.first(name: "Location") == order.page.text + "?done=links")
            let second = try await links()
            let new = try #require(second.own)
            #expect(new != old)
            #expect(try await store.send(.GET, old).status == 404)
            #expect(try await store.send(.GET, new).status == 200)

            #expect(try await store.submit(path, [("link", link), ("act", "revoke")]).status == 303)
            let third = try await links()
            #expect(third.own == nil)
            #expect(try await store.send(.GET, old).status == 404)
            #expect(try await store.send(.GET, new).status == 404)
            let page = try await store.send(.GET, order.page.text)
            #expect(page.status == 200 && page.words.contains("Switched off"))

            #expect(try await store.submit(path, [("link", link), ("act", "renew")]).status == 303)
            let fourth = try await links()
            let newest = try #require(fourth.own)
            #expect(newest != old && newest != new)
            #expect(try await store.send(.GET, newest).status == 200)
            #expect(try await store.send(.GET, new).status == 404)
            #expect(fourth.other == other)
            #expect(try await store.send(.GET, other).status == 200)
            #expect(
                try await store.number("SELECT count(*) AS n FROM order_event WHERE kind::text LIKE '%LinkRenewed'")
                    == 2
            )
            #expect(
                try await store.number("SELECT count(*) AS n FROM order_event WHERE kind::text LIKE '%LinkRevoked'")
                    == 1
            )
            try await store.checkInvariants()
        }
    }

    @Test func aLinkThatIsOffIsShownAsOffOncePackingHasBegun() async throws {
        try await TestStore.run { store in
            let page = try await store.order().page.text
            for link in ["guide", "calendar"] {
                #expect(try await store.submit(page + "/links", [("link", link), ("act", "revoke")]).status == 303)
            }
            let before = try await store.send(.GET, page)
            try await store.sendAll()
            for read in [before, try await store.send(.GET, page)] {
                #expect(read.text.ranges(of: "Switched off").count == 2)
                #expect(read.text.ranges(of: "value=\"renew\"").count == 2 && !read.text.contains("value=\"revoke\""))
                #expect(!read.text.contains("href=\"/g/") && !read.text.contains("webcal:"))
            }
        }
    }

    @Test func twentyRenewalsAtOnceLeaveOneLink() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            // The links there can be are made again here, so that none is overlooked.
            let keys = store.store.keys
            let id = Int64(try await store.number("SELECT id AS n FROM orders"))
            let pages = try (1...22).map { version in
                "/g/" + (try keys.link(.guide, to: LinkTarget(id: id, version: version, key: keys.current))).token.text
            }
            #expect(pages.first == order.guide.page.text)

            let answers = try await store.atOnce(20) { _ in
                try await store.submit(order.page.text + "/links", [("link", "guide"), ("act", "renew")])
            }
            #expect(answers.allSatisfy { $0.status == 303 })
            var working: [String] = []
            for page in pages {
                let answer = try await store.send(.GET, page)
                if answer.status == 200 { working.append(page) }
            }
            #expect(working == [pages[20]])
            let now = try await store.send(.GET, "/v1/orders/\(order.token.text)")
            #expect(now.json.guide.page.text == pages[20])
            #expect(
                try await store.number("SELECT count(*) AS n FROM order_event WHERE kind = 'guideLinkRenewed'") == 20
            )
        }
    }

    // MARK: - What is no form

    @Test func malformedFormIsRefused() async throws {
        try await TestStore.run { store in
            let page = try await store.order().page.text
            let parts: [[(String, String)]] = [
                [], [("version", "1")], [("link", "guide")], [("email", "ada@new.example")],
            ]
            for form in ["course", "contact", "links"] {
                let path = "\(page)/\(form)"
                for type in ["application/json", "multipart/form-data; boundary=b", "text/plain"] {
                    let answer = try await store.submit(path, Self.course(["2026-12-19"]), type: type)
                    #expect(answer.status == 415 && answer.problem == "unsupported-media-type", "\(form) \(type)")
                }
                for fields in parts {
                    #expect(try await store.submit(path, fields).status == 422, "\(form) \(fields)")
                }
            }
            let dated = page + "/course"
            let word = Self.course(["2026-12-19"]).map { $0.0 == "version" ? ($0.0, "first") : $0 }
            #expect(try await store.submit(dated, word).status == 422)
            let twice = Self.course(["2026-12-19"]) + [("timeZone", "Europe/Paris")]
            #expect(try await store.submit(dated, twice).status == 422)
            #expect(try await store.submit(page + "/links", [("link", "order"), ("act", "renew")]).status == 422)
            #expect(try await store.submit(page + "/links", [("link", "guide"), ("act", "burn")]).status == 422)

            let nobody = "/o/" + String(repeating: "A", count: 43)
            #expect(try await store.submit(nobody + "/course", Self.course(["2026-12-19"])).status == 404)
            #expect(try await store.submit(nobody + "/contact", Self.contact()).status == 404)
            #expect(try await store.submit(nobody + "/links", [("link", "guide"), ("act", "renew")]).status == 404)
            #expect(try await store.revisions() == 1)
            try await store.checkInvariants()
        }
    }

    // MARK: - Forms

    private static func course(
        _ sessions: [String],
        version: Int = 1,
        isFinal: Bool = true,
        zone: String = "Europe/London",
        restDays: Int = 4
    ) -> [(String, String)] {
        var fields = [("version", "\(version)")]
        fields += sessions.map { ("sessions[]", $0) }
        if isFinal { fields.append(("final", "yes")) }
        fields += [("timeZone", zone), ("keepDryHours", "48"), ("washIntervalDays", "3"), ("restDays", "\(restDays)")]
        return fields
    }

    private static func contact(_ changes: [String: String] = [:]) -> [(String, String)] {
        let usual = [
            "name": "Ada Example", "givenName": "", "email": "ada@new.example", "phone": "", "line1": "2 Low Road",
            "line2": "", "city": "Leeds", "postalCode": "LS1 1AA",
        ]
        return usual.merging(changes) { $1 }.map { ($0, $1) }
    }
}

extension TestStore {
    /// Sends a form as a browser does.
    func submit(
        _ path: String,
        _ fields: [(String, String)],
        type: String = "application/x-www-form-urlencoded"
    ) async throws -> Answer {
        let body = fields.map { "\(Self.encoded($0))=\(Self.encoded($1))" }.joined(separator: "&")
        return try await send(.POST, path, body, ["Content-Type": type])
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            return isPlain
                ? String(UnicodeScalar(byte)) : (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    /// How often an address was corrected, by the orders' logs.
    fileprivate func corrections() async throws -> Int {
        try await number("SELECT count(*) AS n FROM order_event WHERE kind = 'contactChanged'")
    }
}

extension Answer {
    /// Whether it is a page for people.
    var isPage: Bool { headers.first(name: "Content-Type")?.hasPrefix("text/html") == true }

    /// Whether these very bytes are in it: a mark may join what stands before it, but not for a browser.
    fileprivate func holds(_ text: String) -> Bool { body.firstRange(of: Array(text.utf8)) != nil }

    /// The first input whose tag has these words; empty where there is none.
    func input(_ words: String) -> String {
        text.matches(of: #/<input[^>]*>/#).map { String($0.output) }.first { $0.contains(words) } ?? ""
    }
}

extension JSON {
    /// A path, nil where there is none.
    fileprivate var path: String? { if case .string(let path) = self { path } else { nil } }
}
