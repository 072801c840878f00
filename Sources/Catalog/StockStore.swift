package import Commerce
package import Postgres
package import Records

/// Why the stock is not changed.
package enum StockError: Error, Sendable {
    case unknown
    /// There are fewer than would go, or orders hold them.
    case tooFew
    /// It is not what it was when the counting began: it is this now.
    case moved(Int)
    /// No lot of this name has ever come; those that are there have these names.
    case unknownLot([String])
    /// The lot is known to expire on another day.
    case expiryDiffers(CalendarDate)
}

/// The stock as a ledger: counters, lots, and the movements that they are the sum of.
package struct StockStore: Sendable {
    /// Why units move.
    package enum Kind: String, Sendable, PostgresValue {
        case opening
        case receipt
        case shipment
        case `return`
        case adjustment
        case count
    }

    /// Some units of a component, and which way they go.
    package struct Move: Sendable {
        package let sku: SKU
        /// Nil for units without a lot.
        package let lot: String?
        /// Positive for units that come.
        package let change: Int

        package init(sku: SKU, lot: String?, change: Int) {
            self.sku = sku
            self.lot = lot
            self.change = change
        }
    }

    /// A component's counters.
    package struct Level: Sendable {
        package struct Lot: Sendable {
            package let name: String?
            package let expires: CalendarDate?
            package let onHand: Int
        }

        package let sku: SKU
        package let name: String
        package let onHand: Int
        package let reserved: Int
        package let lowStockMark: Int
        package let tracksLots: Bool
        package fileprivate(set) var lots: [Lot]
    }

    /// Who changes the stock, why, and under which key.
    package struct Act: Sendable {
        package let reason: String?
        package let actor: Actor
        package let key: IdempotencyKey
        package let now: Instant

        package init(reason: String?, actor: Actor, key: IdempotencyKey, now: Instant) {
            self.reason = reason
            self.actor = actor
            self.key = key
            self.now = now
        }
    }

    private let pool: Pool

    package init(_ pool: Pool) { self.pool = pool }

    // MARK: - Reading

    /// Every component's counters, by code; or one component's.
    package func levels(_ sku: SKU? = nil) async throws -> [Level] {
        let (levels, lots) = try await pool.read(Self.counters(sku), Self.lots(of: sku))
        return levels.map { level in
            var level = level
            level.lots = lots.filter { $0.sku == level.sku }.map(\.lot)
            return level
        }
    }

    /// Of how many components more is promised than there is.
    package static let oversold = Query(
        only: Statement("SELECT count(*) AS n FROM stock WHERE reserved > on_hand OR on_hand < 0 OR reserved < 0")
    ) { (row: Row) -> Int in try row.value("n") }

    private static func counters(_ sku: SKU?) -> Query<[Level]> {
        Query(
            each: Statement(
                """
                SELECT stock.sku, name, on_hand, reserved, low_stock_mark, lots_tracked
                FROM stock JOIN product USING (sku) WHERE $1::text IS NULL OR stock.sku = $1 ORDER BY stock.sku
                """,
                sku
            )
        ) { row in
            Level(
                sku: try row.value("sku"),
                name: try row.value("name"),
                onHand: try row.value("on_hand"),
                reserved: try row.value("reserved"),
                lowStockMark: try row.value("low_stock_mark"),
                tracksLots: try row.value("lots_tracked"),
                lots: []
            )
        }
    }

    private static func lots(of sku: SKU?) -> Query<[(sku: SKU, lot: Level.Lot)]> {
        Query(
            each: Statement(
                """
                SELECT sku, nullif(lot, '') AS lot, expires_on, on_hand FROM stock_lot
                WHERE ($1::text IS NULL OR sku = $1) AND (on_hand > 0 OR lot = '')
                ORDER BY sku, expires_on, stock_lot.lot
                """,
                sku
            )
        ) { row in
            let sku: SKU = try row.value("sku")
            let lot = Level.Lot(
                name: try row.optional("lot"),
                expires: try row.optional("expires_on"),
                onHand: try row.value("on_hand")
            )
            return (sku, lot)
        }
    }

    /// What nobody has reserved, of every component.
    /// - Parameter locking: whether the rows are locked, in the order of their codes, until the transaction ends: what is
    ///   read then, holds.
    package static func available(locking: Bool = false) -> Query<StockLevels> {
        let statement =
            locking
            ? Statement("SELECT sku, on_hand - reserved AS available FROM stock ORDER BY sku FOR UPDATE")
            : Statement("SELECT sku, on_hand - reserved AS available FROM stock")
        return Query(statement) { rows in
            var levels: [SKU: Int64] = [:]
            for row in rows { levels[try row.value("sku")] = try row.value("available") }
            return StockLevels(levels)
        }
    }

    /// The lots of a component, for a decision that packs by lot.
    package struct Lots: Sendable {
        /// When each named lot expires; nil for never.
        package private(set) var expiries: [String: CalendarDate?] = [:]
        /// Whether units without a lot are there too: then a lot need not be named.
        package private(set) var hasOthers = false
        /// How many units there are of each lot; those without one have the empty name.
        package private(set) var counts: [String: Int] = [:]

        package init(expiries: [String: CalendarDate?] = [:], hasOthers: Bool = false, counts: [String: Int] = [:]) {
            self.expiries = expiries
            self.hasOthers = hasOthers
            self.counts = counts
        }

        /// Whether the lot of what is packed has to be named.
        package var mustBeNamed: Bool { !expiries.isEmpty && !hasOthers }

        fileprivate mutating func add(_ lot: String, _ expires: CalendarDate?, _ count: Int) {
            counts[lot] = count
            if lot.isEmpty { hasOthers = true } else { expiries.updateValue(expires, forKey: lot) }
        }
    }

    /// The lots of which there is something, by component.
    package static let lots = Query(
        Statement("SELECT sku, lot, expires_on, on_hand FROM stock_lot WHERE on_hand > 0")
    ) { rows in
        var lots: [SKU: Lots] = [:]
        for row in rows {
            lots[try row.value("sku"), default: Lots()].add(
                try row.value("lot"),
                try row.optional("expires_on"),
                try row.value("on_hand")
            )
        }
        return lots
    }

    /// Every lot that ever came, by component, in the order of their names.
    package static let lotNames = Query(
        Statement("SELECT sku, lot FROM stock_lot WHERE lot <> '' ORDER BY sku, lot")
    ) { rows in
        var names: [SKU: [String]] = [:]
        for row in rows { names[try row.value("sku"), default: []].append(try row.value("lot")) }
        return names
    }

    /// The lots of which there is something, by component.
    package func lots() async throws -> [SKU: Lots] { try await pool.read(Self.lots) }

    /// A counter that is not the sum of its movements.
    package struct Difference: Sendable {
        package let sku: SKU
        /// Nil for the whole component.
        package let lot: String?
        package let counted: Int
        package let moved: Int
    }

    /// Compares every counter with its movements, at one moment; how many there are, and those that differ.
    package func audit() async throws -> (checked: Int, differences: [Difference]) {
        let counters = try await pool.read(
            Query(
                each: Statement(
                    """
                    WITH moved AS (SELECT sku, lot, sum(change)::bigint AS total FROM stock_movement GROUP BY sku, lot)
                    SELECT sku, NULL AS lot, on_hand AS counted,
                        coalesce((SELECT sum(total) FROM moved WHERE moved.sku = stock.sku), 0)::bigint AS moved FROM stock
                    UNION ALL
                    SELECT sku, lot, on_hand, coalesce(total, 0)::bigint FROM stock_lot LEFT JOIN moved USING (sku, lot)
                    ORDER BY sku, lot NULLS FIRST
                    """
                )
            ) { row in
                Difference(
                    sku: try row.value("sku"),
                    lot: try row.optional("lot"),
                    counted: try row.value("counted"),
                    moved: try row.value("moved")
                )
            }
        )
        return (counters.count, counters.filter { $0.counted != $0.moved })
    }

    // MARK: - Reserving

    /// The constraint that a reservation beyond the stock violates.
    package static let reservationConstraint = "stock_reserved_within_on_hand"

    /// Whether the database refused to let stock, or a lot of it, fall below nothing, or below what orders hold.
    package static func isShortage(_ error: PostgresError) -> Bool {
        ["stock_on_hand_not_negative", "stock_lot_on_hand_not_negative", reservationConstraint]
            .contains(error.serverError?.constraint)
    }

    /// Reserves units. The rows are locked in the order of their codes, so that no two orders wait for each other; a
    /// demand beyond the stock violates `reservationConstraint`.
    package static func reserve(_ demand: [(sku: SKU, quantity: Int)]) -> Statement {
        // Each once: an update sees one of several rows that it is joined with.
        let demand = Dictionary(demand.map { ($0.sku, $0.quantity) }, uniquingKeysWith: +)
        return Statement(
            """
            WITH locked AS MATERIALIZED (
                SELECT stock.sku, demand.quantity
                FROM unnest($1::text[], $2::bigint[]) AS demand (sku, quantity) JOIN stock USING (sku)
                ORDER BY stock.sku FOR UPDATE OF stock)
            UPDATE stock SET reserved = reserved + locked.quantity FROM locked WHERE stock.sku = locked.sku
            """,
            Array(demand.keys),
            Array(demand.values)
        )
    }

    /// Lets go of what was reserved, with the same locks in the same order.
    package static func release(_ reserved: [(sku: SKU, quantity: Int)]) -> Statement {
        reserve(reserved.map { ($0.sku, -$0.quantity) })
    }

    // MARK: - Moving

    private struct Movement: Sendable {
        let move: Move
        let kind: Kind
        let expires: CalendarDate?
        let reason: String?
        let order: Int64?
        let now: Instant
        let actor: Actor
    }

    private static let movements = Insertion<Movement>(
        into: "stock_movement",
        [
            .column("sku") { $0.move.sku },
            .column("lot") { $0.move.lot ?? "" },
            .column("change") { $0.move.change },
            .column("kind") { $0.kind },
            .optional("expires_on") { $0.expires },
            .optional("reason") { $0.reason },
            .optional("order_id") { $0.order },
            .column("at") { $0.now },
            .column("actor") { $0.actor.name },
            .column("request_id") { $0.actor.requestID },
        ]
    )

    /// Moves units: the counters follow by themselves. For the batch of whoever decides it; sorted by code, so that no two
    /// wait for each other.
    package static func moved(
        _ moves: [Move],
        kind: Kind,
        expires: CalendarDate? = nil,
        reason: String? = nil,
        order: Int64? = nil,
        at now: Instant,
        by actor: Actor
    ) throws -> Statement {
        try movements.statement(
            moves.map {
                Movement(
                    move: $0,
                    kind: kind,
                    expires: expires,
                    reason: reason,
                    order: order,
                    now: now,
                    actor: actor
                )
            }
        )
    }

    /// Notes units that came in.
    /// - Throws: `StockError`.
    package func receive(_ quantity: Int, _ sku: SKU, lot: String?, expires: CalendarDate?, _ act: Act) async throws {
        if let lot, let expires,
            let known = try await levels(sku).first?.lots.first(where: { $0.name == lot })?.expires, known != expires
        {
            throw StockError.expiryDiffers(known)
        }
        try await change(sku, act) { _, _ in (quantity, lot, .receipt, expires) }
    }

    /// Notes units that were found, lost or spoilt.
    /// - Throws: `StockError`.
    package func adjust(by change: Int, _ sku: SKU, lot: String?, _ act: Act) async throws {
        try await self.change(sku, act) { _, lots in
            try Self.check(lot, isKnownIn: lots)
            return (change, lot, .adjustment, nil)
        }
    }

    /// A lot that never came is a slip of the finger, unless somebody says that it is a new one.
    private static func check(_ lot: String?, isKnownIn lots: [String: Int]) throws {
        guard let lot, !lot.isEmpty, lots[lot] == nil else { return }
        throw StockError.unknownLot(lots.keys.filter { !$0.isEmpty }.sorted())
    }

    /// Sets a counter to what was counted, where it has not moved since the counting began.
    /// - Parameter isNew: whether the lot may be one that never came.
    /// - Throws: `StockError`.
    package func count(_ sku: SKU, lot: String?, isNew: Bool, expected: Int, actual: Int, _ act: Act) async throws {
        try await change(sku, act) { whole, lots in
            if !isNew { try Self.check(lot, isKnownIn: lots) }
            let now = lot.map { lots[$0] ?? 0 } ?? (lots.keys.allSatisfy(\.isEmpty) ? whole : lots[""] ?? 0)
            guard now == expected else { throw StockError.moved(now) }
            return (actual - expected, lot, .count, nil)
        }
    }

    /// Changes one component's stock, once for a key.
    /// - Parameter decide: from the component's count and its lots' counts.
    private func change(
        _ sku: SKU,
        _ act: Act,
        _ decide: @Sendable (Int, [String: Int]) throws -> (Int, String?, Kind, CalendarDate?)
    ) async throws {
        let whole = Query(first: Statement("SELECT on_hand FROM stock WHERE sku = $1 FOR NO KEY UPDATE", sku)) {
            try $0.value("on_hand", as: Int.self)
        }
        let byLot = Query(each: Statement("SELECT lot, on_hand FROM stock_lot WHERE sku = $1", sku)) {
            (try $0.value("lot", as: String.self), try $0.value("on_hand", as: Int.self))
        }
        do {
            try await pool.transaction { transaction in
                let (onHand, isDone, lots) = try await transaction.read(whole, act.key.isDone, byLot)
                if isDone { return }
                guard let onHand else { throw StockError.unknown }
                let (change, lot, kind, expires) = try decide(onHand, Dictionary(uniqueKeysWithValues: lots))
                // A count that found what was expected moves nothing.
                let moves = change == 0 ? [] : [Move(sku: sku, lot: lot, change: change)]
                let moved = try Self.moved(
                    moves,
                    kind: kind,
                    expires: expires,
                    reason: act.reason,
                    at: act.now,
                    by: act.actor
                )
                _ = try await transaction.commit([act.key.kept(now: act.now), moved])
            }
        } catch let error as PostgresError {
            throw Self.isShortage(error) ? StockError.tooFew : error
        }
    }
}
