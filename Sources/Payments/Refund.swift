package import Commerce
package import Orders
import Returns

/// What is to be taken off an order's price, and why. What was paid of it goes back.
package struct RefundRequest: Sendable {
    /// How much of the shipping goes back.
    package enum Shipping: Sendable, Equatable {
        case none
        /// All that is left of it.
        case all
        case amount(Money)
    }

    /// Units of products: those that are open are cancelled.
    package var quantities: [SKU: Int] = [:]
    /// Whether `quantities` were sent and lost, and are not sent again.
    package var areLost = false
    /// A return that was received, by its number in the order.
    package var returned: Int?
    package var shipping = Shipping.none
    /// A kindness of the shop; nil for none.
    package var goodwill: Money?
    package let reason: String

    package init(reason: String) { self.reason = reason }
}

/// An adjustment that an act makes, with what is not its money.
struct PlannedAdjustment {
    let adjustment: Order.Adjustment
    /// The return that it is for.
    var returned: Int?
    /// Whether the act's own entry in the log tells of it: then an order that was not paid has no other.
    var isTold = false
}

/// What comes off an order's price, and what becomes of its units with it.
struct RefundPlan {
    private(set) var adjustments: [PlannedAdjustment] = []
    /// Units that are never sent.
    private(set) var cancelled: [SKU: Int] = [:]
    /// Units that were lost, by line.
    private(set) var lost: [Int: Int] = [:]

    /// - Throws: `OrderError`, `PaymentError`, `ReturnError`.
    init(_ request: RefundRequest, for order: Order, returns: [Return], at now: Instant) throws {
        guard order.status != .cancelled else { throw OrderError.cancelled }
        guard order.paymentStatus != .authorised else { throw OrderError.beingPaid }
        let currency = order.totals.total.currency
        func money(_ amount: Int64) -> Money { Money(amount, currency) }
        var left = PriceLeft(order)
        var shipping = request.shipping
        func takeShipping() throws -> [Order.Adjustment.Part] {
            defer { shipping = .none }
            switch shipping {
            case .none: return []
            case .all: return left.takeShipping().map { [$0] } ?? []
            case .amount(let amount):
                guard amount.currency == currency, amount.amount <= left.shippingAmount else {
                    throw PaymentError.tooMuchShipping(money(left.shippingAmount))
                }
                return left.takeShipping(amount.amount).map { [$0] } ?? []
            }
        }
        func adjust(_ cause: Order.Adjustment.Cause, _ parts: [Order.Adjustment.Part], returned: Int? = nil) {
            let adjustment = Order.Adjustment(cause: cause, at: now, parts: parts)
            adjustments.append(
                PlannedAdjustment(adjustment: adjustment, returned: returned, isTold: cause == .cancelled)
            )
        }
        func units(_ lines: [Int: Int]) -> [Order.Adjustment.Part] {
            lines.sorted { $0.key < $1.key }.map { left.takeUnits($0.value, ofLine: $0.key) }
        }

        if let ordinal = request.returned {
            guard let back = returns.first(where: { $0.ordinal == ordinal }) else { throw ReturnError.unknown }
            guard back.closedAt == nil else { throw ReturnError.closed }
            guard back.receivedAt != nil else { throw ReturnError.notReceived }
            guard !back.isCredited else { throw ReturnError.credited }
            let received = back.lines.filter { $0.received > 0 }
            let lines = Dictionary(uniqueKeysWithValues: received.map { ($0.line, $0.received) })
            let parts = units(lines)
            // Whoever withdraws from the whole contract gets the shipping back too.
            if back.kind == .withdrawal, order.isCredited(besides: lines) { shipping = .all }
            adjust(back.kind == .withdrawal ? .withdrawn : .returned, parts + (try takeShipping()), returned: ordinal)
        }
        if !request.quantities.isEmpty {
            if request.areLost {
                lost = try order.returnedLines(request.quantities, besides: returns)
                // Of a kit that has left in part, the rest is to be sent or given up: it is not lost.
                for (line, quantity) in lost {
                    let whole = order.lines[line - 1].wholeShipped - order.lines[line - 1].returnedQuantity
                    let kept = max(0, whole - order.lines[line - 1].lostQuantity)
                    guard quantity <= kept else { throw OrderError.notKept(order.lines[line - 1].sku, kept) }
                }
                adjust(.lost, units(lost) + (try takeShipping()))
            } else {
                cancelled = request.quantities
                let lines = try order.lines(of: cancelled)
                // All of it is a cancelled order, whose shipping goes back too.
                if order.isWhole(cancelled) { shipping = .all }
                adjust(.cancelled, units(lines) + (try takeShipping()))
            }
        }
        let rest = try takeShipping()
        if !rest.isEmpty { adjust(.shipping, rest) }
        if let goodwill = request.goodwill, goodwill.amount > 0 {
            guard goodwill.currency == currency, goodwill.amount <= left.amount else {
                throw PaymentError.tooMuch(money(left.amount))
            }
            adjust(.goodwill, left.takeGoodwill(goodwill.amount))
        }
        guard !adjustments.isEmpty else { throw PaymentError.nothingToRefund }
    }

    /// What all of it comes to, 0 or less.
    var amount: Int64 { adjustments.reduce(0) { $0 + $1.adjustment.amount } }
}

extension Order {
    /// Units of products that are open, by line.
    /// - Throws: `OrderError.notOpen`.
    func lines(of quantities: [SKU: Int]) throws(OrderError) -> [Int: Int] {
        var lines: [Int: Int] = [:]
        for (sku, quantity) in quantities {
            guard let index = self.lines.firstIndex(where: { $0.sku == sku }) else { throw .notOpen(sku, 0) }
            guard quantity <= open(self.lines[index]) else { throw .notOpen(sku, open(self.lines[index])) }
            lines[index + 1] = quantity
        }
        return lines
    }

    /// Whether with some more units, by line, the price of every unit is off the order's.
    fileprivate func isCredited(besides units: [Int: Int]) -> Bool {
        lines.enumerated().allSatisfy { index, line in
            line.creditedQuantity + units[index + 1, default: 0] == line.quantity
        }
    }

    /// All that is left of its price, where it is cancelled whole.
    package func wholeAdjustment(_ cause: Adjustment.Cause, at now: Instant) -> Adjustment {
        var left = PriceLeft(self)
        let units = lines.enumerated().filter { $0.element.quantity > $0.element.creditedQuantity }.map {
            left.takeUnits($0.element.quantity - $0.element.creditedQuantity, ofLine: $0.offset + 1)
        }
        return Adjustment(cause: cause, at: now, parts: units + (left.takeShipping().map { [$0] } ?? []))
    }

    /// What comes off the price where open units are given up: of all of them, all that is left. Whoever withdraws from the
    /// whole contract, in however many steps, gets the shipping back too.
    /// - Throws: `OrderError.notOpen`.
    package func givingUp(_ quantities: [SKU: Int], _ cause: Adjustment.Cause, at now: Instant) throws(OrderError)
        -> Adjustment
    {
        if isWhole(quantities) { return wholeAdjustment(cause, at: now) }
        var left = PriceLeft(self)
        let lines = try lines(of: quantities)
        let units = lines.sorted { $0.key < $1.key }.map { left.takeUnits($0.value, ofLine: $0.key) }
        let shipping = cause == .withdrawn && isCredited(besides: lines) ? left.takeShipping() : nil
        return Adjustment(cause: cause, at: now, parts: units + (shipping.map { [$0] } ?? []))
    }

    /// What goes back of an adjustment: nothing where nothing was paid.
    package func moneyBack(_ amount: Int64) -> Money {
        Money(isPaid ? max(0, -amount) : 0, totals.total.currency)
    }

    /// What goes back where some of it is cancelled, or all of it.
    /// - Parameter quantities: nil for all of it.
    /// - Throws: `OrderError` where it can't be cancelled.
    package func adjustmentWhenCancelled(_ quantities: [SKU: Int]?, at now: Instant) throws(OrderError) -> Adjustment? {
        if status == .cancelled, quantities == nil { return nil }
        guard status != .cancelled else { throw .cancelled }
        if quantities.map(isWhole) ?? true {
            guard canBeCorrected else { throw .packed }
            return wholeAdjustment(.cancelled, at: now)
        }
        guard paymentStatus != .authorised else { throw .beingPaid }
        return try givingUp(quantities ?? [:], .cancelled, at: now)
    }
}
