import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOTLS

/// What is spoken inside TLS, as the two sides agree on it: HTTP/2, or HTTP/1.1.
struct SecureChannel: ServerChildChannel {
    enum Connection: Sendable {
        case http1(LoopBoundChannel.Value)
        case http2(HTTP2Channel.Value)
    }

    struct Value: ServerChildChannelValue {
        let connection: EventLoopFuture<Connection>
        let channel: any Channel
    }

    let http1: LoopBoundChannel
    let http2: HTTP2Channel

    /// Whoever has not agreed by then is cut off: a connection that says nothing takes the place of others.
    private static let agreesWithin = TimeAmount.seconds(10)

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let (http1, http2) = (http1, http2)
        let deadline = channel.eventLoop.scheduleTask(in: Self.agreesWithin) { channel.close(promise: nil) }
        return channel.eventLoop.makeCompletedFuture {
            let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Connection> { agreed, channel in
                deadline.cancel()
                return agreed == .negotiated("h2")
                    ? http2.setup(channel: channel, logger: logger).map { .http2($0) }
                    : http1.setup(channel: channel, logger: logger).map { .http1($0) }
            }
            try channel.pipeline.syncOperations.addHandler(negotiation)
            return Value(connection: negotiation.protocolNegotiationResult, channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.connection.get() {
            case .http1(let connection): await http1.handle(value: connection, logger: logger)
            case .http2(let connection):
                let executor = http1.executors.executor(on: value.channel.eventLoop)
                // Its streams ask for all sorts of things at once.
                executor.isUrgent = false
                await withTaskExecutorPreference(executor) {
                    await http2.handle(value: connection, logger: logger)
                }
            }
        } catch {
            // No handshake: scanners, and browsers that do not trust the certificate.
            logger.debug("no TLS connection came about", metadata: ["error": "\(type(of: error))"])
        }
    }
}
