/// The numbers of payment cards, which somebody types where they have no business to be. A shop that keeps one has to guard it
/// by the rules of the card industry (PCI DSS), so none is ever written down.
public enum CardNumber {
    /// How many digits a number has that begins like this, by the first that fits.
    private static let issuers: [(first: ClosedRange<Int>, digits: Int)] = [
        (4...4, 16), (51...55, 16), (2221...2720, 16), (34...34, 15), (37...37, 15), (6011...6011, 16), (644...649, 16),
        (65...65, 16), (62...62, 16), (3528...3589, 16),
    ]

    /// Digits that stand together.
    private struct Group {
        var digits: [Int]
        /// Whether a dot or a slash is between it and the group before it.
        let isDotted: Bool
    }

    /// What may stand between two digits of a number.
    private enum Separator {
        /// It counts for nothing.
        case plain
        /// Dates and prices are written with it too.
        case dot
    }

    /// Whether a text holds what can only be such a number: 15 or 16 digits, of any script, that begin as an issuer's do and end
    /// with the check digit of ISO/IEC 7812. Spaces, dashes and what nobody sees between digits count for nothing, nor do dots
    /// and slashes where no date is written so; but a number begins and ends where digits do that stand together: a longer one
    /// holds none.
    public static func isIn(_ text: String) -> Bool {
        var groups: [Group] = []
        var isInGroup = false
        var isDotted = false
        // Not by characters: what is invisible makes one character with the digit before it.
        for scalar in text.unicodeScalars {
            if let digit = digit(scalar) {
                if isInGroup {
                    groups[groups.count - 1].digits.append(digit)
                } else {
                    groups.append(Group(digits: [digit], isDotted: isDotted))
                }
                (isInGroup, isDotted) = (true, false)
            } else {
                isInGroup = false
                guard let separator = separator(scalar) else {
                    if holdsNumber(groups) { return true }
                    (groups, isDotted) = ([], false)
                    continue
                }
                if separator == .dot { isDotted = true }
            }
        }
        return holdsNumber(groups)
    }

    /// Whether some of these groups, which stand side by side, are a number.
    private static func holdsNumber(_ groups: [Group]) -> Bool {
        groups.indices.contains { start in
            var digits: [Int] = []
            for end in groups.indices[start...] {
                digits += groups[end].digits
                if digits.count > 16 { return false }
                if isNumber(digits), !isDate(groups[start...end]) { return true }
            }
            return false
        }
    }

    /// Whether these groups may be dates: with dots or slashes between them, and days or months among them.
    private static func isDate(_ groups: ArraySlice<Group>) -> Bool {
        guard groups.dropFirst().contains(where: \.isDotted) else { return false }
        return groups.contains { $0.digits.count <= 2 } && groups.contains { $0.digits.count > 1 }
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

    private static func digit(_ scalar: Unicode.Scalar) -> Int? {
        guard scalar.properties.numericType == .decimal else { return nil }
        return scalar.properties.numericValue.map { Int($0) }
    }

    private static func separator(_ scalar: Unicode.Scalar) -> Separator? {
        if scalar == "." || scalar == "/" { return .dot }
        let properties = scalar.properties
        let isPlain =
            properties.isWhitespace || properties.isDefaultIgnorableCodePoint
            || properties.generalCategory == .dashPunctuation || scalar == "\u{2212}"
        return isPlain ? .plain : nil
    }
}
