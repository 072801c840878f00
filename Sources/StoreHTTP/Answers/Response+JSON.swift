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

    /// The versions that an If-Match accepts: nil for `*`, which accepts any. Weak tags and what is not one of ours
    /// match nothing.
    static func versions(_ header: String) -> Set<Int>? {
        if header.trimmed == "*" { return nil }
        return Set(
            header.split(separator: ",").compactMap { entry in
                let tag = String(entry).trimmed
                guard tag.count >= 3, tag.hasPrefix("\""), tag.hasSuffix("\"") else { return nil }
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
