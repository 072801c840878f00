package import Commerce
package import Orders

/// What goes back to the customer, and why.
package struct RefundRequest: Sendable {
    /// How many of each product; none for a line means nothing of it.
    package let quantities: [SKU: Int]
    /// Whether shipping goes back too.
    package let includesShipping: Bool
    package let reason: String

    package init(quantities: [SKU: Int], includesShipping: Bool, reason: String) {
        self.quantities = quantities
        self.includesShipping = includesShipping
        self.reason = reason
    }
}

/// Some units of a line, or the shipping, with what they were charged.
struct Charge: Equatable {
    /// Nil for the shipping.
    let line: Order.Line?
    let quantity: Int
    /// What was paid for them, tax included.
    let gross: Int64
    /// The tax in that.
    let tax: Int64
    let taxBasisPoints: Int64
}

extension Order {
    /// The parts of a refund: for each line the shares of so many more units, as the line was charged.
    ///
    /// A line's charge, and the tax in it, are split over its units by largest remainder, so that the refunds of all
    /// units, in any steps, are exactly what was paid for the line.
    func charges(_ request: RefundRequest) -> [Charge]? {
        guard request.quantities.values.allSatisfy({ $0 > 0 }),
            request.quantities.keys.allSatisfy({ sku in lines.contains { $0.sku == sku } })
        else { return nil }
        var charges: [Charge] = []
        for line in lines {
            guard let quantity = request.quantities[line.sku] else { continue }
            guard line.refundedQuantity + quantity <= line.quantity else { return nil }
            charges.append(charge(line, line.refundedQuantity..<line.refundedQuantity + quantity))
        }
        if request.includesShipping {
            guard !isShippingRefunded else { return nil }
            charges.append(shippingCharge)
        }
        return charges
    }

    /// The parts of a refund that gives something back.
    /// - Throws: `PaymentError.nothingToRefund`.
    func chargesToRefund(_ request: RefundRequest) throws(PaymentError) -> [Charge] {
        let charges = charges(request) ?? []
        guard charges.contains(where: { $0.gross > 0 }) else { throw .nothingToRefund }
        return charges
    }

    /// What a refund gives back.
    /// - Throws: `PaymentError`.
    func moneyBack(_ request: RefundRequest) throws(PaymentError) -> Money {
        guard paymentStatus == .paid || paymentStatus == .partlyRefunded else { throw .notPaid }
        return Money(try chargesToRefund(request).reduce(0) { $0 + $1.gross }, totals.total.currency)
    }

    /// What goes back where it is cancelled: all that was paid and has not gone back yet.
    /// - Throws: `OrderError` where it can't be cancelled.
    package func moneyBackWhenCancelled() throws(OrderError) -> Money {
        let currency = totals.total.currency
        if status == .cancelled { return Money(0, currency) }
        guard status.mayBecome(.cancelled), canBeCorrected else { throw .packed }
        return Money(isPaid ? totals.total.amount - refunded : 0, currency)
    }

    /// Everything that was charged: its parts sum to the total.
    var allCharges: [Charge] {
        lines.map { charge($0, 0..<$0.quantity) } + (totals.shipping.amount > 0 ? [shippingCharge] : [])
    }

    private func charge(_ line: Line, _ units: Range<Int>) -> Charge {
        func share(_ amount: Int64) -> Int64 {
            Share.split(amount, by: Array(repeating: 1, count: line.quantity))[units].reduce(0, +)
        }
        let gross = line.shares.items - line.shares.discount + (totals.isTaxIncluded ? 0 : line.shares.tax)
        return Charge(
            line: line,
            quantity: units.count,
            gross: share(gross),
            tax: share(line.shares.tax),
            taxBasisPoints: line.shares.taxBasisPoints
        )
    }

    private var shippingCharge: Charge {
        Charge(
            line: nil,
            quantity: 1,
            gross: totals.shipping.amount + (totals.isTaxIncluded ? 0 : shippingTax),
            tax: shippingTax,
            taxBasisPoints: shippingTaxBasisPoints
        )
    }

    /// Everything that has not gone back yet.
    func wholeRefund(reason: String) -> RefundRequest {
        let left = lines.filter { $0.quantity > $0.refundedQuantity }.map {
            ($0.sku, $0.quantity - $0.refundedQuantity)
        }
        return RefundRequest(
            quantities: Dictionary(uniqueKeysWithValues: left),
            includesShipping: !isShippingRefunded,
            reason: reason
        )
    }
}
