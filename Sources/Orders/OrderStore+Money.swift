import Cart
package import Catalog
package import Commerce
package import Links
import Postgres

extension OrderStore {
    /// Who does something to an order, in which request.
    package struct Actor: Sendable {
        /// `customer`, `staff NAME` or `system`.
        package let name: String
        package let requestID: String

        package static func customer(_ requestID: String) -> Actor { Actor(name: "customer", requestID: requestID) }
        package static func staff(_ name: String, _ requestID: String) -> Actor {
            Actor(name: "staff \(name)", requestID: requestID)
        }
        package static let system = Actor(name: "system", requestID: "maintenance")
        /// A payment provider, in the request that it made or that asked it.
        package static func provider(_ method: Order.PaymentMethod, _ requestID: String) -> Actor {
            Actor(name: method.rawValue, requestID: requestID)
        }
    }

    /// How an order is found: by its owner's link, its number, or its place in the database.
    package enum Name: Sendable {
        case link(Token)
        case number(OrderNumber)
        case id(Int64)

        var column: String {
            switch self {
            case .link: OrderStore.column(.order)
            case .number: "number"
            case .id: "id"
            }
        }

        var value: any PostgresParameter {
            switch self {
            case .link(let token): Bytea(token.hash)
            case .number(let number): number.description
            case .id(let id): id
            }
        }
    }

    /// The order of a number; nil for an unknown one.
    package func order(_ number: OrderNumber) async throws -> Order? { try await order(.number(number)) }

    /// The order of a name; nil for an unknown one.
    package func order(_ name: Name) async throws -> Order? { try order(try await pool.read(Self.statements(name))) }

    /// Notes that somebody of the staff looked at orders' personal data.
    package func noteViews(of orders: [Int64], reason: String?, by actor: Actor, now: Instant) async throws {
        guard !orders.isEmpty else { return }
        _ = try await pool.write(
            orders.flatMap { Self.telling(.viewed, $0, at: now, actor, reason: reason) }
        )
    }

    /// Everything that happened to an order, oldest first.
    package func timeline(of order: Order) async throws -> [TimelineEntry] {
        try await pool.read(
            Statement(
                "SELECT kind, at, actor, request_id, reason, amount FROM order_event WHERE order_id = $1 ORDER BY id",
                order.id
            )
        ).map { row in
            TimelineEntry(
                kind: try row.value("kind"),
                at: try row.value("at"),
                actor: try row.value("actor"),
                requestID: try row.value("request_id"),
                reason: try row.optional("reason"),
                amount: try row.optional("amount")
            )
        }
    }

    /// Something that happened to an order: who, what, when, from which request.
    package struct TimelineEntry: Sendable {
        package let kind: String
        package let at: Instant
        package let actor: String
        package let requestID: String
        package let reason: String?
        /// Minor units, where money moved.
        package let amount: Int64?
    }

    // MARK: - Money in

    /// Records that an invoice was paid, whole. The same request again changes nothing.
    /// - Throws: `Refusal`.
    package func recordReceipt(
        _ name: Name,
        amount: Money,
        reference: String?,
        key: ActKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let seller = try await catalogs.catalog().terms.seller
        return try await act(name, key) { order in
            guard order.status != .cancelled else { throw Refusal.cancelled }
            guard order.paymentMethod == .invoice else { throw Refusal.paidElsewhere(order.paymentMethod) }
            guard order.paymentStatus.mayBecome(.paid) else { throw Refusal.alreadyPaid }
            guard amount == order.totals.total else { throw Refusal.otherAmount(order.totals.total) }
            return try Self.paying(order, reference: reference, key: key, actor: actor, now: now, seller: seller)
        }
    }

    /// Writes that the whole of an order was paid.
    static func paying(
        _ order: Order,
        reference: String?,
        attempt: Int64? = nil,
        key: ActKey,
        actor: Actor,
        now: Instant,
        seller: Seller?
    ) throws -> [Statement] {
        let amount = order.totals.total.amount
        return [
            Statement("UPDATE orders SET payment_status = 'paid', paid_amount = total_amount WHERE id = $1", order.id),
            payment("receipt", order, amount, reference, attempt: attempt, key, actor, now),
            freeing(order, now: now),
        ] + (try invoicing(order, seller: seller, now: now))
            + telling(.paid, order.id, at: now, actor, amount: amount)
            + (order.fulfilmentStatus == .delivered ? completing(order, actor: actor, now: now) : [])
    }

    // MARK: - Money back

    /// Gives back what some units, and shipping where asked, were charged. The same request again gives back nothing.
    /// - Throws: `Refusal`.
    package func refund(
        _ name: Name,
        _ request: RefundRequest,
        key: ActKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let seller = try await catalogs.catalog().terms.seller
        return try await act(name, key) { order in
            guard order.paymentStatus == .paid || order.paymentStatus == .partlyRefunded else { throw Refusal.notPaid }
            return try Self.refunding(order, request, key: key, actor: actor, now: now, seller: seller)
        }
    }

    /// Writes a refund: the order's sums, its lines, the ledger, the credit note, and what a provider has to give back.
    static func refunding(
        _ order: Order,
        _ request: RefundRequest,
        key: ActKey,
        actor: Actor,
        now: Instant,
        seller: Seller?
    ) throws -> [Statement] {
        let charges = order.charges(request) ?? []
        let amount = charges.reduce(0) { $0 + $1.gross }
        guard amount > 0 else { throw Refusal.nothingToRefund }
        let lines = request.quantities.map { ($0.key, $0.value) }
        return [
            Statement(
                """
                UPDATE orders SET refunded_amount = refunded_amount + $2, shipping_refunded = shipping_refunded OR $3,
                    payment_status = CASE WHEN refunded_amount + $2 = paid_amount THEN 'refunded' ELSE 'partlyRefunded' END
                WHERE id = $1
                """,
                order.id,
                amount,
                request.includesShipping
            ),
            Statement(
                """
                UPDATE order_line SET refunded_quantity = refunded_quantity + part.quantity
                FROM unnest($2::text[], $3::int[]) AS part (sku, quantity)
                WHERE order_id = $1 AND order_line.sku = part.sku
                """,
                order.id,
                lines.map(\.0),
                lines.map { Int32($0.1) }
            ),
            payment("refund", order, amount, request.reason, key, actor, now),
            Statement(
                """
                INSERT INTO provider_refund (attempt_id, payment_id, amount, send_at)
                SELECT receipt.attempt_id, refund.id, refund.amount, refund.at
                FROM payment AS refund JOIN payment AS receipt USING (order_id)
                WHERE order_id = $1 AND refund.key_hash = $2 AND receipt.kind = 'receipt'
                    AND receipt.attempt_id IS NOT NULL
                """,
                order.id,
                Bytea(key.hash)
            ),
        ] + (try crediting(order, charges, reason: request.reason, key: key, seller: seller, now: now))
            + telling(.refunded, order.id, at: now, actor, reason: request.reason, amount: amount)
    }

    // MARK: - Cancelling

    /// Cancels an order of which nothing has left: stock and codes are free again, an unpaid order is void, a paid one is
    /// refunded, all in one transaction. One that is cancelled already stays so.
    /// - Throws: `Refusal`.
    package func cancel(
        _ name: Name,
        reason: String,
        key: ActKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let seller = try await catalogs.catalog().terms.seller
        return try await act(name, key) { order in
            if order.status == .cancelled { return [] }
            guard order.status.mayBecome(.cancelled), order.canBeCorrected else { throw Refusal.packed }
            return try Self.cancelling(order, reason: reason, key: key, actor: actor, now: now, seller: seller)
        }
    }

    /// Writes that an order is cancelled, and what follows.
    static func cancelling(
        _ order: Order,
        reason: String,
        key: ActKey,
        actor: Actor,
        now: Instant,
        seller: Seller?
    ) throws -> [Statement] {
        var statements = [freeing(order, now: now)]
        if order.paymentStatus == .paid || order.paymentStatus == .partlyRefunded {
            // An order that cost nothing, or of which all that cost something went back, leaves nothing to give.
            if order.refunded < order.totals.total.amount {
                let whole = order.wholeRefund(reason: reason)
                statements += try refunding(order, whole, key: key, actor: actor, now: now, seller: seller)
            }
        } else {
            statements += try crediting(cancelled: order, reason: reason, seller: seller, now: now)
        }
        return statements + closing(order, reason: reason, actor: actor, now: now)
    }

    /// Writes that an order is over, unpaid or with its money on the way back: its stock and its codes are free again.
    static func closing(_ order: Order, reason: String, actor: Actor, now: Instant) -> [Statement] {
        [
            Statement(
                """
                UPDATE orders SET status = 'cancelled', stock_held = false,
                    payment_status = CASE WHEN $2 THEN 'void'
                        ELSE payment_status END
                WHERE id = $1
                """,
                order.id,
                order.paymentStatus.mayBecome(.void)
            )
        ] + (order.isStockHeld ? [CatalogStore.release(order.reserved)] : []) + [
            Statement("DELETE FROM discount_redemption WHERE order_id = $1", order.id),
            Statement("DELETE FROM sample_claim WHERE order_id = $1", order.id),
        ] + telling(.cancelled, order.id, at: now, actor, reason: reason)
    }

    /// Cancels orders of a payment method that were not paid in time, a hundred at a time; how many went. One that is
    /// being paid at this moment stays.
    package func lapse(_ method: Order.PaymentMethod, placedBefore: Instant, now: Instant) async throws -> Int {
        let rows = try await pool.read(
            Statement(
                """
                SELECT number FROM orders WHERE payment_status IN ('unpaid', 'failed') AND status = 'placed'
                    AND payment_method = $1 AND fulfilment_status = 'unfulfilled' AND placed_at < $2
                    AND NOT EXISTS (SELECT 1 FROM payment_attempt WHERE order_id = orders.id
                        AND status IN ('starting', 'open', 'processing'))
                ORDER BY placed_at LIMIT 100
                """,
                method,
                placedBefore
            )
        )
        var count = 0
        for row in rows {
            guard let number = OrderNumber(try row.value("number")) else { continue }
            do {
                _ = try await cancel(
                    .number(number),
                    reason: "It was not paid in time.",
                    key: ActKey(hash: keyed("lapse \(number)"), fingerprint: keyed("lapse")),
                    actor: .system,
                    now: now
                )
                count += 1
            } catch is Refusal {
                // Somebody was quicker.
            }
        }
        return count
    }

    // MARK: -

    /// Reads an order, which stays as it is meanwhile, and writes what a decision makes of it; a request that moved money
    /// before is answered from what it did.
    func act(
        _ name: Name,
        _ key: ActKey,
        _ decide: @Sendable (Order) throws -> [Statement]
    ) async throws -> Order {
        try await pool.transaction { transaction in
            let rows = try await transaction.execute(
                [
                    Statement(
                        assembled: "SELECT 1 FROM orders WHERE \(name.column) = $1 FOR NO KEY UPDATE",
                        [name.value]
                    ),
                    Statement(
                        assembled: """
                            SELECT request_fingerprint FROM payment WHERE key_hash = $2
                                AND order_id = (SELECT id FROM orders WHERE \(name.column) = $1)
                            """,
                        [name.value, Bytea(key.hash)]
                    ),
                ] + Self.statements(name)
            )
            guard let order = try order(Array(rows[2...])) else { throw Refusal.unknown }
            if let earlier = rows[1].first {
                guard try earlier.value("request_fingerprint", as: Bytea.self).bytes == key.fingerprint else {
                    throw ActKey.Reused()
                }
                return
            }
            _ = try await transaction.commit(try decide(order))
        }
        guard let order = try order(try await pool.read(Self.statements(name))) else { throw Refusal.unknown }
        return order
    }

    private static func payment(
        _ kind: String,
        _ order: Order,
        _ amount: Int64,
        _ reference: String?,
        attempt: Int64? = nil,
        _ key: ActKey,
        _ actor: Actor,
        _ now: Instant
    ) -> Statement {
        Statement(
            """
            INSERT INTO payment (order_id, kind, amount, reference, at, actor, key_hash, request_fingerprint, attempt_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            order.id,
            kind,
            amount,
            reference,
            now,
            actor.name,
            Bytea(key.hash),
            Bytea(key.fingerprint),
            attempt
        )
    }
}

extension Order {
    /// How many of each component the order holds back from the stock: what has not left yet.
    var reserved: [(sku: SKU, quantity: Int)] {
        var reserved: [SKU: Int] = [:]
        for component in lines.flatMap(\.components) {
            reserved[component.sku, default: 0] += component.quantity - component.shipped
        }
        return reserved.filter { $0.value > 0 }.map { ($0.key, $0.value) }
    }
}
