import Commerce
import Delivery
import Logging
import Mail
import NIOHTTP1
import Orders
import Postgres
import Reminders
import StoreHTTP
import Synchronization
import TestSupport
import Testing

/// Reminders where the clocks change: at the right hour of each customer's own day, once, whatever happens to the order.
/// When that hour is, Python's own time zones say.
@Suite(DatabaseTrait.store) struct ReminderMatrixTests {
    /// A zone, and the two days of a year on which its clocks change.
    struct Zone: Sendable, CustomTestStringConvertible {
        let name: String
        let changes: [String]
        var testDescription: String { name }
    }

    static let zones = [
        Zone(name: "Europe/London", changes: ["2027-03-28", "2027-10-31"]),
        Zone(name: "America/New_York", changes: ["2027-03-14", "2027-11-07"]),
        Zone(name: "America/St_Johns", changes: ["2027-03-14", "2027-11-07"]),
        // By half an hour.
        Zone(name: "Australia/Lord_Howe", changes: ["2027-04-04", "2027-10-03"]),
        Zone(name: "Pacific/Chatham", changes: ["2027-04-04", "2027-09-26"]),
        // At midnight: one of the days has no first hour.
        Zone(name: "America/Santiago", changes: ["2027-04-04", "2027-09-05"]),
        // Late on a Saturday evening.
        Zone(name: "America/Nuuk", changes: ["2027-03-28", "2027-10-31"]),
        Zone(name: "Asia/Kolkata", changes: []),
    ]

    /// What happens to an order an hour before its first reminder.
    enum Act: Sendable, CaseIterable {
        case nothing
        case moved
        case movedThereAndBack
        case cancelled
        case unsubscribed
        case zoneChanged
        case hourChanged
        /// A day later, an hour after the first reminder rather than before it.
        case movedAfterIt
    }

    /// A reminder that is to come, by the customer's own clocks.
    private struct Moment: Hashable {
        let zone: String
        let date: CalendarDate
        let hour: Int
    }

    /// An order, and what is to come of it.
    private struct Course {
        let order: JSON
        let zone: String
        let session: CalendarDate
        let act: Act
        /// When the act is done.
        let actsAt: Instant
        /// The reminders that are to come, by kind and moment; nothing else.
        let expected: [(kind: String, moment: Moment)]
    }

    // MARK: - What is right

    private static let reader = """
        import sys
        from datetime import datetime
        from zoneinfo import ZoneInfo
        for line in sys.stdin:
            zone, date, hour = line.split()
            year, month, day = map(int, date.split('-'))
            print(int(datetime(year, month, day, int(hour), tzinfo=ZoneInfo(zone)).timestamp()))
        """

    /// The instants of moments, as Python has them.
    private static func instants(_ moments: Set<Moment>) async throws -> [Moment: Instant] {
        let list = Array(moments)
        let lines = list.map { "\($0.zone) \($0.date) \($0.hour)\n" }.joined()
        let read = try await Installed.run("python3", ["-c", reader], on: Array(lines.utf8)).split(separator: "\n")
        try #require(read.count == list.count)
        return try Dictionary(
            uniqueKeysWithValues: zip(list, read).map { moment, seconds in
                (moment, Instant(microsecondsSince1970: try #require(Int64(seconds)) * 1_000_000))
            }
        )
    }

    /// The four reminders of a final session.
    private static func reminders(_ session: CalendarDate, _ zone: String, _ hour: Int = 9) -> [(String, Moment)] {
        [("session", -1), ("wash", 2), ("lotion", 7), ("end", 36)].map { kind, day in
            (kind, Moment(zone: zone, date: session + day, hour: hour))
        }
    }

    /// Where a zone that was changed leads.
    private static let otherZone = "America/Sao_Paulo"

    private static func expected(_ act: Act, _ session: CalendarDate, _ zone: String) -> [(String, Moment)] {
        let plain = reminders(session, zone)
        switch act {
        case .nothing, .movedThereAndBack: return plain
        case .moved: return reminders(session + 14, zone)
        case .cancelled, .unsubscribed: return []
        case .zoneChanged: return reminders(session, otherZone)
        case .hourChanged: return reminders(session, zone, 20)
        case .movedAfterIt: return plain.prefix(1) + reminders(session + 1, zone)
        }
    }

    // MARK: - What is done

    private static func perform(_ course: Course, _ store: TestStore) async throws {
        let order = course.order
        func move(_ session: CalendarDate, _ zone: String, _ revision: Int) async throws {
            let body = TestStore.course([session.description], zone: zone)
            #expect(try await store.put(order, body, seen: "\"\(revision)\"").status == 200)
        }
        switch course.act {
        case .nothing: break
        case .moved: try await move(course.session + 14, course.zone, 1)
        case .movedThereAndBack:
            try await move(course.session + 14, course.zone, 1)
            try await move(course.session, course.zone, 2)
        case .cancelled: #expect(try await store.submit(order.page.text + "/cancellation", []).status == 303)
        case .unsubscribed:
            #expect(try await store.send(.DELETE, "/v1/orders/\(order.token.text)/reminders").status == 200)
        case .zoneChanged: try await move(course.session, otherZone, 1)
        case .hourChanged:
            let answer = try await store.send(.PUT, "/v1/orders/\(order.token.text)/reminders", #"{"hour": 20}"#)
            #expect(answer.status == 200, "\(answer.text)")
        case .movedAfterIt: try await move(course.session + 1, course.zone, 1)
        }
    }

    @Test(arguments: zones) func eachReminderComesAtItsHourAndOnce(zone: Zone) async throws {
        let clock = HandClock(try #require(TestStore.midday))
        try await TestStore.run(clock: { clock.now }) { store in
            // Where no clock ever changes, two days like any others.
            let days = try (zone.changes.isEmpty ? ["2027-03-28", "2027-10-31"] : zone.changes).map {
                try #require(CalendarDate($0))
            }
            // The day before a session is the day before the change, its day, and the day after it.
            let sessions = days.flatMap { day in (0...2).map { day + $0 } }
            let pairs = sessions.flatMap { session in Act.allCases.map { (session, $0) } }
            let all = pairs.map { Self.expected($1, $0, zone.name) }
            let eves = sessions.map { Moment(zone: zone.name, date: $0 - 1, hour: 9) }
            let noons = days.flatMap { [$0 - 1, $0].map { Moment(zone: zone.name, date: $0, hour: 12) } }
            let instants = try await Self.instants(Set(all.flatMap { $0.map(\.1) } + eves + noons))
            for day in days {
                let noon = try [day - 1, day].map {
                    try #require(instants[Moment(zone: zone.name, date: $0, hour: 12)])
                }
                #expect((noon[0] + .seconds(86_400) == noon[1]) == zone.changes.isEmpty, "\(day)")
            }

            var courses: [Course] = []
            for ((session, act), expected) in zip(pairs, all) {
                let course = TestStore.course([session.description], zone: zone.name)
                let eve = try #require(instants[Moment(zone: zone.name, date: session - 1, hour: 9)])
                let actsAt = eve + .seconds(act == .movedAfterIt ? 3600 : -3600)
                courses.append(
                    Course(
                        order: try await store.remindedOrder(course: course),
                        zone: zone.name,
                        session: session,
                        act: act,
                        actsAt: actsAt,
                        // A moment that was past already when it was asked for is left out.
                        expected: expected.filter { _, moment in
                            act != .zoneChanged || (instants[moment].map { $0 > actsAt } ?? false)
                        }
                    )
                )
            }
            let post = Post(store, clock: clock)
            try await post.drain()

            var right: [Told] = []
            for course in courses {
                for (kind, moment) in course.expected {
                    right.append(
                        Told(
                            order: course.order.number.text,
                            kind: kind,
                            date: moment.date,
                            at: try #require(instants[moment])
                        )
                    )
                }
            }
            // A second before each moment, at it, and whenever something is done.
            let moments = Set(right.map(\.at))
            let acts = Dictionary(grouping: courses, by: \.actsAt)
            for visit in moments.union(moments.map { $0 + .seconds(-1) }).union(acts.keys).sorted() {
                clock.set(visit)
                for course in acts[visit] ?? [] { try await Self.perform(course, store) }
                if acts[visit] != nil { try await post.deliver() }
                try await post.tell()
                if moments.contains(visit) { try await post.deliver() }
            }
            try await post.drain()
            let told = try await store.toldReminders()
            #expect(Set(told) == Set(right))
            #expect(told.count == Set(told).count)
            // And each was written once, at once.
            #expect(post.reminders.sorted() == right.map { "\($0.order) \($0.at)" }.sorted())
        }
    }

    /// A server that is down comes back in time for some, and drops what is too late, without a word at night.
    @Test(arguments: zones) func serverThatWasDownDropsWhatIsTooLate(zone: Zone) async throws {
        let clock = HandClock(try #require(TestStore.midday))
        try await TestStore.run(clock: { clock.now }) { store in
            let day = try #require(CalendarDate(zone.changes.first ?? "2027-03-28"))
            // By the hour that was wished for, and how long the server was down.
            let cases: [(hour: Int, down: Int, isTold: Bool)] = [
                (9, 3 * 3600, true), (9, 4 * 3600, true), (9, 4 * 3600 + 1, false), (9, 6 * 3600, false),
                (19, 3600, true), (19, 2 * 3600 - 1, true), (19, 2 * 3600, false), (19, 6 * 3600, false),
                (20, 12 * 3600, false),
            ]
            var late = 0
            for (number, wanted) in cases.enumerated() {
                // Each in a week of its own.
                let date = day + number * 7
                let course = TestStore.course([(date + 1).description], #", "final": false"#, zone: zone.name)
                let order = try await store.remindedOrder(course: course, hour: wanted.hour)
                let post = Post(store, clock: clock)
                try await post.drain()
                let moment = Moment(zone: zone.name, date: date, hour: wanted.hour)
                let due = try #require(try await Self.instants([moment])[moment])
                clock.set(due + .seconds(Int64(wanted.down)))
                try await post.drain()
                let told = try await store.toldReminders().filter { $0.order == order.number.text }
                #expect(told.map(\.kind) == (wanted.isTold ? ["session"] : []), "\(wanted)")
                #expect(post.reminders.count == told.count)
                late += wanted.isTold ? 0 : 1
                #expect(try await store.store.reminders.lateCount() == late, "\(wanted)")
                // What is left of it is nobody's concern in the week after.
                let ended = try await store.send(.DELETE, "/v1/orders/\(order.token.text)/reminders")
                #expect(ended.status == 200)
                try await post.drain()
            }
        }
    }
}

/// A reminder that was told.
struct Told: Hashable {
    let order: String
    let kind: String
    let date: CalendarDate
    let at: Instant
}

/// A clock that is moved by hand.
final class HandClock: Sendable {
    private let time: Mutex<Instant>
    init(_ start: Instant) { time = Mutex(start) }
    var now: Instant { time.withLock { $0 } }
    func set(_ instant: Instant) { time.withLock { $0 = instant } }
    func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
}

/// The workers of a server whose clock is moved by hand, and the messages that left it.
final class Post: MailCarrier {
    private struct Sent {
        let name: String
        let at: Instant
        let message: [UInt8]
    }

    private let sent = Mutex<[Sent]>([])
    private let answer = Mutex(DeliveryOutcome.delivered())
    private let store: TestStore
    private let clock: HandClock
    private let logger: Logger

    init(_ store: TestStore, clock: HandClock) {
        self.store = store
        self.clock = clock
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        logger = quiet
    }

    /// What comes of every message from now on.
    func answer(_ outcome: DeliveryOutcome) { answer.withLock { $0 = outcome } }

    /// Order and time of each reminder that was sent.
    var reminders: [String] {
        sent.withLock { $0 }.filter { $0.name.hasSuffix("-reminded") }.map { sent in
            "\(sent.name.split(separator: "-").dropLast(2).joined(separator: "-")) \(sent.at)"
        }
    }

    /// The reminders that were sent.
    var messages: [String] {
        sent.withLock { $0 }.filter { $0.name.hasSuffix("-reminded") }.map {
            String(decoding: $0.message, as: UTF8.self)
        }
    }

    func send(
        _ message: [UInt8],
        named name: String,
        from sender: MailAddress,
        to recipient: MailAddress
    ) async -> DeliveryOutcome {
        let outcome = answer.withLock { $0 }
        if case .delivered = outcome { sent.withLock { $0.append(Sent(name: name, at: clock.now, message: message)) } }
        return outcome
    }

    /// Plans, and sends what was told.
    func deliver() async throws {
        let clock = clock
        let mail = MailChannel(
            store.store,
            from: MailMessage.Mailbox(name: "DM Aftercare", address: try MailAddress("shop@example.com")),
            replyTo: nil,
            carrier: self
        )
        let channels: [any DeliveryChannel] = [mail, ReminderChannel(store.store.reminders)]
        let worker = DeliveryWorker(store.store.orders, logger: logger, now: { clock.now }, channels: { channels })
        try await worker.drain()
    }

    /// Tells what is due.
    func tell() async throws {
        let clock = clock
        try await ReminderWorker(store.store.reminders, logger: logger, now: { clock.now }).drain()
    }

    /// Plans, tells and sends all that there is now.
    func drain() async throws {
        try await deliver()
        try await tell()
        try await deliver()
    }
}

extension TestStore {
    /// An order whose customer wants to be reminded.
    func remindedOrder(course: String = Self.exampleCourse, hour: Int = 9, email: String = "ada@example.com")
        async throws -> JSON
    {
        let path = try await cart(Self.choice(#"[{"sku": "DM-KIT", "quantity": 1}]"#, course: course)).path
        let body = Self.checkoutBody(email: email).replacing(
            #""language": "en""#,
            with: #""language": "en", "reminders": {"hour": \#(hour)}"#
        )
        let placed = try await send(.POST, path + "/checkout", body, ["Idempotency-Key": path])
        #expect(placed.status == 201, "\(placed.text)")
        return placed.json
    }

    /// The reminders that were told, as the log has them.
    func toldReminders() async throws -> [Told] {
        try await pool.read(
            Statement(
                """
                SELECT orders.number, reminder.kind, reminder.local_date::text AS local_date,
                    (extract(epoch FROM event.at) * 1000000)::int8 AS at
                FROM reminder_day AS day JOIN reminder ON reminder.order_id = day.order_id AND told_on = day.local_date
                    JOIN order_event AS event ON event.order_id = day.order_id AND event.sequence = day.sequence
                    JOIN orders ON orders.id = day.order_id
                WHERE event.kind = 'reminded' ORDER BY event.at, orders.id
                """
            )
        ).map { row in
            Told(
                order: try row.value("number"),
                kind: try row.value("kind"),
                date: try #require(CalendarDate(try row.value("local_date", as: String.self))),
                at: Instant(microsecondsSince1970: try row.value("at"))
            )
        }
    }
}
