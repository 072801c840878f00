import Catalog
package import Commerce
package import Orders
import Postgres

/// Payments through a provider. No transaction here holds a network call: what is to be asked of the provider is written
/// down first, what it answers is taken in afterwards, and either may be done again.
extension PaymentStore {
    /// The most tries to pay one order.
    private static let attemptsMax = 50

    /// The order with the attempt at which its customer pays: the one that is under way, or a new one. An order whose
    /// payment failed takes its stock again. Nil where nothing is to be paid through a provider.
    /// - Throws: `OrderError`, `PaymentError`.
    package func start(
        _ locator: OrderLocator,
        lifetime: Duration,
        returnAddress: String?,
        actor: Actor,
        now: Instant
    ) async throws -> (Order, PaymentAttempt?) {
        do {
            let order = try await orders.perform(
                nil,
                on: locator,
                now: now,
                reading: attempts(of: locator)
            ) { order, attempts in
                guard order.status != .cancelled else { throw OrderError.cancelled }
                guard Self.paysProvider(order) else { return [] }
                if let live = attempts.first(where: \.status.isLive) {
                    if live.returnAddress == returnAddress { return [] }
                    return [
                        Statement(
                            "UPDATE payment_attempt SET return_address = $2 WHERE id = $1",
                            live.id,
                            returnAddress
                        )
                    ]
                }
                guard attempts.count < Self.attemptsMax else { throw PaymentError.triedTooOften }
                let total = order.comesTo
                return [
                    Statement(
                        """
                        INSERT INTO payment_attempt (order_id, ordinal, provider, amount, currency, started_at, expires_at,
                            look_at, return_address)
                        VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)
                        """,
                        order.id,
                        Int32(attempts.count + 1),
                        order.details.paymentMethod,
                        total.amount,
                        total.currency,
                        now,
                        now + lifetime,
                        returnAddress
                    )
                ] + OrderFacts.stockTaken(order)
                    + [OrderLog.entry(.paymentStarted, of: order.id, at: now, by: actor, amount: total.amount)]
            }
            guard Self.paysProvider(order) else { return (order, nil) }
            return (order, try await attempts(of: order).last(where: \.status.isLive))
        } catch let error as PostgresError where error.serverError?.constraint == StockStore.reservationConstraint {
            throw PaymentError.outOfStock
        }
    }

    /// Whether a provider is to take money for an order.
    private static func paysProvider(_ order: Order) -> Bool {
        order.details.paymentMethod != .invoice && !order.isPaid && order.comesTo.amount > 0
    }

    /// The attempts of an order, oldest first.
    package func attempts(of order: Order) async throws -> [PaymentAttempt] {
        try await pool.read(attempts(of: .id(order.id)))
    }

    // MARK: - What a provider says

    /// Takes in what a provider says of an attempt and of its order, in one transaction: the same whatever was heard
    /// before, however often, and in whatever order.
    /// - Parameter event: the provider's own name and kind of the event, kept so that it counts once.
    /// - Returns: the order; nil where no attempt of ours is meant.
    package func take(
        _ report: PaymentReport,
        event: (id: String, kind: String)? = nil,
        from method: Order.PaymentMethod,
        actor: Actor,
        now: Instant
    ) async throws -> Order? {
        guard let origin = report.origin, origin.installation == installation, let attemptID = report.attemptID else {
            return nil
        }
        let noted = event.map { [Self.noted($0, from: method, now)] } ?? []
        let known = try await pool.read(
            Query(
                first: Statement(
                    assembled: "SELECT \(Self.attemptColumns) FROM payment_attempt WHERE (provider, id) = ($1, $2)",
                    [method, attemptID]
                ),
                Self.attempt
            )
        )
        guard let known, report.isOf(known, from: self.origin(ofOrder: known.orderID)) else {
            if !noted.isEmpty { _ = try await pool.write(noted) }
            return nil
        }
        func write(mayTakeStock: Bool) async throws -> Order {
            let seller = try await seller()
            let locator = OrderLocator.id(known.orderID)
            return try await orders.perform(nil, on: locator, now: now, reading: attempts(of: locator)) {
                order,
                attempts in
                guard let attempt = attempts.first(where: { $0.id == known.id }) else { throw OrderError.unknown }
                let status = max(attempt.status, report.status)
                let isNews =
                    attempt.status.isLive ? status > attempt.status : status == .succeeded && status > attempt.status
                let hasStock = order.isStockHeld || mayTakeStock
                let consequence =
                    isNews
                    ? PaymentConsequence(
                        of: status,
                        tried: attempt.amount,
                        amount: report.amount,
                        for: order,
                        hasStock: hasStock
                    ) : .none
                let risen = Statement(
                    """
                    UPDATE payment_attempt SET status = $2, session_id = coalesce(session_id, $3),
                        payment_id = coalesce(payment_id, $4), action_url = coalesce(action_url, $5)
                    WHERE id = $1
                    """,
                    attempt.id,
                    status,
                    report.sessionID,
                    status == .succeeded ? report.paymentID : nil,
                    report.actionURL
                )
                return try noted + [risen]
                    + consequence.statements(order, attempt, report, in: self, at: now, by: actor, seller: seller)
            }
        }
        do {
            return try await write(mayTakeStock: true)
        } catch let error as PostgresError where error.serverError?.constraint == StockStore.reservationConstraint {
            // What the order gave up has gone to others meanwhile.
            return try await write(mayTakeStock: false)
        } catch OrderError.erased {
            // Nothing is open of what was erased. Should money come all the same, the comparison of ledgers finds it.
            if !noted.isEmpty { _ = try await pool.write(noted) }
            return nil
        }
    }

    /// Whether the ledger has the money of a report already, to the same amount: then it came for an order, though that
    /// order may have been erased since, and nothing is taken in for it any more.
    package func has(_ report: PaymentReport, from method: Order.PaymentMethod) async throws -> Bool {
        guard let attemptID = report.attemptID, let paymentID = report.paymentID, let amount = report.amount else {
            return false
        }
        let known = try await pool.read(
            Query(
                first: Statement(
                    assembled: """
                        SELECT \(Self.attemptColumns) FROM payment_attempt
                        WHERE (provider, id, payment_id, amount, currency) = ($1, $2, $3, $4, $5) AND status = 'succeeded'
                        """,
                    [method, attemptID, paymentID, amount.amount, amount.currency]
                ),
                Self.attempt
            )
        )
        guard let known else { return false }
        return report.isOf(known, from: origin(ofOrder: known.orderID))
    }

    /// Notes that a provider told us something that changes nothing.
    package func note(event: (id: String, kind: String), from method: Order.PaymentMethod, now: Instant) async throws {
        _ = try await pool.write([Self.noted(event, from: method, now)])
    }

    static func noted(_ event: (id: String, kind: String), from method: Order.PaymentMethod, _ now: Instant)
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

    // MARK: - Statements

    /// Has the provider asked soon about attempts that an order needs no more.
    static func lookSoon(at order: Order, now: Instant) -> Statement {
        Statement(
            """
            UPDATE payment_attempt SET look_at = least(look_at, $2)
            WHERE order_id = $1 AND status IN ('starting', 'open', 'processing')
            """,
            order.id,
            now
        )
    }

    /// Whether the order whose id SQL names is being paid at this moment, as SQL.
    static func isBeingPaid(order: String) -> String {
        """
        EXISTS (SELECT 1 FROM payment_attempt WHERE order_id = \(order) AND status IN ('starting', 'open', 'processing'))
        """
    }

    func attempts(of locator: OrderLocator) -> Query<[PaymentAttempt]> {
        Query(
            each: Statement(
                assembled: "SELECT \(Self.attemptColumns) FROM payment_attempt WHERE order_id = $1 ORDER BY ordinal",
                [orders.id(locator)]
            ),
            Self.attempt
        )
    }

    /// An attempt's columns, in the order in which they are read.
    static let attemptColumns = """
        id, order_id, ordinal, status, amount, currency, session_id, action_url, return_address, started_at,
        expires_at
        """

    static func attempt(_ row: Row) throws(PostgresError) -> PaymentAttempt {
        let (id, order): (Int64, Int64) = (try row.value("id"), try row.value("order_id"))
        let ordinal: Int = try row.value("ordinal")
        let status: PaymentAttempt.Status = try row.value("status")
        return PaymentAttempt(
            id: id,
            orderID: order,
            ordinal: ordinal,
            status: status,
            amount: Money(try row.value("amount"), try row.value("currency")),
            sessionID: try row.optional("session_id"),
            actionURL: try row.optional("action_url"),
            returnAddress: try row.optional("return_address"),
            startedAt: try row.value("started_at"),
            expiresAt: try row.value("expires_at")
        )
    }
}
