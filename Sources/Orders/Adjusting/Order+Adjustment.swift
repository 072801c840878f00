package import Commerce

extension Order {
    /// What an order comes to less, or more, since it was sold: the lines, sums and taxes that it was sold by stay as they
    /// were. Amounts are minor units with their tax, less than 0 where the order comes to less.
    package struct Adjustment: Sendable, Equatable {
        package enum Cause: String, Sendable, CaseIterable {
            /// Units that are never sent.
            case cancelled
            /// Units that came back.
            case returned
            /// Units that were lost, and are not sent again.
            case lost
            /// Units that a customer withdrew from, as is their right.
            case withdrawn
            /// For no units: the shop's kindness.
            case goodwill
            /// Shipping that is given back.
            case shipping
            /// Another shipping method than the one that was sold.
            case correction
        }

        /// What a part of an adjustment is for.
        package enum Subject: Sendable, Equatable {
            /// Some units of a line; lines count from 1.
            case units(line: Int, quantity: Int)
            case shipping
            /// A share of the whole price.
            case price
        }

        package struct Part: Sendable, Equatable {
            package let subject: Subject
            package let amount: Int64
            /// The tax in that.
            package let tax: Int64
            package let taxBasisPoints: Int64
        }

        package let cause: Cause
        /// When it was made.
        package let at: Instant
        package let parts: [Part]

        package init(cause: Cause, at: Instant, parts: [Part]) {
            (self.cause, self.at, self.parts) = (cause, at, parts)
        }

        package var amount: Int64 { parts.reduce(0) { $0 + $1.amount } }
        package var tax: Int64 { parts.reduce(0) { $0 + $1.tax } }

        /// The units of each line that it is for, by line.
        package var units: [Int: Int] {
            parts.reduce(into: [:]) { units, part in
                if case .units(let line, let quantity) = part.subject { units[line, default: 0] += quantity }
            }
        }
    }

    /// What it comes to now: its total as it was sold, and its adjustments.
    package var comesTo: Money {
        Money(totals.total.amount + adjustments.reduce(0) { $0 + $1.amount }, totals.total.currency)
    }

    /// What it was sold for, part by part: these sum to its total, and their taxes to its tax.
    package var soldParts: [Adjustment.Part] {
        lines.enumerated().map { index, line in
            Adjustment.Part(
                subject: .units(line: index + 1, quantity: line.quantity),
                amount: gross(line.shares.items - line.shares.discount, line.shares.tax),
                tax: line.shares.tax,
                taxBasisPoints: line.shares.taxBasisPoints
            )
        } + (totals.shipping.amount > 0 ? [soldShipping] : [])
    }

    private var soldShipping: Adjustment.Part {
        Adjustment.Part(
            subject: .shipping,
            amount: gross(totals.shipping.amount, shippingTax),
            tax: shippingTax,
            taxBasisPoints: shippingTaxBasisPoints
        )
    }

    /// A price with its tax, which it may hold already.
    private func gross(_ price: Int64, _ tax: Int64) -> Int64 { price + (totals.isTaxIncluded ? 0 : tax) }

    /// What another price for shipping is, with the tax in or on it.
    func shippingPart(costing price: Int64) -> Adjustment.Part {
        let rate = shippingTaxBasisPoints
        let tax = Share.rounded(price, times: rate, over: totals.isTaxIncluded ? 10_000 + rate : 10_000)
        return Adjustment.Part(subject: .shipping, amount: gross(price, tax), tax: tax, taxBasisPoints: rate)
    }
}
