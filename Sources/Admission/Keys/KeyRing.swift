/// The storefronts' keys as they are in force, and what they open.
package struct KeyRing: Sendable {
    /// Why a request is not let in.
    package enum Refusal: Error, Sendable {
        /// It names no key.
        case keyMissing
        /// There is no such key, or it was revoked.
        case keyUnknown
        /// The key is not for pages of the origin that it comes from.
        case originNotAllowed
    }

    private let live: [String: StorefrontKey]
    /// Whether the shop is open to whoever has no key: as long as none was ever made.
    package let isOpen: Bool
    /// The origins of all keys that are in force.
    package let origins: Set<String>

    /// - Parameters:
    ///   - live: the keys in force.
    ///   - wasEverUsed: whether a key was ever made, in force or not.
    package init(_ live: [StorefrontKey], wasEverUsed: Bool) {
        self.live = Dictionary(live.map { ($0.text, $0) }) { first, _ in first }
        isOpen = !wasEverUsed
        origins = Set(live.flatMap(\.origins))
    }

    /// The key of a text, where it is in force.
    package func key(_ text: String) -> StorefrontKey? { live[text] }

    /// The key that lets a request in; nil where the shop is open to everybody.
    /// - Parameters:
    ///   - text: the key that it names.
    ///   - origin: the origin of the page that sends it; nil for apps and servers.
    package func admit(_ text: String?, from origin: String?) throws(Refusal) -> StorefrontKey? {
        if isOpen { return nil }
        guard let text else { throw .keyMissing }
        guard let key = live[text] else { throw .keyUnknown }
        guard key.allows(origin) else { throw .originNotAllowed }
        return key
    }
}
