extension Money {
    /// The amount with its decimals and its code: `45.00 GBP`.
    package var text: String { Self.text(amount, currencyCode: currency.rawValue) }

    /// An amount of minor units as text. A code that is not known here counts as one with two decimals.
    package static func text(_ amount: Int64, currencyCode: String) -> String {
        let digits = Currency(rawValue: currencyCode)?.minorUnitDigits ?? 2
        let magnitude = String(amount.magnitude)
        let sign = amount < 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(magnitude) \(currencyCode)" }
        let padded = String(repeating: "0", count: max(0, digits + 1 - magnitude.count)) + magnitude
        return "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits)) \(currencyCode)"
    }
}

extension Money {
    /// An amount as people write it, `5`, `5.00` or `5,00`; nil for anything else, and for more decimals than the currency has.
    package init?(text: String, _ currency: Currency) {
        let parts = text.split(separator: /[.,]/, omittingEmptySubsequences: false)
        let digits = currency.minorUnitDigits
        guard parts.count <= 2,
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCII) && $0.allSatisfy(\.isNumber) }),
            (parts.count == 2 ? parts[1].count : 0) <= digits,
            let amount = Int64(
                parts.joined() + String(repeating: "0", count: digits - (parts.count == 2 ? parts[1].count : 0))
            )
        else { return nil }
        self.init(amount, currency)
    }
}
