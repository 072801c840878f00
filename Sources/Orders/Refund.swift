import Cart
package import Commerce

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

extension Order {
    /// What a refund comes to: for each line the shares of so many more units, as the line was charged.
    ///
    /// A line's charge is split over its units by largest remainder, so that the refunds of all units, in any steps, are
    /// exactly what was paid for the line. Nil where the order holds fewer units, or they have gone back already.
    package func refundAmount(_ request: RefundRequest) -> Int64? {
        guard request.quantities.values.allSatisfy({ $0 > 0 }) else { return nil }
        var amount: Int64 = 0
        for (sku, quantity) in request.quantities {
            guard let line = lines.first(where: { $0.sku == sku }), line.refundedQuantity + quantity <= line.quantity
            else {
                return nil
            }
            let charged = line.shares.items - line.shares.discount + (totals.isTaxIncluded ? 0 : line.shares.tax)
            let units = Share.split(charged, by: Array(repeating: 1, count: line.quantity))
            amount += units[line.refundedQuantity..<line.refundedQuantity + quantity].reduce(0, +)
        }
        if request.includesShipping {
            guard !isShippingRefunded else { return nil }
            amount += totals.shipping.amount + (totals.isTaxIncluded ? 0 : shippingTax)
        }
        return amount
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
