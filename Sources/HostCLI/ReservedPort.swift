import Glibc

/// A port that the system chose and that nobody else is given: links and QR codes name the port before the server listens
/// on it.
final class ReservedPort {
    let number: Int
    private let descriptor: Int32

    /// A free port of an address; nil where the address is not this machine's.
    init?(host: String) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "0", &hints, &found) == 0, let address = found?.pointee else { return nil }
        defer { freeaddrinfo(found) }
        let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
        // Who listens later may bind the same port, as long as neither listens yet.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var bound = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isBound = bind(descriptor, address.ai_addr, address.ai_addrlen) == 0
        let isNamed = withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) == 0 }
        }
        guard isBound, isNamed else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        // The port stands at the same place in an address of either family.
        number = withUnsafePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { Int(UInt16(bigEndian: $0.pointee.sin_port)) }
        }
    }

    deinit { close(descriptor) }
}
