import JSONFields

/// Where a customer comes back to once they have paid: an address of the shop, or of a storefront that it knows, so that
/// nobody sends a shop's customers elsewhere.
struct ReturnAddress: Sendable {
    /// Such as `https://shop.example`, without a path.
    let allowedOrigins: [String]

    private static let lengthMax = 2000

    /// Reads the field `returnUrl`; nil where it is absent or not allowed (which is reported).
    func read(_ fields: Fields) -> String? {
        guard let text = fields.text("returnUrl") else { return nil }
        let isAddress = text.wholeMatch(of: #/https?://[A-Za-z0-9.:\[\]\-]+([/?#][!#-;=?-\[\]_a-z~]*)?/#) != nil
        guard text.utf8.count <= Self.lengthMax, isAddress else {
            fields.report(
                "returnUrl",
                "notAnAddress",
                "This is an absolute address of at most \(Self.lengthMax) characters."
            )
            return nil
        }
        guard allowedOrigins.contains(where: { $0.lowercased() == Self.origin(text).lowercased() }) else {
            fields.report(
                "returnUrl",
                "notAllowed",
                "This leads away from the shop. \(Known.sentence(allowedOrigins, of: "allowed origin"))"
            )
            return nil
        }
        return text
    }

    /// An address without its path.
    static func origin(_ address: String) -> String {
        let parts = address.split(separator: "//", maxSplits: 1)
        guard parts.count == 2 else { return "" }
        return "\(parts[0])//\(parts[1].prefix { !"/?#".contains($0) })"
    }
}
