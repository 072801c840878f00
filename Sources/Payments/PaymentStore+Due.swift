package import Commerce
package import Orders
import Postgres

/// What is due at a provider: attempts to look at, refunds to send, and stock that nobody came to pay for.
extension PaymentStore {
    /// Lets go of the stock of orders whose customers never came to pay, a hundred at a time; how many were looked at.
    package func releaseUnpaid(_ method: Order.PaymentMethod, placedBefore: Instant, now: Instant) async throws -> Int {
        let unpaid = try await pool.read(
            OpenOrders.unpaid(
                method,
                [.unpaid],
                placedBefore: placedBefore,
                unless: Self.isBeingPaid(order: "orders.id")
            )
        )
        for id in unpaid {
            let locator = OrderLocator.id(id)
            _ = try await orders.perform(nil, on: locator, now: now, reading: attempts(of: locator)) {
                order,
                attempts in
                let isAwaited = attempts.contains { $0.status.isLive }
                guard order.status == .placed, order.paymentStatus == .unpaid, !isAwaited else { return [] }
                return OrderFacts.paymentFailed(order, at: now, by: .system)
            }
        }
        return unpaid.count
    }

    /// Takes some attempts of which the provider is to be asked: those that have had their time, and those that are live
    /// though their order needs them no more. Nobody else is given the same ones for the next minutes.
    package func attemptsToLookAt(_ method: Order.PaymentMethod, now: Instant) async throws -> [PaymentAttempt] {
        try await pool.write(
            Query(
                each: Statement(
                    assembled: """
                        UPDATE payment_attempt SET look_at = $2::timestamptz + interval '5 minutes'
                        WHERE id IN (SELECT id FROM payment_attempt
                            WHERE provider = $1 AND status IN ('starting', 'open', 'processing') AND look_at <= $2
                            ORDER BY look_at LIMIT 20 FOR UPDATE SKIP LOCKED)
                        RETURNING \(Self.attemptColumns)
                        """,
                    [method, now]
                ),
                Self.attempt
            )
        )
    }

    /// A refund that a provider has to be told of.
    package struct WaitingRefund: Sendable {
        package let id: Int64
        package let amount: Money
        /// The provider's name for the money that came.
        package let paymentID: String
        /// What the provider is told of whose it is.
        package let origin: PaymentOrigin
        /// How often it was sent before: then it may have arrived already.
        package let tries: Int
    }

    /// Takes the refunds that are to be sent, and nobody else gets them for the next minute.
    /// - Parameter order: only those of this order, at once.
    package func refundsToSend(of order: Order? = nil, now: Instant) async throws -> [WaitingRefund] {
        try await pool.write(
            Query(
                each: Statement(
                    """
                    UPDATE provider_refund SET tries = tries + 1,
                        send_at = $1::timestamptz + least(interval '1 hour', interval '1 minute' * power(2, least(tries, 10)))
                    FROM payment_attempt AS a
                    WHERE a.id = attempt_id AND provider_refund.id IN (SELECT r.id FROM provider_refund AS r
                        JOIN payment_attempt AS own ON own.id = r.attempt_id
                        WHERE r.status = 'waiting' AND r.send_at <= $1 AND ($2::bigint IS NULL OR own.order_id = $2)
                        ORDER BY r.send_at LIMIT 20 FOR UPDATE OF r SKIP LOCKED)
                    RETURNING provider_refund.id, provider_refund.amount, a.currency, a.payment_id, a.order_id,
                        provider_refund.tries
                    """,
                    now,
                    order?.id
                )
            ) { row in
                WaitingRefund(
                    id: try row.value("id"),
                    amount: Money(try row.value("amount"), try row.value("currency")),
                    paymentID: try row.value("payment_id"),
                    origin: origin(ofOrder: try row.value("order_id")),
                    tries: try row.value("tries", as: Int.self) - 1
                )
            }
        )
    }

    /// Notes that a provider has taken a refund, or that it refused it or failed at it for good.
    package func noteRefund(_ id: Int64, providerID: String?, hasFailed: Bool) async throws {
        _ = try await pool.write([
            Statement(
                """
                UPDATE provider_refund SET status = CASE WHEN $3 THEN 'failed' WHEN status = 'failed' THEN status
                    ELSE 'taken' END, provider_id = coalesce(provider_id, $2)
                WHERE id = $1
                """,
                id,
                providerID,
                hasFailed
            )
        ])
    }

    /// Notes what a provider lists as a refund of ours: nothing where order, number and amount are not those of one.
    func note(_ refund: ProviderRefund) async throws {
        guard let origin = refund.origin, origin.installation == installation, let id = refund.refundID else { return }
        let orderID = try await pool.read(
            Query(
                first: Statement(
                    """
                    SELECT a.order_id FROM provider_refund AS r JOIN payment_attempt AS a ON a.id = r.attempt_id
                    WHERE (r.id, r.amount, a.currency, a.payment_id) = ($1, $2, $3, $4)
                    """,
                    id,
                    refund.amount.amount,
                    refund.amount.currency,
                    refund.paymentID
                )
            ) { try $0.value("order_id", as: Int64.self) }
        )
        guard let orderID, origin == self.origin(ofOrder: orderID) else { return }
        try await noteRefund(id, providerID: refund.id, hasFailed: refund.hasFailed)
    }

    /// Notes that a refund which a provider had taken did not reach the customer after all; whether it is one of ours.
    package func noteFailedRefund(
        providerID: String,
        event: (id: String, kind: String),
        from method: Order.PaymentMethod,
        now: Instant
    ) async throws -> Bool {
        let statement = Statement(
            """
            SELECT r.amount, a.currency, a.order_id FROM provider_refund AS r JOIN payment_attempt AS a ON a.id = attempt_id
            WHERE r.provider_id = $1
            """,
            providerID
        )
        let failed = try await pool.read(
            Query(first: statement) { [orders] row in
                Finding(
                    kind: .refundFailed,
                    reference: providerID,
                    orderNumber: orders.number(of: try row.value("order_id")).description,
                    amount: Money(try row.value("amount"), try row.value("currency"))
                )
            }
        )
        // At once: where the provider is taken out, nothing is compared any more that would find it.
        return try await pool.write(
            [
                Self.noted(event, from: method, now),
                Statement(
                    "UPDATE provider_refund SET status = 'failed' WHERE provider_id = $1 RETURNING id",
                    providerID
                ),
            ] + (failed.map { [try FindingStore.kept([$0], now: now)] } ?? [])
        )[1].count > 0
    }
}
