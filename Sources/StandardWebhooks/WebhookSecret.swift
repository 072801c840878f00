import Crypto
package import Encodings
import FoundationEssentials

/// What messages to one endpoint are signed with: random bytes that only the sender and the receiver know.
package struct WebhookSecret: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    private static let prefix = "whsec_"
    /// How long one may be, in bytes (Standard Webhooks 1.0.0).
    package static let byteCounts = 24...64

    package let bytes: [UInt8]

    /// A fresh one of 256 random bits.
    package init() { bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) } }

    /// One of bytes; nil where they are too few or too many.
    package init?(bytes: [UInt8]) {
        guard Self.byteCounts.contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    /// One from its text, `whsec_` and base64; nil for what is none.
    package init?(text: String) {
        guard text.hasPrefix(Self.prefix), let data = Data(base64Encoded: String(text.dropFirst(Self.prefix.count)))
        else { return nil }
        self.init(bytes: Array(data))
    }

    /// Its text, for the one time that it is shown.
    package var text: Secret { Secret(Self.prefix + Data(bytes).base64EncodedString()) }

    package var description: String { "a webhook secret" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
