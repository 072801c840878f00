import Catalog
import Commerce
import Delivery
import Links
import NIOHTTP1
import Orders
import Postgres
import Reminders
import Staff
import StoreHTTP
import TestSupport
import Testing

/// The consent to offers, what is offered, and how both end.
@Suite(DatabaseTrait.store) struct OfferTests {
    private func clock() throws -> HandClock { HandClock(try #require(TestStore.midday)) }

    /// London is at UTC in December.
    private static func time(_ date: String, _ hour: Int) throws -> Instant {
        let day = try #require(CalendarDate(date))
        return Instant(microsecondsSince1970: (Int64(day.daysSince1970) * 24 + Int64(hour)) * 3_600_000_000)
    }

    /// Bottles that last for four washes, eight days of lotion and three of ointment.
    private static func loadSmallBottles(_ store: TestStore) async throws {
        var file = String(decoding: CatalogFile.demoBytes, as: UTF8.self)
        for (uses, fewer) in [(40, 4), (60, 8), (30, 3)] {
            file = file.replacing("\"applicationsPerUnit\": \(uses),", with: "\"applicationsPerUnit\": \(fewer),")
        }
        _ = try await CatalogFile(Array(file.utf8)).load(into: store.pool)
    }

    private static let course = TestStore.course(["2026-12-01"])

    private func order(
        _ store: TestStore,
        offers: String = #"{"wording": "1"}"#,
        reminders: String = "null",
        course: String = Self.course
    ) async throws -> Answer {
        let path = try await store.cart(TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 1}]"#, course: course)).path
        let body = TestStore.checkoutBody().replacing(
            #""language": "en""#,
            with: #""language": "en", "reminders": \#(reminders), "offers": \#(offers)"#
        )
        return try await store.send(.POST, path + "/checkout", body, ["Idempotency-Key": path])
    }

    /// What was said of offers, as `given` or not, words and source.
    private func consents(_ store: TestStore) async throws -> [String] {
        try await store.pool.read(
            Statement("SELECT is_given, wording, source FROM marketing_consent ORDER BY order_id, sequence")
        ).map { row in
            let wording: String? = try row.optional("wording")
            return
                "\(try row.value("is_given", as: Bool.self)) \(wording ?? "-") \(try row.value("source", as: String.self))"
        }
    }

    /// The days on which the clock of a test stops, from the first to the last of the plan.
    private func live(_ post: Post, _ clock: HandClock, from: String = "2026-11-30", to: String = "2027-01-07")
        async throws
    {
        var day = try #require(CalendarDate(from))
        let last = try #require(CalendarDate(to))
        while day <= last {
            for hour in [9, 12] {
                clock.set(try Self.time(day.description, hour))
                try await post.drain()
            }
            day = day + 1
        }
    }

    // MARK: - The consent

    @Test func nobodyTakesOffersWhoDidNotSaySo() async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            try await Self.loadSmallBottles(store)
            for offers in ["null", nil] {
                let placed =
                    if let offers { try await order(store, offers: offers) } else {
                        try await store.checkout(try await store.cart().path, key: "k")
                    }
                #expect(placed.status == 201)
                let path = "/v1/orders/\(placed.json.token.text)/offers"
                #expect(try await store.send(.GET, path).json.offers == .null)
            }
            let post = Post(store, clock: clock)
            try await live(post, clock)
            #expect(try await consents(store).isEmpty && post.reminders.isEmpty)
            #expect(try await store.number("SELECT count(*) AS n FROM reminder") == 0)
        }
    }

    @Test func shopShowsTheWordsThatAreAgreedToAtCheckout() async throws {
        try await TestStore.run { store in
            let shown = try await store.send(.GET, "/v1/store").json.offers
            #expect(shown.wording == "1" && shown["text"].text.contains("runs out"))
            let placed = try await order(store, reminders: #"{"hour": 9}"#)
            #expect(placed.status == 201, "\(placed.text)")
            #expect(try await consents(store) == ["true 1 checkout"])
            let taken = try await store.send(.GET, "/v1/orders/\(placed.json.token.text)/offers").json.offers
            #expect(taken.wording == "1" && taken.at == placed.json.placedAt)
            let staff = try await store.send(
                .GET,
                "/v1/staff/orders/\(placed.json.number.text)",
                nil,
                try await store.staff(.support)
            )
            #expect(
                staff.json.timeline.entries.map(\.kind).filter { $0 != "viewed" } == [
                    "placed", "remindersChanged", "offersChanged",
                ]
            )
            #expect(staff.json.timeline.entries.contains { $0.reason == "yes, by wording 1" })
        }
    }

    @Test(arguments: [
        (#"{"wording": "0"}"#, "/wording", "unknownWording"), (#"{"wording": 1}"#, "/wording", "wrongType"),
        ("{}", "/wording", "missing"), (#"{"wording": "1", "hour": 9}"#, "/hour", "unknownField"),
    ])
    func wordsThatAreNotShownAreRefusedByName(offers: String, pointer: String, code: String) async throws {
        try await TestStore.run { store in
            let placed = try await order(store, offers: offers)
            #expect([400, 422].contains(placed.status) && placed.json.errors[0].pointer.text == "/offers" + pointer)
            #expect(placed.json.errors[0].code.text == code)
            if code == "unknownWording" { #expect(placed.json.errors[0].detail.text.contains("those of 1")) }
            let other = try await order(store, offers: "null").json
            let changed = try await store.send(.PUT, "/v1/orders/\(other.token.text)/offers", offers)
            #expect([400, 422].contains(changed.status) && changed.json.errors[0].pointer.text == pointer)
            #expect(try await consents(store).isEmpty)
        }
    }

    /// The same key with another consent is another request.
    @Test func consentIsPartOfTheRequest() async throws {
        try await TestStore.run { store in
            let path = try await store.cart().path
            func send(_ offers: String) async throws -> Answer {
                let body = TestStore.checkoutBody().replacing(
                    #""language": "en""#,
                    with: #""language": "en", "offers": \#(offers)"#
                )
                return try await store.send(.POST, path + "/checkout", body, ["Idempotency-Key": "k"])
            }
            for _ in 0..<2 { #expect(try await send(#"{"wording": "1"}"#).status == 201) }
            #expect(try await send("null").problem == "key-reused")
            #expect(try await consents(store) == ["true 1 checkout"])
        }
    }

    @Test func orderLinkGivesAndWithdrawsIt() async throws {
        try await TestStore.run { store in
            let path = "/v1/orders/\(try await order(store, offers: "null").json.token.text)/offers"
            for _ in 0..<2 {
                let given = try await store.send(.PUT, path, #"{"wording": "1"}"#)
                #expect(given.status == 200 && given.json.offers.wording == "1")
            }
            for _ in 0..<2 {
                #expect(try await store.send(.DELETE, path).json.offers == .null)
            }
            // What changes nothing is not written down.
            #expect(try await consents(store) == ["true 1 api", "false - api"])
        }
    }

    @Test func formWithoutAScriptGivesAndWithdrawsIt() async throws {
        try await TestStore.run { store in
            let page = try await order(store, offers: "null").json.page.text
            #expect(try await store.send(.GET, page).words.contains("when a bottle of this order runs out"))
            #expect(try await store.submit(page + "/offers", [("wording", "1")]).status == 303)
            let done = try await store.send(.GET, page + "?done=offers")
            #expect(done.words.contains("We will write to you when a bottle runs out."))
            #expect(done.words.contains("Send me no more offers"))
            #expect(try await store.submit(page + "/offers", [("wording", "")]).status == 303)
            #expect(try await store.send(.GET, page + "?done=offers").words.contains("We will send you no offers."))
            let changed = try await store.submit(page + "/offers", [("wording", "2")])
            #expect(changed.status == 422 && changed.words.contains("have changed meanwhile"))
            #expect(try await consents(store) == ["true 1 orderPage", "false - orderPage"])
        }
    }

    /// Whoever agreed to former words still takes offers; what they agree to now is written beside it.
    @Test func secondWordingIsAConsentOfItsOwn() async throws {
        try await TestStore.run { store in
            let order = try await order(store, offers: "null").json
            let path = "/v1/orders/\(order.token.text)/offers"
            _ = try await store.store.reminders.takeOffers(
                "former",
                of: .id(0),
                from: .orderPage,
                actor: .customer("test"),
                now: store.store.now()
            )
            #expect(try await store.send(.GET, path).json.offers.wording == "former")
            #expect(try await store.send(.PUT, path, #"{"wording": "1"}"#).json.offers.wording == "1")
            #expect(try await consents(store) == ["true former orderPage", "true 1 api"])
        }
    }

    @Test func cancelledOrderTakesNoneAndMayStillWithdraw() async throws {
        try await TestStore.run { store in
            let order = try await order(store).json
            #expect(try await store.submit(order.page.text + "/cancellation", []).status == 303)
            let path = "/v1/orders/\(order.token.text)/offers"
            #expect(!(try await store.send(.GET, order.page.text)).text.contains("/offers\""))
            #expect(try await store.send(.DELETE, path).status == 200)
            let again = try await store.send(.PUT, path, #"{"wording": "1"}"#)
            #expect(again.status == 409 && again.problem == "course-closed")
        }
    }

    @Test func staffTakeTheConsentDown() async throws {
        try await TestStore.run { store in
            let order = TestStore.checkoutBody().replacing(
                #""language": "en""#,
                with: #""language": "en", "offers": {"wording": "1"}"#
            )
            let made = try await store.send(
                .POST,
                "/v1/staff/orders",
                #"{"cart": \#(TestStore.kitChoice), "order": \#(order)}"#,
                try await store.staff(.support).merging(["Idempotency-Key": "k"]) { $1 }
            )
            #expect(made.status == 201, "\(made.text)")
            #expect(try await consents(store) == ["true 1 staff"])
        }
    }

    /// Where there is no shop for it to lead to, nothing is offered, and nobody is asked.
    @Test func shopWithoutAWindowMakesNoOffers() async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }, settings: { $0.hasStorefront = false }) { store in
            try await Self.loadSmallBottles(store)
            #expect(try await store.send(.GET, "/v1/store").json.offers == .null)
            let refused = try await order(store)
            #expect(refused.status == 422 && refused.json.errors[0].detail.text.contains("makes no offers"))
            let order = try await order(store, offers: "null").json
            #expect(!(try await store.send(.GET, order.page.text)).text.contains("/offers\""))
            // One that was taken before the window was closed.
            _ = try await store.store.reminders.takeOffers(
                "1",
                of: .id(0),
                from: .api,
                actor: .customer("test"),
                now: clock.now
            )
            let post = Post(store, clock: clock)
            try await post.drain()
            #expect(try await store.number("SELECT count(*) AS n FROM reminder") == 0)
        }
    }

    // MARK: - The offer

    /// On the day of the last use, once for each bottle; not of what the shop sells in its kit alone.
    @Test(arguments: ["http://store.test", "https://store.test"])
    func offerComesOnTheDayThatABottleIsUsedUp(url: String) async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }, settings: { $0.publicURL = url }) { store in
            try await Self.loadSmallBottles(store)
            let order = try await order(store).json
            let post = Post(store, clock: clock)
            try await post.drain()
            try await live(post, clock)
            #expect(
                post.reminders == [
                    "\(order.number.text) 2026-12-10T09:00:00Z", "\(order.number.text) 2026-12-15T09:00:00Z",
                ]
            )
            let mail = try #require(post.messages.first).replacing("=\r\n", with: "").replacing("=3D", with: "=")
            #expect(mail.contains("Subject: Cleanse Shampoo: used up today"))
            #expect(mail.contains(url + "/products/CLEANSE-SHAMPOO"))
            let way = try #require(mail.firstMatch(of: /store\.test(\/r\/[A-Za-z0-9_-]+\/offers)/)).1
            #expect(mail.contains("Send me no more offers"))
            let isSecure = url.hasPrefix("https")
            #expect(mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click") == isSecure)
            #expect(mail.replacing("\r\n ", with: " ").contains("List-Unsubscribe: <\(url)\(way)>") == isSecure)
            #expect(try #require(post.messages.last).contains("Restore Lotion"))
            #expect(try await store.send(.GET, "/products/CLEANSE-SHAMPOO").status == 200)
            try await store.checkInvariants()
        }
    }

    /// What lasts to the end of the plan is not offered, however near the end is.
    @Test func bottleThatLastsIsNotOffered() async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            #expect(try await order(store).status == 201)
            let post = Post(store, clock: clock)
            try await post.drain()
            #expect(try await store.number("SELECT count(*) AS n FROM reminder") == 0)
        }
    }

    @Test func offerMovesWithThePlanAndIsMadeOnce() async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            try await Self.loadSmallBottles(store)
            let order = try await order(store).json
            let post = Post(store, clock: clock)
            try await post.drain()
            #expect(try await store.move(order, to: ["2026-12-08"]).status == 200)
            try await post.drain()
            #expect(try await store.number("SELECT count(*) AS n FROM reminder WHERE state = 'superseded'") == 2)
            try await live(post, clock, to: "2026-12-18")
            #expect(post.reminders == ["\(order.number.text) 2026-12-17T09:00:00Z"])
            // The shampoo was offered: its second day is none.
            #expect(try await store.move(order, to: ["2026-12-19"], seen: "\"2\"").status == 200)
            try await live(post, clock, from: "2026-12-18", to: "2027-01-20")
            #expect(post.reminders.count == 2)
            #expect(try await store.toldReminders().map(\.kind) == ["shampooRefill", "lotionRefill"])
        }
    }

    /// Withdrawn between the entry in the log and its mail, or before, or cancelled: nothing is sent.
    @Test(arguments: ["withdrawn", "cancelled", "undeliverable"]) func offerThatIsWantedNoMoreIsNotSent(act: String)
        async throws
    {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            try await Self.loadSmallBottles(store)
            let order = try await order(store).json
            let post = Post(store, clock: clock)
            try await post.drain()
            if act == "undeliverable" {
                post.answer(.refused(reason: "no such mailbox"))
            } else {
                post.answer(.failed(reason: "the relay is down"))
            }
            clock.set(try Self.time("2026-12-10", 9))
            try await post.drain()
            #expect(try await store.toldReminders().map(\.kind) == ["shampooRefill"])
            switch act {
            case "withdrawn":
                #expect(try await store.send(.DELETE, "/v1/orders/\(order.token.text)/offers").status == 200)
            case "cancelled": #expect(try await store.submit(order.page.text + "/cancellation", []).status == 303)
            default: break
            }
            post.answer(.delivered())
            try await live(post, clock, from: "2026-12-10")
            #expect(post.reminders.isEmpty)
            #expect(try await store.toldReminders().count == 1)
        }
    }

    /// The link in an offer ends offers and leaves the reminders, that of a reminder the other way round.
    @Test func wayOutOfOffersLeavesReminders() async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            try await Self.loadSmallBottles(store)
            let order = try await order(store, reminders: #"{"hour": 9}"#).json
            let link = try store.store.keys.link(.unsubscription, to: LinkTarget(id: 0, version: 1, key: 0))
            let way = "/r/\(link.token.text)/offers"
            for _ in 0..<2 {
                let page = try await store.send(.GET, way)
                #expect(page.status == 200 && page.text.contains("<form method=\"post\" action=\"\(way)\">"))
                for word in ["Ada", "example.com", "/o/", "/g/"] { #expect(!page.text.contains(word), "\(word)") }
            }
            for _ in 0..<2 {
                let done = try await store.submit(way, [("List-Unsubscribe", "One-Click")])
                #expect(done.status == 200 && done.words.contains("You get no offers by mail"), "\(done.text)")
            }
            #expect(!(try await store.send(.GET, way)).text.contains("<form"))
            #expect(try await consents(store) == ["true 1 checkout", "false - unsubscribe"])
            #expect(try await store.send(.GET, "/v1/orders/\(order.token.text)").json.reminders.hour == 9)
            for token in [order.token.text, String(order.guide.page.text.dropFirst(3))] {
                #expect(try await store.send(.POST, "/r/\(token)/offers").status == 404)
            }
            let post = Post(store, clock: clock)
            try await post.drain()
            #expect(
                try await store.send(.PUT, "/v1/orders/\(order.token.text)/offers", #"{"wording": "1"}"#).status == 200
            )
            #expect(try await store.submit("/r/\(link.token.text)", []).status == 200)
            try await live(post, clock)
            #expect(try await store.toldReminders().map(\.kind) == ["shampooRefill", "lotionRefill"])
        }
    }

    // MARK: - The schema

    @Test func consentIsKeptAndNoOfferIsToldWithoutIt() async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            try await Self.loadSmallBottles(store)
            _ = try await order(store)
            let withdrawn = try await order(store).json
            let post = Post(store, clock: clock)
            try await post.drain()
            #expect(try await store.send(.DELETE, "/v1/orders/\(withdrawn.token.text)/offers").status == 200)
            let second = "(SELECT id FROM orders WHERE number = '\(withdrawn.number.text)')"
            let told = """
                INSERT INTO reminder_day SELECT \(second), '2026-12-15', 1;
                """
            for (statements, constraint) in [
                (["UPDATE marketing_consent SET is_given = false"], "marketing_consent_is_kept"),
                (["DELETE FROM marketing_consent"], "marketing_consent_is_kept"),
                (["TRUNCATE marketing_consent"], "marketing_consent_is_not_emptied"),
                // Slipped in before what was said since.
                (
                    ["INSERT INTO marketing_consent SELECT \(second), 2, now(), true, '1', 'api'"],
                    "marketing_consent_has_its_entry"
                ),
                (
                    [
                        Self.entry(of: second),
                        "INSERT INTO marketing_consent SELECT \(second), 4, now(), true, NULL, 'api'",
                    ], "marketing_consent_is_to_words"
                ),
                (
                    [
                        Self.entry(of: second),
                        "INSERT INTO marketing_consent SELECT \(second), 4, now(), true, '1', 'unsubscribe'",
                    ], "marketing_consent_fits_its_source"
                ),
                (
                    [
                        String(told.dropLast(1)),
                        "UPDATE reminder SET state = 'told' WHERE order_id = \(second) AND kind = 'lotionRefill'",
                    ], "reminder_offer_is_wanted"
                ),
            ] {
                let error = await #expect(throws: PostgresError.self, "\(statements)") {
                    _ = try await store.pool.write(statements.map { Statement(assembled: $0) })
                }
                #expect(error?.serverError?.constraint == constraint, "\(statements)")
            }
        }
    }

    private static func entry(of order: String) -> String {
        """
        INSERT INTO order_event (order_id, sequence, at, kind, actor, request_id)
        VALUES (\(order), 4, now(), 'offersChanged', 'customer', 'r')
        """
    }
}
