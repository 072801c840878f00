import HTTPTypes
import Hummingbird
import NIOCore
import StoreAPI

extension Response {
    /// An answer in JSON.
    static func json(
        _ value: some JSONWritable,
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) -> Response {
        var response = Response(
            status: status,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(value)))
        )
        response.headers[.contentType] = "application/json"
        return response
    }

    /// An answer that belongs to one caller: never kept on the way, with its version where it has one.
    static func privateJSON(
        _ value: some JSONWritable,
        status: HTTPResponse.Status = .ok,
        version: Int? = nil,
        headers: HTTPFields = [:]
    ) -> Response {
        var response = json(value, status: status, headers: headers)
        response.headers[.cacheControl] = "no-store"
        if let version { response.headers[.eTag] = EntityTag.text(version) }
        return response
    }
}

/// The versions of carts and orders as HTTP's entity tags.
enum EntityTag {
    static func text(_ version: Int) -> String { "\"\(version)\"" }

    /// The versions that an If-Match accepts: nil for `*`, which accepts any. Weak tags and tags that are not of ours match
    /// nothing.
    /// - Throws: a problem where it is no list of tags: a version without its quotes would match nothing, for ever.
    static func versions(_ header: String) throws -> Set<Int>? {
        if header.trimmed == "*" { return nil }
        let tags = header.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
        let areTags = tags.allSatisfy { tag in
            let strong = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]
            return strong.count >= 2 && strong.hasPrefix("\"") && strong.hasSuffix("\"")
        }
        guard areTags else {
            throw Problem(.headerInvalid, "If-Match is an ETag as it was answered, in its quotes, such as \"1\".")
        }
        return Set(
            tags.compactMap { tag in
                guard tag.count >= 3, tag.hasPrefix("\"") else { return nil }
                let digits = tag.dropFirst().dropLast()
                return Int(digits).flatMap { String($0) == digits ? $0 : nil }
            }
        )
    }
}

extension String {
    fileprivate var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { $0 != " " && $0 != "\t" }),
            let last = scalars.lastIndex(where: { $0 != " " && $0 != "\t" })
        else { return "" }
        return String(scalars[first...last])
    }
}
