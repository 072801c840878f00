import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// What `ConnectionHandler` does for a request of HTTP/1.1, for one of HTTP/2, which has a stream of its own: what never
/// becomes a request of ours is answered where it arrives.
final class StreamHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limit: ConcurrencyLimit
    /// What the request is for, while it is being answered.
    private var inFlight: ConcurrencyLimit.Purpose?
    private var isRefused = false

    init(_ limit: ConcurrencyLimit) { self.limit = limit }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isRefused { return }
        if case .head(let request) = unwrapInboundIn(data) {
            if let problem = HeadCheck.problem(request) { return refuse(problem, context) }
            let purpose = ConcurrencyLimit.Purpose(target: request.path ?? "")
            guard limit.enter(purpose) else { return refuse(.unavailable, context) }
            inFlight = purpose
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { leave() }
        context.write(data, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        if let purpose = inFlight { limit.leave(purpose) }
        inFlight = nil
    }

    private func refuse(_ problem: ProblemType, _ context: ChannelHandlerContext) {
        isRefused = true
        let answer = BareAnswer(problem)
        var head = HTTPResponse(status: problem.status)
        for (name, value) in answer.fields { head.headerFields.append(HTTPField(name: name, value: value)) }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(answer.body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
