import FoundationEssentials
import Hummingbird
import NIOCore

/// The dates as a browser sends them. What they mean is read by the same rules as the API's course: `document` is that
/// course.
struct CourseForm: Decodable, Sendable {
    let revision: Int
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

/// An address and an e-mail as a browser sends them.
struct ContactForm: Codable, Sendable {
    let email: String
    let line1: String
    let line2: String
    let city: String
    let postalCode: String

    private struct Document: Encodable {
        let email: String
        let address: Address
    }

    private struct Address: Encodable {
        let line1: String
        let line2: String?
        let city: String
        let postalCode: String
    }

    /// The e-mail and the address as the API has them.
    func document() throws -> [UInt8] {
        let blank = line2.allSatisfy(\.isWhitespace)
        return Array(
            try JSONEncoder().encode(
                Document(
                    email: email,
                    address: Address(
                        line1: line1,
                        line2: blank ? nil : line2,
                        city: city,
                        postalCode: postalCode
                    )
                )
            )
        )
    }
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
