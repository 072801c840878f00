import Testing
import stripe_double

/// `aftercare stripe check`: whether Stripe tells the store all that it has to know.
@Suite struct StripeCheckTests {
    private static func check(_ double: StripeDouble) async throws -> BackedUpShop.Run {
        var run = try await ask(double)
        // A busy machine may let a question pass.
        for _ in 0..<5 where run.said.contains("did not answer") { run = try await ask(double) }
        return run
    }

    private static func ask(_ double: StripeDouble) async throws -> BackedUpShop.Run {
        try await BackedUpShop.command(
            ["stripe", "check"],
            [
                "AFTERCARE_STRIPE_KEY=sk_test_double", "AFTERCARE_STRIPE_WEBHOOK_SECRETS=whsec_double",
                "AFTERCARE_STRIPE_URL=\(double.url)", "AFTERCARE_PUBLIC_URL=https://shop.example",
                "PATH=/usr/bin:/bin",
            ]
        )
    }

    @Test func whatIsMissingAtStripeIsNamed() async throws {
        try await StripeDouble.run { double in
            let none = try await Self.check(double)
            #expect(none.code == 1 && none.said.contains("it has none"), "\(none.said)")
            double.webhookURL = "https://other.example/v1/webhooks/stripe"
            let other = try await Self.check(double)
            #expect(other.code == 1 && other.said.contains("it has https://other.example"), "\(other.said)")
            double.webhookURL = "https://shop.example/v1/webhooks/stripe"
            let all = try await Self.check(double)
            #expect(all.code == 0 && all.said.contains("all 5 events"), "\(all.said)")
            double.webhookEvents = ["checkout.session.completed", "checkout.session.expired"]
            let some = try await Self.check(double)
            #expect(some.code == 1 && some.said.contains("is not told checkout.session.async_payment_succeeded"))
            #expect(some.said.contains("refund.failed"), "\(some.said)")
        }
    }
}
