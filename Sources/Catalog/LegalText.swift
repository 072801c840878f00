package import Commerce
import Crypto
import Encodings
import JSONFields

/// A text of the shop that orders are placed under: plain text, which goes with the mail that confirms an order.
package struct LegalText: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case terms
        /// How a customer withdraws from an order.
        case withdrawal
    }

    /// A text has at most so many octets of UTF-8.
    package static let octetsMax = 20_000

    /// The SHA-256 of the text, in hexadecimal: another text has another id.
    package let id: String
    package let kind: Kind
    /// Such as `en` or `pt-BR`.
    package let language: String
    /// Whom it is for; nil for all whose country has none of its own.
    package let country: Country?
    package let text: String

    package init(kind: Kind, language: String, country: Country?, text: String) {
        id = Self.id(of: text)
        self.kind = kind
        self.language = language
        self.country = country
        self.text = text
    }

    /// Whether it is a language's tag such as `en` or `pt-BR`.
    static func isLanguage(_ tag: String) -> Bool { tag.wholeMatch(of: /[a-z]{2,3}(-[A-Z]{2})?/) != nil }

    static func id(of text: String) -> String { SHA256.hash(data: Array(text.utf8)).hexadecimal }

    /// The one of each kind that holds for an order: its country's before everybody's, of these the one in the customer's
    /// language, or else the first.
    package static func holding(_ texts: [LegalText], country: Country, language: String) -> [LegalText] {
        Kind.allCases.compactMap { kind in
            let known = texts.filter { $0.kind == kind }
            let own = known.filter { $0.country == country }
            let meant = own.isEmpty ? known.filter { $0.country == nil } : own
            return meant.first { $0.language == language } ?? meant.first
        }
    }
}

extension LegalText {
    /// A text of a catalog file; nil where it is none (which is reported).
    init?(_ fields: Fields) {
        fields.allow("kind", "language", "country", "text")
        let kind = (fields.require("kind") ? fields.text("kind") : nil).flatMap { name in
            let kind = Kind(rawValue: name)
            if kind == nil { fields.report("kind", "unknownKind", "A legal text is terms or withdrawal.") }
            return kind
        }
        let language = (fields.require("language") ? fields.text("language") : nil).flatMap { tag in
            let isTag = Self.isLanguage(tag)
            if !isTag { fields.report("language", "notALanguage", "A language is a tag such as en or pt-BR.") }
            return isTag ? tag : nil
        }
        let country = fields.text("country").map { Country(rawValue: $0) }
        if country == .some(nil) { fields.report("country", "unknownCountry", "This is not an ISO 3166-1 code.") }
        let text = fields.require("text") ? fields.text("text") : nil
        if let text, text.utf8.count > Self.octetsMax {
            fields.report("text", "tooLong", "A legal text has at most \(Self.octetsMax) bytes.")
        }
        if let text, text.allSatisfy(\.isWhitespace) { fields.report("text", "blank", "This field must not be blank.") }
        if let text,
            text.unicodeScalars.contains(where: {
                $0.properties.generalCategory == .control && !"\n\t".unicodeScalars.contains($0)
            })
        {
            fields.report(
                "text",
                "controlCharacter",
                "This field is plain text with line feeds, without other control characters."
            )
        }
        guard let kind, let language, let text else { return nil }
        self.init(kind: kind, language: language, country: country ?? nil, text: text)
    }

    /// What it is called in a file: each once.
    var name: String { ["\(kind.rawValue) \(language)", country?.rawValue].compactMap(\.self).joined(separator: " ") }
}
