/// A product's number as GS1 gives it: what its barcode says. One number may be printed with 8, 12, 13 or 14 digits.
public struct GTIN: Hashable, Sendable, CustomStringConvertible {
    /// Fourteen digits: shorter forms with zeros in front, as GS1 stores them all.
    public let digits: String

    /// A number from 8, 12, 13 or 14 digits; nil where they are others, or the check digit is wrong.
    public init?(_ text: String) {
        let values = text.utf8.map { Int($0) - Int(UInt8(ascii: "0")) }
        guard [8, 12, 13, 14].contains(values.count), values.allSatisfy((0...9).contains) else { return nil }
        // From the right, every other digit counts three times, and the sum is a multiple of ten.
        let sum = values.reversed().enumerated().reduce(0) { $0 + $1.element * ($1.offset % 2 == 0 ? 1 : 3) }
        guard sum % 10 == 0 else { return nil }
        digits = String(repeating: "0", count: 14 - values.count) + text
    }

    public var description: String { digits }
}
