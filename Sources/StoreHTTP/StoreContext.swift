import Admission
import HTTPTypes
package import Hummingbird
package import NIOCore

/// What a request carries through middleware and routes.
package struct StoreContext: RequestContext, RemoteAddressRequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The TCP peer, which may be a proxy.
    package let remoteAddress: SocketAddress?
    /// The name of this request in logs, events and answers: 128 random bits.
    package let requestID: String
    /// The storefront that asks, where it said so with a key that is in force.
    var storefront: StorefrontKey?

    package init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
        requestID = Self.randomName()
    }

    static func randomName() -> String {
        var generator = SystemRandomNumberGenerator()
        let halves = (generator.next(), generator.next())
        return String(unsafeUninitializedCapacity: 32) { octets in
            for index in 0..<32 {
                let half = index < 16 ? halves.0 : halves.1
                let digit = UInt8(truncatingIfNeeded: half >> UInt64(4 * (index % 16)) & 0xF)
                octets[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return 32
        }
    }
}

extension StoreSettings {
    /// The address that a request came from: the TCP peer's, or the last one in X-Forwarded-For that is not a proxy of
    /// ours.
    func callerAddress(_ request: Request, _ context: StoreContext) -> String {
        let peer = context.remoteAddress?.ipAddress ?? ""
        guard trustedProxies.contains(peer) else { return peer }
        let hops = request.headers[values: .forwardedFor].flatMap { $0.split(separator: ",") }
            .map { $0.filter { !$0.isWhitespace } }
        return hops.last { !trustedProxies.contains($0) } ?? peer
    }
}
