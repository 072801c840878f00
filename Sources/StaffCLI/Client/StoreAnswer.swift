import FoundationEssentials

/// What the store answered.
struct StoreAnswer: Sendable {
    let status: Int
    /// The headers by their names in small letters.
    let headers: [String: String]
    let body: [UInt8]

    /// The version that the answer carries as its ETag.
    var version: Int? { headers["etag"].flatMap { Int($0.filter { $0 != "\"" }) } }

    /// After how long to ask again, where it says so.
    var retryAfter: Duration? {
        headers["retry-after"].flatMap { Int($0) }.map { .seconds(min(max($0, 0), 60)) }
    }

    /// The body as a type.
    func decode<Body: Decodable>(_ type: Body.Type = Body.self) throws -> Body {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            throw StaffError(
                .unreachable,
                "The store's answer can't be read: \(Self.cause(error)).",
                advice: "Is it the store, and as new as this program? \"aftercare whoami\" shows where it is."
            )
        }
    }

    /// Where a body is not as it was expected, without what it holds.
    private static func cause(_ error: any Error) -> String {
        func field(_ path: [any CodingKey]) -> String {
            "/" + path.map { key in key.intValue.map { String($0) } ?? key.stringValue }.joined(separator: "/")
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context): return "\(field(context.codingPath + [key])) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            return "\(field(context.codingPath)) is of another type"
        default: return "it is not JSON"
        }
    }

    /// The body as text in JSON; `null` where there is none.
    func json() throws -> String {
        guard !body.isEmpty else { return "null" }
        do {
            return try JSONText.of(body)
        } catch {
            throw StaffError(.unreachable, "The store's answer is not JSON.")
        }
    }
}
