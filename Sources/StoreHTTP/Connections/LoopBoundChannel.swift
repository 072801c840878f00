import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// HTTP/1.1 whose requests are carried out on the thread that reads and writes their connection: a request that goes
/// from thread to thread at each of its steps spends more on the going than on the steps.
struct LoopBoundChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let connection: HTTP1Channel.Value
        let executor: ConnectionExecutor
        var channel: any Channel { connection.channel }
    }

    let http1: HTTP1Channel
    let limit: ConcurrencyLimit
    let executors: EventLoopExecutors

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        http1.setup(channel: channel, logger: logger).flatMapThrowing { connection in
            let executor = executors.executor(on: channel.eventLoop)
            let pipeline = channel.pipeline.syncOperations
            let codec = try pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self)
            let octets = OctetLimit()
            // Before the parser, and behind what decrypts.
            let parser = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(octets, position: .before(parser.handler))
            try pipeline.addHandler(
                ConnectionHandler(limit: limit, octets: octets, executor: executor),
                position: .before(codec.handler)
            )
            return Value(connection: connection, executor: executor)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(value.executor) {
            await http1.handle(value: value.connection, logger: logger)
        }
    }
}
