import Cart
import Commerce
import TestSupport
import Testing

@Suite struct QuoteSumTests {
    private let pounds: Currency

    init() throws { pounds = try #require(Currency(rawValue: "GBP")) }

    @Test func pricesThatIncludeTaxContainItAndOthersAddIt() {
        let included = Totals.sum(
            lines: [(4500, 2000)],
            discount: 0,
            shipping: (0, 2000),
            isTaxIncluded: true,
            currency: pounds
        )
        #expect(included.totals.tax.amount == 750 && included.totals.total.amount == 4500)
        let added = Totals.sum(
            lines: [(4500, 2000)],
            discount: 500,
            shipping: (395, 2000),
            isTaxIncluded: false,
            currency: pounds
        )
        #expect(added.totals.tax.amount == 879 && added.totals.total.amount == 4500 - 500 + 395 + 879)
        #expect(added.lines[0].tax + added.shippingTax == 879)
    }

    @Test func centsNeverAppearFromNowhere() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<5000 {
            let lines = (0..<Int.random(in: 1...8, using: &random)).map { _ -> (items: Int64, taxBasisPoints: Int64) in
                let rates: [Int64] = [0, 500, 888, 2000]
                let rate = rates[Int.random(in: 0..<rates.count, using: &random)]
                return (Int64.random(in: 0...100_000, using: &random), rate)
            }
            let goods = lines.map(\.items).reduce(0, +)
            let discount = Int64.random(in: 0...goods, using: &random)
            let shipping = (amount: Int64.random(in: 0...2000, using: &random), taxBasisPoints: Int64(2000))
            let isIncluded = Bool.random(using: &random)
            let sums = Totals.sum(
                lines: lines,
                discount: discount,
                shipping: shipping,
                isTaxIncluded: isIncluded,
                currency: pounds
            )
            let totals = sums.totals
            #expect(totals.items.amount == goods)
            #expect(
                totals.total.amount
                    == goods - discount + shipping.amount + (isIncluded ? 0 : totals.tax.amount)
            )
            #expect(sums.lines.map(\.discount).reduce(0, +) == discount)
            #expect(sums.lines.map(\.tax).reduce(0, +) + sums.shippingTax == totals.tax.amount)
            #expect(zip(sums.lines, lines).allSatisfy { $0.discount <= $1.items && $0.tax >= 0 })
            if isIncluded { #expect(totals.tax.amount <= goods - discount + shipping.amount) }
        }
    }
}
