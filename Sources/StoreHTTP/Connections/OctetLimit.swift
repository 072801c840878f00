import NIOCore
import NIOHTTP1

/// Ends a connection that sends without ever saying something: what is no head and no part of a body (a chunk's extension,
/// a target without end) passes through the parser and is kept by nobody, for as long as it goes on.
final class OctetLimit: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// More than any head may have: 16 KiB of headers and a target of 8.
    private static let octetsMax = 32 * 1024
    /// A line with the longest target that is taken.
    private static let lineOctetsMax = HeadCheck.targetOctetsMax + 64

    private var octets = 0
    /// Where what came last has its first end of a line, counted from the last thing that was understood.
    private var lineEnd: Int?

    /// Whether what came begins with a line that is not too long.
    var hasLine: Bool { lineEnd.map { $0 <= Self.lineOctetsMax } ?? false }

    /// The parser has made something of what came.
    func madeSense() { (octets, lineEnd) = (0, nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if lineEnd == nil, let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            lineEnd = octets + end - buffer.readerIndex
        }
        octets += buffer.readableBytes
        context.fireChannelRead(data)
        if octets > Self.octetsMax { context.fireErrorCaught(TooManyOctets()) }
    }
}

/// More came than can be a head or lie between two parts of a body.
struct TooManyOctets: Error {}
