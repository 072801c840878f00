import Catalog
package import Commerce
package import Orders
import Postgres
package import Records
import Returns

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
            guard amount == order.comesTo else { throw PaymentError.otherAmount(order.comesTo) }
            return try Self.paid(order, reference: reference, at: now, by: actor, seller: seller)
        }
    }

    /// Records an order that costs nothing as paid. One whose payment had failed before takes its stock again.
    /// - Throws: `OrderError`, `PaymentError.outOfStock`.
    package func recordNothingToPay(_ locator: OrderLocator, actor: Actor, now: Instant) async throws -> Order {
        let seller = try await seller()
        do {
            return try await orders.perform(nil, on: locator, now: now) { order in
                guard order.comesTo.amount == 0, order.paymentStatus.mayBecome(.paid) else { return [] }
                return OrderFacts.stockTaken(order)
                    + (try Self.paid(order, reference: nil, at: now, by: actor, seller: seller))
            }
        } catch let error as PostgresError where StockStore.isShortage(error) {
            throw PaymentError.outOfStock
        }
    }

    /// The whole of an order was paid: the ledger, the invoice, and the order's own facts.
    /// - Parameters:
    ///   - attempt: the attempt that the money came by.
    ///   - units: where the order's units are then; nil where they are where they were.
    static func paid(
        _ order: Order,
        reference: String?,
        attempt: Int64? = nil,
        units: UnitCount? = nil,
        at now: Instant,
        by actor: Actor,
        seller: Seller?
    ) throws -> [Statement] {
        OrderFacts.paid(order, at: now, by: actor) + [
            entry(.receipt, order, order.comesTo.amount, reference, attempt: attempt, at: now, by: actor),
            lookSoon(at: order, now: now),
        ] + (try IssuedDocument.invoice(of: order, seller: seller, now: now))
            + OrderFacts.standing(order, with: units ?? order.units, isPaid: true, at: now, by: actor)
    }

    // MARK: - Back

    /// Takes something off an order's price, and gives back what was paid of it. Units that are open are never sent. The
    /// same request again gives back nothing.
    /// - Throws: `OrderError`, `PaymentError`, `ReturnError`.
    package func refund(
        _ locator: OrderLocator,
        _ request: RefundRequest,
        key: IdempotencyKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let seller = try await seller()
        return try await orders.perform(
            key,
            on: locator,
            now: now,
            reading: ReturnStore.returns(of: orders.id(locator))
        ) { order, returns in
            let plan = try RefundPlan(request, for: order, returns: returns, at: now)
            if !plan.cancelled.isEmpty, order.isWhole(plan.cancelled) {
                return try cancelled(order, .cancelled, reason: request.reason, at: now, by: actor, seller: seller)
            }
            let gone =
                if !plan.cancelled.isEmpty {
                    try partlyCancelled(order, plan.cancelled, request.reason, at: now, by: actor)
                } else if !plan.lost.isEmpty {
                    try orders.loseUnits(
                        order,
                        plan.lost,
                        besides: order.withdrawn(returns),
                        reason: request.reason,
                        at: now,
                        by: actor
                    )
                } else {
                    (statements: [Statement](), units: order.units)
                }
            return try gone.statements
                + Self.adjusted(
                    order,
                    plan.adjustments,
                    units: gone.units,
                    reason: request.reason,
                    at: now,
                    by: actor,
                    seller: seller
                )
        }
    }

    /// What a refund would take off an order's price.
    /// - Throws: `OrderError`, `PaymentError`, `ReturnError`.
    package func preview(_ request: RefundRequest, of order: Order, now: Instant) async throws -> Int64 {
        let returns = try await pool.read(ReturnStore.returns(of: order.id))
        return try RefundPlan(request, for: order, returns: returns, at: now).amount
    }

    /// Units that are open are given up, and the log says why.
    /// - Parameter announced: lines of which all that the customer has is announced to come back.
    func partlyCancelled(
        _ order: Order,
        _ quantities: [SKU: Int],
        announced: Set<Int> = [],
        _ reason: String?,
        at now: Instant,
        by actor: Actor
    ) throws -> (statements: [Statement], units: UnitCount) {
        try orders.cancelUnits(
            order,
            quantities,
            announced: announced,
            saying: OrderLog.entry(.partlyCancelled, of: order.id, at: now, by: actor, reason: reason),
            at: now,
            by: actor
        )
    }

    /// An order comes to less or more: the order's own facts, the ledger, what a provider has to give back, and a document
    /// for each adjustment. An order that nothing is left to be paid of is paid.
    /// - Parameter units: where the order's units are then.
    static func adjusted(
        _ order: Order,
        _ planned: [PlannedAdjustment],
        units: UnitCount,
        reason: String,
        at now: Instant,
        by actor: Actor,
        seller: Seller?
    ) throws -> [Statement] {
        var after = order
        var statements: [Statement] = []
        for plan in planned {
            after.adjustments.append(plan.adjustment)
            statements += try adjusted(
                after,
                reason: reason,
                isTold: plan.isTold,
                at: now,
                by: actor,
                document: IssuedDocument.adjusting(after, reason: reason, seller: seller, now: now)
            )
            if let returned = plan.returned {
                statements.append(ReturnStore.credited(returned, by: after.adjustments.count, of: order))
            }
        }
        if !order.isPaid, order.isStockHeld, after.comesTo.amount == 0, order.paymentStatus.mayBecome(.paid) {
            statements += try paid(after, reference: nil, units: units, at: now, by: actor, seller: seller)
        }
        return statements + [lookSoon(at: order, now: now)]
    }

    /// The last adjustment of an order is made: its own facts, the ledger, and what a provider has to give back.
    /// - Parameter isTold: whether the entry of the log before it tells of it.
    private static func adjusted(
        _ order: Order,
        reason: String,
        isTold: Bool,
        at now: Instant,
        by actor: Actor,
        document: [Statement]
    ) throws -> [Statement] {
        guard let adjustment = order.adjustments.last else { return [] }
        let facts = OrderFacts.adjusted(order, adjustment, ordinal: order.adjustments.count)
        guard adjustment.amount < 0, order.isPaid || !isTold else { return facts + document }
        let amount = -adjustment.amount
        let event: OrderEvent = order.isPaid ? .refunded : .credited
        let entry = OrderLog.entry(event, of: order.id, at: now, by: actor, reason: reason, amount: amount)
        return [entry] + facts + (order.isPaid ? refund(amount, of: order, reason: reason, at: now, by: actor) : [])
            + document
    }

    /// Money goes back, for the last adjustment of an order: the ledger, and what a provider has to give back.
    private static func refund(
        _ amount: Int64,
        of order: Order,
        reason: String,
        at now: Instant,
        by actor: Actor
    ) -> [Statement] {
        [
            entry(.refund, order, amount, reason, adjustment: order.adjustments.count, at: now, by: actor),
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
        ]
    }

    // MARK: - Cancelling

    /// Cancels an order of which nothing has left, or units of it that are open: stock is free again, what was paid for it
    /// goes back or what is due falls, all in one transaction. An order that is cancelled already stays so.
    /// - Parameters:
    ///   - quantities: how many of each product; nil for all of it, and then its codes are free again too.
    ///   - isByCustomer: then nothing of it may be packed.
    /// - Throws: `OrderError`.
    package func cancel(
        _ locator: OrderLocator,
        _ quantities: [SKU: Int]? = nil,
        isByCustomer: Bool = false,
        reason: String,
        key: IdempotencyKey?,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let seller = try await seller()
        return try await orders.perform(key, on: locator, now: now) { order in
            guard try order.adjustmentWhenCancelled(quantities, at: now) != nil else { return [] }
            if isByCustomer, !order.canBeCorrected { throw OrderError.packed }
            guard let quantities else {
                return try cancelled(order, .cancelled, reason: reason, at: now, by: actor, seller: seller)
            }
            return try givenUp(order, quantities, .cancelled, reason: reason, at: now, by: actor, seller: seller)
        }
    }

    /// Units that are open are given up, and their price with them; all of them are the whole order.
    func givenUp(
        _ order: Order,
        _ quantities: [SKU: Int],
        announced: Set<Int> = [],
        _ cause: Order.Adjustment.Cause,
        reason: String,
        at now: Instant,
        by actor: Actor,
        seller: Seller?
    ) throws -> [Statement] {
        if order.isWhole(quantities) {
            return try cancelled(order, cause, reason: reason, at: now, by: actor, seller: seller)
        }
        let adjustment = try order.givingUp(quantities, cause, at: now)
        let gone = try partlyCancelled(order, quantities, announced: announced, reason, at: now, by: actor)
        return try gone.statements
            + Self.adjusted(
                order,
                [PlannedAdjustment(adjustment: adjustment, isTold: true)],
                units: gone.units,
                reason: reason,
                at: now,
                by: actor,
                seller: seller
            )
    }

    /// An order is cancelled whole: its money goes back, or its invoice is taken back where it has one.
    func cancelled(
        _ order: Order,
        _ cause: Order.Adjustment.Cause,
        reason: String,
        at now: Instant,
        by actor: Actor,
        seller: Seller?
    ) throws -> [Statement] {
        var after = order
        after.adjustments.append(order.wholeAdjustment(cause, at: now))
        // What was never paid and has no invoice needs no document.
        let document = try IssuedDocument.adjusting(
            after,
            reason: reason,
            seller: seller,
            isInvoiceIssued: order.isPaid,
            now: now
        )
        return [Self.lookSoon(at: order, now: now)] + OrderFacts.cancelled(order, reason: reason, at: now, by: actor)
            + (try Self.adjusted(after, reason: reason, isTold: true, at: now, by: actor, document: document))
    }

    /// Cancels orders of a payment method that were not paid in time, a hundred at a time; how many went. One that is
    /// being paid at this moment stays.
    package func cancelUnpaid(_ method: Order.PaymentMethod, placedBefore: Instant, now: Instant) async throws -> Int {
        var count = 0
        var refused: PostgresError?
        let unpaid = OpenOrders.unpaid(
            method,
            [.unpaid, .failed],
            placedBefore: placedBefore,
            unless: Self.isBeingPaid(order: "orders.id")
        )
        for id in try await pool.read(unpaid) {
            do {
                // What costs nothing is paid with the order; its server may have died in between.
                do {
                    if try await recordNothingToPay(.id(id), actor: .system, now: now).isPaid { continue }
                } catch PaymentError.outOfStock {
                    // What it held went to others.
                }
                let reason = "It was not paid in time."
                _ = try await cancel(.id(id), reason: reason, key: nil, actor: .system, now: now)
                count += 1
            } catch is OrderError {
                // Somebody was quicker.
            } catch let error as PostgresError where error.serverError != nil {
                // One that the schema refuses holds up no other.
                refused = error
            }
        }
        if let refused { throw refused }
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
        adjustment: Int? = nil,
        at now: Instant,
        by actor: Actor
    ) -> Statement {
        Statement(
            assembled: """
                INSERT INTO payment (order_id, sequence, kind, amount, reference, at, actor, attempt_id, adjustment)
                VALUES ($1, \(OrderLog.lastSequence(of: "$1")), $2, $3, $4, $5, $6, $7, $8)
                """,
            [order.id, kind, amount, reference, now, actor.name, attempt, adjustment]
        )
    }
}
