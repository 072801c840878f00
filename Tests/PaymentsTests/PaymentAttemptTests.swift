import Testing

@testable import Payments

struct PaymentAttemptTests {
    /// Whatever is heard later of an attempt, it only rises in this order.
    @Test func statusesRiseFromTheFirstAskingToTheMoney() {
        let rising: [PaymentAttempt.Status] = [.starting, .open, .processing, .expired, .failed, .succeeded]
        #expect(PaymentAttempt.Status.allCases.sorted() == rising)
        #expect(PaymentAttempt.Status.allCases.shuffled().max() == .succeeded)
    }

    @Test(
        arguments: [
            (.starting, true), (.open, true), (.processing, true), (.expired, false), (.failed, false),
            (.succeeded, false),
        ] as [(PaymentAttempt.Status, Bool)]
    )
    func moneyMayStillComeUntilTheAttemptHasEnded(status: PaymentAttempt.Status, isLive: Bool) {
        #expect(status.isLive == isLive)
    }
}
