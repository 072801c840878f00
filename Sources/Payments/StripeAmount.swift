package import Commerce

/// Amounts as Stripe counts them, which is not always in a currency's minor units; from Stripe's page "Supported currencies".
package enum StripeAmount {
    /// Currencies that Stripe counts whole. ISO 4217 gives the ariary a minor unit.
    private static let whole: Set<String> = [
        "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF",
    ]
    /// Currencies with three decimals, of which the last is 0.
    private static let thousandths: Set<String> = ["BHD", "JOD", "KWD", "OMR", "TND"]
    // Every other one has two: also the króna and Uganda's shilling, which have no minor unit any more, and always 00.

    /// The least that is charged, in Stripe's units. Elsewhere it depends on what the money is converted to.
    private static let least: [String: Int64] = [
        "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250, "EUR": 50,
        "GBP": 30, "HKD": 400, "HUF": 17500, "INR": 50, "JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50,
        "PLN": 200, "RON": 200, "SEK": 300, "SGD": 50, "THB": 1000, "USD": 50,
    ]
    /// The most that is charged: eight digits, and twelve of Indonesia's.
    private static func most(_ currency: Currency) -> Int64 {
        currency.rawValue == "IDR" ? 999_999_999_999 : 99_999_999
    }

    private static func digits(_ currency: Currency) -> Int {
        if whole.contains(currency.rawValue) { return 0 }
        return thousandths.contains(currency.rawValue) ? 3 : 2
    }

    /// How many of one unit make one of the other.
    private static func factor(_ digits: Int) -> Int64 { (0..<digits).reduce(1) { product, _ in product * 10 } }

    /// How far apart the amounts are that both have.
    private static func step(_ currency: Currency) -> Int64 {
        max(factor(max(digits(currency) - currency.minorUnitDigits, 0)), digits(currency) == 3 ? 10 : 1)
    }

    /// An amount in Stripe's units; nil where it has none that is this much.
    package static func units(_ money: Money) -> Int64? {
        let difference = digits(money.currency) - money.currency.minorUnitDigits
        let scale = factor(abs(difference))
        guard difference < 0 else {
            let (value, overflows) = money.amount.multipliedReportingOverflow(by: scale)
            return overflows || digits(money.currency) == 3 && value % 10 != 0 ? nil : value
        }
        return money.amount % scale == 0 ? money.amount / scale : nil
    }

    /// What Stripe's units come to; nil where that is no amount of ours.
    package static func money(_ units: Int64, _ currency: Currency) -> Money? {
        let difference = digits(currency) - currency.minorUnitDigits
        let scale = factor(abs(difference))
        guard difference < 0 else { return units % scale == 0 ? Money(units / scale, currency) : nil }
        let (amount, overflows) = units.multipliedReportingOverflow(by: scale)
        return overflows ? nil : Money(amount, currency)
    }

    /// Why Stripe can't take so much, as a sentence; nil where it can.
    package static func obstacle(_ total: Money) -> String? {
        let currency = total.currency
        guard let units = units(total) else { return "Stripe has no such amount of \(currency.rawValue)." }
        if let least = least[currency.rawValue], units < least {
            return "Stripe takes \(money(least, currency)?.text ?? "\(least)") or more."
        }
        if units > most(currency) {
            let most = most(currency) - most(currency) % step(currency)
            return "Stripe takes \(money(most, currency)?.text ?? "less") or less."
        }
        return nil
    }
}
