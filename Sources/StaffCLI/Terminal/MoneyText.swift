import Commerce
import StoreAPI

/// Amounts as people write them: `45.00 GBP`.
enum MoneyText {
    static func of(_ money: MoneyBody) -> String {
        let digits = Currency(rawValue: money.currency)?.minorUnitDigits ?? 2
        let magnitude = String(money.amount.magnitude)
        let sign = money.amount < 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(magnitude) \(money.currency)" }
        let padded = String(repeating: "0", count: max(0, digits + 1 - magnitude.count)) + magnitude
        return "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits)) \(money.currency)"
    }
}
