import HTTPTypes
import NIOCore
import NIOHTTP1
import StoreAPI

/// Answers what never becomes a request: several Host headers, of which a proxy may have meant another one than we would,
/// and headers that are larger than they may be. The connection ends with the answer.
final class HeadChecker: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var isOver = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isOver { return }
        if case .head(let head) = unwrapInboundIn(data), head.headers["Host"].count > 1 {
            return refuse(.headerInvalid, context)
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, error == .headerOverflow, !isOver else {
            return context.fireErrorCaught(error)
        }
        refuse(.headersTooLarge, context)
    }

    private func refuse(_ type: ProblemType, _ context: ChannelHandlerContext) {
        isOver = true
        let bytes = JSONWriter.bytes(Problem(type).body(requestID: ""))
        let headers: HTTPHeaders = [
            "Content-Type": "application/problem+json", "Content-Length": "\(bytes.count)", "Connection": "close",
            "Cache-Control": "no-store",
        ]
        let status = HTTPResponseStatus(statusCode: type.status.code, reasonPhrase: type.status.reasonPhrase)
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
        let done = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: done)
        let channel = context.channel
        done.futureResult.whenComplete { _ in channel.close(promise: nil) }
    }
}
