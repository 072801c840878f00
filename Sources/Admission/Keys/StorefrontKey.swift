package import Commerce

/// A storefront's key as it is kept: publishable, since every visitor of the storefront can read it. One object that goes
/// from hand to hand with each request.
package final class StorefrontKey: Sendable {
    /// How many origins a key may have.
    package static let originsMax = 20
    /// How many requests a minute a key may be given.
    package static let rates = 1...1_000_000
    /// How many a minute it has where nobody says: a hundred a second.
    package static let standardRate = 6_000

    package let id: Int64
    /// Which storefront's it is.
    package let name: String
    /// What is sent, `aftercare_key_` and 26 letters and digits.
    package let text: String
    /// Whose pages may send it, such as `https://shop.example`; `*` stands for all.
    package let origins: [String]
    /// The currency of a request that names none; nil for the shop's own.
    package let currency: Currency?
    /// The country of a request that names none.
    package let country: Country?
    package let requestsPerMinute: Int
    package let createdAt: Instant
    package let revokedAt: Instant?

    package init(
        id: Int64,
        name: String,
        text: String,
        origins: [String],
        currency: Currency?,
        country: Country?,
        requestsPerMinute: Int,
        createdAt: Instant,
        revokedAt: Instant?
    ) {
        self.id = id
        self.name = name
        self.text = text
        self.origins = origins
        self.currency = currency
        self.country = country
        self.requestsPerMinute = requestsPerMinute
        self.createdAt = createdAt
        self.revokedAt = revokedAt
    }

    /// Whether pages of an origin may send it. Apps and servers have no origin, and may send any key.
    package func allows(_ origin: String?) -> Bool {
        guard let origin else { return true }
        return origins.contains(origin) || origins.contains("*")
    }

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")

    /// The text of a new key: 130 random bits. Nobody has to keep them secret, but no two keys are the same.
    static func randomText() -> String {
        "aftercare_key_" + String((0..<26).map { _ in alphabet[Int.random(in: 0..<32)] })
    }

    /// An origin as browsers send it: a scheme and a host, with a port where it is not the usual one, in small letters and
    /// without a path. Nil for what no browser sends.
    package static func origin(_ text: String) -> String? {
        if text == "*" { return text }
        guard let match = text.wholeMatch(of: /(https?):\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4}))?/)
        else {
            return nil
        }
        if let port = match.3 {
            guard let number = Int(port), number <= 65_535, number != (match.1 == "https" ? 443 : 80) else {
                return nil
            }
        }
        return text.utf8.count <= 200 ? text : nil
    }
}
