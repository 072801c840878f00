import Commerce
import Testing

@Suite struct CurrencyTests {
    @Test(arguments: [
        ("GBP", 2), ("EUR", 2), ("USD", 2), ("CHF", 2), ("INR", 2), ("HUF", 2), ("IDR", 2), ("MGA", 2), ("XCG", 2),
        ("JPY", 0), ("KRW", 0), ("ISK", 0), ("CLP", 0), ("VND", 0), ("XOF", 0), ("UGX", 0),
        ("KWD", 3), ("BHD", 3), ("TND", 3), ("JOD", 3), ("OMR", 3),
    ])
    func minorUnitHasTheDigitsOfISO4217(code: String, digits: Int) {
        #expect(Currency(rawValue: code)?.minorUnitDigits == digits)
        #expect(Currency(rawValue: code)?.rawValue == code)
    }

    @Test(arguments: [
        "", "G", "GB", "GBPP", "gbp", "Gbp", " GBP", "GBP ", "GBP\n", "£", "GBX",
        // Codes that stand for no money, for metals, and for money that has gone.
        "XXX", "XTS", "XAU", "XDR", "DEM", "HRK", "ZZZ",
        // Letters that only look right.
        "ＧＢＰ", "GB\u{420}",
    ])
    func codeThatIsNoMoneyInUseIsRefused(code: String) {
        #expect(Currency(rawValue: code) == nil)
    }
}
