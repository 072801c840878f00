import Commerce
import TestSupport
import Testing

@Suite struct ShareTests {
    private typealias Split = (amount: Int64, weights: [Int64], parts: [Int64])

    private static let splits: [Split] = [
        (100, [1, 1, 1], [34, 33, 33]), (1, [1, 1], [1, 0]), (5, [3, 7], [2, 3]), (0, [1, 2], [0, 0]),
        (7, [0, 0], [7, 0]), (10, [0, 5], [0, 10]), (999, [333, 333, 334], [333, 333, 333]),
    ]

    @Test(arguments: splits)
    func aSplitGivesTheLargestRemainderFirst(amount: Int64, weights: [Int64], parts: [Int64]) {
        #expect(Share.split(amount, by: weights) == parts)
    }

    @Test func partsSumToTheWholeAndAreWithinOneOfTheirShare() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<5000 {
            let amount = Int64.random(in: 0...1_000_000_000_000, using: &random)
            let weights = (0..<Int.random(in: 1...50, using: &random)).map { _ in
                Int64.random(in: 0...1_000_000_000, using: &random)
            }
            let parts = Share.split(amount, by: weights)
            #expect(parts.reduce(0, +) == amount && parts.allSatisfy { $0 >= 0 })
            let sum = weights.reduce(0, +)
            guard sum > 0 else { continue }
            for (part, weight) in zip(parts, weights) {
                let exact = Double(amount) * Double(weight) / Double(sum)
                #expect(abs(Double(part) - exact) < 1.01)
            }
        }
    }

    private typealias Fraction = (amount: Int64, numerator: Int64, denominator: Int64, result: Int64)

    private static let fractions: [Fraction] = [
        (5, 1, 2, 3), (4, 1, 2, 2), (1, 1, 3, 0), (2, 1, 3, 1), (4500, 2000, 12_000, 750), (0, 5, 7, 0),
    ]

    @Test(arguments: fractions)
    func aFractionIsRoundedToTheNearestHalvesUp(amount: Int64, numerator: Int64, denominator: Int64, result: Int64) {
        #expect(Share.rounded(amount, times: numerator, over: denominator) == result)
    }
}
