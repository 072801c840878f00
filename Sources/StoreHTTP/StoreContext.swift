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

    package init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
        requestID = [UInt64.random(in: .min ... .max), .random(in: .min ... .max)]
            .map { String($0, radix: 16) }.map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
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
