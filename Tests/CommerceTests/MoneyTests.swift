import Commerce
import Testing

@Suite struct MoneyTests {
    @Test func amountsAreTheSameOnlyInTheSameCurrency() throws {
        let pounds = try #require(Currency(rawValue: "GBP"))
        let euros = try #require(Currency(rawValue: "EUR"))
        #expect(Money(4500, pounds) == Money(4500, pounds))
        #expect(Money(4500, pounds) != Money(4501, pounds))
        #expect(Money(4500, pounds) != Money(4500, euros))
        #expect(Set([Money(1, pounds), Money(1, euros), Money(1, pounds)]).count == 2)
    }

    @Test func sumOfThousandsOfTheLargestAmountsFits() {
        #expect(!Money.amountMax.multipliedReportingOverflow(by: 5000).overflow)
        #expect(Money.amountMax == 1_000_000_000_000)
    }
}
