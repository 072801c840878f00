/// An e-mail address that a message could be sent to.
public struct EmailAddress: RawRepresentable, Hashable, Sendable {
    /// The address as it was given.
    public let rawValue: String

    /// An address from its text; nil unless it is one `@` between a local part and a domain of the shapes that mail
    /// servers accept: at most 254 octets, a local part of at most 64, no spaces, no control characters.
    public init?(rawValue: String) {
        // By scalars, not by what they look like together: a mark may hide an @ or a bracket from a person's eye.
        let scalars = rawValue.unicodeScalars
        let parts = scalars.split(separator: "@", omittingEmptySubsequences: false).map { String($0) }
        guard rawValue.utf8.count <= 254, parts.count == 2 else { return nil }
        let (local, domain) = (parts[0], parts[1])
        guard (1...64).contains(local.utf8.count), !local.hasPrefix("."), !local.hasSuffix("."), !local.contains("..")
        else { return nil }
        let isClean = scalars.allSatisfy {
            !Self.forbidden.contains($0) && !$0.properties.isWhitespace && $0.properties.generalCategory != .control
        }
        guard isClean else { return nil }
        let labels = domain.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy({ !$0.isEmpty && String($0).utf8.count <= 63 }) else { return nil }
        guard labels.allSatisfy({ $0.first != "-" && $0.last != "-" }) else { return nil }
        self.rawValue = rawValue
    }

    private static let forbidden: Set<Unicode.Scalar> = ["<", ">", "(", ")", "[", "]", ",", ";", ":", "\\", "\""]

    /// What makes two addresses the same person: lower case throughout.
    public var normalised: String { rawValue.lowercased() }
}
