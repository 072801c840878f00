import Crypto
package import Encodings

package enum StripeSignatureError: Error, Sendable {
    /// There is no header, or it is not such a list.
    case malformed
    /// No signature fits any secret.
    case forged
    /// It was signed too long ago, or in the future.
    case stale
}

/// What proves that an event came from Stripe: `t=UNIX,v1=HEX[,v1=HEX…]`, each HEX the HMAC-SHA256 of "UNIX.BODY" under a
/// secret that only Stripe and the shop know.
package enum StripeSignature {
    /// How far the signature's time may be from ours, in seconds.
    package static let toleranceSeconds: Int64 = 300

    /// Checks an event's signature over its bytes as they arrived.
    /// - Parameter secrets: all that are live: two while one takes over from the other.
    package static func verify(header: String, body: [UInt8], secrets: [Secret], nowSeconds: Int64)
        throws(StripeSignatureError)
    {
        var time: String?
        var signatures: [[UInt8]] = []
        for part in header.split(separator: ",").prefix(20) {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
            guard pair.count == 2 else { throw .malformed }
            switch pair[0] {
            case "t": time = pair[1]
            case "v1": if let bytes = bytes(hex: pair[1]) { signatures.append(bytes) }
            default: break
            }
        }
        guard let time, let seconds = Int64(time), String(seconds) == time else { throw .malformed }
        let signed = Array("\(time).".utf8) + body
        let fits = secrets.contains { secret in
            let key = SymmetricKey(data: Array(secret.text.utf8))
            return signatures.contains {
                HMAC<SHA256>.isValidAuthenticationCode($0, authenticating: signed, using: key)
            }
        }
        guard fits else { throw .forged }
        // What comes from outside may be as far away as a number can be.
        let (age, overflows) = nowSeconds.subtractingReportingOverflow(seconds)
        guard !overflows, (-toleranceSeconds...toleranceSeconds).contains(age) else { throw .stale }
    }

    private static func bytes(hex text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { digit -> UInt8? in
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        guard digits.count == text.utf8.count, digits.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
