package import AsyncHTTPClient
import NIOCore
package import NIOHTTP1
import Synchronization

/// What a server answered.
package struct Answer: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: [UInt8]

    package var json: JSON { (try? JSON(body)) ?? .null }
    package var text: String { String(decoding: body, as: UTF8.self) }
    package var etag: String { headers.first(name: "ETag") ?? "" }
    /// The last part of a problem's type.
    package var problem: String { json.type.text.split(separator: "/").last.map(String.init) ?? "" }
}

/// All that were made: one that a failed test lets go of without shutting it down would end the process of all tests.
private let clients = Mutex<[HTTPClient]>([])

extension HTTPClient {
    /// Makes a client with a connection of its own for each request that runs at the same time.
    package static func wide() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
        configuration.redirectConfiguration = .disallow
        // Sooner than a server ends one that is idle: a request would meet that.
        configuration.connectionPool.idleTimeout = .seconds(10)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        clients.withLock { $0.append(client) }
        return client
    }

    package func send(
        _ method: HTTPMethod,
        _ url: String,
        _ body: String? = nil,
        _ headers: [String: String] = [:],
        timeout: Int64 = 600
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let body {
            request.body = .bytes(ByteBuffer(string: body))
            if headers["Content-Type"] == nil { request.headers.add(name: "Content-Type", value: "application/json") }
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await execute(request, timeout: .seconds(timeout))
        let bytes = try await response.body.collect(upTo: 4 << 20)
        return Answer(status: Int(response.status.code), headers: response.headers, body: Array(buffer: bytes))
    }
}
