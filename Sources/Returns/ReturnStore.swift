import Catalog
package import Commerce
package import Orders
package import Postgres
package import Records

/// Units that come back: announced by whoever has them, received at the bench. What is given back for them is the payments'.
package struct ReturnStore: Sendable {
    let orders: OrderStore

    package init(_ orders: OrderStore) { self.orders = orders }

    // MARK: - Reading

    /// The returns of an order, oldest first.
    package static func returns(of order: Int64) -> Query<[Return]> {
        Query(each: Statement(assembled: "\(selection) WHERE whole.order_id = $1 ORDER BY ordinal", [order]), read)
    }

    /// The returns of an order, oldest first.
    package func returns(of order: Order) async throws -> [Return] {
        try await orders.pool.read(Self.returns(of: order.id))
    }

    /// A return in a list: nothing that says whose it is.
    package struct Summary: Sendable {
        package let order: OrderNumber
        package let value: Return
    }

    /// What is awaited, or has come and is to be given back, the first first; a hundred at most.
    package func open() async throws -> [Summary] {
        let orders = orders
        return try await orders.pool.read(
            Query(
                each: Statement(
                    assembled: """
                        \(Self.selection) WHERE adjustment IS NULL AND closed_at IS NULL ORDER BY announced_at LIMIT 100
                        """,
                    []
                )
            ) { row in Summary(order: orders.number(of: try row.value("order_id")), value: try Self.read(row)) }
        )
    }

    /// Whether a return of an order is awaited, or is to be given back.
    package static func isOpen(_ order: Int64) -> Query<Bool> {
        Query(
            only: Statement(
                """
                SELECT EXISTS (SELECT 1 FROM order_return
                    WHERE order_id = $1 AND adjustment IS NULL AND closed_at IS NULL) AS is_open
                """,
                order
            )
        ) { try $0.value("is_open") }
    }

    private static let selection = """
        SELECT whole.order_id, ordinal, whole.kind, announced_at, received_at, closed_at,
            \(OrderLog.reason(of: "whole.order_id", "whole.sequence")) AS reason, adjustment IS NOT NULL AS is_credited,
            ARRAY(SELECT ROW(line, quantity, received) FROM order_return_line AS part
                WHERE (part.order_id, part.ordinal) = (whole.order_id, whole.ordinal) ORDER BY line) AS lines,
            ARRAY(SELECT ROW(line, position, NULLIF(lot, ''), restocked + wasted) FROM order_return_unit AS unit
                WHERE (unit.order_id, unit.ordinal) = (whole.order_id, whole.ordinal)
                ORDER BY line, position, lot) AS units
        FROM order_return AS whole
        """

    @Sendable private static func read(_ row: Row) throws -> Return {
        Return(
            ordinal: try row.value("ordinal"),
            kind: try row.value("kind"),
            announcedAt: try row.value("announced_at"),
            reason: try row.optional("reason"),
            receivedAt: try row.optional("received_at"),
            isCredited: try row.value("is_credited"),
            closedAt: try row.optional("closed_at"),
            lines: try row.records("lines").map { record in
                var fields = record
                return Return.Line(
                    line: try fields.value(),
                    quantity: try fields.value(),
                    received: try fields.value()
                )
            },
            units: try row.records("units").map { record in
                var fields = record
                return Return.Unit(
                    place: Order.OpenComponent.Place(line: try fields.value(), position: try fields.value()),
                    lot: try fields.optional(),
                    quantity: try fields.value()
                )
            }
        )
    }

    // MARK: - Announcing

    /// So many returns an order may have: whoever announces and takes back without end mails its customer each time.
    private static let returnsMax = 20

    /// Announces units to come back.
    /// - Parameter reason: why, in the customer's words; nil where they don't say.
    /// - Throws: `OrderError`, `ReturnError`.
    package func announce(
        _ locator: OrderLocator,
        _ quantities: [SKU: Int],
        reason: String?,
        key: IdempotencyKey?,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        try await orders.perform(
            key,
            on: locator,
            now: now,
            reading: Self.returns(of: orders.id(locator))
        ) { order, returns in
            guard returns.count < Self.returnsMax else { throw ReturnError.tooOften }
            let lines = try order.returnedLines(quantities, besides: returns)
            for (line, quantity) in lines where quantity > order.announceable(line, besides: returns) {
                throw OrderError.notKept(order.lines[line - 1].sku, order.announceable(line, besides: returns))
            }
            return [OrderLog.entry(.returnAnnounced, of: order.id, at: now, by: actor, reason: reason)]
                + Self.announced(.allowed, lines, of: order, ordinal: returns.count + 1, at: now)
        }
    }

    /// Writes down units that are to come back, of the entry of the log that has just been written.
    package static func announced(
        _ kind: Return.Kind,
        _ lines: [Int: Int],
        of order: Order,
        ordinal: Int,
        at now: Instant
    ) -> [Statement] {
        [
            Statement(
                assembled: """
                    INSERT INTO order_return (order_id, ordinal, kind, announced_at, sequence)
                    VALUES ($1, $2, $3, $4, \(OrderLog.lastSequence(of: "$1")))
                    """,
                [order.id, ordinal, kind, now]
            ),
            Statement(
                """
                INSERT INTO order_return_line (order_id, ordinal, line, quantity)
                SELECT $1, $2, part.line, part.quantity FROM unnest($3::bigint[], $4::bigint[]) AS part (line, quantity)
                """,
                order.id,
                ordinal,
                lines.map(\.key),
                lines.map(\.value)
            ),
        ]
    }

    // MARK: - Closing

    /// Waits for a return no longer: its units stay with the customer, who may announce them again.
    /// - Parameters:
    ///   - ordinal: which return; nil for the one that is awaited, where it is no withdrawal.
    ///   - isByCustomer: a customer can't take back a withdrawal.
    /// - Throws: `OrderError`, `ReturnError`.
    package func close(
        _ locator: OrderLocator,
        _ ordinal: Int?,
        isByCustomer: Bool,
        reason: String?,
        key: IdempotencyKey?,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        try await orders.perform(
            key,
            on: locator,
            now: now,
            reading: Self.returns(of: orders.id(locator))
        ) { order, returns in
            guard let back = try Self.awaited(ordinal, returns) else { throw ReturnError.unknown }
            if back.kind == .withdrawal, isByCustomer || ordinal == nil { throw ReturnError.isWithdrawal }
            return [
                OrderLog.entry(.returnClosed, of: order.id, at: now, by: actor, reason: reason),
                Self.closed(back.ordinal, of: order, at: now),
            ]
        }
    }

    /// Writes down that nobody waits for a return any more.
    package static func closed(_ ordinal: Int, of order: Order, at now: Instant) -> Statement {
        Statement(
            "UPDATE order_return SET closed_at = $3 WHERE (order_id, ordinal) = ($1, $2)",
            order.id,
            ordinal,
            now
        )
    }

    // MARK: - Receiving

    /// Takes units back: what was announced, or what nobody announced.
    /// - Throws: `OrderError`, `ReturnError`.
    package func receive(
        _ locator: OrderLocator,
        _ receipt: ReturnReceipt,
        key: IdempotencyKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        try await orders.perform(
            key,
            on: locator,
            now: now,
            reading: Self.returns(of: orders.id(locator)).and(StockStore.lotNames)
        ) { order, read in
            let (returns, lots) = read
            let awaited = try Self.awaited(receipt, of: order, returns)
            let announced = awaited.map { Dictionary(uniqueKeysWithValues: $0.lines.map { ($0.line, $0.quantity) }) }
            var lines: [Int: Int] = [:]
            if let announced {
                lines = announced
                if !receipt.quantities.isEmpty {
                    lines = try order.returnedLines(receipt.quantities, besides: [])
                    for (line, quantity) in lines where quantity > announced[line, default: 0] {
                        throw ReturnError.tooMany(order.lines[line - 1].sku, announced[line, default: 0])
                    }
                }
            } else {
                // What was lost on its way, and is sent once more, has not been with the customer.
                let all = order.lines.enumerated().map { index, line in
                    let count = max(0, order.returnable(index + 1, besides: returns))
                    return (line.sku, min(count, order.unitsKept(ofLine: index + 1)))
                }
                let quantities =
                    receipt.quantities.isEmpty
                    ? Dictionary(uniqueKeysWithValues: all.filter { $0.1 > 0 }) : receipt.quantities
                lines = try order.returnedLines(quantities, besides: returns)
                for (line, quantity) in lines where quantity > order.unitsKept(ofLine: line) {
                    throw OrderError.notKept(order.lines[line - 1].sku, order.unitsKept(ofLine: line))
                }
            }
            guard !lines.isEmpty else { throw ReturnError.unknown }
            let received = try ReceivedUnits(receipt, of: order, lines: lines, after: returns)
            if received.units.isEmpty { throw ReturnError.lost }
            for unit in received.units where unit.restocked > 0 {
                let known = lots[unit.sku, default: []]
                if let lot = unit.lot, !known.contains(lot) { throw ReturnError.unknownLot(unit.sku, lot, known) }
            }
            let others = order.withdrawn(returns.filter { $0.ordinal != awaited?.ordinal })
            let ordinal = awaited?.ordinal ?? returns.count + 1
            let moves = received.units.filter { $0.restocked > 0 }.map {
                StockStore.Move(sku: $0.sku, lot: $0.lot, change: $0.restocked)
            }.sorted { ($0.sku.rawValue, $0.lot ?? "") < ($1.sku.rawValue, $1.lot ?? "") }
            return
                (moves.isEmpty
                ? [] : [try StockStore.moved(moves, kind: .return, order: order.id, at: now, by: actor)])
                + [OrderLog.entry(.returned, of: order.id, at: now, by: actor, reason: receipt.reason)]
                + (awaited == nil ? Self.announced(.allowed, lines, of: order, ordinal: ordinal, at: now) : [])
                + Self.received(received, lines, of: order, ordinal: ordinal, at: now)
                + (try orders.returnUnits(
                    order,
                    lines: lines,
                    components: received.components,
                    besides: others,
                    at: now,
                    by: actor
                ))
        }
    }

    /// The return that a box belongs to; nil where none is awaited. A box that does not say which return it is, and of which
    /// products are named that the awaited one is not of, was announced by nobody.
    private static func awaited(_ receipt: ReturnReceipt, of order: Order, _ returns: [Return]) throws(ReturnError)
        -> Return?
    {
        let named = try awaited(receipt.ordinal, returns)
        guard receipt.ordinal == nil, let found = named else { return named }
        let places = Set(found.lines.map(\.line))
        if receipt.quantities.isEmpty, receipt.units == nil {
            let others = returns.filter { back in
                back.closedAt != nil && back.lines.contains { !places.contains($0.line) }
            }
            if !others.isEmpty { throw .several((others + [found]).map(\.ordinal).sorted()) }
        }
        let isOfIt = receipt.quantities.keys.allSatisfy { sku in places.contains { order.lines[$0 - 1].sku == sku } }
        return isOfIt ? found : nil
    }

    /// The return that is meant; nil where none is awaited.
    private static func awaited(_ ordinal: Int?, _ returns: [Return]) throws(ReturnError) -> Return? {
        if let ordinal {
            guard let named = returns.first(where: { $0.ordinal == ordinal }) else { throw .unknown }
            guard named.receivedAt == nil else { throw .received }
            guard named.closedAt == nil else { throw .closed }
            return named
        }
        let open = returns.filter(\.isAwaited)
        guard open.count <= 1 else { throw .several(open.map(\.ordinal)) }
        return open.first
    }

    private static func received(
        _ received: ReceivedUnits,
        _ lines: [Int: Int],
        of order: Order,
        ordinal: Int,
        at now: Instant
    ) -> [Statement] {
        [
            Statement(
                """
                UPDATE order_return_line SET received = part.quantity
                FROM unnest($3::bigint[], $4::bigint[]) AS part (line, quantity)
                WHERE (order_id, ordinal) = ($1, $2) AND order_return_line.line = part.line
                """,
                order.id,
                ordinal,
                lines.map(\.key),
                lines.map(\.value)
            ),
            Statement(
                """
                INSERT INTO order_return_unit (order_id, ordinal, line, position, lot, restocked, wasted)
                SELECT $1, $2, part.* FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[]) AS part
                """,
                order.id,
                ordinal,
                received.units.map(\.place.line),
                received.units.map(\.place.position),
                received.units.map { $0.lot ?? "" },
                received.units.map(\.restocked),
                received.units.map(\.wasted)
            ),
            Statement(
                "UPDATE order_return SET received_at = $3 WHERE (order_id, ordinal) = ($1, $2)",
                order.id,
                ordinal,
                now
            ),
        ]
    }

    /// Writes down which adjustment takes what was taken back off the order's price.
    package static func credited(_ ordinal: Int, by adjustment: Int, of order: Order) -> Statement {
        Statement(
            "UPDATE order_return SET adjustment = $3 WHERE (order_id, ordinal) = ($1, $2)",
            order.id,
            ordinal,
            adjustment
        )
    }
}

extension Return.Kind: PostgresValue {}
