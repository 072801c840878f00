import NIOCore
import NIOPosix
import Synchronization

/// A stand-in for the network between a server and its database that breaks after a chosen statement, as it does when
/// the server's process is killed there: what was sent up to it reaches the database, nothing more does, and no answer
/// comes back.
package final class CuttingLink: Sendable {
    private let listener: any Channel
    private let fuse: Fuse
    /// The port on 127.0.0.1 that clients connect to.
    package let port: Int

    package init(to socketPath: String) async throws {
        let fuse = Fuse()
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                ClientBootstrap(group: client.eventLoop).channelOption(.autoRead, value: false)
                    .connect(unixDomainSocketPath: socketPath)
                    .flatMapThrowing { server in
                        // The end of either is the other's, also before anything was said. The database works on what it
                        // has got before it sees that nobody is there any more.
                        fuse.channels.withLock { $0.append(server) }
                        fuse.clients.withLock { $0.append(client) }
                        client.closeFuture.whenComplete { _ in
                            server.eventLoop.scheduleTask(in: .milliseconds(20)) { server.close(promise: nil) }
                        }
                        server.closeFuture.whenComplete { _ in client.close(promise: nil) }
                        try client.pipeline.syncOperations.addHandler(Statements(to: server, fuse))
                        try server.pipeline.syncOperations.addHandler(Answers(to: client, fuse))
                        try client.syncOptions?.setOption(.autoRead, value: true)
                        try server.syncOptions?.setOption(.autoRead, value: true)
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.fuse = fuse
        port = listener.localAddress?.port ?? 0
    }

    /// The link breaks after so many more statements and ends of batches.
    package func cut(after count: Int) { fuse.left.withLock { $0 = count } }
    /// Whether it has broken since it was told to. It works again from now on.
    package func mend() -> Bool {
        fuse.left.withLock { left in
            defer { left = nil }
            return left == 0
        }
    }

    package func close() async throws {
        try await listener.close()
        for channel in fuse.channels.withLock({ $0 }) { try? await channel.close() }
    }

    private final class Fuse: Sendable {
        /// Nil while the link does not break; 0 once it has.
        let left = Mutex<Int?>(nil)
        /// The connections to the database, all of which end with the link.
        let channels = Mutex<[any Channel]>([])
        /// Those of the server, all of which end when the link breaks.
        let clients = Mutex<[any Channel]>([])

        var isBroken: Bool { left.withLock { $0 == 0 } }

        /// Whether this statement still goes through, and whether it is the last that does.
        func pass() -> (through: Bool, last: Bool) {
            left.withLock { left in
                guard let count = left else { return (true, false) }
                guard count > 0 else { return (false, true) }
                left = count - 1
                return (true, count == 1)
            }
        }
    }

    /// What the server says to its database, message by message.
    private final class Statements: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let database: any Channel
        private let fuse: Fuse
        private var buffer = ByteBuffer()
        private var hasStarted = false

        init(to database: any Channel, _ fuse: Fuse) { (self.database, self.fuse) = (database, fuse) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            buffer.writeBuffer(&bytes)
            while let (kind, message) = next() {
                let counts = kind == UInt8(ascii: "E") || kind == UInt8(ascii: "S")
                let (through, last) = counts ? fuse.pass() : (!fuse.isBroken, false)
                if through { database.writeAndFlush(message, promise: nil) }
                // A server that is killed is gone with all its connections.
                if last { fuse.clients.withLock { $0 }.forEach { $0.close(promise: nil) } }
                if last || !through { return context.close(promise: nil) }
            }
        }

        /// A whole message of PostgreSQL's protocol. The first ones of a connection have no kind.
        private func next() -> (UInt8, ByteBuffer)? {
            let head = hasStarted ? 1 : 0
            guard let length = buffer.getInteger(at: buffer.readerIndex + head, as: Int32.self).map({ Int($0) + head }),
                length > head, let kind = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self),
                let message = buffer.readSlice(length: length)
            else { return nil }
            defer { hasStarted = true }
            return (hasStarted ? kind : 0, message)
        }
    }

    private final class Answers: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let server: any Channel
        private let fuse: Fuse

        init(to server: any Channel, _ fuse: Fuse) { (self.server, self.fuse) = (server, fuse) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if fuse.isBroken { return }
            server.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }
    }
}
