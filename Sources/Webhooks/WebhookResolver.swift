import Dispatch
import Glibc
import Synchronization

/// Finds the addresses of a name, as the system does.
enum WebhookResolver {
    /// The name leads nowhere, or nobody said in time where.
    struct Unknown: Error {}

    private static let patience = DispatchTimeInterval.seconds(5)

    /// All addresses, the best first.
    /// - Throws: `Unknown`.
    static func system(_ host: String) async throws -> [IPAddress] {
        let answer: [IPAddress] = await withCheckedContinuation { continuation in
            let waiter = Waiter(continuation)
            // A thread of its own: the system's own function blocks it, for half a minute where a name server is silent.
            let queue = DispatchQueue(label: "webhooks.resolver")
            queue.async { waiter.end(addresses(of: host)) }
            DispatchQueue.global().asyncAfter(deadline: .now() + patience) { waiter.end([]) }
        }
        guard !answer.isEmpty else { throw Unknown() }
        return answer
    }

    /// Whoever comes first answers.
    private final class Waiter: Sendable {
        private let waiting: Mutex<CheckedContinuation<[IPAddress], Never>?>

        init(_ continuation: CheckedContinuation<[IPAddress], Never>) { waiting = Mutex(continuation) }

        func end(_ addresses: [IPAddress]) {
            let continuation = waiting.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
            continuation?.resume(returning: addresses)
        }
    }

    private static func addresses(of host: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        return sequence(first: first, next: { $0?.pointee.ai_next }).compactMap { $0 }.compactMap {
            address($0.pointee)
        }
    }

    private static func address(_ info: addrinfo) -> IPAddress? {
        guard let raw = UnsafeRawPointer(info.ai_addr) else { return nil }
        switch info.ai_family {
        case AF_INET:
            return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { IPAddress(bytes: Array($0)) }
        case AF_INET6:
            return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) {
                IPAddress(bytes: Array($0))
            }
        default: return nil
        }
    }
}
