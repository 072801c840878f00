import NIOHTTP1
import Postgres
import TestSupport
import Testing

/// A session moves after the order was placed, and everything that was made from its date moves with it.
@Suite(DatabaseTrait.store) struct RescheduleTests {
    private static let later = ["2026-12-01", "2026-12-19"]

    @Test func aMovedSessionMovesInEveryForm() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let page = order.guide.page.text
            let forms = [page, page + "/insert", page + "/sheet", page + "/guide.txt"]
            // Read before as well: what is kept for the next reader must not outlive the move.
            for form in forms {
                let words = try await store.send(.GET, form).words
                #expect(words.contains("revision 1") && words.contains("12 Dec"), "\(form)")
            }
            let before = try await store.send(.GET, order.guide.calendar.text).events
            let oldGuide = try await store.send(.GET, order.guide.json.text)

            let moved = try await store.move(order, to: Self.later)
            #expect(moved.status == 200, "\(moved.text)")
            #expect(moved.etag == "\"2\"" && moved.json.guide.revision == 2)
            #expect(moved.json.course.sessions == ["2026-12-01", "2026-12-19"])
            #expect(try await store.send(.GET, "/v1/orders/\(order.token.text)").body == moved.body)
            let guide = try await store.send(.GET, order.guide.json.text)
            #expect(guide.etag == "\"2\"" && guide.json.revision == 2)
            #expect(guide.json.plan.sessions == ["2026-12-01", "2026-12-19"])
            #expect(guide.json.plan.regimen == oldGuide.json.plan.regimen)
            #expect(guide.json.plan.days.entries.count == 18 + 37)
            for form in forms {
                let words = try await store.send(.GET, form).words
                let session =
                    form == page
                    ? "Sat 19 Dec Your second session" : "Your second session Saturday 19 December 2026"
                #expect(words.contains("revision 2") && words.contains(session), "\(form)")
            }

            let calendar = try await store.send(.GET, order.guide.calendar.text)
            let after = calendar.events
            #expect(before.allSatisfy { $0["SEQUENCE"] == "0" } && after.allSatisfy { $0["SEQUENCE"] == "1" })
            let old = try #require(before.first { $0["SUMMARY"] == "Your second session" })
            let new = try #require(after.first { $0["UID"] == old["UID"] })
            #expect(old["DTSTART;VALUE=DATE"] == "20261212" && new["DTSTART;VALUE=DATE"] == "20261219")
            #expect(new["SUMMARY"] == "Your second session" && new["STATUS"] == "CONFIRMED")
            #expect(Set(before.map { $0["UID"] }).isSubset(of: after.map { $0["UID"] }))
            #expect(Set(after.map { $0["UID"] }).count == after.count)
            #expect(try await store.send(.GET, page + "/guide.ics").body == calendar.body)

            #expect(try await store.revisions() == 2)
            #expect(try await store.reschedulings() == [1, 1])
            try await store.checkInvariants()
        }
    }

    @Test func theSameAgainIsAnsweredAgainAndWritesNothing() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let first = try await store.move(order, to: Self.later)
            #expect(first.status == 200)
            for seen in ["\"1\"", "\"2\"", "*"] {
                let again = try await store.move(order, to: Self.later, seen: seen)
                #expect(again.status == 200 && again.etag == "\"2\"", "\(seen) \(again.text)")
                #expect(again.body == first.body, "\(seen)")
            }
            #expect(try await store.revisions() == 2)
            #expect(try await store.reschedulings() == [1, 1])
        }
    }

    @Test func anOldRevisionIsRefusedWithTheOrderAsItStands() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let moved = try await store.move(order, to: Self.later)
            let stale = try await store.move(order, to: ["2026-12-01", "2026-12-26"])
            #expect(stale.status == 412 && stale.problem == "course-changed")
            #expect(stale.etag == "\"2\"")
            #expect(stale.json.current == moved.json)
            // Back to the first dates is another course too, though revision 1 had it.
            #expect(try await store.move(order, to: ["2026-12-01", "2026-12-12"]).status == 412)
            #expect(try await store.revisions() == 2)
            let next = try await store.move(order, to: ["2026-12-01", "2026-12-26"], seen: stale.etag)
            #expect(next.status == 200 && next.etag == "\"3\"")
        }
    }

    /// A guide that is issued anew, because a bottle of it is not sent, is another revision of the same course.
    @Test func guideIssuedAnewLeavesTheCourseItsVersion() async throws {
        try await TestStore.run { store in
            let choice = #"[{"sku": "CLEANSE-SHAMPOO", "quantity": 1}, {"sku": "RESTORE-LOTION", "quantity": 1}]"#
            let path = try await store.cart(TestStore.choice(choice)).path
            let total = try await store.send(.GET, path).json.totals.total.amount.int ?? 0
            let order = try await store.checkout(path, key: "two", amount: total).json
            let lotion = #"{"items": [{"sku": "RESTORE-LOTION", "quantity": 1}]}"#
            let cancelled = try await store.own(order, "cancellation", lotion)
            #expect(cancelled.etag == "\"1\"" && cancelled.json.guide.revision == 2, "\(cancelled.text)")
            #expect(try await !store.send(.GET, order.page.text).words.contains("Last change"))
            for _ in 1...2 {
                let moved = try await store.move(order, to: Self.later)
                #expect(moved.etag == "\"2\"" && moved.json.guide.revision == 3, "\(moved.text)")
            }
            #expect(try await store.send(.GET, order.page.text).words.contains("Last change"))
            #expect(try await store.move(order, to: ["2026-12-03"]).status == 412)
            try await store.checkInvariants()
        }
    }

    @Test func changeNamesTheRevisionItWasMadeTo() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let path = "/v1/orders/\(order.token.text)/course"
            let bare = try await store.send(.PUT, path, TestStore.course(Self.later))
            #expect(bare.status == 428 && bare.problem == "precondition-required")
            for seen in ["W/\"1\"", "\"01\"", "\"0\"", "\"2\""] {
                #expect(try await store.move(order, to: Self.later, seen: seen).status == 412, "\(seen)")
            }
            #expect(try await store.revisions() == 1)
            let any = try await store.move(order, to: Self.later, seen: "*")
            #expect(any.status == 200 && any.etag == "\"2\"")
            let listed = try await store.move(order, to: ["2026-12-01"], seen: "\"1\", \"2\"")
            #expect(listed.status == 200 && listed.etag == "\"3\"")
        }
    }

    private struct Wrong: Sendable {
        let course: String
        let pointer: String
        let code: String

        init(_ course: String, _ pointer: String, _ code: String) {
            (self.course, self.pointer, self.code) = (course, pointer, code)
        }
    }

    private static let wrong = [
        Wrong(TestStore.course(["2026-12-01", "2026-02-30"]), "/sessions/1", "notADate"),
        Wrong(TestStore.course(["2026-12-01", "2026-12-01"]), "/sessions/1", "duplicate"),
        Wrong(TestStore.course(["2026-12-12", "2026-12-01"]), "/sessions/1", "notInOrder"),
        // 731 days ahead.
        Wrong(TestStore.course(["2026-12-01", "2028-11-24"]), "/sessions/1", "tooFarAway"),
        Wrong(TestStore.course((10..<23).map { "2026-12-\($0)" }), "/sessions", "tooMany"),
        Wrong(TestStore.course(later, #", "colour": "red""#), "/colour", "unknownField"),
        Wrong(TestStore.course(later, #", "keepDryHours": 36"#), "/keepDryHours", "outOfRange"),
        Wrong(TestStore.course(later, zone: "Europe/Nowhere"), "/timeZone", "unknownTimeZone"),
        Wrong(#"{"timeZone": "Europe/London"}"#, "/sessions", "missing"),
        Wrong("[]", "", "wrongType"),
    ]

    @Test func aCourseThatIsWrongIsRefusedByItsField() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            for wrong in Self.wrong {
                let answer = try await store.put(order, wrong.course)
                #expect(answer.status == 422 && answer.problem == "invalid-request", "\(wrong.course) \(answer.text)")
                let error = answer.json.errors[0]
                #expect(error.pointer.text == wrong.pointer && error.code.text == wrong.code, "\(answer.text)")
            }
            #expect(try await store.put(order, "{").status == 400)
            #expect(try await store.revisions() == 1)
            #expect(try await store.reschedulings() == [0, 0])
            #expect(try await store.move(order, to: ["2026-12-01", "2028-11-23"]).status == 200)
        }
    }

    @Test func datesComeAndGo() async throws {
        try await TestStore.run { store in
            let order = try await store.order(course: "null")
            #expect(order.course == nil)
            let empty = try await store.send(.GET, order.guide.calendar.text)
            #expect(empty.events.isEmpty && empty.text.contains("BEGIN:VTODO"))

            let dated = try await store.move(order, to: Self.later)
            #expect(dated.status == 200 && dated.json.course.sessions == ["2026-12-01", "2026-12-19"])
            let full = try await store.send(.GET, order.guide.calendar.text)
            #expect(!full.events.isEmpty && full.text.contains("BEGIN:VTODO") && full.text.contains("STATUS:CANCELLED"))
            #expect(full.events.allSatisfy { $0["STATUS"] == "CONFIRMED" && $0["SEQUENCE"] == "1" })
            #expect(try await store.send(.GET, order.guide.page.text).words.contains("7 days to go"))

            let undated = try await store.move(order, to: [], seen: "\"2\"")
            #expect(undated.status == 200 && undated.json.course.sessions == [])
            #expect(try await store.send(.GET, order.guide.json.text).json.plan.status == "undated")
            let gone = try await store.send(.GET, order.guide.calendar.text)
            #expect(Set(gone.events.map { $0["UID"] }) == Set(full.events.map { $0["UID"] }))
            #expect(gone.events.allSatisfy { $0["STATUS"] == "CANCELLED" && $0["SEQUENCE"] == "2" })
            #expect(gone.text.contains("BEGIN:VTODO"))
            #expect(try await store.send(.GET, order.guide.page.text).words.contains("Your plan counted in days"))
        }
    }

    @Test func aDroppedSessionLeavesTheCalendar() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let before = try await store.send(.GET, order.guide.calendar.text).events
            let first = try #require(before.first { $0["SUMMARY"] == "Your first session" })
            let second = try #require(before.first { $0["SUMMARY"] == "Your second session" })
            #expect(try await store.move(order, to: ["2026-12-01"]).status == 200)
            let after = try await store.send(.GET, order.guide.calendar.text).events
            let kept = try #require(after.first { $0["UID"] == first["UID"] })
            #expect(kept["STATUS"] == "CONFIRMED" && kept["SUMMARY"] == "Your session")
            let dropped = try #require(after.first { $0["UID"] == second["UID"] })
            #expect(dropped["STATUS"] == "CANCELLED" && dropped["SEQUENCE"] == "1")
            #expect(dropped["DTSTART;VALUE=DATE"] == "20261212")
            #expect(
                after.filter { $0["SUMMARY"]?.contains("session") == true && $0["STATUS"] == "CONFIRMED" } == [kept]
            )
        }
    }

    @Test func aCancelledOrderKeepsItsDates() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            try await store.cancel(order)
            let refused = try await store.move(order, to: Self.later)
            #expect(refused.status == 409 && refused.problem == "course-closed", "\(refused.text)")
            #expect(try await store.revisions() == 1)
        }
    }

    @Test func aPlanThatIsOverStaysAsItWas() async throws {
        try await TestStore.run { store in
            let order = try await store.order(course: TestStore.course(["2026-10-01"]))
            #expect(try await store.send(.GET, order.guide.page.text).words.contains("All done"))
            let refused = try await store.move(order, to: Self.later)
            #expect(refused.status == 409 && refused.problem == "course-closed", "\(refused.text)")
            #expect(refused.json.detail.text.contains("2026-11-06"))
            // Its last day was yesterday.
            let late = try await store.order(course: TestStore.course(["2026-10-18"]))
            #expect(try await store.move(late, to: Self.later).status == 409)
            #expect(try await store.revisions() == 2)
        }
    }

    @Test func aPlanCanBeMovedUpToItsLastDay() async throws {
        try await TestStore.run { store in
            let order = try await store.order(course: TestStore.course(["2026-10-19"]))
            let days = try await store.send(.GET, order.guide.json.text).json.plan.days.entries
            #expect(days.last?.date == "2026-11-24")
            #expect(try await store.move(order, to: ["2026-10-19", "2026-12-01"]).status == 200)
        }
    }

    @Test func anOpenCourseCanAlwaysGoOn() async throws {
        try await TestStore.run { store in
            let order = try await store.order(course: TestStore.course(["2025-03-01"], #", "final": false"#))
            #expect(try await store.send(.GET, order.guide.page.text).words.contains("Between sessions"))
            let moved = try await store.move(order, to: ["2025-03-01", "2026-12-01"])
            #expect(moved.status == 200 && moved.json.course.final == true, "\(moved.text)")
        }
    }

    @Test func onlyTheOrdersOwnLinkMovesIt() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            let others = [
                String(repeating: "A", count: 43), "short", String(order.guide.page.text.dropFirst(3)),
                String(order.guide.calendar.text.dropFirst(3).dropLast(4)),
            ]
            for token in others {
                let answer = try await store.send(
                    .PUT,
                    "/v1/orders/\(token)/course",
                    TestStore.course(Self.later),
                    ["If-Match": "\"1\""]
                )
                #expect(answer.status == 404 && answer.problem == "not-found", "\(answer.text)")
            }
            #expect(try await store.revisions() == 1)
        }
    }

    @Test func anOrderNeverGoesBackToAnEarlierGuide() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            #expect(try await store.move(order, to: Self.later).status == 200)
            let error = await #expect(throws: PostgresError.self) {
                _ = try await store.pool.write([Statement("UPDATE orders SET guide_revision = 1")])
            }
            #expect(error?.serverError?.constraint == "orders_guide_goes_forward")
            #expect(error?.serverError?.state == SQLState(rawValue: "23000"))
        }
    }

    @Test func oneOfEightConcurrentChangesWins() async throws {
        try await TestStore.run { store in
            let order = try await store.order()
            for revision in 1...5 {
                let answers = try await store.atOnce(8) { index in
                    let sessions = ["2026-12-01", "2026-12-\(10 + revision + 2 * index)"]
                    return try await store.move(order, to: sessions, seen: "\"\(revision)\"")
                }
                #expect(answers.map(\.status).sorted() == [200] + Array(repeating: 412, count: 7))
                let winner = try #require(answers.first { $0.status == 200 })
                #expect(winner.etag == "\"\(revision + 1)\"")
                #expect(
                    answers.filter { $0.status == 412 }.allSatisfy {
                        $0.problem == "course-changed" && $0.json.current == winner.json
                    }
                )
                #expect(try await store.revisions() == revision + 1)
            }
            #expect(try await store.reschedulings() == [5, 5])
            try await store.checkInvariants()
        }
    }
}

extension TestStore {
    /// Places an order of one kit; the order.
    func order(course: String = Self.exampleCourse, name: String = "Ada Example") async throws -> JSON {
        let path = try await cart(Self.choice(#"[{"sku": "DM-KIT", "quantity": 1}]"#, course: course)).path
        let placed = try await checkout(path, key: path, name: name)
        #expect(placed.status == 201, "\(placed.text)")
        return placed.json
    }

    /// A course as a request has it.
    static func course(_ sessions: [String], _ rest: String = "", zone: String = "Europe/London") -> String {
        let list = sessions.map { "\"\($0)\"" }.joined(separator: ", ")
        return #"{"timeZone": "\#(zone)", "sessions": [\#(list)]\#(rest)}"#
    }

    /// Gives an order a course.
    func put(_ order: JSON, _ course: String, seen: String = "\"1\"") async throws -> Answer {
        try await send(.PUT, "/v1/orders/\(order.token.text)/course", course, ["If-Match": seen])
    }

    /// Gives an order other dates.
    func move(_ order: JSON, to sessions: [String], seen: String = "\"1\"") async throws -> Answer {
        try await put(order, Self.course(sessions), seen: seen)
    }

    /// Asks so often at the same time.
    func atOnce(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Answer) async throws -> [Answer] {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            for index in 0..<count { group.addTask { try await body(index) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// How many revisions of guides there are.
    func revisions() async throws -> Int { try await number("SELECT count(*) AS n FROM guide") }

    /// How often dates were changed, by the orders' timelines and by what others are told.
    func reschedulings() async throws -> [Int] {
        [
            try await number("SELECT count(*) AS n FROM order_event WHERE kind = 'rescheduled'"),
            try await number("SELECT coalesce(max(sequence) - 1, 0) AS n FROM order_event WHERE kind = 'rescheduled'"),
        ]
    }
}

extension Answer {
    /// What a reader sees: the words, one space apart.
    var words: String {
        text.replacing(#/<[^>]*>/#, with: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// A calendar's events, each by the names of its properties.
    var events: [[String: String]] {
        text.replacing("\r\n ", with: "").split(separator: "BEGIN:VEVENT").dropFirst().map { event in
            let properties = event.split(whereSeparator: \.isNewline).map { line in
                let name = line.prefix { $0 != ":" }
                return (String(name), String(line.dropFirst(name.count + 1)))
            }
            return Dictionary(properties) { first, _ in first }
        }
    }
}
