package import Cart
package import Catalog
package import CivilTime
package import Commerce
import Crypto
package import Links
package import Postgres
package import Records
package import UsageGuide

/// The orders in the database: reading them, and the one shape of whatever is done to one.
///
/// What `Payments` and `Fulfilment` do to an order's rows they do with statements from here (`OrderFacts`,
/// `OrderLog`), in the transaction of `perform`.
package struct OrderStore: Sendable {
    package let pool: Pool
    let keys: LinkKeys
    package let timeZones: TimeZoneDatabase
    package let catalogs: CatalogStore
    let proofs = GuideProofs()
    /// Told after each commit that wrote to an order's log in this process.
    package let changes = ChangeSignal()
    /// The shop's own time zone: its today, and its cut-off hours.
    let shopTimeZone: String
    /// The secret that order numbers are permuted under. It belongs to the database and never changes.
    let numbering: [UInt8]

    /// Reads what never changes.
    package init(
        _ pool: Pool,
        keys: LinkKeys,
        timeZones: TimeZoneDatabase,
        catalogs: CatalogStore,
        shopTimeZone: String
    ) async throws {
        self.pool = pool
        self.shopTimeZone = shopTimeZone
        self.keys = keys
        self.timeZones = timeZones
        self.catalogs = catalogs
        numbering = try await pool.read(
            Query(only: Statement("SELECT secret FROM order_numbering")) { row in
                try row.value("secret", as: Bytea.self).bytes
            }
        )
    }

    /// The moment that a choice is priced for: the client's date and the shop's.
    package func moment(_ course: Course?, now: Instant) -> Quote.Moment {
        Quote.Moment(
            clientToday: course.flatMap { timeZones.today(in: $0.timeZone, at: now) },
            shopToday: shopToday(now),
            shopMinutes: timeZones.rules(for: shopTimeZone)?.minutes(at: now) ?? 0
        )
    }

    /// The moment that something is to be sent again, or otherwise, to whoever placed an order.
    package func moment(of order: Order, now: Instant) -> Quote.Moment { moment(order.course, now: now) }

    /// The shop's date at an instant.
    package func shopToday(_ now: Instant) -> CalendarDate {
        timeZones.rules(for: shopTimeZone)?.date(at: now) ?? now.date
    }

    /// The number of an order's id.
    package func number(of id: Int64) -> OrderNumber { OrderNumber(sequence: UInt64(id.magnitude), secret: numbering) }

    /// A hash of a text that only this database can make.
    package func keyed(_ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: numbering)))
    }

    // MARK: - Acts

    /// Does something to an order: reads it while nobody else can change it, writes what a decision makes of it, and
    /// answers with the order as it stands then. Two round trips; what fails leaves no trace.
    ///
    /// - Parameters:
    ///   - key: the key that it is asked under: the same request again does nothing more.
    ///   - reading: what else the decision needs, read in the same moment.
    ///   - decide: from the order and the answers, the statements to write; a pure function.
    /// - Throws: `OrderError.unknown`, `IdempotencyKey.Reused`, or whatever the decision throws.
    package func perform<Extra: Sendable>(
        _ key: IdempotencyKey?,
        on locator: OrderLocator,
        now: Instant,
        reading query: Query<Extra>,
        decide: (Order, Extra) throws -> [Statement]
    ) async throws -> Order {
        try await pool.transaction { transaction in
            // Locked by a statement of its own: the ones after it see what whoever held the lock has written.
            let (isDone, found, extra) = try await transaction.read(
                after: [lock(locator)],
                key?.isDone ?? Query(nothing: false),
                reading(locator),
                query
            )
            guard let order = found else { throw OrderError.unknown }
            if isDone { return order }
            let statements = try decide(order, extra)
            if statements.isEmpty { return order }
            let written = try await transaction.commit(
                after: (key.map { [$0.kept(now: now)] } ?? []) + statements,
                // By its id: a link that was renewed just now finds it no more.
                reading(.id(order.id))
            )
            guard let written else { throw OrderError.unknown }
            changes.notify()
            return written
        }
    }

    /// The same for a decision that needs nothing but the order.
    package func perform(
        _ key: IdempotencyKey?,
        on locator: OrderLocator,
        now: Instant,
        decide: (Order) throws -> [Statement]
    ) async throws -> Order {
        try await perform(key, on: locator, now: now, reading: Query(nothing: ())) { order, _ in try decide(order) }
    }

    /// Keeps an order as it is until the transaction ends.
    func lock(_ locator: OrderLocator) -> Statement {
        Statement("SELECT 1 FROM orders WHERE id = $1 FOR NO KEY UPDATE", place(locator).id)
    }

    /// The id that a locator leads to; there may be no order of it.
    package func id(_ locator: OrderLocator) -> Int64 { place(locator).id }

    /// What a locator comes to: an id, and for a link the key and the version that it must still have.
    func place(_ locator: OrderLocator) -> (id: Int64, key: Int16?, version: Int16?) {
        switch locator {
        case .id(let id): (id, nil, nil)
        case .number(let number): (Int64(number.sequence(secret: numbering)), nil, nil)
        case .link(let link): (link.target.id, link.target.key, link.target.version)
        }
    }
}
