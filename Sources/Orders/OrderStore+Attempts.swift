import Cart
import Catalog
package import Commerce
import Postgres

/// Payments through a provider. No transaction here holds a network call: what is to be asked of the provider is written
/// down first, what it answers is folded in afterwards, and either may be done again.
extension OrderStore {
    /// The most tries to pay one order.
    private static let attemptsMax = 50

    /// The order with the attempt at which its customer pays: the one that is under way, or a new one. An order whose
    /// payment failed takes its stock again. Nil where nothing is to be paid through a provider.
    /// - Throws: `Refusal`.
    package func startPayment(
        _ name: Name,
        lifetime: Duration,
        actor: Actor,
        now: Instant
    ) async throws -> (Order, PaymentAttempt?) {
        do {
            let attempt = try await pool.transaction { transaction -> PaymentAttempt? in
                let rows = try await transaction.execute(
                    [Self.locked(name), Self.attemptsStatement(name)] + Self.statements(name)
                )
                guard let order = try order(Array(rows[2...])) else { throw Refusal.unknown }
                guard order.status != .cancelled else { throw Refusal.cancelled }
                guard order.paymentMethod != .invoice, !order.isPaid, order.totals.total.amount > 0 else { return nil }
                let attempts = try rows[1].map(Self.attempt)
                if let live = attempts.last(where: { $0.status.isLive }) { return live }
                guard attempts.count < Self.attemptsMax else { throw Refusal.tooManyPayments }
                let insertion = Statement(
                    """
                    INSERT INTO payment_attempt (order_id, ordinal, provider, amount, started_at, expires_at, look_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING *, (SELECT currency FROM orders WHERE id = order_id)
                    """,
                    order.id,
                    Int32(attempts.count + 1),
                    order.paymentMethod,
                    order.totals.total.amount,
                    now,
                    now + lifetime
                )
                let taking =
                    order.isStockHeld
                    ? []
                    : [
                        CatalogStore.reserve(order.reserved),
                        Statement("UPDATE orders SET stock_held = true WHERE id = $1", order.id),
                    ]
                let written = try await transaction.commit(
                    [insertion] + taking
                        + Self.telling(.paymentStarted, order.id, at: now, actor, amount: order.totals.total.amount)
                )
                return try Self.attempt(try written[0].single())
            }
            guard let order = try order(try await pool.read(Self.statements(name))) else { throw Refusal.unknown }
            return (order, attempt)
        } catch let error as PostgresError where error.serverError?.constraint == CatalogStore.stockConstraint {
            throw Refusal.outOfStock
        }
    }

    /// Records an order that costs nothing as paid.
    /// - Throws: `Refusal`.
    package func payNothing(_ name: Name, actor: Actor, now: Instant) async throws -> Order {
        let seller = try await catalogs.catalog().terms.seller
        let key = ActKey(hash: keyed("nothing to pay"), fingerprint: keyed("nothing to pay"))
        return try await act(name, key) { order in
            guard order.totals.total.amount == 0, order.paymentStatus.mayBecome(.paid) else { return [] }
            return try Self.paying(order, reference: nil, key: key, actor: actor, now: now, seller: seller)
        }
    }

    /// The attempts of an order, oldest first.
    package func attempts(of order: Order) async throws -> [PaymentAttempt] {
        try await pool.read(Self.attemptsStatement(.id(order.id))).map(Self.attempt)
    }

    // MARK: - What a provider says

    /// Folds what a provider says into the attempt and its order, in one transaction: the same whatever was heard
    /// before, however often, and in whatever order.
    /// - Parameter event: the provider's own name and kind of the telling, kept so that it counts once.
    /// - Returns: the order; nil where no attempt of ours is meant.
    package func fold(
        _ report: PaymentReport,
        event: (id: String, kind: String)? = nil,
        method: Order.PaymentMethod,
        actor: Actor,
        now: Instant
    ) async throws -> Order? {
        do {
            return try await fold(report, event, method, actor, now, takesStock: true)
        } catch let error as PostgresError where error.serverError?.constraint == CatalogStore.stockConstraint {
            return try await fold(report, event, method, actor, now, takesStock: false)
        }
    }

    /// - Parameter takesStock: whether an order that gave up its stock may try to take it again.
    private func fold(
        _ report: PaymentReport,
        _ event: (id: String, kind: String)?,
        _ method: Order.PaymentMethod,
        _ actor: Actor,
        _ now: Instant,
        takesStock: Bool
    ) async throws -> Order? {
        let seller = try await catalogs.catalog().terms.seller
        let noting = event.map { [Self.noting($0, method, now)] } ?? []
        let owner = try await pool.read(
            Statement(
                """
                SELECT id, order_id FROM payment_attempt
                WHERE provider = $1 AND (session_id = $2 OR session_id IS NULL AND id = $3)
                """,
                method,
                report.sessionID,
                report.attemptID
            )
        ).first
        guard let owner else {
            if !noting.isEmpty { _ = try await pool.write(noting) }
            return nil
        }
        let (attemptID, orderID): (Int64, Int64) = (try owner.value("id"), try owner.value("order_id"))
        let name = Name.id(orderID)
        try await pool.transaction { transaction in
            let rows = try await transaction.execute(
                [Self.locked(name), Self.attemptsStatement(name)] + Self.statements(name)
            )
            guard let order = try order(Array(rows[2...])),
                let attempt = try rows[1].map(Self.attempt).first(where: { $0.id == attemptID })
            else { throw Refusal.unknown }
            let status = max(attempt.status, report.status)
            let isNews =
                attempt.status.isLive ? status > attempt.status : status == .succeeded && status > attempt.status
            let hasStock = order.isStockHeld || takesStock
            let consequence =
                isNews ? PaymentConsequence(of: status, amount: report.amount, for: order, hasStock: hasStock) : .none
            _ = try await transaction.commit(
                noting
                    + [
                        Statement(
                            """
                            UPDATE payment_attempt SET status = $2, session_id = coalesce(session_id, $3),
                                payment_id = coalesce(payment_id, $4), action_url = coalesce(action_url, $5)
                            WHERE id = $1
                            """,
                            attemptID,
                            status,
                            report.sessionID,
                            status == .succeeded ? report.paymentID : nil,
                            report.actionURL
                        )
                    ]
                    + statements(consequence, order, attempt, report, actor: actor, now: now, seller: seller)
            )
        }
        return try order(try await pool.read(Self.statements(name)))
    }

    /// Notes that a provider told us something that changes nothing.
    package func note(event: (id: String, kind: String), method: Order.PaymentMethod, now: Instant) async throws {
        _ = try await pool.write([Self.noting(event, method, now)])
    }

    static func noting(_ event: (id: String, kind: String), _ method: Order.PaymentMethod, _ now: Instant)
        -> Statement
    {
        Statement(
            """
            INSERT INTO provider_event (provider, id, kind, received_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING
            """,
            method,
            event.id,
            event.kind,
            now
        )
    }

    private func statements(
        _ consequence: PaymentConsequence,
        _ order: Order,
        _ attempt: PaymentAttempt,
        _ report: PaymentReport,
        actor: Actor,
        now: Instant,
        seller: Seller?
    ) throws -> [Statement] {
        let key = ActKey(hash: keyed("attempt \(attempt.id)"), fingerprint: keyed("attempt"))
        func paying() throws -> [Statement] {
            try Self.paying(
                order,
                reference: report.paymentID,
                attempt: attempt.id,
                key: key,
                actor: actor,
                now: now,
                seller: seller
            )
        }
        switch consequence {
        case .none: return []
        case .authorise:
            return [Statement("UPDATE orders SET payment_status = 'authorised' WHERE id = $1", order.id)]
                + Self.telling(.paymentAuthorised, order.id, at: now, actor, amount: attempt.amount.amount)
        case .fail: return Self.failing(order, actor: actor, now: now)
        case .pay:
            let taking =
                order.isStockHeld
                ? []
                : [
                    CatalogStore.reserve(order.reserved),
                    Statement("UPDATE orders SET stock_held = true WHERE id = $1", order.id),
                ]
            return try taking + paying()
        case .payAndCancel:
            let reason = "It was paid after what it holds had gone to others."
            var paid = order
            paid.paymentStatus = .paid
            // Closed first: an order that goes on holds its stock.
            return try Self.closing(paid, reason: reason, actor: .system, now: now) + paying()
                + Self.refunding(
                    paid,
                    paid.wholeRefund(reason: reason),
                    key: ActKey(hash: keyed("no stock for \(attempt.id)"), fingerprint: keyed("no stock")),
                    actor: .system,
                    now: now,
                    seller: seller
                )
        case .sendBack(let reason):
            return [
                Statement(
                    "INSERT INTO provider_refund (attempt_id, amount, send_at) VALUES ($1, $2, $3)",
                    attempt.id,
                    attempt.amount.amount,
                    now
                )
            ] + Self.telling(.paymentReturned, order.id, at: now, actor, reason: reason, amount: attempt.amount.amount)
        }
    }

    /// Writes that an order's payment failed: its stock is free again.
    static func failing(_ order: Order, actor: Actor, now: Instant) -> [Statement] {
        [Statement("UPDATE orders SET payment_status = 'failed', stock_held = false WHERE id = $1", order.id)]
            + (order.isStockHeld ? [CatalogStore.release(order.reserved)] : [])
            + telling(.paymentFailed, order.id, at: now, actor)
    }

    // MARK: -

    /// Has the provider asked soon about attempts that an order needs no more.
    static func freeing(_ order: Order, now: Instant) -> Statement {
        Statement(
            """
            UPDATE payment_attempt SET look_at = least(look_at, $2)
            WHERE order_id = $1 AND status IN ('starting', 'open', 'processing')
            """,
            order.id,
            now
        )
    }

    static func locked(_ name: Name) -> Statement {
        Statement(assembled: "SELECT 1 FROM orders WHERE \(name.column) = $1 FOR NO KEY UPDATE", [name.value])
    }

    static func attemptsStatement(_ name: Name) -> Statement {
        Statement(
            assembled: """
                SELECT a.*, orders.currency FROM payment_attempt AS a JOIN orders ON orders.id = a.order_id
                WHERE orders.\(name.column) = $1 ORDER BY ordinal
                """,
            [name.value]
        )
    }

    static func attempt(_ row: Row) throws -> PaymentAttempt {
        PaymentAttempt(
            id: try row.value("id"),
            orderID: try row.value("order_id"),
            ordinal: try row.value("ordinal"),
            status: try row.value("status"),
            amount: Money(try row.value("amount"), try row.value("currency")),
            sessionID: try row.optional("session_id"),
            actionURL: try row.optional("action_url"),
            startedAt: try row.value("started_at"),
            expiresAt: try row.value("expires_at")
        )
    }
}

extension PaymentAttempt.Status: PostgresValue {}
