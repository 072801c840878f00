import Commerce
import Testing

@Suite struct MoneyTextTests {
    @Test(arguments: [
        (4500, "GBP", "45.00 GBP"), (5, "GBP", "0.05 GBP"), (-1205, "EUR", "-12.05 EUR"), (-5, "GBP", "-0.05 GBP"),
        (1200, "JPY", "1200 JPY"), (1234, "KWD", "1.234 KWD"), (0, "GBP", "0.00 GBP"),
        (Int64.min, "JPY", "-9223372036854775808 JPY"),
    ])
    func amountHasItsCurrencysDecimals(amount: Int64, code: String, text: String) throws {
        let currency = try #require(Currency(rawValue: code))
        #expect(Money(amount, currency).text == text)
        #expect(Money.text(amount, currencyCode: code) == text)
    }

    @Test func unknownCurrencyHasTwoDecimals() {
        #expect(Money.text(150, currencyCode: "???") == "1.50 ???")
    }
}
