/// The numbers of payment cards, which somebody types where they have no business to be. A shop that keeps one has to guard it
/// by the rules of the card industry (PCI DSS), so none is ever written down.
public enum CardNumber {
    /// How many digits a number has that begins like this, by the first that fits.
    private static let issuers: [(first: ClosedRange<Int>, digits: Int)] = [
        (4...4, 16), (51...55, 16), (2221...2720, 16), (34...34, 15), (37...37, 15), (6011...6011, 16), (644...649, 16),
        (65...65, 16), (62...62, 16), (3528...3589, 16),
    ]

    /// Whether a text holds what can only be such a number: 15 or 16 digits, of any script, that begin as an issuer's do and end
    /// with the check digit of ISO/IEC 7812. Spaces and dashes between digits count for nothing, but a number begins and ends
    /// where digits do that stand together: a longer one holds none.
    public static func isIn(_ text: String) -> Bool {
        var groups: [[Int]] = []
        var isInGroup = false
        for character in text {
            if let digit = digit(character) {
                if isInGroup { groups[groups.count - 1].append(digit) } else { groups.append([digit]) }
                isInGroup = true
            } else {
                isInGroup = false
                guard isSeparator(character) else {
                    if holdsNumber(groups) { return true }
                    groups = []
                    continue
                }
            }
        }
        return holdsNumber(groups)
    }

    /// Whether some of these groups, which stand side by side, are a number.
    private static func holdsNumber(_ groups: [[Int]]) -> Bool {
        groups.indices.contains { start in
            var digits: [Int] = []
            for group in groups[start...] {
                digits += group
                if digits.count > 16 { return false }
                if isNumber(digits) { return true }
            }
            return false
        }
    }

    private static func isNumber(_ digits: [Int]) -> Bool {
        guard digits.count >= 15, hasCheckDigit(digits) else { return false }
        return issuers.contains { issuer in
            let length = String(issuer.first.lowerBound).count
            let first = digits.prefix(length).reduce(0) { $0 * 10 + $1 }
            return issuer.digits == digits.count && issuer.first.contains(first)
        }
    }

    /// The check of ISO/IEC 7812, annex B, which Luhn found.
    private static func hasCheckDigit(_ digits: [Int]) -> Bool {
        let sum = digits.reversed().enumerated().reduce(0) { sum, place in
            let (offset, digit) = place
            let doubled = digit * 2
            return sum + (offset.isMultiple(of: 2) ? digit : doubled > 9 ? doubled - 9 : doubled)
        }
        return sum.isMultiple(of: 10)
    }

    private static func digit(_ character: Character) -> Int? {
        guard character.unicodeScalars.first?.properties.numericType == .decimal else { return nil }
        return character.wholeNumberValue
    }

    private static func isSeparator(_ character: Character) -> Bool {
        character.isWhitespace || character.unicodeScalars.first?.properties.generalCategory == .dashPunctuation
            || character == "\u{2212}"
    }
}
