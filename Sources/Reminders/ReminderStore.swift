import Catalog
import CivilTime
package import Commerce
package import Orders
package import Postgres
import Records
import UsageGuide

/// The reminders in the database: planned from the orders, and told through their log.
package struct ReminderStore: Sendable {
    let orders: OrderStore
    private let timeZones: TimeZoneDatabase
    private let makesOffers: Bool

    /// - Parameter makesOffers: whether the shop has somewhere for an offer to lead.
    package init(_ orders: OrderStore, makesOffers: Bool) {
        self.orders = orders
        self.makesOffers = makesOffers
        timeZones = orders.timeZones
    }

    /// So long nobody else looks at what somebody has taken.
    private static let lease = Duration.seconds(60)

    /// What an entry of an order's log reminds of.
    package struct Day: Sendable, Equatable {
        package let date: CalendarDate
        package let kinds: [Reminder.Kind]
        package let timeZone: String
        package let dueAt: Instant
    }

    // MARK: - The wish

    /// Notes when a customer wants to be reminded; nil for no more. Where it is so already, nothing is written.
    /// - Throws: `OrderError`; a cancelled order has no reminders.
    package func wish(
        _ reminders: Order.Reminders?,
        of locator: OrderLocator,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        try await orders.perform(nil, on: locator, now: now) { order in
            if order.details.reminders == reminders { return [] }
            try Self.check(reminders, of: order)
            return OrderFacts.remindersChanged(order, to: reminders, at: now, by: actor)
        }
    }

    /// When a customer would be reminded next; nil for never.
    /// - Throws: `OrderError`, where they can't wish so.
    package func preview(_ reminders: Order.Reminders?, of order: Order, now: Instant) throws -> Instant? {
        try Self.check(reminders, of: order)
        guard let reminders, let rules = try rules(of: order) else { return nil }
        return Reminder.all(of: order.guide.guide.plan).map { rules.instant(on: $0.date, hour: reminders.hour) }
            .filter { $0 > now }.min()
    }

    private static func check(_ reminders: Order.Reminders?, of order: Order) throws {
        if reminders != nil, order.status == .cancelled { throw OrderError.cancelled }
    }

    // MARK: - Planning and telling

    /// Makes the reminders of an order what they should be: plans what is to come, ends what is wanted no more, and tells
    /// what is due, in one transaction.
    /// - Returns: how many were told, and how many were dropped because it was too late.
    @discardableResult
    package func settle(_ id: Int64, now: Instant) async throws -> (told: Int, late: Int) {
        var outcome = (told: 0, late: 0)
        let catalog = try await orders.catalogs.current()
        do {
            _ = try await orders.perform(nil, on: .id(id), now: now, reading: Self.kept(id)) { order, kept in
                let rules = try rules(of: order)
                let offers = offers(for: order, catalog: catalog, rules)
                let decision = ReminderDecision(order, kept: kept, offers: offers, rules: rules, now: now)
                outcome = (decision.told.count, decision.ended.count { $0.end == .late })
                return Self.statements(decision, of: order, now: now)
            }
        } catch OrderError.erased {
            // It was erased since it was looked for: its reminders went with it.
            return (0, 0)
        }
        return outcome
    }

    /// Whether an order's customer wants to be reminded, or takes offers; nobody is waited for.
    func isWanted(_ id: Int64) async throws -> Bool {
        let (wantsReminders, said) = try await orders.pool.read(
            OrderFacts.wantsReminders(id),
            MarketingConsent.latest(of: id)
        )
        return wantsReminders || said?.wording != nil
    }

    /// Takes the orders of which something is to be looked at, for whoever asks alone.
    package func claim(count: Int, now: Instant) async throws -> Set<Int64> {
        let taken = try await orders.pool.write(
            after: [],
            Query(
                each: Statement(
                    """
                    WITH due AS MATERIALIZED (
                        SELECT order_id, kind, local_date FROM reminder WHERE state = 'pending' AND look_at <= $1
                        ORDER BY look_at LIMIT $2 FOR UPDATE SKIP LOCKED
                    )
                    UPDATE reminder SET look_at = $3 FROM due
                    WHERE (reminder.order_id, reminder.kind, reminder.local_date)
                        = (due.order_id, due.kind, due.local_date)
                    RETURNING reminder.order_id
                    """,
                    now,
                    count,
                    now + Self.lease
                )
            ) { try $0.value("order_id", as: Int64.self) }
        )
        return Set(taken)
    }

    /// What an entry of an order's log reminds of; nil for one that is of something else.
    package func day(of id: Int64, _ sequence: Int) async throws -> Day? {
        let rows = try await orders.pool.read(
            Query(
                each: Statement(
                    """
                    SELECT kind, day.local_date, time_zone, due_at FROM reminder_day AS day
                    JOIN reminder ON reminder.order_id = day.order_id AND told_on = day.local_date
                    WHERE day.order_id = $1 AND day.sequence = $2
                    """,
                    id,
                    sequence
                )
            ) { row in
                Day(
                    date: try row.value("local_date"),
                    kinds: [try Self.reminder(row).kind],
                    timeZone: try row.value("time_zone"),
                    dueAt: try row.value("due_at")
                )
            }
        )
        return rows.first.map {
            Day(date: $0.date, kinds: rows.flatMap(\.kinds).sorted(), timeZone: $0.timeZone, dueAt: $0.dueAt)
        }
    }

    /// Of what a day was to remind of or to offer, what is still to be said: nothing where it is too late, where the order was
    /// cancelled, or where its customer wants it no more.
    package func due(_ day: Day, of order: Order, now: Instant) async throws -> [Reminder.Kind] {
        guard order.status != .cancelled, let rules = timeZones.rules(for: day.timeZone),
            ReminderTiming.mayBeTold(day.dueAt, rules, now: now)
        else { return [] }
        var wanted = order.details.reminders.map { _ in Reminder.all(of: order.guide.guide.plan) } ?? []
        if day.kinds.contains(where: \.isOffer), try await offersTaken(of: order.id) != nil {
            wanted += offers(for: order, catalog: try await orders.catalogs.current(), try self.rules(of: order))
        }
        return day.kinds.filter { wanted.contains(Reminder($0, on: day.date)) }
    }

    /// How many reminders were dropped because nobody told them in time.
    package func lateCount() async throws -> Int {
        try await orders.pool.read(
            Query(only: Statement("SELECT count(*) AS n FROM reminder WHERE state = 'late'")) { try $0.value("n") }
        )
    }

    /// Drops what was due before a moment and not told: after a restore nobody knows whether it was told meanwhile.
    package static func dropDue(before moment: Instant) -> Statement {
        Statement("UPDATE reminder SET state = 'late' WHERE state = 'pending' AND due_at <= $1", moment)
    }

    /// What the shop would offer for an order.
    private func offers(for order: Order, catalog: Catalog, _ rules: TimeZoneRules?) -> [Reminder] {
        guard makesOffers, let rules else { return [] }
        return Reminder.offers(for: order, catalog: catalog, from: rules.date(at: order.placedAt))
    }

    // MARK: - Rows

    /// The rules of an order's zone; nil without a course.
    private func rules(of order: Order) throws -> TimeZoneRules? {
        guard let zone = order.guide.guide.plan.course?.timeZone else { return nil }
        guard let rules = timeZones.rules(for: zone) else {
            throw PostgresError.misuse(
                "an order has a time zone that this machine does not know: its tzdata is too old"
            )
        }
        return rules
    }

    private static func reminder(_ row: Row) throws -> Reminder {
        guard let kind = Reminder.Kind(rawValue: try row.value("kind")) else {
            throw PostgresError.misuse("a reminder has a kind that this program does not know: it is too old")
        }
        return Reminder(kind, on: try row.value("local_date"))
    }

    private static func kept(_ id: Int64) -> Query<ReminderDecision.Kept> {
        Query(
            each: Statement(
                """
                SELECT takes_offers, kind, local_date, hour, time_zone, revision, due_at, look_at,
                    state = 'told' AS is_told
                FROM (SELECT coalesce((SELECT is_given FROM marketing_consent WHERE order_id = $1
                    ORDER BY sequence DESC LIMIT 1), false) AS takes_offers) AS consent
                LEFT JOIN reminder ON order_id = $1 AND state IN ('pending', 'told') ORDER BY local_date, kind
                """,
                id
            )
        ) { row in
            let planned: (Bool, ReminderDecision.Planned)? =
                if try row.optional("kind", as: String.self) == nil { nil } else {
                    (
                        try row.value("is_told", as: Bool.self),
                        ReminderDecision.Planned(
                            reminder: try reminder(row),
                            wish: ReminderDecision.Wish(
                                hour: try row.value("hour"),
                                timeZone: try row.value("time_zone")
                            ),
                            revision: try row.value("revision"),
                            dueAt: try row.value("due_at"),
                            lookAt: try row.value("look_at")
                        )
                    )
                }
            return (takesOffers: try row.value("takes_offers", as: Bool.self), planned: planned)
        }.map { rows in
            let reminders = rows.compactMap(\.planned)
            return ReminderDecision.Kept(
                planned: reminders.filter { !$0.0 }.map(\.1),
                told: reminders.filter(\.0).map(\.1.reminder),
                takesOffers: rows.contains(where: \.takesOffers)
            )
        }
    }

    private static func statements(_ decision: ReminderDecision, of order: Order, now: Instant) -> [Statement] {
        var statements: [Statement] = []
        if let first = decision.planned.first {
            statements.append(
                Statement(
                    """
                    INSERT INTO reminder (order_id, kind, local_date, hour, time_zone, revision, due_at, look_at)
                    SELECT $1, kind, local_date, $2, $3, $4, due_at, look_at
                    FROM unnest($5::text[], $6::date[], $7::timestamptz[], $8::timestamptz[])
                        AS planned (kind, local_date, due_at, look_at)
                    ON CONFLICT (order_id, kind, local_date) DO UPDATE SET state = 'pending', hour = excluded.hour,
                        time_zone = excluded.time_zone, revision = excluded.revision, due_at = excluded.due_at,
                        look_at = excluded.look_at
                    """,
                    order.id,
                    first.wish.hour,
                    first.wish.timeZone,
                    first.revision,
                    decision.planned.map(\.reminder.kind.rawValue),
                    decision.planned.map(\.reminder.date),
                    decision.planned.map(\.dueAt),
                    decision.planned.map(\.lookAt)
                )
            )
        }
        if let first = decision.told.first {
            statements += [
                OrderLog.entry(
                    .reminded,
                    of: order.id,
                    at: now,
                    by: .system,
                    reason: decision.told.map(\.kind).sorted().map(\.reason).joined(separator: ", ")
                ),
                Statement(
                    assembled: """
                        INSERT INTO reminder_day (order_id, local_date, sequence)
                        VALUES ($1, $2, \(OrderLog.lastSequence(of: "$1")))
                        """,
                    [order.id, first.date]
                ),
            ]
        }
        if !decision.ended.isEmpty {
            statements.append(
                Statement(
                    """
                    UPDATE reminder SET state = ended.state
                    FROM unnest($2::text[], $3::date[], $4::text[]) AS ended (kind, local_date, state)
                    WHERE order_id = $1 AND (reminder.kind, reminder.local_date) = (ended.kind, ended.local_date)
                    """,
                    order.id,
                    decision.ended.map(\.reminder.kind.rawValue),
                    decision.ended.map(\.reminder.date),
                    decision.ended.map(\.end.rawValue)
                )
            )
        }
        return statements
    }
}
