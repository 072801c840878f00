import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A real server to which something is sent, and which answers as a test tells it to.
package struct Receiver: Sendable {
    /// What it was sent.
    package struct Request: Sendable {
        package let path: String
        /// By their names in small letters.
        package let headers: [String: String]
        package let body: [UInt8]

        package var text: String { String(decoding: body, as: UTF8.self) }
        package var json: JSON { (try? JSON(body)) ?? .null }
    }

    /// What it does about it.
    package enum Reply: Sendable {
        case answer(Int, String = "", headers: [String: String] = [:])
        /// Says nothing for as long as the other side waits.
        case hang
        /// Begins an answer and never ends it.
        case begin(Int, String)
        /// Closes the connection without a word.
        case close
    }

    /// A certificate and its key, as files (PEM).
    package struct Identity: Sendable {
        let certificate: String
        let key: String
        /// The authority that signed it.
        package let authority: String

        /// Makes one for a name, signed by an authority of its own.
        package static func make(for name: String, in folder: String) async throws -> Identity {
            let script = """
                set -e; cd "$1"
                openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj "/CN=Authority"
                openssl req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj "/CN=$2"
                printf 'subjectAltName=DNS:%s' "$2" > names
                openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 2 -extfile names
                """
            guard await shell(script, folder, name) == 0 else { throw CancellationError() }
            return Identity(certificate: folder + "/cert.pem", key: folder + "/key.pem", authority: folder + "/ca.pem")
        }
    }

    private let channel: any Channel
    private let log: Log

    package var port: Int { channel.localAddress?.port ?? 0 }
    /// Without TLS.
    package var url: String { "http://127.0.0.1:\(port)/hooks" }
    package var requests: [Request] { log.requests.withLock { $0 } }

    private final class Log: Sendable {
        let requests = Mutex<[Request]>([])
    }

    /// Runs one for as long as a body runs.
    package static func run<Result: Sendable>(
        _ identity: Identity? = nil,
        replying reply: @escaping @Sendable (Request) -> Reply = { _ in .answer(204) },
        _ body: (Receiver) async throws -> Result
    ) async throws -> Result {
        let log = Log()
        let tls = try identity.map { identity in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: NIOSSLCertificate.fromPEMFile(identity.certificate).map { .certificate($0) },
                    privateKey: .privateKey(NIOSSLPrivateKey(file: identity.key, format: .pem))
                )
            )
        }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(
                        Handler { request in
                            log.requests.withLock { $0.append(request) }
                            return reply(request)
                        }
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try await body(Receiver(channel: channel, log: log))) } catch {
            outcome = .failure(error)
        }
        try? await channel.close().get()
        return try outcome.get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let reply: (Request) -> Reply
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ reply: @escaping (Request) -> Reply) { self.reply = reply }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): (self.head, body) = (head, [])
            case .body(let bytes): body += bytes.readableBytesView
            case .end:
                guard let head else { return }
                let headers = head.headers.reduce(into: [:]) { $0[$1.name.lowercased()] = $1.value }
                answer(reply(Request(path: head.uri, headers: headers, body: body)), context)
            }
        }

        private func answer(_ reply: Reply, _ context: ChannelHandlerContext) {
            switch reply {
            case .hang: break
            case .close: context.close(promise: nil)
            case .begin(let status, let text): begin(status, text, length: text.utf8.count + 1000, [:], context)
            case .answer(let status, let text, let headers):
                begin(status, text, length: text.utf8.count, headers, context)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }

        private func begin(
            _ status: Int,
            _ text: String,
            length: Int,
            _ headers: [String: String],
            _ context: ChannelHandlerContext
        ) {
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status))
            if status != 204 { head.headers.add(name: "Content-Length", value: "\(length)") }
            for (name, value) in headers { head.headers.add(name: name, value: value) }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if !text.isEmpty {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
            }
            context.flush()
        }

        /// Whoever hangs up in the middle of an answer is no mistake of the test's.
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
