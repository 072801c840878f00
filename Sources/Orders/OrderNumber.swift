import Crypto

/// The number that customers see and say on the phone: `DM-7K4Q-99`.
///
/// It is the order's sequence number, permuted under a secret of the shop, so that numbers are unique by construction
/// and tell nobody how many orders there are. The last character checks the others: any one wrong character and any
/// two neighbours swapped are noticed. When one length is used up, numbers grow by a character.
package struct OrderNumber: Hashable, Sendable, CustomStringConvertible {
    /// Digits and letters that neither look nor sound like one another: no 0 O D, 1 I L, 2 Z, 5 S, 8 B, 6 G, U V, M N.
    private static let alphabet = Array("23456789ACEFHJKMPQRTWXY")
    private static let base = UInt64(alphabet.count)
    private static let shortest = 5
    private static let longest = 12
    private static let prefix = "DM"

    /// The characters without prefix and dashes, check character included.
    private let characters: String

    /// The number as it is shown, in groups of four.
    package var description: String {
        var text = Self.prefix
        for (index, character) in characters.enumerated() {
            if index % 4 == 0 { text += "-" }
            text.append(character)
        }
        return text
    }

    /// A number as somebody typed it: in any case, with or without prefix, dashes and spaces. Nil when it can't be one.
    package init?(_ text: String) {
        var plain = text.uppercased().filter { $0 != "-" && !$0.isWhitespace }
        if plain.hasPrefix(Self.prefix) { plain.removeFirst(Self.prefix.count) }
        guard (Self.shortest + 1...Self.longest + 1).contains(plain.count) else { return nil }
        let values = plain.compactMap { Self.alphabet.firstIndex(of: $0) }
        guard values.count == plain.count, Self.checksum(values) == 0 else { return nil }
        characters = plain
    }

    /// The number of the order that comes so many after the first.
    /// - Precondition: fewer than 23^12 orders.
    package init(sequence: UInt64, secret: [UInt8]) {
        var offset = sequence
        var length = Self.shortest
        while offset >= Self.power(length) {
            offset -= Self.power(length)
            length += 1
        }
        precondition(length <= Self.longest, "there are no longer order numbers")
        var rest = Self.permute(offset, length: length, secret: secret)
        var values: [Int] = []
        for _ in 0..<length {
            values.append(Int(rest % Self.base))
            rest /= Self.base
        }
        // The one last value that makes the weighted sum zero.
        let check = (0..<Self.alphabet.count).first { Self.checksum(values + [$0]) == 0 } ?? 0
        characters = String((values + [check]).map { Self.alphabet[$0] })
    }

    /// How many orders came before the one of this number.
    package func sequence(secret: [UInt8]) -> UInt64 {
        let values = characters.compactMap { Self.alphabet.firstIndex(of: $0) }.dropLast()
        let rest = values.reversed().reduce(UInt64(0)) { $0 * Self.base + UInt64($1) }
        let shorter = (Self.shortest..<values.count).reduce(UInt64(0)) { $0 + Self.power($1) }
        return shorter + Self.restore(rest, length: values.count, secret: secret)
    }

    /// The alphabet's size is a prime and the weights differ from place to place, which is what finds one wrong
    /// character and two swapped ones.
    private static func checksum(_ values: [Int]) -> Int {
        values.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element } % alphabet.count
    }

    private static func power(_ exponent: Int) -> UInt64 { (0..<exponent).reduce(1) { power, _ in power * base } }

    /// A Feistel network over all numbers of a length: each round adds to one half a keyed function of the other, so
    /// every step can be undone and no two numbers meet.
    private static func permute(_ number: UInt64, length: Int, secret: [UInt8]) -> UInt64 {
        let (low, high) = (power(length / 2), power(length - length / 2))
        var (left, right) = (number % low, number / low)
        for round in 0..<roundCount {
            if round % 2 == 0 {
                left = (left + mix(right, round: round, length: length, secret) % low) % low
            } else {
                right = (right + mix(left, round: round, length: length, secret) % high) % high
            }
        }
        return right * low + left
    }

    /// Undoes `permute`: the same steps backwards, each taken away again.
    private static func restore(_ number: UInt64, length: Int, secret: [UInt8]) -> UInt64 {
        let (low, high) = (power(length / 2), power(length - length / 2))
        var (left, right) = (number % low, number / low)
        for round in (0..<roundCount).reversed() {
            if round % 2 == 0 {
                left = (left + low - mix(right, round: round, length: length, secret) % low) % low
            } else {
                right = (right + high - mix(left, round: round, length: length, secret) % high) % high
            }
        }
        return right * low + left
    }

    private static let roundCount = 8

    private static func mix(_ half: UInt64, round: Int, length: Int, _ secret: [UInt8]) -> UInt64 {
        let message = Array("order number \(length) \(round) \(half)".utf8)
        let code = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: secret))
        return code.prefix(7).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
