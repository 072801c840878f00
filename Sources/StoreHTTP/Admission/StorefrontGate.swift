import Admission
import HTTPTypes
import Hummingbird

extension HTTPField.Name {
    static let aftercareKey = HTTPField.Name.of("Aftercare-Key")
}

/// Notes which storefront asks, where a request names a key that is in force. Routes that want none take another one for
/// nothing said: what a capability opens stays open when a key is revoked.
struct StorefrontReader: RouterMiddleware {
    typealias Context = StoreContext

    let keys: StorefrontKeyStore

    func handle(
        _ request: Request,
        context: StoreContext,
        next: @concurrent (Request, StoreContext) async throws -> Response
    ) async throws -> Response {
        guard let text = request.headers[.aftercareKey], let key = await keys.ring().key(text) else {
            return try await next(request, context)
        }
        var context = context
        context.storefront = key
        return try await next(request, context)
    }
}

/// Lets in who has a storefront's key, once one was ever made, as often as its rate allows: for routes that sell.
struct StorefrontGate: RouterMiddleware {
    typealias Context = StoreContext

    let store: Store

    func handle(
        _ request: Request,
        context: StoreContext,
        next: @concurrent (Request, StoreContext) async throws -> Response
    ) async throws -> Response {
        let ring = await store.storefronts.ring()
        let admitted: StorefrontKey?
        do throws(KeyRing.Refusal) {
            admitted = try ring.admit(request.headers[.aftercareKey], from: request.headers[.origin])
        } catch {
            throw Problem(error)
        }
        guard let key = admitted else { return try await next(request, context) }
        let standing: RateStanding
        do throws(RateLimiter.Exceeded) {
            standing = try await store.rates.take(
                Rate("key", perMinute: key.requestsPerMinute),
                Array(key.text.utf8),
                now: store.now()
            )
        } catch {
            throw Problem(error)
        }
        var response = try await next(request, context)
        response.headers.tell(standing)
        // What a cache on the way keeps is for this key alone.
        response.headers.append(HTTPField(name: .vary, value: HTTPField.Name.aftercareKey.rawName))
        return response
    }
}

extension Problem {
    fileprivate init(_ refusal: KeyRing.Refusal) {
        switch refusal {
        case .keyMissing: self.init(.storefrontKeyNeeded)
        case .keyUnknown:
            self.init(
                .storefrontKeyNeeded,
                "There is no such key, or it was revoked: send the one that the shop gave to this storefront."
            )
        case .originNotAllowed: self.init(ProblemType.originNotAllowed)
        }
        if type == .storefrontKeyNeeded { headers[.wwwAuthenticate] = HTTPField.Name.aftercareKey.rawName }
        headers[.vary] = HTTPField.Name.aftercareKey.rawName
    }
}
