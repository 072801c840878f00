import Dispatch
import Glibc

/// A TCP connection to this machine on which a test says what it wants, HTTP or not.
package struct RawConnection: Sendable {
    private let descriptor: Int32

    /// Connects; nil where nobody listens.
    package init?(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            Glibc.close(descriptor)
            return nil
        }
    }

    package func close() { Glibc.close(descriptor) }

    /// Sends; false where the other side is gone.
    @discardableResult
    package func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// What comes until the other side ends or a text is whole, and whether it ended. Nothing for `seconds` ends it too.
    package func receive(seconds: Int = 120, until isWhole: @escaping @Sendable (String) -> Bool = { _ in false }) async
        -> (text: String, hasEnded: Bool)
    {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "test.connection").async { [descriptor] in
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while true {
                    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                    guard poll(&polled, 1, Int32(seconds * 1000)) > 0 else {
                        return continuation.resume(returning: (String(decoding: bytes, as: UTF8.self), false))
                    }
                    let count = recv(descriptor, &buffer, buffer.count, 0)
                    if count > 0 { bytes += buffer[..<count] }
                    let text = String(decoding: bytes, as: UTF8.self)
                    if count <= 0 || isWhole(text) {
                        return continuation.resume(returning: (text, count <= 0))
                    }
                }
            }
        }
    }

    /// Whether a text holds an answer's head and as much body as that says.
    package static let isAnswer: @Sendable (String) -> Bool = { text in
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        let length = parts[0].split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) }
        return parts[1].utf8.count >= length ?? 0
    }
}
