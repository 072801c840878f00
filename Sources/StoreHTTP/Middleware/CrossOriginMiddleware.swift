import HTTPTypes
package import Hummingbird

/// Lets browsers on the origins that the shop owner lists call the API (CORS). Without a list, none may.
package struct CrossOriginMiddleware: RouterMiddleware {
    package typealias Context = StoreContext

    let origins: [String]

    package func handle(
        _ request: Request,
        context: StoreContext,
        next: @concurrent (Request, StoreContext) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin], origins.contains(origin) || origins.contains("*") else {
            return try await next(request, context)
        }
        if request.method == .options {
            var response = Response(status: .noContent)
            allow(origin, in: &response)
            response.headers[.accessControlAllowMethods] = "GET, HEAD, POST, PUT, DELETE"
            response.headers[.accessControlAllowHeaders] = "Content-Type, Idempotency-Key, If-Match, If-None-Match"
            response.headers[.accessControlMaxAge] = "600"
            return response
        }
        var response = try await next(request, context)
        allow(origin, in: &response)
        return response
    }

    private func allow(_ origin: String, in response: inout Response) {
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] = "ETag, Location, Retry-After, X-Request-Id"
        // Beside what the answer depends on already.
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
    }
}
