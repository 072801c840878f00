import NIOCore
import NIOHTTP1

/// Ends a connection that sends without ever saying something: what is no head and no part of a body (a chunk's extension,
/// a target without end) passes through the parser and is kept by nobody, for as long as it goes on.
final class OctetLimit: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// More than any head may have: 16 KiB of headers and a target of 8.
    private static let octetsMax = 32 * 1024

    private var octets = 0
    private var hasLine = false

    /// The parser has made something of what came.
    func madeSense() { (octets, hasLine) = (0, false) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        octets += buffer.readableBytes
        if !hasLine { hasLine = buffer.readableBytesView.contains(UInt8(ascii: "\n")) }
        context.fireChannelRead(data)
        if octets > Self.octetsMax {
            context.fireErrorCaught(hasLine ? OctetLimitError.noPart : OctetLimitError.noLine)
        }
    }
}

/// More came than can be a head or lie between two parts of a body.
enum OctetLimitError: Error {
    /// Not even the first line ended.
    case noLine
    case noPart
}
