import Crypto

/// A secret that links are made with: a setting of the shop, never in the database.
package struct LinkKey: Sendable {
    /// The only length a key has.
    package static let byteCount = 32

    private let key: SymmetricKey
    /// Names the key without telling it: the first 8 bytes of an HMAC of nothing but its purpose.
    package let fingerprint: [UInt8]
    /// Proves that two servers have the same key.
    package let checkValue: [UInt8]

    /// A key from its 32 bytes; nil for any other number.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        key = SymmetricKey(data: bytes)
        fingerprint = Array(Self.code("fingerprint", key).prefix(8))
        checkValue = Self.code("check", key)
    }

    /// A key from base64 or hexadecimal text, as a setting holds it; nil unless it is 32 bytes.
    package init?(text: String) {
        let trimmed = text.filter { !$0.isWhitespace }
        let bytes = trimmed.count == 64 ? Self.bytes(hexadecimal: trimmed) : Base64.bytes(trimmed)
        guard let bytes else { return nil }
        self.init(bytes: bytes)
    }

    /// Fresh random bytes for a key.
    package static func randomBytes() -> [UInt8] {
        SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
    }

    /// The capability for one thing: an HMAC over its purpose, name and version, so that it can be made again whenever
    /// it has to be shown and need not be kept.
    package func token(_ purpose: Purpose, of thing: [UInt8], version: Int) -> Token {
        var message = Array("link \(purpose.rawValue) \(version) ".utf8)
        message += thing
        return Token(bytes: Array(HMAC<SHA256>.authenticationCode(for: message, using: key)))
    }

    private static func code(_ purpose: String, _ key: SymmetricKey) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("key \(purpose)".utf8), using: key))
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

/// What a link lets its holder do. One purpose a link: none opens what another does.
package enum Purpose: String, Sendable, CaseIterable {
    /// Change and order a cart.
    case cart
    /// See an order and move its sessions.
    case order
    /// Read a guide, and nothing that says who it is for.
    case guide
    /// Read a guide as a calendar.
    case calendar
}

/// A capability: 256 bits that open one thing for one purpose. Its description and its mirror are empty, so that no
/// log holds it by accident.
package struct Token: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    fileprivate init(bytes: [UInt8]) { self.bytes = bytes }

    /// A token from its text in a path; nil unless it is 43 characters of base64url for 32 bytes.
    package init?(text: some StringProtocol) {
        guard text.utf8.count == 43, let bytes = Base64.bytes(String(text)), bytes.count == 32 else { return nil }
        self.bytes = bytes
        // The last character has two spare bits: only one spelling of a token is the token.
        guard self.text == String(text) else { return nil }
    }

    /// The token as a path holds it: base64url without padding.
    package var text: String { Base64.urlText(bytes) }

    package var description: String { "a token" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// All that rests in the database of a token, and what it is found by: the first 128 bits of its SHA-256. They are
    /// what a guess would have to hit; no two tokens share them, and nothing leads back from them.
    package var hash: [UInt8] { Array(SHA256.hash(data: bytes).prefix(16)) }
}

/// Base64 in both alphabets, with or without padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    /// What each octet stands for; 64 where it stands for nothing.
    private static let values: [UInt8] = {
        var values = Array(repeating: UInt8(64), count: 256)
        for (value, octet) in alphabet.enumerated() { values[Int(octet)] = UInt8(value) }
        values[Int(UInt8(ascii: "+"))] = 62
        values[Int(UInt8(ascii: "/"))] = 63
        return values
    }()

    static func urlText(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            bits <<= 8
            for _ in 0...group.count {
                text.append(alphabet[Int(bits >> 26)])
                bits <<= 6
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        let octets = Array(text.utf8)
        let end = octets.lastIndex { $0 != UInt8(ascii: "=") } ?? -1
        for octet in octets[0..<(end + 1)] {
            let value = values[Int(octet)]
            guard value < 64 else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return count < 6 ? bytes : nil
    }
}
