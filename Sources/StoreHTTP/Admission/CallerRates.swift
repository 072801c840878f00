package import Admission
import HTTPTypes
import Hummingbird
import Webhooks

/// How often one address may ask for what a secret opens, and for lost links: so that secrets are not guessed, nor the
/// shop's mail used to pester somebody. Generous, since many people may share an address.
package struct CallerRates: Sendable {
    /// All look-ups by a link's secret.
    package var lookUps = Rate("look-ups", perMinute: 3_000)
    /// Those that found nothing. Whoever has used these up looks up nothing more in that minute.
    package var misses = Rate("misses", perMinute: 60)
    /// Asking for lost links.
    package var lostLinks = Rate("lost-links", perMinute: 20)

    package init() {}
}

extension StoreSettings {
    /// The octets by which a caller's address is counted: an IPv4 address, the network of an IPv6 address (its first 64
    /// bits, which are all one household's), or what a proxy wrote instead of an address. Nil where nobody is counted: on
    /// this machine and in its own network callers are the shop's, or stand behind a proxy that nobody named, and one of
    /// them must not use up what is everybody's.
    func countedCaller(_ request: Request, _ context: StoreContext) -> [UInt8]? {
        let text = callerAddress(request, context)
        guard let address = IPAddress(text) else { return text.isEmpty ? nil : Array(text.utf8.prefix(64)) }
        var octets = address.bytes
        // An IPv4 address that a socket for both families shows.
        if octets.count == 16, octets.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) {
            octets = Array(octets.suffix(4))
        }
        let purpose = IPAddress(bytes: octets)?.specialPurpose
        if ["loopback", "private", "link-local", "shared by a carrier"].contains(purpose) { return nil }
        return octets.count == 16 ? Array(octets.prefix(8)) : octets
    }
}

/// Counts look-ups by a link's secret, and refuses those of whoever asks too often. Most cost no query.
struct LookUpLimit: RouterMiddleware {
    typealias Context = StoreContext

    let store: Store

    func handle(
        _ request: Request,
        context: StoreContext,
        next: @concurrent (Request, StoreContext) async throws -> Response
    ) async throws -> Response {
        guard context.parameters.get("token") != nil || context.parameters.get("cart") != nil,
            let caller = store.settings.countedCaller(request, context)
        else { return try await next(request, context) }
        let (rates, now) = (store.settings.callerRates, store.now())
        let standing: RateStanding
        do throws(RateLimiter.Exceeded) {
            try store.rates.check(rates.misses, caller, now: now)
            standing = try await store.rates.take(rates.lookUps, caller, now: now)
        } catch {
            throw Problem(error)
        }
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            if Problem(of: error)?.type == .notFound { await noteMiss(rates, caller) }
            throw error
        }
        if response.status == .notFound { await noteMiss(rates, caller) }
        // Nobody reads them in a page's answer.
        if request.uri.path.hasPrefix("/v1/") { response.headers.tell(standing) }
        return response
    }

    private func noteMiss(_ rates: CallerRates, _ caller: [UInt8]) async {
        // Who has used them up is told so the next time.
        _ = try? await store.rates.take(rates.misses, caller, now: store.now())
    }
}
