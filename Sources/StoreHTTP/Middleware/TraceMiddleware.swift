import HTTPTypes
package import Hummingbird
import Tracing

/// Makes each request a step of the trace that it belongs to, or the first of one. There is none where nothing is traced:
/// then no request pays for it.
package struct TraceMiddleware: RouterMiddleware {
    package typealias Context = StoreContext

    package func handle(
        _ request: Request,
        context: StoreContext,
        next: @concurrent (Request, StoreContext) async throws -> Response
    ) async throws -> Response {
        var caller = InstrumentationContext.topLevel
        InstrumentationSystem.instrument.extract(request.headers, into: &caller, using: HeaderExtractor())
        let method = request.method.knownName
        // The route is known only once it has answered: a path may hold what opens something.
        return try await withSpan(method, context: caller, ofKind: .server) { span in
            span.updateAttributes { attributes in
                attributes["http.request.method"] = method
                // By which what is told of it later finds its way back.
                attributes["aftercare.request.id"] = context.requestID
            }
            let response = try await next(request, context)
            let route = context.endpointPath
            if let route { span.operationName = "\(method) \(route)" }
            span.updateAttributes { attributes in
                attributes["http.route"] = route
                attributes["http.response.status_code"] = response.status.code
            }
            if response.status.kind == .serverError { span.setStatus(SpanStatus(code: .error)) }
            return response
        }
    }

    private struct HeaderExtractor: Extractor {
        func extract(key: String, from headers: HTTPFields) -> String? {
            HTTPField.Name(key).flatMap { headers[$0] }
        }
    }
}

extension HTTPRequest.Method {
    private static let known: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    /// The method's name where it is one that HTTP has: anybody may invent another.
    var knownName: String { Self.known.contains(self) ? rawValue : "_OTHER" }
}
