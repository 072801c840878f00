import Commerce
import Payments
import Testing

/// Amounts as Stripe's page "Supported currencies" has them.
struct StripeAmountTests {
    private func money(_ amount: Int64, _ code: String) throws -> Money {
        Money(amount, try #require(Currency(rawValue: code)))
    }

    @Test(
        arguments: [
            // 10 US dollars; 500 yen; 5 krónur and 5 shillings, always with 00; 5 ariary, whole; 5.12 dinars, which end in 0.
            ("USD", 1000, 1000), ("JPY", 500, 500), ("ISK", 5, 500), ("UGX", 5, 500), ("MGA", 500, 5),
            ("KWD", 5120, 5120), ("HUF", 17500, 17500), ("CLP", 1, 1), ("TND", 10, 10), ("GBP", 0, 0),
        ] as [(String, Int64, Int64)]
    )
    func amountIsSaidInStripesUnitsAndReadBack(code: String, ours: Int64, stripes: Int64) throws {
        let money = try money(ours, code)
        #expect(StripeAmount.units(money) == stripes)
        #expect(StripeAmount.money(stripes, money.currency) == money)
    }

    @Test(arguments: [("MGA", 501), ("KWD", 5124), ("JOD", 1), ("ISK", Int64.max / 10)] as [(String, Int64)])
    func amountThatStripeHasNotIsNone(code: String, amount: Int64) throws {
        #expect(StripeAmount.units(try money(amount, code)) == nil)
        #expect(StripeAmount.obstacle(try money(amount, code)) != nil)
    }

    @Test(arguments: [("ISK", 501), ("UGX", -1), ("MGA", Int64.max), ("MGA", Int64.min)] as [(String, Int64)])
    func unitsThatAreNoAmountOfOursAreNone(code: String, units: Int64) throws {
        #expect(StripeAmount.money(units, try money(0, code).currency) == nil)
    }

    @Test(
        arguments: [
            ("GBP", 29, "Stripe takes 0.30 GBP or more."), ("GBP", 30, nil),
            ("JPY", 49, "Stripe takes 50 JPY or more."),
            ("HUF", 17499, "Stripe takes 175.00 HUF or more."), ("USD", 99_999_999, nil),
            ("USD", 100_000_000, "Stripe takes 999999.99 USD or less."), ("IDR", 100_000_000, nil),
            ("ISK", 1_000_000, "Stripe takes 999999 ISK or less."),
        ] as [(String, Int64, String?)]
    )
    func leastAndMostAreSaid(code: String, amount: Int64, obstacle: String?) throws {
        #expect(StripeAmount.obstacle(try money(amount, code)) == obstacle)
    }
}
