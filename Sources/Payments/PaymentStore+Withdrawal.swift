import Catalog
package import Commerce
package import Orders
import Postgres
package import Records
import Returns

/// What a customer withdraws from: units that have not left are cancelled, those that they have are to come back.
package struct WithdrawalPlan: Sendable {
    /// Units that never left, by product.
    package private(set) var cancelled: [SKU: Int] = [:]
    /// Units that are to come back, by line.
    package private(set) var returned: [Int: Int] = [:]
    /// Announced returns whose place it takes, by their ordinals.
    package private(set) var closed: [Int] = []
    /// Lines of which nothing stays with the customer: what was still to be sent of them is not.
    package let gone: Set<Int>
    /// Whether a parcel that waits is opened for it.
    let opensParcels: Bool

    /// - Parameters:
    ///   - quantities: how many of each product; nil for all of it.
    ///   - lastDay: when the time to withdraw ends; nil while it has not begun.
    /// - Throws: `OrderError`.
    init(_ quantities: [SKU: Int]?, of order: Order, returns: [Return], lastDay: CalendarDate?, today: CalendarDate)
        throws(OrderError)
    {
        guard order.status != .cancelled else { throw .cancelled }
        if let lastDay, today > lastDay { throw .withdrawalOver(lastDay) }
        var opens = false
        var gone: Set<Int> = []
        let unpacked = order.withParcelsOpened
        for (index, line) in order.lines.enumerated() {
            let open = unpacked.open(unpacked.lines[index])
            let kept = order.withdrawable(index + 1, besides: returns)
            let wanted = quantities.map { $0[line.sku, default: 0] } ?? open + kept
            guard wanted <= open + kept else { throw .notKept(line.sku, open + kept) }
            let given = min(wanted, open)
            if given > 0 { cancelled[line.sku] = given }
            if wanted > given { returned[index + 1] = wanted - given }
            if given > order.open(line) { opens = true }
            if wanted > 0, wanted == open + kept { gone.insert(index + 1) }
        }
        for sku in quantities?.keys ?? [:].keys where !order.lines.contains(where: { $0.sku == sku }) {
            throw .notKept(sku, 0)
        }
        if cancelled.isEmpty, returned.isEmpty { throw .notKept(order.lines[0].sku, 0) }
        self.gone = gone
        opensParcels = opens
        closed = Self.closed(by: returned, of: order, returns)
    }

    /// What was still to be sent, besides the units that are cancelled, and is not: the rest of what left in part, and what
    /// was to be sent once more.
    package func notSent(of order: Order) -> [SKU: Int] {
        let after = (try? order.withParcelsOpened.cancelling(cancelled)) ?? order
        let unsent = after.unsent(ofLines: gone).map { (order.part($0.key).sku, $0.value) }
        return Dictionary(unsent, uniquingKeysWith: +)
    }

    /// The announced returns without whose units too few would be left to come back: the newest, and no more than it takes.
    private static func closed(by returned: [Int: Int], of order: Order, _ returns: [Return]) -> [Int] {
        func suffices(_ closed: [Int]) -> Bool {
            let left = returns.filter { !closed.contains($0.ordinal) }
            return returned.allSatisfy { $0.value <= order.returnable($0.key, besides: left) }
        }
        var closed: [Int] = []
        for back in returns.reversed() where back.isAwaited && back.kind == .allowed && !suffices(closed) {
            if back.lines.contains(where: { returned[$0.line] != nil }) { closed.append(back.ordinal) }
        }
        for ordinal in closed where suffices(closed.filter { $0 != ordinal }) { closed.removeAll { $0 == ordinal } }
        return closed
    }
}

extension PaymentStore {
    /// The days that a customer has to withdraw from the contract, after the day on which the last parcel arrived
    /// (Directive 2011/83/EU, Article 9).
    package static let withdrawalDays = 14

    /// The last day to withdraw from an order; nil while something of it is to be sent or no delivery is recorded: then the
    /// right stays open.
    package func lastDayToWithdraw(_ order: Order) -> CalendarDate? {
        order.fulfilmentStatus.isOpen ? nil : order.deliveredAt.map { orders.shopToday($0) + Self.withdrawalDays }
    }

    /// Withdraws from the contract, for all of an order or some of it: what has not left is cancelled and given back, the
    /// rest is announced to come back, in place of returns that were announced of it. The time counts from when it was said.
    /// - Throws: `OrderError`.
    package func withdraw(
        _ locator: OrderLocator,
        _ quantities: [SKU: Int]?,
        key: IdempotencyKey?,
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
            let plan = try withdrawalPlan(quantities, of: order, returns: returns, now: now)
            let reason = "The customer withdrew from the contract."
            var statements = plan.closed.map { ReturnStore.closed($0, of: order, at: now) }
            if !plan.closed.isEmpty {
                let names = plan.closed.sorted().map { "R\($0)" }.joined(separator: ", ")
                let why = "A withdrawal took the place of \(names)."
                statements.append(OrderLog.entry(.returnClosed, of: order.id, at: now, by: actor, reason: why))
            }
            statements.append(OrderLog.entry(.withdrawn, of: order.id, at: now, by: actor))
            if !plan.returned.isEmpty {
                statements += ReturnStore.announced(
                    .withdrawal,
                    plan.returned,
                    of: order,
                    ordinal: returns.count + 1,
                    at: now
                )
            }
            var order = order
            if plan.opensParcels {
                statements += OrderFacts.unpacked(order, at: now, by: actor)
                order = order.withParcelsOpened
            }
            if plan.cancelled.isEmpty {
                return statements + (try orders.announceUnits(order, ofLines: plan.gone, at: now, by: actor))
            }
            if !order.isWhole(plan.cancelled), order.paymentStatus == .authorised { throw OrderError.beingPaid }
            return try statements
                + givenUp(
                    order,
                    plan.cancelled,
                    announced: plan.gone,
                    .withdrawn,
                    reason: reason,
                    at: now,
                    by: actor,
                    seller: seller
                )
        }
    }

    /// What withdrawing would do.
    /// - Throws: `OrderError`.
    package func withdrawalPlan(_ quantities: [SKU: Int]?, of order: Order, now: Instant) async throws -> WithdrawalPlan
    {
        let returns = try await pool.read(ReturnStore.returns(of: order.id))
        return try withdrawalPlan(quantities, of: order, returns: returns, now: now)
    }

    private func withdrawalPlan(
        _ quantities: [SKU: Int]?,
        of order: Order,
        returns: [Return],
        now: Instant
    ) throws(OrderError) -> WithdrawalPlan {
        try WithdrawalPlan(
            quantities,
            of: order,
            returns: returns,
            lastDay: lastDayToWithdraw(order),
            today: orders.shopToday(now)
        )
    }
}
