import Glibc
import Synchronization

private let last = Mutex(Int.random(in: 20_000..<32_000))

/// A port of this machine that nobody listens on, and that no other test of this run is given: below those that the system
/// hands out by itself.
package func freePort() -> Int {
    last.withLock { port in
        repeat { port = port < 31_999 ? port + 1 : 20_000 } while !isFree(port)
        return port
    }
}

private func isFree(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
