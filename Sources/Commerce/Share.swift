/// Splits whole amounts so that the parts always sum to the whole.
public enum Share {
    /// An amount split by weights, largest remainder first: each part is within one unit of its exact share, and of
    /// equal remainders the earlier part gets the unit. Without any weight the first part gets all.
    ///
    /// - Precondition: amount and weights are not negative, and their products fit 128 bits.
    public static func split(_ amount: Int64, by weights: [Int64]) -> [Int64] {
        guard !weights.isEmpty else { return [] }
        let sum = weights.reduce(Int128(0)) { $0 + Int128($1) }
        guard sum > 0 else { return [amount] + Array(repeating: 0, count: weights.count - 1) }
        var parts: [Int64] = []
        var remainders: [(index: Int, remainder: Int128)] = []
        for (index, weight) in weights.enumerated() {
            let (quotient, remainder) = (Int128(amount) * Int128(weight)).quotientAndRemainder(dividingBy: sum)
            parts.append(Int64(quotient))
            remainders.append((index, remainder))
        }
        let left = Int(amount - parts.reduce(0, +))
        for (index, _) in remainders.sorted(by: { ($1.remainder, $0.index) < ($0.remainder, $1.index) }).prefix(left) {
            parts[index] += 1
        }
        return parts
    }

    /// A fraction of an amount, rounded to the nearest unit, halves up: the shop's one rule of rounding.
    ///
    /// - Precondition: nothing is negative and the denominator is not 0.
    public static func rounded(_ amount: Int64, times numerator: Int64, over denominator: Int64) -> Int64 {
        Int64((Int128(amount) * Int128(numerator) * 2 + Int128(denominator)) / (Int128(denominator) * 2))
    }
}
