import HTTPTypes
import NIOCore
import NIOHTTP1

/// Answers, where requests arrive, what never becomes a request of ours: heads that are wrong or too large, and requests for
/// which there is no room. And ends connections so that their last answer is read.
///
/// A connection whose server stops stays for its next answer, which says `Connection: close`, or for five seconds: a client
/// that has just sent a request on it would otherwise not know whether it was carried out.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// How long a connection without a request waits for one when the server stops.
    private static let quiet = TimeAmount.seconds(5)
    /// How long a client may take to read the last answer before the socket is gone.
    private static let lingering = TimeAmount.seconds(1)
    /// How long a body may go on arriving when its request has been answered.
    private static let bodyAfterAnswer = TimeAmount.seconds(10)

    private let limit: ConcurrencyLimit
    private let octets: OctetLimit
    private let executor: ConnectionExecutor

    /// What was passed on and not answered as a whole, in the order in which it came.
    private var inFlight: CircularBuffer<ConcurrencyLimit.Purpose> = [] {
        didSet { executor.isUrgent = inFlight.contains { $0 != .shopping } }
    }
    private var hasBegunAnswer = false
    /// Whether a body still arrives, and of the how-manieth request.
    private var isReading = false
    private var requests = 0
    /// Whether what arrives belongs to a request that was refused.
    private var isRefusing = false
    private var closesAfterAnswer = false
    private var isStopping = false
    /// Whether nothing that still comes is looked at.
    private var isDeaf = false
    private var isOver = false

    init(limit: ConcurrencyLimit, octets: OctetLimit, executor: ConnectionExecutor) {
        self.limit = limit
        self.octets = octets
        self.executor = executor
    }

    // MARK: What arrives

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        octets.madeSense()
        if isOver || isDeaf { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            if let problem = HeadCheck.problem(head) {
                if inFlight.isEmpty { refuse(problem, context) } else { readNoFurther() }
                return
            }
            let purpose = ConcurrencyLimit.Purpose(target: head.uri)
            guard limit.enter(purpose, isBound: !inFlight.isEmpty) else { return turnAway(head, context) }
            inFlight.append(purpose)
            requests += 1
            isReading = true
            if !head.isKeepAlive { closesAfterAnswer = true }
            context.fireChannelRead(data)
        case .body:
            if !isRefusing { context.fireChannelRead(data) }
        case .end:
            isReading = false
            if isRefusing { isRefusing = false } else { context.fireChannelRead(data) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let problem: ProblemType? =
            switch error {
            case HTTPParserError.headerOverflow: octets.hasLine ? .headersTooLarge : .targetTooLong
            case is TooManyOctets where !isReading: octets.hasLine ? .headersTooLarge : .targetTooLong
            case is HTTPParserError, is TooManyOctets: .malformedHTTP
            default: nil
            }
        guard let problem, !isOver else { return context.fireErrorCaught(error) }
        if isDeaf { return }
        // In the middle of an answer nothing else can be said.
        if hasBegunAnswer { return context.close(promise: nil) }
        guard inFlight.count > (isReading ? 1 : 0) else { return refuse(problem, context) }
        if isReading { context.fireErrorCaught(error) }
        readNoFurther()
    }

    func channelInactive(context: ChannelHandlerContext) {
        for purpose in inFlight { limit.leave(purpose) }
        inFlight.removeAll()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isStopping = true
        let seen = requests
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.quiet) { [self] in
            if requests == seen, inFlight.isEmpty, !isOver { context.close(promise: nil) }
        }
    }

    // MARK: What is answered

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isOver { return context.fail(promise) }
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            hasBegunAnswer = true
            let isLast = inFlight.count <= 1
            if head.headers["Connection"].contains("close") { closesAfterAnswer = true }
            guard isLast, closesAfterAnswer || isStopping else { return context.write(data, promise: promise) }
            closesAfterAnswer = true
            head.headers.replaceOrAdd(name: "Connection", value: "close")
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            hasBegunAnswer = false
            if let purpose = inFlight.popFirst() { limit.leave(purpose) }
            if inFlight.isEmpty, closesAfterAnswer || isStopping {
                return finish(data, promise, context)
            }
            context.write(data, promise: promise)
            if isReading, inFlight.isEmpty { limitBody(context) }
        default: context.write(data, promise: promise)
        }
    }

    /// What comes is no request, and earlier ones are not answered yet: they are, and then the connection ends. A refusal
    /// now would be taken for the answer to the first of them.
    private func readNoFurther() {
        isDeaf = true
        closesAfterAnswer = true
    }

    /// There is no room: said at the price of writing it, and the connection stays.
    private func turnAway(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        // Whoever waits to be told to send the body may send it or not: what comes next would be anybody's guess.
        guard head.isKeepAlive, !isStopping, !head.headers.contains(name: "Expect") else {
            return refuse(.unavailable, context)
        }
        isRefusing = true
        write(.unavailable, closes: false, context)
        context.flush()
    }

    /// Says what is wrong, and ends the connection.
    private func refuse(_ problem: ProblemType, _ context: ChannelHandlerContext) {
        write(problem, closes: true, context)
        isOver = true
        linger(context)
    }

    private func write(_ problem: ProblemType, closes: Bool, _ context: ChannelHandlerContext) {
        let answer = BareAnswer(problem)
        let status = HTTPResponseStatus(
            statusCode: problem.status.code,
            reasonPhrase: problem.status.reasonPhrase
        )
        var head = HTTPResponseHead(
            version: .http1_1,
            status: status,
            headers: HTTPHeaders(answer.fields.map { ($0.name.rawName, $0.value) })
        )
        if closes { head.headers.add(name: "Connection", value: "close") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        if !closes { context.write(wrapOutboundOut(.end(nil)), promise: nil) }
    }

    // MARK: How it ends

    /// Writes the end of the last answer, and ends the connection.
    private func finish(_ end: NIOAny, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        isOver = true
        context.writeAndFlush(end, promise: promise)
        shutOutput(context)
    }

    private func linger(_ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        shutOutput(context)
    }

    /// Sends what is written and says that no more comes. The socket goes when the client has gone, or has had time to
    /// read: with octets of its in the buffer, closing at once would take the answer from it.
    private func shutOutput(_ context: ChannelHandlerContext) {
        context.close(mode: .output, promise: nil)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingering) { context.close(promise: nil) }
    }

    /// A body that drips on is not waited for when its request has been answered.
    private func limitBody(_ context: ChannelHandlerContext) {
        let seen = requests
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.bodyAfterAnswer) { [self] in
            if isReading, requests == seen { context.close(promise: nil) }
        }
    }
}

extension ChannelHandlerContext {
    fileprivate func fail(_ promise: EventLoopPromise<Void>?) { promise?.fail(ChannelError.ioOnClosedChannel) }
}
