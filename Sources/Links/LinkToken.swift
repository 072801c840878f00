/// What a link lets its holder do. One purpose a link: none opens what another does.
package enum LinkPurpose: String, Sendable, CaseIterable {
    /// Change and order a cart.
    case cart
    /// See an order, move its sessions, pay it, correct and cancel it.
    case order
    /// Read a guide, and nothing that says who it is for.
    case guide
    /// Read a guide as a calendar.
    case calendar
    /// End an order's reminders or its offers, and nothing else. It is never renewed: whoever has it can do no harm.
    case unsubscription
}

/// Where a link leads: to one thing of one purpose, in one version, by one key.
package struct LinkTarget: Sendable, Hashable {
    /// The greatest id that a link has room for: 48 bits.
    package static let idMax: Int64 = 1 << 48 - 1
    /// The last version that a link has room for, in 12 bits; the first is 1.
    package static let versionMax: Int16 = 1 << 12 - 1
    /// The greatest number of a key, in 4 bits.
    package static let keyMax: Int16 = 1 << 4 - 1

    package let id: Int64
    package let version: Int16
    /// The number under which the database knows the key that the link was made with.
    package let key: Int16

    package init(id: Int64, version: Int16, key: Int16) {
        self.id = id
        self.version = version
        self.key = key
    }

    /// Id, version and key in 64 bits. Nil where one of them has no room, or the version is 0, which opens nothing.
    var packed: UInt64? {
        guard (0...Self.idMax).contains(id), (1...Self.versionMax).contains(version), (0...Self.keyMax).contains(key)
        else { return nil }
        return UInt64(id) << 16 | UInt64(version) << 4 | UInt64(key)
    }

    init(packed: UInt64) {
        id = Int64(packed >> 16)
        version = Int16(packed >> 4 & 0xFFF)
        key = Int16(packed & 0xF)
    }
}

/// A link's secret: 32 bytes that open one thing for one purpose. Its description and its mirror are empty, so that no
/// log holds it by accident.
package struct LinkToken: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    static let byteCount = 32

    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// A token from its text in a path; nil unless it is 43 characters of base64url for 32 bytes.
    package init?(text: some StringProtocol) {
        guard text.utf8.count == 43, let bytes = Base64.bytes(String(text)), bytes.count == Self.byteCount else {
            return nil
        }
        self.bytes = bytes
        // The last character has two spare bits: only one spelling of a token is the token.
        guard self.text == String(text) else { return nil }
    }

    /// The token as a path holds it: base64url without padding.
    package var text: String { Base64.urlText(bytes) }

    package var description: String { "a token" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A link as somebody followed it: its secret, and where it leads.
package struct Link: Sendable, Hashable {
    package let token: LinkToken
    package let target: LinkTarget

    init(token: LinkToken, target: LinkTarget) {
        self.token = token
        self.target = target
    }
}
