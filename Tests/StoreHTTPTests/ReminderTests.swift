import Commerce
import Delivery
import Links
import Logging
import NIOHTTP1
import Orders
import Postgres
import Reminders
import Staff
import StoreHTTP
import TestSupport
import Testing

/// The wish to be reminded, the way out of it, and what a reminder says.
@Suite(DatabaseTrait.store) struct ReminderTests {
    private func clock() throws -> HandClock { HandClock(try #require(TestStore.midday)) }

    /// London is at UTC in December.
    private static func time(_ date: String, _ hour: Int) throws -> Instant {
        let day = try #require(CalendarDate(date))
        return Instant(microsecondsSince1970: (Int64(day.daysSince1970) * 24 + Int64(hour)) * 3_600_000_000)
    }

    // MARK: - The wish

    @Test func wishIsAskedForAtCheckoutAndChangedByTheOrdersLink() async throws {
        try await TestStore.run { store in
            let order = try await store.remindedOrder(hour: 9)
            #expect(order.reminders.hour == 9)
            let path = "/v1/orders/\(order.token.text)"
            #expect(try await store.send(.GET, path).json.reminders.hour == 9)
            for _ in 0..<2 {
                let later = try await store.send(.PUT, path + "/reminders", #"{"hour": 20}"#)
                #expect(later.status == 200 && later.json.reminders.hour == 20)
            }
            for _ in 0..<2 {
                let never = try await store.send(.DELETE, path + "/reminders")
                #expect(never.status == 200 && never.json.reminders == .null)
            }
            // What changes nothing is no event.
            let staff = try await store.send(
                .GET,
                "/v1/staff/orders/\(order.number.text)",
                nil,
                try await store.staff(.support)
            )
            let changes = staff.json.timeline.entries.filter { $0.kind == "remindersChanged" }
            #expect(changes.map(\.reason.text) == ["at 9:00", "at 20:00", "no more"])
            #expect(changes.allSatisfy { $0.actor == "customer" })
            #expect(try await store.order().reminders == .null)
        }
    }

    @Test(arguments: [
        (#"{"hour": 7}"#, "/hour", "outOfRange"), (#"{"hour": 21}"#, "/hour", "outOfRange"),
        (#"{"hour": "9"}"#, "/hour", "wrongType"), (#"{"hour": 9.5}"#, "/hour", "wrongType"),
        (#"{"hour": null}"#, "/hour", "missing"), ("{}", "/hour", "missing"),
        (#"{"hour": 9, "minute": 30}"#, "/minute", "unknownField"),
    ])
    func hourThatIsNoneIsRefusedByName(wish: String, pointer: String, code: String) async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let changed = try await store.send(.PUT, "/v1/orders/\(order.token.text)/reminders", wish)
            #expect([400, 422].contains(changed.status) && changed.json.errors[0].pointer.text == pointer)
            #expect(changed.json.errors[0].code.text == code)
            let body = TestStore.checkoutBody().replacing(
                #""language": "en""#,
                with: #""language": "en", "reminders": \#(wish)"#
            )
            let path = try await store.cart().path
            let placed = try await store.send(.POST, path + "/checkout", body, ["Idempotency-Key": "k"])
            #expect([400, 422].contains(placed.status) && placed.json.errors[0].pointer.text == "/reminders" + pointer)
            #expect(try await store.number("SELECT count(*) AS n FROM orders WHERE reminder_hour IS NOT NULL") == 0)
        }
    }

    /// The same key with another wish is another request.
    @Test func wishIsPartOfTheRequest() async throws {
        try await TestStore.run { store in
            let path = try await store.cart().path
            func send(_ reminders: String) async throws -> Answer {
                let body = TestStore.checkoutBody().replacing(
                    #""language": "en""#,
                    with: #""language": "en", "reminders": \#(reminders)"#
                )
                return try await store.send(.POST, path + "/checkout", body, ["Idempotency-Key": "k"])
            }
            #expect(try await send("null").status == 201)
            #expect(try await send("null").status == 201)
            let other = try await send(#"{"hour": 9}"#)
            #expect(other.status == 422 && other.problem == "key-reused")
        }
    }

    @Test func formWithoutAScriptAsksAndEnds() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let page = order.page.text
            #expect(try await store.send(.GET, page).text.contains(#"<option value="">never</option>"#))
            let asked = try await store.submit(page + "/reminders", [("hour", "18")])
            #expect(asked.status == 303 && asked.headers.first(name: "Location") == page + "?done=reminders")
            let done = try await store.send(.GET, page + "?done=reminders")
            #expect(done.words.contains("We will write to you at 18:00"))
            #expect(done.text.contains(#"<option value="18" selected>18:00</option>"#))
            for wrong in ["7", "21", "noon", "9.5"] {
                let answer = try await store.submit(page + "/reminders", [("hour", wrong)])
                #expect(answer.status == 422 || answer.status == 400, "\(wrong): \(answer.status)")
                #expect(answer.words.contains("Reminders come at a full hour from 8:00 to 20:00."), "\(wrong)")
            }
            #expect(try await store.submit(page + "/reminders", [("hour", "")]).status == 303)
            #expect(
                try await store.send(.GET, page + "?done=reminders").words.contains("We will send you no reminders.")
            )
        }
    }

    @Test func cancelledOrderTakesNoWishAndMayStillEndOne() async throws {
        try await TestStore.run { store in
            let order = try await store.remindedOrder()
            #expect(try await store.submit(order.page.text + "/cancellation", []).status == 303)
            let path = "/v1/orders/\(order.token.text)/reminders"
            let asked = try await store.send(.PUT, path, #"{"hour": 10}"#)
            #expect(asked.status == 409 && asked.problem == "course-closed")
            let form = try await store.submit(order.page.text + "/reminders", [("hour", "10")])
            #expect(form.status == 409 && form.words.contains("This order was cancelled"))
            #expect(!(try await store.send(.GET, order.page.text)).text.contains("/reminders\""))
            #expect(try await store.send(.DELETE, path).status == 200)
        }
    }

    /// Whoever is helped on the phone may ask for it as well.
    @Test func staffTakeTheWishDown() async throws {
        try await TestStore.run { store in
            let order = TestStore.checkoutBody().replacing(
                #""language": "en""#,
                with: #""language": "en", "reminders": {"hour": 12}"#
            )
            let made = try await store.send(
                .POST,
                "/v1/staff/orders",
                #"{"cart": \#(TestStore.kitChoice), "order": \#(order)}"#,
                try await store.staff(.support).merging(["Idempotency-Key": "k"]) { $1 }
            )
            #expect(made.status == 201 && made.json.reminders.hour == 12, "\(made.text)")
        }
    }

    /// A plan that is over has nothing to remind of.
    @Test func planThatIsOverOffersNoReminders() async throws {
        try await TestStore.run { store in
            let over = try await store.order(course: TestStore.course(["2026-09-01"]))
            #expect(!(try await store.send(.GET, over.page.text)).text.contains("/reminders\""))
            let wished = try await store.remindedOrder(course: TestStore.course(["2026-09-01"]))
            #expect((try await store.send(.GET, wished.page.text)).text.contains("/reminders\""))
        }
    }

    // MARK: - The mail

    /// What to do is the guide's own word, and the way out stands in the text; in a header where the store is at https.
    @Test(arguments: ["http://store.test", "https://store.test"])
    func reminderSaysWhatTheGuideSaysAndHowToEndIt(url: String) async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }, settings: { $0.publicURL = url }) { store in
            let course = TestStore.course(["2026-12-01", "2026-12-04"])
            let order = try await store.remindedOrder(course: course)
            let post = Post(store, clock: clock)
            try await post.drain()
            // The first wash, on the eve of the second session: one mail of both.
            clock.set(try Self.time("2026-12-03", 9))
            try await post.drain()
            #expect(post.messages.count == 1)
            let mail = try await read(post.messages)[0]
            #expect(mail.subject == "Today: the first wash · Tomorrow: your second session")
            let plain = mail.plain.text.replacing("\n", with: " ")
            for sentence in [
                "Thursday 3 December: Day 2.",
                "Wash with Cleanse Shampoo. Lukewarm, fingertips only, no rubbing. Pat dry.",
                "Apply Restore Ointment. A thin film, when the skin is dry.",
                "No hard exercise (until Mon 7 Dec).",
                "Friday 4 December: Your second session.",
                "Have a clean soft towel and a fresh pillowcase at hand.",
                "You asked for these reminders with your order \(order.number.text).",
            ] {
                #expect(plain.contains(sentence), "\(sentence): \(plain)")
                #expect(mail.html.text.contains(sentence), "\(sentence)")
            }
            #expect(mail.plain.text.contains(url + order.guide.page.text))
            let way = try #require(mail.plain.text.firstMatch(of: /https?:\/\/store\.test(\/r\/[A-Za-z0-9_-]+)/))
            #expect(mail.html.text.contains(way.0))
            let isSecure = url.hasPrefix("https")
            #expect(mail.unsubscribe == (isSecure ? .string("<\(way.0)>") : .null))
            #expect(mail.oneClick == (isSecure ? "List-Unsubscribe=One-Click" : .null))
            #expect(
                mail.plain.text.split(separator: "\n").filter { !$0.hasPrefix("http") }.allSatisfy { $0.count <= 72 }
            )
            // The staff see it where they see everything.
            let staff = try await store.send(
                .GET,
                "/v1/staff/orders/\(order.number.text)",
                nil,
                try await store.staff(.support)
            )
            let reminded = staff.json.timeline.entries.filter { $0.kind == "reminded" }
            #expect(reminded.map(\.reason.text) == ["first wash, session tomorrow"])
        }
    }

    @Test func lotionAndEndSayWhatFollows() async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            _ = try await store.remindedOrder(course: TestStore.course(["2026-12-01"]))
            let post = Post(store, clock: clock)
            try await post.drain()
            for date in ["2026-11-30", "2026-12-08", "2027-01-06"] {
                clock.set(try Self.time(date, 9))
                try await post.drain()
            }
            let mails = try await read(post.messages)
            #expect(
                mails.map(\.subject.text) == [
                    "Tomorrow: your session", "Today: the first lotion", "Today: the last day of your plan",
                ]
            )
            for (mail, sentence) in zip(
                mails,
                [
                    "Tuesday 1 December: Your session.", "Apply Restore Lotion. Once today, on clean skin.",
                    "Go on with shampoo and lotion as long as they do you good.",
                ]
            ) {
                #expect(mail.plain.text.replacing("\n", with: " ").contains(sentence), "\(mail.plain.text)")
            }
        }
    }

    /// A mail that could not leave for hours is left alone: nobody is told in the evening what to do in the morning.
    @Test func mailThatIsTooLateIsNotSent() async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            _ = try await store.remindedOrder(course: TestStore.course(["2026-12-01"]))
            let other = try await store.remindedOrder(course: TestStore.course(["2026-12-02"]), email: "b@example.com")
            let post = Post(store, clock: clock)
            try await post.drain()
            for (date, hours) in [("2026-11-30", [9, 10, 14, 20]), ("2026-12-01", [9, 12])] {
                post.answer(.failed(reason: "the relay is down"))
                for hour in hours {
                    if hour == hours.last { post.answer(.delivered()) }
                    clock.set(try Self.time(date, hour))
                    try await post.drain()
                }
            }
            // Told both, and written the one that was in time.
            #expect(try await store.toldReminders().map(\.kind) == ["session", "session"])
            #expect(post.reminders == ["\(other.number.text) 2026-12-01T12:00:00Z"])
            #expect(try await store.number("SELECT count(*) AS n FROM delivery_failure") == 0)
        }
    }

    /// Between the entry in the log and its mail, the customer may have changed their mind.
    @Test(arguments: ["unsubscribed", "cancelled", "moved"]) func mailThatIsWantedNoMoreIsNotSent(act: String)
        async throws
    {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            let order = try await store.remindedOrder(course: TestStore.course(["2026-12-01"]))
            let post = Post(store, clock: clock)
            try await post.drain()
            post.answer(.failed(reason: "the relay is down"))
            clock.set(try Self.time("2026-11-30", 9))
            try await post.drain()
            #expect(try await store.toldReminders().count == 1)
            switch act {
            case "unsubscribed":
                #expect(try await store.send(.DELETE, "/v1/orders/\(order.token.text)/reminders").status == 200)
            case "cancelled": #expect(try await store.submit(order.page.text + "/cancellation", []).status == 303)
            default: #expect(try await store.move(order, to: ["2026-12-20"]).status == 200)
            }
            post.answer(.delivered())
            clock.advance(.seconds(3600))
            try await post.drain()
            #expect(post.reminders.isEmpty)
        }
    }

    // MARK: - The way out

    @Test func linkEndsRemindersAtOnceAndNothingElse() async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            let order = try await store.remindedOrder(course: TestStore.course(["2026-12-01"]))
            let post = Post(store, clock: clock)
            try await post.drain()
            clock.set(try Self.time("2026-11-30", 9))
            try await post.drain()
            let mail = try await read(post.messages)[0]
            let way = String(try #require(mail.plain.text.firstMatch(of: /store\.test(\/r\/[A-Za-z0-9_-]+)/)).1)
            // Looking changes nothing, and shows nobody's name, address or order page.
            for _ in 0..<2 {
                let page = try await store.send(.GET, way)
                #expect(page.status == 200 && page.text.contains("<form method=\"post\" action=\"\(way)\">"))
                #expect(page.headers.first(name: "Cache-Control") == "no-store")
                for word in ["Ada", "example.com", "/o/", "/g/"] { #expect(!page.text.contains(word), "\(word)") }
            }
            #expect(try await store.send(.GET, "/v1/orders/\(order.token.text)").json.reminders.hour == 9)
            // The owner's link was renewed: an old mail's way out still is one.
            _ = try await store.pool.write([Statement("UPDATE orders SET order_link_version = 2")])
            // As mail programs ask (RFC 8058), twice.
            for _ in 0..<2 {
                let done = try await store.submit(way, [("List-Unsubscribe", "One-Click")])
                #expect(done.status == 200 && done.words.contains("You get no reminders by mail"), "\(done.text)")
            }
            #expect(!(try await store.send(.GET, way)).text.contains("<form"))
            #expect(try await store.number("SELECT count(*) AS n FROM orders WHERE reminder_hour IS NULL") == 1)
            // The wish and its end.
            #expect(
                try await store.number("SELECT count(*) AS n FROM order_event WHERE kind = 'remindersChanged'") == 2
            )
            for date in ["2026-12-03", "2026-12-08", "2027-01-06"] {
                clock.set(try Self.time(date, 9))
                try await post.drain()
            }
            #expect(post.reminders.count == 1)
        }
    }

    @Test func linkOfAnotherPurposeEndsNothing() async throws {
        try await TestStore.run { store in
            let order = try await store.remindedOrder()
            let guide = order.guide.page.text.dropFirst(3)
            for token in [order.token.text, String(guide), String(repeating: "A", count: 43), "short"] {
                #expect(try await store.send(.GET, "/r/\(token)").status == 404)
                #expect(try await store.send(.POST, "/r/\(token)").status == 404)
            }
            let link = try store.store.keys.link(.unsubscription, to: LinkTarget(id: 0, version: 1, key: 0))
            for path in ["/o/", "/g/", "/c/", "/v1/orders/"] {
                #expect(try await store.send(.GET, path + link.token.text).status == 404, "\(path)")
            }
            #expect(try await store.send(.GET, "/v1/orders/\(order.token.text)").json.reminders.hour == 9)
        }
    }

    /// Whoever asks again is reminded of what is to come, and of nothing a second time.
    @Test func askedForAgainComesWhatIsToCome() async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            let order = try await store.remindedOrder(course: TestStore.course(["2026-12-01"]))
            let path = "/v1/orders/\(order.token.text)/reminders"
            let post = Post(store, clock: clock)
            try await post.drain()
            clock.set(try Self.time("2026-11-30", 9))
            try await post.drain()
            _ = try await store.send(.DELETE, path)
            try await post.drain()
            for hour in [10, 20] {
                #expect(try await store.send(.PUT, path, #"{"hour": \#(hour)}"#).status == 200)
                try await post.drain()
            }
            for (date, hour) in [("2026-11-30", 20), ("2026-12-03", 9), ("2026-12-03", 20), ("2026-12-03", 21)] {
                clock.set(try Self.time(date, hour))
                try await post.drain()
            }
            #expect(
                try await store.toldReminders().map { "\($0.kind) \($0.at)" } == [
                    "session 2026-11-30T09:00:00Z", "wash 2026-12-03T20:00:00Z",
                ]
            )
        }
    }

    // MARK: - Planning and telling

    /// An order that nobody wants to be reminded of costs no row, and dates that come later are planned for then.
    @Test func datesThatComeLaterArePlannedFor() async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            _ = try await store.order()
            let order = try await store.remindedOrder(course: "null")
            let post = Post(store, clock: clock)
            try await post.drain()
            #expect(try await store.number("SELECT count(*) AS n FROM reminder") == 0)
            #expect(try await store.move(order, to: ["2026-12-01"]).status == 200)
            try await post.drain()
            #expect(try await store.number("SELECT count(*) AS n FROM reminder WHERE state = 'pending'") == 4)
            #expect(try await store.move(order, to: ["2026-12-05"], seen: "\"2\"").status == 200)
            try await post.drain()
            #expect(try await store.number("SELECT count(*) AS n FROM reminder WHERE state = 'superseded'") == 4)
            #expect(try await store.number("SELECT count(*) AS n FROM reminder WHERE revision = 3") == 4)
        }
    }

    /// Whoever can't be written is not reminded, until there is another address.
    @Test func mailThatCameBackForGoodEndsReminders() async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            let order = try await store.remindedOrder(course: TestStore.course(["2026-12-01"]))
            let post = Post(store, clock: clock)
            try await post.drain()
            post.answer(.refused(reason: "no such mailbox"))
            clock.set(try Self.time("2026-11-30", 9))
            try await post.drain()
            post.answer(.delivered())
            clock.set(try Self.time("2026-12-03", 9))
            try await post.drain()
            #expect(try await store.toldReminders().map(\.kind) == ["session"] && post.reminders.isEmpty)
            let contact = [
                ("name", "Ada Example"), ("givenName", ""), ("email", "new@example.com"), ("phone", ""),
                ("line1", "1 High Street"), ("line2", ""), ("city", "London"),
                ("postalCode", "N1 1AA"),
            ]
            #expect(try await store.submit(order.page.text + "/contact", contact).status == 303)
            try await post.drain()
            clock.set(try Self.time("2026-12-08", 9))
            try await post.drain()
            #expect(post.reminders == ["\(order.number.text) 2026-12-08T09:00:00Z"])
        }
    }

    /// The rules of the zone are other ones than when it was planned: here, by an hour either way.
    @Test(arguments: [-1, 1]) func momentFollowsTheRulesThatHoldNow(hours: Int) async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            _ = try await store.remindedOrder(course: TestStore.course(["2026-12-01"]))
            let post = Post(store, clock: clock)
            try await post.drain()
            _ = try await store.pool.write([
                Statement(
                    """
                    UPDATE reminder SET due_at = due_at + make_interval(hours => $1::int),
                        look_at = look_at + make_interval(hours => $1::int)
                    """,
                    hours
                )
            ])
            // The server looks every now and then.
            for quarter in 0..<16 {
                clock.set(try Self.time("2026-11-30", 7) + .seconds(Int64(quarter) * 900))
                try await post.drain()
            }
            #expect(try await store.toldReminders().map(\.at) == [try Self.time("2026-11-30", 9)])
        }
    }

    @Test func twoServersTellEachReminderOnce() async throws {
        let clock = try clock()
        try await TestStore.run(connections: 12, clock: { clock.now }) { store in
            for index in 0..<30 {
                _ = try await store.remindedOrder(
                    course: TestStore.course(["2026-12-01"]),
                    email: "person\(index)@example.com"
                )
            }
            let post = Post(store, clock: clock)
            try await post.drain()
            clock.set(try Self.time("2026-11-30", 9))
            var quiet = Logger(label: "test")
            quiet.logLevel = .critical
            let worker = ReminderWorker(store.store.reminders, logger: quiet, now: { clock.now })
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { try await worker.drain() } }
                // Two that settle the same orders without having taken them.
                for _ in 0..<2 {
                    group.addTask {
                        for id in 0..<30 { try await store.store.reminders.settle(Int64(id), now: clock.now) }
                    }
                }
                try await group.waitForAll()
            }
            async let one: Void = post.drain()
            async let other: Void = post.drain()
            _ = try await (one, other)
            try await post.drain()
            #expect(try await store.toldReminders().count == 30)
            #expect(post.reminders.count == 30 && Set(post.reminders).count == 30)
            try await store.checkInvariants()
        }
    }

    /// What a worker took and left, because it was killed, another one tells.
    @Test func reminderThatWasTakenAndLeftIsToldByAnother() async throws {
        let clock = try clock()
        try await TestStore.run(clock: { clock.now }) { store in
            _ = try await store.remindedOrder(course: TestStore.course(["2026-12-01"]))
            let post = Post(store, clock: clock)
            try await post.drain()
            clock.set(try Self.time("2026-11-30", 9))
            #expect(try await store.store.reminders.claim(count: 10, now: clock.now).count == 1)
            #expect(try await store.store.reminders.claim(count: 10, now: clock.now).isEmpty)
            try await post.drain()
            #expect(post.reminders.isEmpty)
            clock.advance(.seconds(60))
            try await post.drain()
            #expect(post.reminders.count == 1)
        }
    }

    /// The messages as Python's own reader of mail has them.
    private func read(_ messages: [String]) async throws -> [JSON] {
        var read: [JSON] = []
        for message in messages {
            let text = try await Installed.run("python3", ["-c", Self.reader], on: Array(message.utf8))
            read.append(try JSON(Array(text.utf8)))
        }
        return read
    }

    private static let reader = """
        import email, email.policy, html, json, sys
        message = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
        print(json.dumps({
            'subject': message['Subject'], 'plain': parts['text/plain'], 'html': html.unescape(parts['text/html']),
            'unsubscribe': message['List-Unsubscribe'], 'oneClick': message['List-Unsubscribe-Post'],
        }))
        """
}
