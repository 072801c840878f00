/// Rates as people write them.
package enum Percent {
    /// Hundredths of a percent: `20 %`, `8.88 %`.
    package static func text(basisPoints: Int64) -> String {
        let (whole, rest) = basisPoints.quotientAndRemainder(dividingBy: 100)
        if rest == 0 { return "\(whole) %" }
        let digits = rest < 10 ? "0\(rest)" : rest % 10 == 0 ? "\(rest / 10)" : "\(rest)"
        return "\(whole).\(digits) %"
    }
}
