import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// HTTP/1.1 whose requests are carried out on the thread that reads and writes their connection: a request that goes
/// from thread to thread at each of its steps spends more on the going than on the steps.
struct LoopBoundChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let http1: HTTP1Channel
    let limit: ConcurrencyLimit
    let executors: EventLoopExecutors

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        http1.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let codec = try pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self)
            let octets = OctetLimit()
            // Before the parser, and behind what decrypts.
            let parser = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(octets, position: .before(parser.handler))
            try pipeline.addHandler(
                ConnectionHandler(limit: limit, octets: octets),
                position: .before(codec.handler)
            )
            return value
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(executors.executor(of: value.channel.eventLoop)) {
            await http1.handle(value: value, logger: logger)
        }
    }
}
