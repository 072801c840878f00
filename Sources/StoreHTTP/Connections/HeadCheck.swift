import HTTPTypes
import NIOHTTP1

/// What HTTP asks of a request's head, beyond what the parser asks.
enum HeadCheck {
    /// The most octets of a request's target.
    static let targetOctetsMax = 8 * 1024

    /// What is wrong with a head; nil where nothing is.
    static func problem(_ head: HTTPRequestHead) -> ProblemType? {
        let hosts = head.headers["Host"]
        // A proxy before us may have meant another one of several than we would.
        if hosts.count > 1 || (hosts.isEmpty && (head.version.major, head.version.minor) >= (1, 1)) {
            return .headerInvalid
        }
        return problem(head.method.rawValue, target: head.uri)
    }

    /// The same of a request of HTTP/2, whose parser sees to the host.
    static func problem(_ request: HTTPRequest) -> ProblemType? {
        problem(request.method.rawValue, target: request.path ?? "")
    }

    private static func problem(_ method: String, target: String) -> ProblemType? {
        if method == "TRACE" || method == "CONNECT" { return .methodNotAllowed }
        return target.utf8.count > targetOctetsMax ? .targetTooLong : nil
    }
}
