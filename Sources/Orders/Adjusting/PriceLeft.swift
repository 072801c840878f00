import Commerce

/// What is left of an order's price, and takes off it what an adjustment takes.
///
/// A line's price, and the tax in it, are split over its units by largest remainder, so that all units come to the whole
/// line, in whatever steps they go. No more comes off at a rate of tax than is left of it: goodwill may have taken some
/// before. Whatever takes the rest of a rate takes the rest of its tax.
package struct PriceLeft {
    private struct Sum {
        var amount: Int64 = 0
        var tax: Int64 = 0
    }

    private let order: Order
    private let sold: [Order.Adjustment.Part]
    private var rates: [Int64: Sum] = [:]
    private var shipping = Sum()
    /// What shipping costs by the method that was agreed on last, whatever of it was given back.
    private var agreedShipping = Sum()
    /// Of how many units of each line the price is off.
    private var credited: [Int]

    package init(_ order: Order) {
        self.order = order
        sold = order.soldParts
        credited = order.lines.map(\.creditedQuantity)
        let corrections = order.adjustments.filter { $0.cause == .correction }.flatMap(\.parts)
        for part in sold + corrections where part.subject == .shipping {
            agreedShipping.amount += part.amount
            agreedShipping.tax += part.tax
        }
        for part in sold + order.adjustments.flatMap(\.parts) {
            rates[part.taxBasisPoints, default: Sum()].amount += part.amount
            rates[part.taxBasisPoints, default: Sum()].tax += part.tax
            if part.subject == .shipping {
                shipping.amount += part.amount
                shipping.tax += part.tax
            }
        }
    }

    /// All that is left.
    package var amount: Int64 { rates.values.reduce(0) { $0 + $1.amount } }

    /// What shipping still comes to.
    package var shippingAmount: Int64 {
        min(shipping.amount, rates[order.shippingTaxBasisPoints]?.amount ?? 0)
    }

    /// Takes off the price of some more units of a line; lines count from 1.
    package mutating func takeUnits(_ quantity: Int, ofLine line: Int) -> Order.Adjustment.Part {
        let sold = sold[line - 1]
        let first = Int64(credited[line - 1])
        let last = first + Int64(quantity)
        credited[line - 1] += quantity
        // What does not divide goes with the first units, one each.
        func share(_ amount: Int64) -> Int64 {
            let (each, rest) = amount.quotientAndRemainder(dividingBy: Int64(order.lines[line - 1].quantity))
            return each * (last - first) + min(rest, last) - min(rest, first)
        }
        return take(
            share(sold.amount),
            tax: share(sold.tax),
            at: sold.taxBasisPoints,
            for: .units(line: line, quantity: quantity)
        )
    }

    /// Takes off some of the shipping, or all that is left of it; nil where nothing is.
    package mutating func takeShipping(_ amount: Int64? = nil) -> Order.Adjustment.Part? {
        let taken = min(amount ?? shippingAmount, shippingAmount)
        guard taken > 0 else { return nil }
        let tax =
            taken == shipping.amount ? shipping.tax : Share.rounded(shipping.tax, times: taken, over: shipping.amount)
        shipping.amount -= taken
        shipping.tax -= tax
        return take(taken, tax: tax, at: order.shippingTaxBasisPoints, for: .shipping)
    }

    /// Takes off some of the whole price, at each rate by what is left of it.
    package mutating func takeGoodwill(_ amount: Int64) -> [Order.Adjustment.Part] {
        let left = rates.sorted { $0.key > $1.key }.filter { $0.value.amount > 0 }
        return zip(left, Share.split(min(amount, self.amount), by: left.map(\.value.amount))).compactMap {
            rate,
            share in
            guard share > 0 else { return nil }
            let tax = Share.rounded(rate.value.tax, times: share, over: rate.value.amount)
            return take(share, tax: tax, at: rate.key, for: .price)
        }
    }

    /// Shipping at another price. What was given back of it stays given back: nobody pays it again, and no more goes back
    /// than is left.
    package mutating func changeShipping(toCost price: Int64) -> Order.Adjustment.Part {
        let new = order.shippingPart(costing: price)
        let (less, lessTax) = (agreedShipping.amount - new.amount, agreedShipping.tax - new.tax)
        if less > 0 {
            let taken = min(less, shipping.amount)
            let tax = taken == shipping.amount ? shipping.tax : min(max(0, lessTax), shipping.tax)
            return take(taken, tax: tax, at: new.taxBasisPoints, for: .shipping)
        }
        return Order.Adjustment.Part(
            subject: .shipping,
            amount: -less,
            tax: max(0, -lessTax),
            taxBasisPoints: new.taxBasisPoints
        )
    }

    private mutating func take(
        _ amount: Int64,
        tax: Int64,
        at rate: Int64,
        for subject: Order.Adjustment.Subject
    ) -> Order.Adjustment.Part {
        let left = rates[rate] ?? Sum()
        let taken = min(amount, left.amount)
        let takenTax = taken == left.amount ? left.tax : min(tax, left.tax, taken)
        rates[rate] = Sum(amount: left.amount - taken, tax: left.tax - takenTax)
        return Order.Adjustment.Part(subject: subject, amount: -taken, tax: -takenTax, taxBasisPoints: rate)
    }
}
