import Commerce
import Orders
import Returns
import TestSupport
import Testing

@testable import Payments
@testable import Samples

/// What was charged comes off the price exactly, in whatever steps, and never more.
struct RefundTests {
    private let now = Instant(microsecondsSince1970: 1_796_200_000_000_000)

    private func plan(_ order: Order, _ change: (inout RefundRequest) throws -> Void) throws -> RefundPlan {
        var request = RefundRequest(reason: "late")
        try change(&request)
        return try RefundPlan(request, for: order, returns: [], at: now)
    }

    private func money(_ amount: Int64, _ currency: String = "GBP") throws -> Money {
        Money(amount, try #require(Currency(rawValue: currency)))
    }

    private func units(_ quantities: [String: Int]) throws -> [SKU: Int] {
        Dictionary(uniqueKeysWithValues: try quantities.map { (try sku($0.key), $0.value) })
    }

    /// What comes off for each of a line's units, one after the other.
    private func parts(_ sample: SampleOrder, line: Int = 1) throws -> [Order.Adjustment.Part] {
        let order = try sample.order
        var left = PriceLeft(order)
        return order.lines[line - 1].quantity == 0
            ? [] : (0..<order.lines[line - 1].quantity).map { _ in left.takeUnits(1, ofLine: line) }
    }

    @Test func soldPartsSumToTheTotalAndTheTax() throws {
        var random = SeededGenerator(seed: 24)
        for _ in 0..<200 {
            let order = try SampleOrder.random(&random).order
            #expect(order.soldParts.reduce(0) { $0 + $1.amount } == order.totals.total.amount)
            #expect(order.soldParts.reduce(0) { $0 + $1.tax } == order.totals.tax.amount)
            #expect(order.soldParts.contains { $0.subject == .shipping } == (order.totals.shipping.amount > 0))
        }
    }

    /// Whatever is taken off, in whatever order, what is left is never below nothing, at no rate, and a cancelled order comes
    /// to nothing.
    @Test func anythingInAnyOrderComesToWhatIsLeft() throws {
        var random = SeededGenerator(seed: 23)
        for _ in 0..<200 {
            let sample = SampleOrder.random(&random)
            var order = try sample.order
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                var left = PriceLeft(order)
                let parts: [Order.Adjustment.Part]
                var cause = Order.Adjustment.Cause.goodwill
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    let index = order.lines.indices.randomElement(using: &random) ?? 0
                    let line = order.lines[index]
                    let count = Int.random(in: 0...line.quantity - line.creditedQuantity, using: &random)
                    parts = count == 0 ? [] : [left.takeUnits(count, ofLine: index + 1)]
                    order.lines[index].creditedQuantity += count
                case 1:
                    parts = left.takeShipping(Int64.random(in: 0...500, using: &random)).map { [$0] } ?? []
                case 2: parts = left.takeGoodwill(Int64.random(in: 0...left.amount, using: &random))
                default:
                    parts = [left.changeShipping(toCost: Int64.random(in: 0...900, using: &random))]
                    cause = .correction
                }
                order.adjustments.append(Order.Adjustment(cause: cause, at: now, parts: parts))
                check(order)
            }
            order.adjustments.append(order.wholeAdjustment(.cancelled, at: now))
            check(order)
            #expect(order.comesTo.amount == 0)
            #expect(order.totals.tax.amount + order.adjustments.reduce(0) { $0 + $1.tax } == 0)
        }
    }

    private func check(_ order: Order) {
        var rates: [Int64: (amount: Int64, tax: Int64)] = [:]
        for part in order.soldParts + order.adjustments.flatMap(\.parts) {
            rates[part.taxBasisPoints, default: (0, 0)].amount += part.amount
            rates[part.taxBasisPoints, default: (0, 0)].tax += part.tax
        }
        for (rate, left) in rates { #expect(left.amount >= 0 && left.tax >= 0 && left.tax <= left.amount, "\(rate)") }
        #expect(rates.values.reduce(0) { $0 + $1.amount } == order.comesTo.amount)
        #expect(PriceLeft(order).amount == order.comesTo.amount)
    }

    @Test func allUnitsInAnyStepsComeToTheWholeLine() throws {
        var random = SeededGenerator(seed: 25)
        for _ in 0..<100 {
            let sample = SampleOrder.random(&random)
            let order = try sample.order
            for line in order.lines.indices {
                let parts = try parts(sample, line: line + 1)
                #expect(parts.reduce(0) { $0 + $1.amount } == -order.soldParts[line].amount)
                #expect(parts.reduce(0) { $0 + $1.tax } == -order.soldParts[line].tax)
            }
        }
    }

    @Test func centThatDoesNotDivideGoesBackWithTheFirstUnits() throws {
        let thirds = SampleOrder(lines: [SampleLine("LOTION", 3, at: 1000, taxed: 2000)], discount: 1)
        // 2999 for three, with 500 of tax in it.
        #expect(try parts(thirds).map(\.amount) == [-1000, -1000, -999])
        #expect(try parts(thirds).map(\.tax) == [-167, -167, -166])
    }

    @Test func unitGoesBackWithItsShareOfTheDiscount() throws {
        let sample = SampleOrder(
            lines: [SampleLine("LOTION", 3, at: 1000), SampleLine("SHAMPOO", at: 1000)],
            discount: 400
        )
        #expect(try parts(sample, line: 1).map(\.amount) == [-900, -900, -900])
        #expect(try parts(sample, line: 2).map(\.amount) == [-900])
    }

    @Test(arguments: [(true, 1200, 200), (false, 1440, 240)])
    func taxThatWasAddedGoesBackToo(isTaxIncluded: Bool, amount: Int64, tax: Int64) throws {
        var sample = SampleOrder(lines: [SampleLine("LOTION", at: 1200, taxed: 2000)])
        sample.isTaxIncluded = isTaxIncluded
        let part = try #require(try parts(sample).first)
        #expect(part.amount == -amount && part.tax == -tax && part.taxBasisPoints == 2000)
    }

    /// 5.00 of 45.00 was given before: all units come to what is left, at each rate.
    @Test func goodwillThenAllUnitsComesToNothing() throws {
        let sample = SampleOrder(
            lines: [SampleLine("LOTION", 2, at: 1200, taxed: 2000), SampleLine("SHAMPOO", at: 2100, taxed: 500)]
        )
        var order = try sample.order
        let goodwill = try plan(order) { $0.goodwill = try money(500) }
        #expect(goodwill.adjustments.map(\.adjustment.cause) == [.goodwill])
        // By what each rate comes to: 2400 and 2100 of 4500.
        #expect(goodwill.adjustments[0].adjustment.parts.map(\.amount) == [-267, -233])
        order.adjustments.append(goodwill.adjustments[0].adjustment)
        let rest = try plan(order) { $0.quantities = try units(["LOTION": 2, "SHAMPOO": 1]) }
        #expect(rest.amount == -4000)
    }

    @Test func shippingGoesBackInPartsAndOnceWhole() throws {
        var sample = SampleOrder(lines: [SampleLine("LOTION", at: 1000)], shipping: 395, shippingTaxBasisPoints: 2000)
        sample.isTaxIncluded = false
        var order = try sample.order
        let part = try plan(order) { $0.shipping = .amount(try money(100)) }.adjustments[0].adjustment
        #expect(part.cause == .shipping && part.amount == -100)
        order.adjustments.append(part)
        let rest = try plan(order) { $0.shipping = .all }.adjustments[0].adjustment
        #expect(rest.amount == -374 && part.tax + rest.tax == -79)
        order.adjustments.append(rest)
        #expect(throws: PaymentError.self) { try plan(order) { $0.shipping = .all } }
    }

    @Test(arguments: [["LOTION": 4], ["SHAMPOO": 1], ["LOTION": 1, "SHAMPOO": 1]])
    func moreThanIsOpenIsNotCancelled(quantities: [String: Int]) throws {
        let order = try SampleOrder(lines: [SampleLine("LOTION", 3, at: 1000)]).order
        #expect(throws: OrderError.self) { try plan(order) { $0.quantities = try units(quantities) } }
        #expect(throws: PaymentError.self) { try plan(order) { $0.goodwill = try money(3001) } }
        #expect(try plan(order) { $0.goodwill = try money(3000) }.amount == -3000)
    }

    @Test func moneyOfAnotherCurrencyIsNotGivenBack() throws {
        let order = try SampleOrder(lines: [SampleLine("LOTION", at: 1000)], shipping: 395).order
        #expect(throws: PaymentError.self) { try plan(order) { $0.goodwill = try money(500, "JPY") } }
        #expect(throws: PaymentError.self) { try plan(order) { $0.shipping = .amount(try money(100, "JPY")) } }
    }

    /// In however many steps: the last of them, and no other, takes the shipping with it.
    @Test func wholeWithdrawalTakesTheShippingWithIt() throws {
        var order = try SampleOrder(
            lines: [SampleLine("LOTION", 2, at: 1000), SampleLine("SHAMPOO", at: 2100)],
            shipping: 395
        ).order
        // A part is not whole, as long as something is in a parcel.
        order.lines[1].components[0].packed = 1
        let first = try order.givingUp(try units(["LOTION": 1]), .withdrawn, at: now)
        #expect(first.amount == -1000)
        order.lines[0].creditedQuantity = 1
        order.lines[1].creditedQuantity = 1
        #expect(try order.givingUp(try units(["LOTION": 1]), .withdrawn, at: now).amount == -1395)
        #expect(try order.givingUp(try units(["LOTION": 1]), .cancelled, at: now).amount == -1000)
    }

    /// What was given back of the shipping is not paid again by another method, nor given back twice.
    @Test func shippingThatWentBackIsNotChargedAgain() throws {
        var order = try SampleOrder(lines: [SampleLine("LOTION", at: 1000)], shipping: 795).order
        func cost(_ price: Int64) -> Order.Adjustment {
            var left = PriceLeft(order)
            return Order.Adjustment(cause: .correction, at: now, parts: [left.changeShipping(toCost: price)])
        }
        order.adjustments.append(try plan(order) { $0.shipping = .all }.adjustments[0].adjustment)
        #expect(cost(395).amount == 0)
        #expect(cost(995).amount == 200)
        order.adjustments.append(cost(995))
        #expect(cost(795).amount == -200 && cost(395).amount == -200)
        order.adjustments.append(cost(795))
        #expect(order.comesTo.amount == 1000)
    }
}
