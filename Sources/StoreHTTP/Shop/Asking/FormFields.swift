import Encodings
import Hummingbird

/// What a browser sends of a form: names and values, in its order. A name may stand several times, and names that
/// nobody asked for are passed over: whoever shares a link adds what it likes.
struct FormFields: Sendable {
    private let pairs: [(name: String, value: String)]

    /// - Parameter text: `application/x-www-form-urlencoded`. What is not encoded well is taken as it is.
    init(_ text: some StringProtocol) {
        pairs = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decoded(parts[0]), parts.count == 2 ? Self.decoded(parts[1]) : "")
        }
    }

    private static func decoded(_ text: some StringProtocol) -> String {
        let spaced = text.split(separator: "+", omittingEmptySubsequences: false).joined(separator: " ")
        return spaced.percentDecoded ?? spaced
    }

    /// The first value of a name.
    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// All values of a name.
    func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
}

extension String {
    /// Nil for an empty text.
    var nonEmpty: String? { isEmpty ? nil : self }
}

extension Request {
    /// The query as a form's fields.
    var queryFields: FormFields { FormFields(uri.query ?? "") }

    /// The body as a form's fields.
    func formFields() async throws -> FormFields {
        let bytes = try await bytes()
        let mediaType = headers[.contentType]?.split(separator: ";").first?.lowercased().filter { $0 != " " }
        guard mediaType == "application/x-www-form-urlencoded" else {
            throw Problem(.unsupportedMediaType, "Send Content-Type: application/x-www-form-urlencoded.")
        }
        return FormFields(String(decoding: bytes, as: UTF8.self))
    }

    /// The value of a cookie.
    func cookie(_ name: String) -> String? {
        for pair in headers[values: .cookie].flatMap({ $0.split(separator: ";") }) {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].filter({ $0 != " " }) == name { return String(parts[1]) }
        }
        return nil
    }
}
