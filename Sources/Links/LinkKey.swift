package import Crypto
import Encodings

/// A secret that links are made with: a setting of the shop, never in the database.
///
/// A link is 32 bytes. The first 24 are a MAC under a key that is derived from this one, over purpose, key number, id and
/// version: nobody without the key can make a link, or guess one (192 bits). The other 8 say where it leads, masked by an
/// HMAC of that MAC under a second derived key: nobody without the key can read an id out of a link, and two links of
/// neighbouring things have nothing in common.
package struct LinkKey: Sendable {
    /// The only length a key has.
    package static let byteCount = 32
    private static let codeCount = 24

    private let codeKey: SymmetricKey
    private let maskKey: SymmetricKey
    /// For what rests in the database and is read again by this shop alone.
    let sealKey: SymmetricKey
    /// For what proves that logs and ledger are as they were.
    package let auditKey: SymmetricKey
    /// Names the key without telling it: the first 8 bytes of an HMAC of nothing but its purpose.
    package let fingerprint: [UInt8]
    /// Proves that two servers have the same key.
    package let checkValue: [UInt8]

    /// A key from its 32 bytes; nil for any other number.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        let key = SymmetricKey(data: bytes)
        func derived(_ purpose: String) -> [UInt8] {
            Array(HMAC<SHA256>.authenticationCode(for: Array("key \(purpose)".utf8), using: key))
        }
        codeKey = SymmetricKey(data: derived("code"))
        maskKey = SymmetricKey(data: derived("mask"))
        sealKey = SymmetricKey(data: derived("seal"))
        auditKey = SymmetricKey(data: derived("audit"))
        fingerprint = Array(derived("fingerprint").prefix(8))
        checkValue = derived("check")
    }

    /// A key from base64 or hexadecimal text, as a setting holds it; nil unless it is 32 bytes.
    package init?(text: String) {
        let trimmed = text.filter { !$0.isWhitespace }
        let bytes = trimmed.count == 64 ? [UInt8](hexadecimal: trimmed) : Base64.bytes(trimmed)
        guard let bytes else { return nil }
        self.init(bytes: bytes)
    }

    /// Fresh random bytes for a key.
    package static func randomBytes() -> [UInt8] {
        SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
    }

    /// The link to a target; nil where a link has no room for it.
    package func token(_ purpose: LinkPurpose, to target: LinkTarget) -> LinkToken? {
        guard let packed = target.packed else { return nil }
        let code = code(purpose, packed)
        return LinkToken(bytes: code + Self.bytes(packed ^ mask(code)))
    }

    /// Where a link of a purpose leads that was made with this key, under this number; nil for every other.
    package func target(_ purpose: LinkPurpose, of token: LinkToken, number: Int16) -> LinkTarget? {
        let code = Array(token.bytes.prefix(Self.codeCount))
        let packed = Self.number(token.bytes.suffix(8)) ^ mask(code)
        let target = LinkTarget(packed: packed)
        guard target.key == number, target.packed == packed else { return nil }
        // Compared whole, however early it differs: the time tells nothing.
        let difference = zip(self.code(purpose, packed), code).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        return difference == 0 ? target : nil
    }

    private func code(_ purpose: LinkPurpose, _ packed: UInt64) -> [UInt8] {
        // The number has a fixed length: no purpose can run into it.
        let message = Self.bytes(packed) + Array(purpose.rawValue.utf8)
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: codeKey).prefix(Self.codeCount))
    }

    private func mask(_ code: [UInt8]) -> UInt64 {
        Self.number(HMAC<SHA256>.authenticationCode(for: code, using: maskKey).prefix(8))
    }

    private static func bytes(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    private static func number(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
