import HTTPTypes

/// The languages that a reader knows, as Accept-Language tells them (RFC 9110, 12.5.4).
struct AcceptLanguage: Sendable {
    /// How many languages are looked at.
    private static let rangesMax = 20

    /// Best first; none that is refused.
    private let ranges: [String]

    /// - Parameter header: nil for whoever does not say.
    init(_ header: String?) {
        let parts = (header ?? "").split(separator: ",").prefix(Self.rangesMax)
        let weighed = parts.map { part -> (range: String, weight: Double) in
            let fields = part.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            let weight = fields.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 }
            return (fields.first ?? "", weight ?? 1)
        }
        // What weighs the same stays in its order.
        ranges = weighed.enumerated().filter { $0.element.weight > 0 && $0.element.range != "*" }
            .sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }
            .map(\.element.range)
    }

    /// The best of some languages: the one that is asked for, or the same without its country, or the same of another
    /// country (RFC 4647). The first of them where none is known.
    func best(of languages: [String]) -> String? {
        for range in ranges {
            let language = range.prefix { $0 != "-" }
            let found =
                languages.first { $0.lowercased() == range } ?? languages.first { $0.lowercased() == language }
                ?? languages.first { $0.lowercased().hasPrefix(language + "-") }
            if let found { return found }
        }
        return languages.first
    }
}

extension HTTPField.Name {
    static let contentLanguage = HTTPField.Name.of("Content-Language")
}
