import Glibc

/// The sockets that libcurl has open on one thread.
final class Sockets {
    private var open: Set<Int32> = []

    func opened(_ socket: Int32) { open.insert(socket) }

    func close(_ socket: Int32) -> Int32 {
        open.remove(socket)
        return Glibc.close(socket)
    }

    /// Ends what goes on over them: whoever waits there hears at once that nothing comes any more, and libcurl does not use
    /// them again.
    func shutDown() { open.forEach(Self.shutDown) }

    /// Ends those over which something came while nothing was asked: a server says so that it ends the connection, and
    /// libcurl 7.88 would take it for the answer to the next message.
    func shutDownEnded() {
        for socket in open {
            var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            if poll(&entry, 1, 0) != 0 { Self.shutDown(socket) }
        }
    }

    /// libcurl asks whether anything can be read, so nothing is left.
    private static func shutDown(_ socket: Int32) {
        shutdown(socket, Int32(SHUT_RDWR))
        withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
            while recv(socket, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT)) > 0 {}
        }
    }
}
