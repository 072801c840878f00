import Commerce
import Orders
import TestSupport
import Testing

@testable import Payments
@testable import Samples

/// What was paid goes back exactly, in whatever steps.
struct RefundTests {
    private func request(_ quantities: [String: Int], shipping: Bool = false) throws -> RefundRequest {
        RefundRequest(
            quantities: Dictionary(uniqueKeysWithValues: try quantities.map { (try sku($0.key), $0.value) }),
            includesShipping: shipping,
            reason: "late"
        )
    }

    /// What each of a line's units was charged, as if they went back one by one.
    private func unitCharges(_ sample: SampleOrder, line: Int = 0) throws -> [Charge] {
        var sample = sample
        return try (0..<sample.lines[line].quantity).map { unit in
            sample.lines[line].refundedQuantity = unit
            return try #require(try sample.order.charges(request([sample.lines[line].code: 1])).flatMap(\.first))
        }
    }

    @Test func refundOfAllUnitsInAnyStepsIsWhatWasPaid() throws {
        var random = SeededGenerator(seed: 23)
        for _ in 0..<300 {
            var sample = SampleOrder.random(&random)
            let placed = try sample.order
            var gross = Array(repeating: Int64(0), count: sample.lines.count)
            var tax = gross
            while sample.lines.contains(where: { $0.refundedQuantity < $0.quantity }) {
                var step: [String: Int] = [:]
                for line in sample.lines {
                    let count = Int.random(in: 0...line.quantity - line.refundedQuantity, using: &random)
                    if count > 0 { step[line.code] = count }
                }
                for charge in try #require(try sample.order.charges(request(step))) {
                    let line = try #require(placed.lines.firstIndex { $0.sku == charge.line?.sku })
                    gross[line] += charge.gross
                    tax[line] += charge.tax
                    #expect(charge.gross >= 0 && charge.tax >= 0)
                    sample.lines[line].refundedQuantity += charge.quantity
                }
            }
            let shares = placed.lines.map(\.shares)
            #expect(tax == shares.map(\.tax))
            #expect(gross == shares.map { $0.items - $0.discount + (sample.isTaxIncluded ? 0 : $0.tax) })
        }
    }

    @Test func chargesOfAnOrderSumToItsTotalAndItsTax() throws {
        var random = SeededGenerator(seed: 24)
        for _ in 0..<500 {
            let order = try SampleOrder.random(&random).order
            #expect(order.allCharges.reduce(0) { $0 + $1.gross } == order.totals.total.amount)
            #expect(order.allCharges.reduce(0) { $0 + $1.tax } == order.totals.tax.amount)
            #expect(order.allCharges.contains { $0.line == nil } == (order.totals.shipping.amount > 0))
        }
    }

    @Test func wholeRefundIsAllThatIsLeft() throws {
        var random = SeededGenerator(seed: 25)
        for _ in 0..<300 {
            var sample = SampleOrder.random(&random)
            let total = try sample.order.totals.total.amount
            let isShippingFirst = Bool.random(using: &random)
            var first: [String: Int] = [:]
            for line in sample.lines {
                let count = Int.random(in: 0...line.quantity, using: &random)
                if count > 0 { first[line.code] = count }
            }
            let charges = try #require(try sample.order.charges(request(first, shipping: isShippingFirst)))
            for index in sample.lines.indices {
                sample.lines[index].refundedQuantity = first[sample.lines[index].code] ?? 0
            }
            sample.isShippingRefunded = isShippingFirst
            let order = try sample.order
            let rest = try #require(order.charges(order.wholeRefund(reason: "late")))
            #expect((charges + rest).reduce(0) { $0 + $1.gross } == total)
            #expect(order.wholeRefund(reason: "late").includesShipping == !isShippingFirst)
        }
    }

    @Test func centThatDoesNotDivideGoesBackWithTheFirstUnits() throws {
        let thirds = SampleOrder(lines: [SampleLine("LOTION", 3, at: 1000, taxed: 2000)], discount: 1)
        // 2999 for three, with 500 of tax in it.
        #expect(try unitCharges(thirds).map(\.gross) == [1000, 1000, 999])
        #expect(try unitCharges(thirds).map(\.tax) == [167, 167, 166])
    }

    @Test func unitGoesBackWithItsShareOfTheDiscount() throws {
        let sample = SampleOrder(
            lines: [SampleLine("LOTION", 3, at: 1000), SampleLine("SHAMPOO", at: 1000)],
            discount: 400
        )
        #expect(try unitCharges(sample, line: 0).map(\.gross) == [900, 900, 900])
        #expect(try unitCharges(sample, line: 1).map(\.gross) == [900])
    }

    @Test(arguments: [(true, 1200, 200), (false, 1440, 240)])
    func taxThatWasAddedGoesBackToo(isTaxIncluded: Bool, gross: Int64, tax: Int64) throws {
        var sample = SampleOrder(lines: [SampleLine("LOTION", at: 1200, taxed: 2000)])
        sample.isTaxIncluded = isTaxIncluded
        let charge = try #require(try unitCharges(sample).first)
        #expect(charge.gross == gross && charge.tax == tax && charge.taxBasisPoints == 2000)
    }

    @Test func shippingGoesBackOnceAndWhole() throws {
        var sample = SampleOrder(lines: [SampleLine("LOTION", at: 1000)], shipping: 395, shippingTaxBasisPoints: 2000)
        sample.isTaxIncluded = false
        let charges = try #require(try sample.order.charges(request([:], shipping: true)))
        #expect(charges == [Charge(line: nil, quantity: 1, gross: 474, tax: 79, taxBasisPoints: 2000)])
        sample.isShippingRefunded = true
        #expect(try sample.order.charges(request([:], shipping: true)) == nil)
    }

    @Test(arguments: [["LOTION": 2], ["LOTION": 0], ["LOTION": -1], ["SHAMPOO": 1], ["LOTION": 1, "SHAMPOO": 1]])
    func moreThanIsLeftDoesNotGoBack(quantities: [String: Int]) throws {
        var sample = SampleOrder(lines: [SampleLine("LOTION", 3, at: 1000)])
        sample.lines[0].refundedQuantity = 2
        #expect(try sample.order.charges(request(["LOTION": 1]))?.count == 1)
        #expect(try sample.order.charges(request(quantities)) == nil)
    }
}
