import Commerce
import Orders
import Testing

@testable import Payments
@testable import Samples

/// What follows for an order from how far an attempt to pay it has come.
struct PaymentConsequenceTests {
    private static let cancelledOrPaid = PaymentConsequence.sendBack(
        "It came for an order that was cancelled or paid already."
    )

    /// What follows for an order of 45 pounds.
    private func consequence(
        _ status: PaymentAttempt.Status,
        _ paymentStatus: Order.PaymentStatus,
        of orderStatus: Order.Status = .placed,
        isStockHeld: Bool = true,
        canTakeStock: Bool = false,
        isPacked: Bool = false,
        amount: Int64? = 4500,
        in code: String = "GBP"
    ) throws -> PaymentConsequence {
        var sample = SampleOrder(lines: [SampleLine("LOTION", at: 4500)])
        sample.status = orderStatus
        sample.paymentStatus = paymentStatus
        sample.isStockHeld = isStockHeld
        if isPacked { sample.packedAt = Instant(microsecondsSince1970: 1_796_000_000_000_000) }
        let currency = try currency(code)
        return PaymentConsequence(
            of: status,
            tried: try sample.order.comesTo,
            amount: amount.map { Money($0, currency) },
            for: try sample.order,
            hasStock: isStockHeld || canTakeStock
        )
    }

    @Test(arguments: [.starting, .open] as [PaymentAttempt.Status], Order.PaymentStatus.all)
    func nothingFollowsBeforeTheCustomerHasPaid(
        status: PaymentAttempt.Status,
        paymentStatus: Order.PaymentStatus
    ) throws {
        for orderStatus in [Order.Status.placed, .completed, .cancelled] {
            #expect(try consequence(status, paymentStatus, of: orderStatus) == .none)
        }
    }

    @Test(
        arguments: [
            (.unpaid, .authorise), (.failed, .authorise), (.authorised, .none), (.paid, .none),
            (.partlyRefunded, .none), (.refunded, .none), (.void, .none),
        ] as [(Order.PaymentStatus, PaymentConsequence)]
    )
    func promisedMoneyAuthorisesAnOrderThatWaitsForIt(
        paymentStatus: Order.PaymentStatus,
        expected: PaymentConsequence
    ) throws {
        #expect(try consequence(.processing, paymentStatus) == expected)
        #expect(try consequence(.processing, paymentStatus, isStockHeld: false, canTakeStock: true) == .none)
        #expect(try consequence(.processing, paymentStatus, of: .cancelled) == .none)
    }

    /// An order whose payment failed holds its stock again once its customer has started anew.
    @Test(
        arguments: [
            (.unpaid, true, .fail), (.authorised, true, .fail), (.failed, true, .fail), (.failed, false, .none),
            (.paid, true, .none), (.partlyRefunded, true, .none), (.refunded, true, .none), (.void, false, .none),
        ] as [(Order.PaymentStatus, Bool, PaymentConsequence)]
    )
    func attemptThatEndsWithoutMoneyFailsAnOrderThatWaitsForIt(
        paymentStatus: Order.PaymentStatus,
        isStockHeld: Bool,
        expected: PaymentConsequence
    ) throws {
        for status in [PaymentAttempt.Status.expired, .failed] {
            #expect(try consequence(status, paymentStatus, isStockHeld: isStockHeld, amount: nil) == expected)
            #expect(try consequence(status, paymentStatus, of: .cancelled, isStockHeld: isStockHeld) == .none)
            #expect(try consequence(status, paymentStatus, of: .completed, isStockHeld: isStockHeld) == .none)
        }
    }

    @Test(
        arguments: [
            (.unpaid, .pay), (.authorised, .pay), (.failed, .pay), (.paid, cancelledOrPaid),
            (.partlyRefunded, cancelledOrPaid), (.refunded, cancelledOrPaid), (.void, cancelledOrPaid),
        ] as [(Order.PaymentStatus, PaymentConsequence)]
    )
    func moneyPaysAnOrderThatWaitsForItAndElseGoesBack(
        paymentStatus: Order.PaymentStatus,
        expected: PaymentConsequence
    ) throws {
        #expect(try consequence(.succeeded, paymentStatus) == expected)
        #expect(try consequence(.succeeded, paymentStatus, of: .cancelled) == Self.cancelledOrPaid)
        #expect(try consequence(.succeeded, paymentStatus, of: .completed) == Self.cancelledOrPaid)
    }

    @Test(
        arguments: [
            (true, false, .pay), (false, true, .pay), (false, false, .sendBackAndCancel),
        ] as [(Bool, Bool, PaymentConsequence)]
    )
    func moneyForAnOrderWhoseStockHasGoneGoesBackAndCancelsIt(
        isStockHeld: Bool,
        canTakeStock: Bool,
        expected: PaymentConsequence
    ) throws {
        #expect(
            try consequence(.succeeded, .failed, isStockHeld: isStockHeld, canTakeStock: canTakeStock) == expected
        )
    }

    /// What is packed can't be cancelled: the money goes back, and the shop sees to the rest.
    @Test func moneyForWhatIsPackedAndHasNoStockGoesBackAlone() throws {
        let consequence = try consequence(.succeeded, .failed, isStockHeld: false, isPacked: true)
        guard case .sendBack = consequence else {
            Issue.record("\(consequence)")
            return
        }
    }

    @Test(arguments: [(4499, "GBP"), (4501, "GBP"), (4500, "EUR"), (nil, "GBP")] as [(Int64?, String)])
    func anotherSumThanTheTotalGoesBack(amount: Int64?, currency: String) throws {
        let back = PaymentConsequence.sendBack("It was not what the order comes to.")
        #expect(try consequence(.succeeded, .unpaid, amount: amount, in: currency) == back)
        // Whether there is stock or not: nothing is cancelled for money that does not pay it.
        #expect(try consequence(.succeeded, .unpaid, isStockHeld: false, amount: amount, in: currency) == back)
    }

    /// An attempt that was begun before units were cancelled ends: the order, which comes to less now, waits on.
    @Test(arguments: [PaymentAttempt.Status.expired, .failed])
    func attemptForWhatItNoLongerComesToSaysNothing(status: PaymentAttempt.Status) throws {
        let order = try SampleOrder(lines: [SampleLine("LOTION", at: 4500)]).order
        let tried = Money(9000, order.comesTo.currency)
        #expect(PaymentConsequence(of: status, tried: tried, amount: nil, for: order, hasStock: true) == .none)
    }
}
