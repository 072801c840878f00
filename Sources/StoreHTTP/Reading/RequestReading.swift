import Crypto
import HTTPTypes
import Hummingbird
import JSONFields
import Links
import NIOCore

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name.of("Idempotency-Key")
    static let forwardedFor = HTTPField.Name.of("X-Forwarded-For")
    static let totalCount = HTTPField.Name.of("X-Total-Count")
    static let requestID = HTTPField.Name.of("X-Request-Id")

    /// A name that is fixed in the source and well formed.
    static func of(_ name: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name(name.description) else { preconditionFailure("not a header name") }
        return name
    }
}

/// The most octets that a body may have.
let bodyOctetsMax = 64 * 1024
/// How long a body may take to arrive.
private let bodyDeadline = Duration.seconds(10)

extension Request {
    /// The body's bytes, whole.
    func bytes(upTo octetsMax: Int = bodyOctetsMax) async throws -> [UInt8] {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > octetsMax {
            throw Problem(.bodyTooLarge)
        }
        // Looked at with each part that arrives: a timer for each request would cost more than all the reading. Whoever
        // sends nothing at all is cut off by the server's own limit for idle connections.
        let end = ContinuousClock.now + bodyDeadline
        var bytes: [UInt8] = []
        for try await part in body {
            guard bytes.count + part.readableBytes <= octetsMax else { throw Problem(.bodyTooLarge) }
            guard ContinuousClock.now < end else { throw Problem(.requestTimeout) }
            bytes.append(contentsOf: part.readableBytesView)
        }
        return bytes
    }

    /// The body's bytes where it says that it is JSON; none where there is no body and none is needed.
    func jsonBytes(isOptional: Bool = false, upTo octetsMax: Int = bodyOctetsMax) async throws -> [UInt8] {
        let bytes = try await bytes(upTo: octetsMax)
        if bytes.isEmpty, isOptional { return Array("{}".utf8) }
        let encoding = headers[.contentEncoding]?.lowercased() ?? "identity"
        guard encoding == "identity" else {
            throw Problem(.unsupportedMediaType, "Send the body as it is: it is not read as \(encoding.prefix(40)).")
        }
        let type = headers[.contentType]?.split(separator: ";").first?.lowercased().filter { $0 != " " } ?? ""
        guard type == "application/json" || type.hasSuffix("+json") else { throw Problem(.unsupportedMediaType) }
        return bytes
    }

    /// The Idempotency-Key, bare or quoted; nil where there is none.
    /// - Throws: a problem when it is there and not valid.
    func idempotencyKey() throws -> String? {
        let fields = headers[values: .idempotencyKey]
        guard let header = fields.first else { return nil }
        guard fields.count == 1 else {
            throw Problem(.idempotencyKeyInvalid, "There are several Idempotency-Key headers.")
        }
        var key = header
        if key.hasPrefix("\"") {
            guard key.count >= 2, key.hasSuffix("\"") else { throw Problem(.idempotencyKeyInvalid) }
            key = String(key.dropFirst().dropLast())
        }
        let isPrintable = key.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        guard (1...255).contains(key.utf8.count), header.utf8.count <= 257, isPrintable else {
            throw Problem(.idempotencyKeyInvalid)
        }
        return key
    }

    /// The Idempotency-Key of an act that must not happen twice.
    func requiredIdempotencyKey() throws -> String {
        guard let key = try idempotencyKey() else { throw Problem(.idempotencyKeyMissing) }
        return key
    }

    /// The versions that If-Match accepts, nil for any.
    /// - Throws: a problem where it is missing.
    func requiredVersions() throws -> Set<Int>? {
        guard let header = headers[.ifMatch] else { throw Problem(.preconditionRequired) }
        return try EntityTag.versions(header)
    }

    /// A whole number in the query; nil where it is absent.
    func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = uri.queryParameters[Substring(name)] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Problem("", "outOfRange", "\(name) is from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    /// Yes or no in the query; nil where it is absent.
    func flag(_ name: String) throws -> Bool? {
        guard let text = uri.queryParameters[Substring(name)] else { return nil }
        guard let flag = Bool(String(text)) else { throw Problem("", "notAFlag", "\(name) is true or false.") }
        return flag
    }

    /// Refuses query parameters that a route does not know, and repeated ones.
    /// - Parameter repeated: one that may be given several times.
    func checkQuery(_ names: String..., repeated: String? = nil) throws {
        try checkQuery(names, repeated: repeated)
    }

    /// The same.
    func checkQuery(_ names: [String], repeated: String? = nil) throws {
        let known = [repeated].compactMap(\.self) + names
        var seen: Set<String> = []
        for (key, _) in uri.queryParameters {
            let name = String(key)
            if !known.contains(name) {
                throw Problem(
                    "",
                    "unknownParameter",
                    known.isEmpty
                        ? "There are no query parameters here."
                        : "There is no query parameter of this name; there is \(known.joined(separator: ", "))."
                )
            }
            if !seen.insert(name).inserted, name != repeated {
                throw Problem("", "duplicate", "The query parameter \(name) is given twice.")
            }
        }
    }
}

extension Fields {
    /// Reads a request's document; what is wrong with it is a problem for the client.
    static func request<Value: Sendable>(
        _ bytes: [UInt8],
        _ read: @escaping @Sendable (Fields) -> Value?
    ) throws(Problem) -> Value {
        do throws(DocumentError) {
            return try Fields.read(bytes, read)
        } catch {
            throw Problem(error)
        }
    }
}

extension Store {
    /// The link of a purpose in the path, which is `cart` or `token` there.
    /// - Throws: the uniform "not found" for one that was never made; no database is asked.
    func link(_ purpose: LinkPurpose, _ context: StoreContext) throws -> Link {
        guard let text = context.parameters.get(purpose == .cart ? "cart" : "token"), let token = LinkToken(text: text),
            let link = keys.link(purpose, token)
        else { throw Problem(.notFound) }
        return link
    }
}

/// SHA-256 of texts, none of which can be mistaken for part of another.
func hash(_ parts: String...) -> [UInt8] { hash(parts) }

/// The same.
func hash(_ parts: [String]) -> [UInt8] {
    var hasher = SHA256()
    for part in parts { hasher.update(data: Array("\(part.utf8.count):\(part)".utf8)) }
    return Array(hasher.finalize())
}
