import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A store that answers what a test tells it to, and remembers what it was asked.
final class StubStore: Sendable {
    /// What it was asked.
    struct Request: Sendable {
        let method: String
        /// With its query.
        let path: String
        let headers: [String: String]
        let body: String

        var key: String? { headers["idempotency-key"] }
        var line: String { "\(method) \(path)" }
    }

    /// What it does about it.
    indirect enum Reply: Sendable {
        case answer(Int, String, [String: String] = [:])
        /// Acts, and closes the connection without a word.
        case drop
        /// Begins an answer and closes the connection in the middle of it.
        case breakOff(String, [String: String] = [:])
        case late(TimeAmount, Reply)

        static func problem(
            _ status: Int,
            _ type: String,
            _ detail: String,
            errors: String = "null",
            headers: [String: String] = [:]
        ) -> Reply {
            .answer(
                status,
                #"{"type":"/problems/\#(type)","title":"No","status":\#(status),"detail":"\#(detail)","#
                    + #""errors":\#(errors),"requestId":"r-1"}"#,
                headers
            )
        }
    }

    typealias Responder = @Sendable (Request) -> Reply

    private let channel: any Channel
    private let log: Log

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    var requests: [Request] { log.requests.withLock { $0 } }
    var lines: [String] { requests.map(\.line) }

    private final class Log: Sendable {
        let requests = Mutex<[Request]>([])
    }

    private init(_ channel: any Channel, _ log: Log) {
        self.channel = channel
        self.log = log
    }

    static func run<Result>(
        _ responder: @escaping Responder,
        _ body: (StubStore) async throws -> Result
    ) async throws -> Result {
        let log = Log()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        Handler { request in
                            log.requests.withLock { $0.append(request) }
                            return responder(request)
                        }
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let store = StubStore(channel, log)
        do {
            let result = try await body(store)
            try await channel.close().get()
            return result
        } catch {
            try? await channel.close().get()
            throw error
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let responder: Responder
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ responder: @escaping Responder) { self.responder = responder }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = []
            case .body(let bytes): body += bytes.readableBytesView
            case .end:
                guard let head else { return }
                var headers: [String: String] = [:]
                for (name, value) in head.headers { headers[name.lowercased()] = value }
                let request = Request(
                    method: head.method.rawValue,
                    path: head.uri,
                    headers: headers,
                    body: String(decoding: body, as: UTF8.self)
                )
                reply(responder(request), context)
            }
        }

        private func reply(_ reply: Reply, _ context: ChannelHandlerContext) {
            switch reply {
            case .drop: context.close(promise: nil)
            case .answer(let status, let text, let headers):
                write(status, text, headers, length: text.utf8.count, context)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .breakOff(let text, let headers):
                write(200, text, headers, length: text.utf8.count + 1000, context)
                context.flush()
                let (loop, bound) = (context.eventLoop, NIOLoopBound(context, eventLoop: context.eventLoop))
                loop.scheduleTask(in: .milliseconds(50)) { bound.value.close(promise: nil) }
            case .late(let time, let later):
                let (loop, bound) = (context.eventLoop, NIOLoopBound((self, context), eventLoop: context.eventLoop))
                loop.scheduleTask(in: time) { bound.value.0.reply(later, bound.value.1) }
            }
        }

        private func write(
            _ status: Int,
            _ text: String,
            _ headers: [String: String],
            length: Int,
            _ context: ChannelHandlerContext
        ) {
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status))
            if status != 204 { head.headers.add(name: "Content-Length", value: String(length)) }
            for (name, value) in headers { head.headers.add(name: name, value: value) }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        }
    }
}
