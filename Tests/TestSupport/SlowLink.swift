package import NIOCore
import NIOPosix
import Synchronization

/// A stand-in for the network between a server and its database: passes bytes both ways, each after a delay, and can
/// be cut, or made to swallow everything.
package final class SlowLink: Sendable {
    private let listener: any Channel
    private let links: Links
    /// The port on 127.0.0.1 that clients connect to.
    package let port: Int

    package init(to socketPath: String, delay: TimeAmount) async throws {
        let links = Links()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                guard links.isOpen else { return client.close() }
                links.add(client)
                return ClientBootstrap(group: client.eventLoop).channelOption(.autoRead, value: false)
                    .connect(unixDomainSocketPath: socketPath)
                    .flatMap { server in
                        links.add(server)
                        return client.pipeline.addHandler(Forward(to: server, delay, links)).flatMap {
                            server.pipeline.addHandler(Forward(to: client, delay, links))
                        }.flatMap {
                            client.setOption(.autoRead, value: true).and(server.setOption(.autoRead, value: true)).map {
                                _ in
                            }
                        }
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.links = links
        self.listener = listener
        port = listener.localAddress?.port ?? 0
    }

    /// Drops every connection, with all that is under way in it.
    package func cut() { links.cut() }
    /// From now on nothing passes, and nothing is refused: a black hole.
    package func swallow() { links.swallows.store(true, ordering: .relaxed) }
    /// Refuses, or takes, new connections.
    package func setOpen(_ open: Bool) { links.setOpen(open) }
    /// Lets bytes pass again.
    package func heal() {
        links.swallows.store(false, ordering: .relaxed)
        links.setOpen(true)
        links.cut()
    }

    package func close() async throws {
        links.cut()
        try await listener.close()
    }

    private final class Links: Sendable {
        let swallows = Atomic(false)
        private let state = Mutex<(open: Bool, channels: [any Channel])>((true, []))
        var isOpen: Bool { state.withLock { $0.open } }
        func setOpen(_ open: Bool) { state.withLock { $0.open = open } }
        func add(_ channel: any Channel) { state.withLock { $0.channels.append(channel) } }
        func cut() {
            let channels = state.withLock { state in
                defer { state.channels = [] }
                return state.channels
            }
            for channel in channels { channel.close(promise: nil) }
        }
    }

    private final class Forward: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let other: any Channel
        private let delay: TimeAmount
        private let links: Links

        init(to other: any Channel, _ delay: TimeAmount, _ links: Links) {
            (self.other, self.delay, self.links) = (other, delay, links)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if links.swallows.load(ordering: .relaxed) { return }
            let bytes = unwrapInboundIn(data)
            other.eventLoop.scheduleTask(in: delay) { [other] in _ = other.writeAndFlush(bytes) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            other.eventLoop.scheduleTask(in: delay) { [other] in other.close(promise: nil) }
        }
    }
}
