import FoundationEssentials
import Hummingbird
import NIOCore
import Records

/// The dates as a browser sends them. What they mean is read by the same rules as the API's course: `document` is that
/// course.
struct CourseForm: Decodable, Sendable {
    let version: Int
    let sessions: [String]?
    let final: String?
    let timeZone: String
    let keepDryHours: Int
    let washIntervalDays: Int
    let restDays: Int

    /// The dates that are not empty, in the order of time.
    var dates: [String] { (sessions ?? []).filter { !$0.isEmpty }.sorted() }

    private struct Document: Encodable {
        let timeZone: String
        let sessions: [String]
        let final: Bool
        let keepDryHours: Int
        let washIntervalDays: Int
        let restDays: Int
    }

    func document() throws -> [UInt8] {
        Array(
            try JSONEncoder().encode(
                Document(
                    timeZone: timeZone,
                    sessions: dates,
                    final: final != nil,
                    keepDryHours: keepDryHours,
                    washIntervalDays: washIntervalDays,
                    restDays: restDays
                )
            )
        )
    }
}

/// A customer and an address as a browser sends them.
struct ContactForm: Codable, Sendable {
    let name: String
    let givenName: String
    let email: String
    let phone: String
    let line1: String
    let line2: String
    let city: String
    let postalCode: String

    private struct Document: Encodable {
        let customer: Customer
        let address: Address
    }

    private struct Customer: Encodable {
        let name: String
        let givenName: String?
        let email: String
        let phone: String?
    }

    private struct Address: Encodable {
        let line1: String
        let line2: String?
        let city: String
        let postalCode: String
    }

    /// The customer and the address as the API has them.
    func document() throws -> [UInt8] {
        func unlessBlank(_ text: String) -> String? { text.allSatisfy(\.isWhitespace) ? nil : text }
        return Array(
            try JSONEncoder().encode(
                Document(
                    customer: Customer(
                        name: name,
                        givenName: unlessBlank(givenName),
                        email: email,
                        phone: unlessBlank(phone)
                    ),
                    address: Address(
                        line1: line1,
                        line2: unlessBlank(line2),
                        city: city,
                        postalCode: postalCode
                    )
                )
            )
        )
    }
}

/// So many units of each product, and why.
struct UnitsForm: Decodable, Sendable {
    let sku: [String]?
    let quantity: [String]?
    let reason: String?
    /// Whether a withdrawal that was shown is meant.
    let confirmed: String?
    /// What had become of the order when the form was shown: the same form sent twice counts once.
    let seen: String?

    private struct Document: Encodable {
        struct Item: Encodable {
            let sku: String
            let quantity: Int
        }

        let items: [Item]?
        let reason: String?
    }

    /// The units and the reason as the API has them: products of which nothing is chosen are left out.
    /// - Parameter isAllByDefault: whether a form that names no products is for all of them.
    func document(isAllByDefault: Bool = false) throws -> [UInt8] {
        let chosen = zip(sku ?? [], quantity ?? []).compactMap { sku, quantity -> Document.Item? in
            Int(quantity).flatMap { $0 == 0 ? nil : Document.Item(sku: sku, quantity: $0) }
        }
        let why = reason.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
        return Array(
            try JSONEncoder().encode(Document(items: sku == nil && isAllByDefault ? nil : chosen, reason: why))
        )
    }
}

/// A return whose announcement is taken back, by its place in the order.
struct ReturnClosureForm: Decodable, Sendable {
    let ordinal: Int
    let seen: String?
}

/// Another shipping method, at the total that was shown, in minor units.
struct ShippingForm: Decodable, Sendable {
    let shippingMethod: String
    let total: Int64
    let seen: String?
}

/// Which link is to be replaced, and whether by nothing.
struct LinkForm: Decodable, Sendable {
    let link: String
    let act: String
}

/// When to be reminded: an hour, or nothing for no more.
struct RemindersForm: Codable, Sendable {
    let hour: String

    private struct Document: Encodable {
        let hour: Int?
    }

    /// The wish as the API has it; nil for none.
    func document() throws -> [UInt8]? {
        hour.isEmpty ? nil : Array(try JSONEncoder().encode(Document(hour: Int(hour))))
    }
}

/// The version of the words that offers are taken by, or nothing for no more.
struct OffersForm: Codable, Sendable {
    let wording: String

    private struct Document: Encodable {
        let wording: String
    }

    /// The same as the API has it; nil for no more.
    func document() throws -> [UInt8]? {
        wording.isEmpty ? nil : Array(try JSONEncoder().encode(Document(wording: wording)))
    }
}

extension Request {
    /// The key under which a form of the order's page is taken in once, however often it is sent; nil for one that does not
    /// say what it had seen.
    func formKey(seen: String?, _ content: [UInt8]) -> IdempotencyKey? {
        seen.map {
            IdempotencyKey(
                scope: hash(method.rawValue, uri.path, "form", $0),
                fingerprint: hash(String(decoding: content, as: UTF8.self))
            )
        }
    }

    /// The body as the form that it has to be.
    func form<Form: Decodable>(_ type: Form.Type) async throws -> Form {
        let bytes = try await bytes()
        let mediaType = headers[.contentType]?.split(separator: ";").first?.lowercased().filter { $0 != " " }
        guard mediaType == "application/x-www-form-urlencoded" else {
            throw Problem(.unsupportedMediaType, "Send Content-Type: application/x-www-form-urlencoded.")
        }
        do {
            return try URLEncodedFormDecoder().decode(type, from: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw Problem(.invalidRequest, "The form can't be read: a field is missing, or is not of its type.")
        }
    }
}
