import TestSupport

@testable import Samples

extension SampleOrder {
    /// An order of one to five lines at any prices and rates, with or without discount, shipping and tax in its prices.
    static func random(_ random: inout SeededGenerator) -> SampleOrder {
        let rates: [Int64] = [0, 500, 888, 2000]
        let lines = (1...Int.random(in: 1...5, using: &random)).map { number in
            SampleLine(
                "PRODUCT-\(number)",
                Int.random(in: 1...7, using: &random),
                at: Int64.random(in: 0...5000, using: &random),
                taxed: rates[Int.random(in: 0..<rates.count, using: &random)]
            )
        }
        var sample = SampleOrder(lines: lines)
        let goods = lines.reduce(0) { $0 + $1.unitPrice * Int64($1.quantity) }
        sample.discount = Bool.random(using: &random) ? Int64.random(in: 0...goods, using: &random) : 0
        sample.shipping = Bool.random(using: &random) ? Int64.random(in: 1...2000, using: &random) : 0
        sample.shippingTaxBasisPoints = 2000
        sample.isTaxIncluded = Bool.random(using: &random)
        return sample
    }
}
