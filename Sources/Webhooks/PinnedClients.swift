import AsyncHTTPClient
import NIOCore
import NIOSSL
import Synchronization

/// The HTTP clients that dial one address each, whatever a name server says meanwhile. One is kept while it is used, so that
/// events that follow one another share a connection and the reading of the machine's certificates.
///
/// They live as long as the process: what is idle is shut down when another one is wanted.
enum PinnedClients {
    /// Where a client dials, and whom it trusts.
    struct Place: Hashable {
        let host: String
        let address: IPAddress
        /// A file of certificates that are trusted besides the machine's own.
        let certificates: String?
        /// How long it may take until there is a connection.
        let connectPatience: Duration
    }

    private struct Kept {
        let client: HTTPClient
        var users: Int
        var usedAt: ContinuousClock.Instant
    }

    private static let idleMax = Duration.seconds(30)
    private static let kept = Mutex<[Place: Kept]>([:])

    /// Lends a client for as long as a body runs.
    static func with<Result>(_ place: Place, _ body: (HTTPClient) async throws -> Result) async rethrows -> Result {
        let (client, idle) = kept.withLock { kept in
            let limit = ContinuousClock.now - idleMax
            let idle = kept.filter { $0.value.users == 0 && $0.value.usedAt < limit && $0.key != place }
            for key in idle.keys { kept[key] = nil }
            let entry = kept[place] ?? Kept(client: made(place), users: 0, usedAt: .now)
            kept[place] = Kept(client: entry.client, users: entry.users + 1, usedAt: .now)
            return (entry.client, idle.values.map(\.client))
        }
        defer {
            kept.withLock { kept in
                kept[place]?.users -= 1
                kept[place]?.usedAt = .now
            }
        }
        for client in idle { Task { try? await client.shutdown() } }
        return try await body(client)
    }

    private static func made(_ place: Place) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.dnsOverride = [place.host: place.address.description]
        if let certificates = place.certificates {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.file(certificates)]
            configuration.tlsConfiguration = tls
        }
        configuration.timeout.connect = TimeAmount(place.connectPatience)
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(20)
        // All endpoints may be on one host: one that hangs is not to hold the connections that another one needs.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 200
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
