import Catalog
package import Commerce
package import Orders
import Postgres
package import Records

/// Money that comes in and money that goes back: what staff record, what follows from it.
extension PaymentStore {
    // MARK: - In

    /// Records that an invoice was paid, whole. The same request again changes nothing.
    /// - Throws: `OrderError`, `PaymentError`.
    package func recordReceipt(
        _ locator: OrderLocator,
        amount: Money,
        reference: String?,
        key: IdempotencyKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let seller = try await seller()
        return try await orders.perform(key, on: locator, now: now) { order in
            guard order.status != .cancelled else { throw OrderError.cancelled }
            guard order.details.paymentMethod == .invoice else {
                throw PaymentError.paidElsewhere(order.details.paymentMethod)
            }
            guard order.paymentStatus.mayBecome(.paid) else { throw PaymentError.alreadyPaid }
            guard amount == order.totals.total else { throw PaymentError.otherAmount(order.totals.total) }
            return try Self.paid(order, reference: reference, at: now, by: actor, seller: seller)
        }
    }

    /// Records an order that costs nothing as paid.
    /// - Throws: `OrderError`.
    package func recordNothingToPay(_ locator: OrderLocator, actor: Actor, now: Instant) async throws -> Order {
        let seller = try await seller()
        return try await orders.perform(nil, on: locator, now: now) { order in
            guard order.totals.total.amount == 0, order.paymentStatus.mayBecome(.paid) else { return [] }
            return try Self.paid(order, reference: nil, at: now, by: actor, seller: seller)
        }
    }

    /// The whole of an order was paid: the ledger, the invoice, and the order's own facts.
    /// - Parameter attempt: the attempt that the money came by.
    static func paid(
        _ order: Order,
        reference: String?,
        attempt: Int64? = nil,
        at now: Instant,
        by actor: Actor,
        seller: Seller?
    ) throws -> [Statement] {
        OrderFacts.paid(order, at: now, by: actor) + [
            entry(.receipt, order, order.totals.total.amount, reference, attempt: attempt, at: now, by: actor),
            lookSoon(at: order, now: now),
        ] + (try IssuedDocument.invoice(of: order, seller: seller, now: now))
            + (order.fulfilmentStatus == .delivered ? OrderFacts.completed(order, at: now, by: actor) : [])
    }

    // MARK: - Back

    /// Gives back what some units, and shipping where asked, were charged. Units that have not left are never sent. The
    /// same request again gives back nothing.
    /// - Throws: `OrderError`, `PaymentError`.
    package func refund(
        _ locator: OrderLocator,
        _ request: RefundRequest,
        key: IdempotencyKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let seller = try await seller()
        return try await orders.perform(key, on: locator, now: now) { order in
            _ = try order.moneyBack(request)
            return try Self.refunded(order, request, at: now, by: actor, seller: seller)
                + orders.cancelUnits(order, refunding: request.quantities, at: now)
        }
    }

    /// What a refund would give back.
    /// - Throws: `OrderError`, `PaymentError`.
    package func preview(_ request: RefundRequest, of order: Order, now: Instant) throws -> Money {
        let amount = try order.moneyBack(request)
        _ = try orders.cancelUnits(order, refunding: request.quantities, at: now)
        return amount
    }

    /// Some of what was paid goes back: the order's own facts, the ledger, what a provider has to give back, and the
    /// credit note.
    static func refunded(
        _ order: Order,
        _ request: RefundRequest,
        at now: Instant,
        by actor: Actor,
        seller: Seller?
    ) throws -> [Statement] {
        let charges = try order.chargesToRefund(request)
        let amount = charges.reduce(0) { $0 + $1.gross }
        return OrderFacts.refunded(
            order,
            amount: amount,
            quantities: request.quantities,
            includesShipping: request.includesShipping,
            reason: request.reason,
            at: now,
            by: actor
        ) + [
            entry(.refund, order, amount, request.reason, at: now, by: actor),
            Statement(
                assembled: """
                    INSERT INTO provider_refund (attempt_id, payment_id, amount, send_at)
                    SELECT receipt.attempt_id, refund.id, refund.amount, refund.at
                    FROM payment AS refund JOIN payment AS receipt USING (order_id)
                    WHERE order_id = $1 AND refund.sequence = \(OrderLog.lastSequence(of: "$1"))
                        AND receipt.kind = 'receipt' AND receipt.attempt_id IS NOT NULL
                    """,
                [order.id]
            ),
        ] + (try IssuedDocument.creditNote(for: charges, of: order, reason: request.reason, seller: seller, now: now))
    }

    // MARK: - Cancelling

    /// Cancels an order of which nothing has left: stock and codes are free again, an unpaid order is void, a paid one is
    /// refunded, all in one transaction. One that is cancelled already stays so.
    /// - Throws: `OrderError`.
    package func cancel(
        _ locator: OrderLocator,
        reason: String,
        key: IdempotencyKey?,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let seller = try await seller()
        return try await orders.perform(key, on: locator, now: now) { order in
            if order.status == .cancelled { return [] }
            _ = try order.moneyBackWhenCancelled()
            return try Self.cancelled(order, reason: reason, at: now, by: actor, seller: seller)
        }
    }

    /// An order is cancelled: its money goes back, or its invoice is taken back.
    static func cancelled(
        _ order: Order,
        reason: String,
        at now: Instant,
        by actor: Actor,
        seller: Seller?
    ) throws -> [Statement] {
        var statements = [lookSoon(at: order, now: now)]
        if !order.isPaid {
            statements += try IssuedDocument.creditNote(cancelling: order, reason: reason, seller: seller, now: now)
        } else if order.refunded < order.totals.total.amount {
            // An order that cost nothing, or of which all that cost something went back, leaves nothing to give.
            let whole = order.wholeRefund(reason: reason)
            statements += try refunded(order, whole, at: now, by: actor, seller: seller)
        }
        return statements + OrderFacts.cancelled(order, reason: reason, at: now, by: actor)
    }

    /// Cancels orders of a payment method that were not paid in time, a hundred at a time; how many went. One that is
    /// being paid at this moment stays.
    package func cancelUnpaid(_ method: Order.PaymentMethod, placedBefore: Instant, now: Instant) async throws -> Int {
        var count = 0
        let unpaid = OpenOrders.unpaid(
            method,
            [.unpaid, .failed],
            placedBefore: placedBefore,
            unless: Self.isBeingPaid(order: "orders.id")
        )
        for id in try await pool.read(unpaid) {
            do {
                // What costs nothing is paid with the order; its server may have died in between.
                if try await recordNothingToPay(.id(id), actor: .system, now: now).isPaid { continue }
                let reason = "It was not paid in time."
                _ = try await cancel(.id(id), reason: reason, key: nil, actor: .system, now: now)
                count += 1
            } catch is OrderError {
                // Somebody was quicker.
            }
        }
        return count
    }

    // MARK: - The ledger

    private enum EntryKind: String, PostgresValue {
        case receipt
        case refund
    }

    /// An entry of the ledger, of what the order's log has just been told.
    private static func entry(
        _ kind: EntryKind,
        _ order: Order,
        _ amount: Int64,
        _ reference: String?,
        attempt: Int64? = nil,
        at now: Instant,
        by actor: Actor
    ) -> Statement {
        Statement(
            assembled: """
                INSERT INTO payment (order_id, sequence, kind, amount, reference, at, actor, attempt_id)
                VALUES ($1, \(OrderLog.lastSequence(of: "$1")), $2, $3, $4, $5, $6, $7)
                """,
            [order.id, kind, amount, reference, now, actor.name, attempt]
        )
    }
}
