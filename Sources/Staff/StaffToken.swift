package import Commerce
import Crypto

/// What somebody who works in the shop may do. Each role may do all that the ones before it may.
package enum StaffRole: String, Sendable, CaseIterable, Comparable {
    /// Packs and ships.
    case packer
    /// Talks to customers: sees who they are, corrects, cancels, records a receipt.
    case support
    /// Moves money back, and makes and revokes tokens.
    case manager

    package static func < (one: StaffRole, other: StaffRole) -> Bool { one.rank < other.rank }

    private var rank: Int {
        switch self {
        case .packer: 0
        case .support: 1
        case .manager: 2
        }
    }
}

/// A token as it is kept: everything but the secret.
package struct StaffToken: Sendable {
    package let id: Int64
    /// Whose it is: the actor of what is done with it.
    package let name: String
    package let role: StaffRole
    package let createdAt: Instant
    package let expiresAt: Instant
    package let revokedAt: Instant?
    /// To the minute.
    package let lastUsedAt: Instant?
}

/// The secret of a token: 256 random bits, with a prefix by which a leak is recognised. Shown once.
package struct StaffSecret: Sendable, CustomStringConvertible, CustomReflectable {
    private static let prefix = "aftercare_staff_"
    private static let alphabet = Array("0123456789abcdefghijkmnpqrstvwxy")

    /// The whole text, prefix included.
    package let text: String

    /// A fresh secret.
    package init() {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        // Five bits a character.
        var (text, bits, count) = (Self.prefix, UInt32(0), 0)
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5 {
                count -= 5
                text.append(Self.alphabet[Int(bits >> UInt32(count)) & 31])
            }
        }
        self.text = text
    }

    /// A secret as somebody sent it; nil for what can't be one.
    package init?(text: String) {
        guard text.hasPrefix(Self.prefix), text.utf8.count == Self.prefix.utf8.count + 51 else { return nil }
        self.text = text
    }

    package var description: String { "a staff token" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// All that rests in the database.
    var hash: [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }
}
