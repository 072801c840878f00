/// The sums of a cart or an order, all in one currency: items - discount + shipping + added tax = total, exactly.
package struct Totals: Sendable, Equatable {
    package let items: Money
    package let discount: Money
    package let shipping: Money
    /// What is added, or what the prices contain.
    package let tax: Money
    /// Whether the prices include the tax; then it is not added.
    package let isTaxIncluded: Bool
    package let total: Money

    package init(items: Money, discount: Money, shipping: Money, tax: Money, isTaxIncluded: Bool) {
        self.items = items
        self.discount = discount
        self.shipping = shipping
        self.tax = tax
        self.isTaxIncluded = isTaxIncluded
        total = Money(
            items.amount - discount.amount + shipping.amount + (isTaxIncluded ? 0 : tax.amount),
            items.currency
        )
    }
}

/// What a line comes to: what the customer pays for it, and the tax in or on that.
package struct LineTotals: Sendable, Equatable {
    /// Unit price times quantity.
    package let items: Int64
    package let discount: Int64
    package let tax: Int64
    package let taxBasisPoints: Int64

    package init(items: Int64, discount: Int64, tax: Int64, taxBasisPoints: Int64) {
        self.items = items
        self.discount = discount
        self.tax = tax
        self.taxBasisPoints = taxBasisPoints
    }
}

extension Totals {
    /// Sums up: discounts are split over the lines by their value, tax is rounded once per rate over all that it is on,
    /// and split back over the lines, so that every line's share is known and the shares sum to the whole.
    ///
    /// - Parameters:
    ///   - lines: each line's value and tax rate.
    ///   - discount: what is taken off, at most the lines' value.
    ///   - shipping: its price and its tax rate.
    package static func sum(
        lines: [(items: Int64, taxBasisPoints: Int64)],
        discount: Int64,
        shipping: (amount: Int64, taxBasisPoints: Int64),
        isTaxIncluded: Bool,
        currency: Currency
    ) -> (totals: Totals, lines: [LineTotals], shippingTax: Int64) {
        let discounts = Share.split(discount, by: lines.map(\.items))
        // Shipping is one more taxed part, the last.
        let parts =
            zip(lines, discounts).map { (amount: $0.items - $1, rate: $0.taxBasisPoints) }
            + [(amount: shipping.amount, rate: shipping.taxBasisPoints)]
        var taxes = Array(repeating: Int64(0), count: parts.count)
        for rate in Set(parts.map(\.rate)) where rate > 0 {
            let indices = parts.indices.filter { parts[$0].rate == rate }
            let amount = indices.map { parts[$0].amount }.reduce(0, +)
            let tax = Share.rounded(amount, times: rate, over: isTaxIncluded ? 10_000 + rate : 10_000)
            for (index, share) in zip(indices, Share.split(tax, by: indices.map { parts[$0].amount })) {
                taxes[index] = share
            }
        }
        let totals = Totals(
            items: Money(lines.map(\.items).reduce(0, +), currency),
            discount: Money(discount, currency),
            shipping: Money(shipping.amount, currency),
            tax: Money(taxes.reduce(0, +), currency),
            isTaxIncluded: isTaxIncluded
        )
        let lineTotals = zip(lines, zip(discounts, taxes)).map { line, shares in
            LineTotals(items: line.items, discount: shares.0, tax: shares.1, taxBasisPoints: line.taxBasisPoints)
        }
        return (totals, lineTotals, taxes.last ?? 0)
    }
}
