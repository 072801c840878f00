import HTTPTypes
import Hummingbird

extension HTTPField.Name {
    static let prefer = HTTPField.Name.of("Prefer")
    static let preferenceApplied = HTTPField.Name.of("Preference-Applied")
}

extension Request {
    /// Whether the client says that it can do without the body of an answer to a change: `Prefer: return=minimal`
    /// (RFC 7240). Of a preference that is named twice, the first counts.
    var prefersMinimal: Bool {
        for preference in headers[values: .prefer].flatMap({ $0.split(separator: ",") }) {
            let parts = preference.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" && $0 != "\"" }
                .split(separator: "=", omittingEmptySubsequences: false)
            if parts.first == "return" { return parts.count == 2 && parts[1] == "minimal" }
        }
        return false
    }
}

/// Leaves out the body of an answer to a change, for a client that prefers that: the version in ETag says enough. What went
/// wrong is told as ever.
struct MinimalAnswer: RouterMiddleware {
    typealias Context = StoreContext

    func handle(
        _ request: Request,
        context: StoreContext,
        next: @concurrent (Request, StoreContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard request.prefersMinimal, [.ok, .created].contains(response.status) else { return response }
        if response.status == .ok { response.status = .noContent }
        response.body = ResponseBody()
        response.headers[.contentType] = nil
        response.headers[.preferenceApplied] = "return=minimal"
        return response
    }
}
