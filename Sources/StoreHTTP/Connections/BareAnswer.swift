import HTTPTypes
import Hummingbird
import NIOCore

/// An answer to what never became a request: a problem, and a name for it.
struct BareAnswer {
    let fields: [(name: HTTPField.Name, value: String)]
    let body: ByteBuffer

    init(_ type: ProblemType) {
        let name = StoreContext.newName()
        let text = Problem(type).plainText(requestID: name)
        var fields: [(name: HTTPField.Name, value: String)] = [
            (.contentType, "application/problem+json"), (.contentLength, "\(text.utf8.count)"),
            (.cacheControl, "no-store"), (.requestID, name),
        ]
        if let seconds = type.retryAfterSeconds { fields.append((.retryAfter, "\(seconds)")) }
        if type == .methodNotAllowed { fields.append((.allow, "GET, HEAD, POST, PUT, DELETE, OPTIONS")) }
        self.fields = fields
        body = ByteBuffer(string: text)
    }
}
