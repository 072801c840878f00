import Admission
import HTTPTypes
package import Hummingbird

/// Lets browsers on the origins that the shop owner lists, and on those of the storefronts' keys, call the API (CORS). A
/// browser asks beforehand without a key, so that it may ask on the origins of all of them.
package struct CrossOriginMiddleware: RouterMiddleware {
    package typealias Context = StoreContext

    let origins: [String]
    let keys: StorefrontKeyStore

    package func handle(
        _ request: Request,
        context: StoreContext,
        next: @concurrent (Request, StoreContext) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin], await allows(origin) else {
            return try await next(request, context)
        }
        if request.method == .options {
            var response = Response(status: .noContent)
            allow(origin, in: &response)
            response.headers[.accessControlAllowMethods] = "GET, HEAD, POST, PUT, DELETE"
            response.headers[.accessControlAllowHeaders] =
                "Aftercare-Key, Content-Type, Idempotency-Key, If-Match, If-None-Match, Prefer, traceparent, tracestate"
            response.headers[.accessControlMaxAge] = "600"
            return response
        }
        var response = try await next(request, context)
        allow(origin, in: &response)
        return response
    }

    private func allows(_ origin: String) async -> Bool {
        if origins.contains(origin) || origins.contains("*") { return true }
        let ofKeys = await keys.ring().origins
        return ofKeys.contains(origin) || ofKeys.contains("*")
    }

    private func allow(_ origin: String, in response: inout Response) {
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] =

            "Aftercare-Mode, Deprecation, ETag, Link, Location, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After, Sunset, X-Request-Id"
        // Beside what the answer depends on already.
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
    }
}
