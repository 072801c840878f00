/// The code that a product is ordered, packed and counted by.
public struct SKU: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 1 to 40 capital letters, digits and inner dashes.
    public let rawValue: String

    /// A SKU from its text; nil unless it has 1 to 40 of `A`-`Z`, `0`-`9` and `-`, with no dash at either end.
    public init?(rawValue: String) {
        let bytes = rawValue.utf8
        guard (1...40).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-") else {
            return nil
        }
        let isPlain = bytes.allSatisfy {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "-")
        }
        guard isPlain else { return nil }
        self.rawValue = rawValue
    }

    /// The code itself.
    public var description: String { rawValue }
    public static func < (one: SKU, other: SKU) -> Bool { one.rawValue < other.rawValue }
}
