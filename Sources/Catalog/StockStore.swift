package import Commerce
package import Postgres

/// The stock as a ledger: counters, lots, and the movements that they are the sum of.
package struct StockStore: Sendable {
    /// Why units move.
    package enum Kind: String, Sendable {
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

    /// Why the stock is not changed.
    package enum Refusal: Error, Sendable {
        case unknown
        /// There are fewer than would go, or orders hold them.
        case tooFew
        /// It is not what it was when the counting began: it is this now.
        case moved(Int)
        /// The lot is known to expire on another day.
        case expiryDiffers(CalendarDate)
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
        package let lots: [Lot]
    }

    /// Who changes the stock, why, and in which request.
    package struct Act: Sendable {
        package let reason: String?
        package let actor: String
        package let requestID: String
        package let key: ActKey
        package let now: Instant

        package init(reason: String?, actor: String, requestID: String, key: ActKey, now: Instant) {
            self.reason = reason
            self.actor = actor
            self.requestID = requestID
            self.key = key
            self.now = now
        }
    }

    private let pool: Pool

    package init(_ pool: Pool) { self.pool = pool }

    // MARK: - Reading

    /// Every component's counters, by code; or one component's.
    package func levels(_ sku: SKU? = nil) async throws -> [Level] {
        let rows = try await pool.read([
            Statement(
                """
                SELECT stock.sku, name, on_hand, reserved, low_stock_mark, lots_tracked
                FROM stock JOIN product USING (sku) WHERE $1::text IS NULL OR stock.sku = $1 ORDER BY stock.sku
                """,
                sku
            ),
            Statement(
                """
                SELECT sku, lot, expires_on, on_hand FROM stock_lot
                WHERE ($1::text IS NULL OR sku = $1) AND (on_hand > 0 OR lot = '')
                ORDER BY sku, expires_on, lot
                """,
                sku
            ),
        ])
        var lots: [SKU: [Level.Lot]] = [:]
        for row in rows[1] {
            let name: String = try row.value("lot")
            lots[try row.value("sku"), default: []].append(
                Level.Lot(
                    name: name.isEmpty ? nil : name,
                    expires: try row.optional("expires_on"),
                    onHand: try row.value("on_hand")
                )
            )
        }
        return try rows[0].map { row in
            let sku: SKU = try row.value("sku")
            return Level(
                sku: sku,
                name: try row.value("name"),
                onHand: try row.value("on_hand"),
                reserved: try row.value("reserved"),
                lowStockMark: try row.value("low_stock_mark"),
                tracksLots: try row.value("lots_tracked"),
                lots: lots[sku] ?? []
            )
        }
    }

    /// The lots of a component, for a decision that packs by lot.
    package struct Lots: Sendable {
        /// When each named lot expires; nil for never.
        package private(set) var expiries: [String: CalendarDate?] = [:]
        /// Whether units without a lot are there too: then a lot need not be named.
        package private(set) var hasOthers = false

        package init() {}

        /// Whether the lot of what is packed has to be named.
        package var mustBeNamed: Bool { !expiries.isEmpty && !hasOthers }

        fileprivate mutating func add(_ lot: String, _ expires: CalendarDate?) {
            if lot.isEmpty { hasOthers = true } else { expiries.updateValue(expires, forKey: lot) }
        }
    }

    /// Asks for the lots of which there is something.
    package static let lotsStatement = Statement("SELECT sku, lot, expires_on FROM stock_lot WHERE on_hand > 0")

    /// Reads the answer to `lotsStatement`.
    package static func lots(_ rows: Rows) throws(PostgresError) -> [SKU: Lots] {
        var lots: [SKU: Lots] = [:]
        for row in rows {
            lots[try row.value("sku"), default: Lots()].add(try row.value("lot"), try row.optional("expires_on"))
        }
        return lots
    }

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
        let rows = try await pool.read(
            Statement(
                """
                WITH moved AS (SELECT sku, lot, sum(change)::bigint AS total FROM stock_movement GROUP BY sku, lot)
                SELECT sku, NULL AS lot, on_hand AS counted,
                    coalesce((SELECT sum(total) FROM moved WHERE moved.sku = stock.sku), 0)::bigint AS moved FROM stock
                UNION ALL
                SELECT sku, lot, on_hand, coalesce(total, 0)::bigint FROM stock_lot LEFT JOIN moved USING (sku, lot)
                ORDER BY sku, lot NULLS FIRST
                """
            )
        )
        let differences = try rows.compactMap { row -> Difference? in
            let (counted, moved): (Int, Int) = (try row.value("counted"), try row.value("moved"))
            guard counted != moved else { return nil }
            let lot: String? = try row.optional("lot")
            return Difference(sku: try row.value("sku"), lot: lot, counted: counted, moved: moved)
        }
        return (rows.count, differences)
    }

    // MARK: - Changing

    /// Moves units: the counters follow by themselves. For the batch of whoever decides it; sorted by code, so that no two
    /// wait for each other.
    package static func moving(
        _ moves: [Move],
        kind: Kind,
        expires: CalendarDate? = nil,
        reason: String? = nil,
        order: Int64? = nil,
        at now: Instant,
        actor: String,
        requestID: String
    ) -> Statement {
        Statement(
            """
            INSERT INTO stock_movement (sku, lot, change, kind, expires_on, reason, order_id, at, actor, request_id)
            SELECT sku, lot, change, $4, $5, $6, $7, $8, $9, $10
            FROM unnest($1::text[], $2::text[], $3::bigint[]) AS move (sku, lot, change)
            """,
            moves.map(\.sku),
            moves.map { $0.lot ?? "" },
            moves.map { Int64($0.change) },
            kind.rawValue,
            expires,
            reason,
            order,
            now,
            actor,
            requestID
        )
    }

    /// Notes units that came in.
    /// - Throws: `Refusal`.
    package func receive(_ quantity: Int, _ sku: SKU, lot: String?, expires: CalendarDate?, _ act: Act) async throws {
        if let lot, let expires,
            let known = try await levels(sku).first?.lots.first(where: { $0.name == lot })?.expires, known != expires
        {
            throw Refusal.expiryDiffers(known)
        }
        try await change(sku, act) { _, _ in (quantity, lot, .receipt, expires) }
    }

    /// Notes units that were found, lost or spoilt.
    /// - Throws: `Refusal`.
    package func adjust(by change: Int, _ sku: SKU, lot: String?, _ act: Act) async throws {
        try await self.change(sku, act) { _, _ in (change, lot, .adjustment, nil) }
    }

    /// Sets a counter to what was counted, where it has not moved since the counting began.
    /// - Throws: `Refusal`.
    package func count(_ sku: SKU, lot: String?, expected: Int, actual: Int, _ act: Act) async throws {
        try await change(sku, act) { whole, lots in
            let now = lot.map { lots[$0] ?? 0 } ?? (lots.keys.allSatisfy(\.isEmpty) ? whole : lots[""] ?? 0)
            guard now == expected else { throw Refusal.moved(now) }
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
        do {
            try await pool.transaction { transaction in
                let rows = try await transaction.execute([
                    Statement("SELECT on_hand FROM stock WHERE sku = $1 FOR NO KEY UPDATE", sku),
                    act.key.earlier,
                    Statement("SELECT lot, on_hand FROM stock_lot WHERE sku = $1", sku),
                ])
                if try act.key.isDone(rows[1]) { return }
                guard let row = rows[0].first else { throw Refusal.unknown }
                var lots: [String: Int] = [:]
                for row in rows[2] { lots[try row.value("lot")] = try row.value("on_hand") }
                let (change, lot, kind, expires) = try decide(try row.value("on_hand"), lots)
                let move = Self.moving(
                    [Move(sku: sku, lot: lot, change: change)],
                    kind: kind,
                    expires: expires,
                    reason: act.reason,
                    at: act.now,
                    actor: act.actor,
                    requestID: act.requestID
                )
                // A count that found what was expected moves nothing.
                _ = try await transaction.commit([act.key.kept(now: act.now)] + (change == 0 ? [] : [move]))
            }
        } catch let error as PostgresError {
            let limits = ["stock_on_hand_not_negative", "stock_lot_on_hand_not_negative", CatalogStore.stockConstraint]
            if let constraint = error.serverError?.constraint, limits.contains(constraint) { throw Refusal.tooFew }
            throw error
        }
    }
}
