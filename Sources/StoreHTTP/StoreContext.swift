import Admission
import HTTPTypes
package import Hummingbird
package import NIOCore
import Synchronization

/// What a request carries through middleware and routes.
package struct StoreContext: RequestContext, RemoteAddressRequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The TCP peer, which may be a proxy.
    package let remoteAddress: SocketAddress?
    /// The name of this request in logs, events and answers: 32 hexadecimal digits that no other request has.
    package let requestID: String
    /// The storefront that asks, where it said so with a key that is in force.
    var storefront: StorefrontKey?

    package init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
        requestID = Self.newName()
    }

    /// A name that no other request has: what this process drew at its start, and its requests counted, each mixed so that
    /// neighbours have nothing in common. Asking the system for randomness costs more than all else that is done for a
    /// name.
    static func newName() -> String {
        let count = names.add(1, ordering: .relaxed).newValue
        let halves = (mixed(start.0 &+ count), mixed(start.1 ^ count))
        return String(unsafeUninitializedCapacity: 32) { octets in
            for index in 0..<32 {
                let half = index < 16 ? halves.0 : halves.1
                let digit = UInt8(truncatingIfNeeded: half >> UInt64(4 * (index % 16)) & 0xF)
                octets[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return 32
        }
    }

    private static let start = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
    private static let names = Atomic<UInt64>(0)

    /// One number for each number, with nothing in common with that of its neighbour (SplitMix64).
    private static func mixed(_ number: UInt64) -> UInt64 {
        var mixed = number &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension StoreSettings {
    /// The address that a request came from: the TCP peer's, or the last one in X-Forwarded-For that is not a proxy of
    /// ours.
    func callerAddress(_ request: Request, _ context: StoreContext) -> String {
        let peer = context.remoteAddress?.ipAddress ?? ""
        if trustedProxies.isEmpty { return peer }
        return callerAddress(peer: peer, forwardedFor: request.headers[values: .forwardedFor])
    }

    /// The same from what was sent.
    func callerAddress(peer: String, forwardedFor: [String]) -> String {
        guard trustedProxies.contains(peer) else { return peer }
        let hops = forwardedFor.flatMap { $0.split(separator: ",") }.map { $0.filter { !$0.isWhitespace } }
        return hops.last { !trustedProxies.contains($0) } ?? peer
    }
}
