import CLibPQ
import Glibc
import Synchronization

/// Waits for sockets on a thread of its own, so that no thread of Swift's pool ever does.
///
/// A wait is one-shot: the kernel reports a socket once and forgets it until the next wait, so nothing spins while
/// nobody listens. Cancelling the waiting task or passing the deadline ends the wait as well.
final class SocketPoller: Sendable {
    /// Why a wait ended.
    enum Outcome: Sendable {
        case ready
        case deadlinePassed
        case cancelled
    }

    /// What a socket is waited for.
    struct Interest: OptionSet, Sendable {
        let rawValue: UInt32
        static let read = Interest(rawValue: EPOLLIN.rawValue)
        static let write = Interest(rawValue: EPOLLOUT.rawValue)
    }

    /// One poller serves every connection of the process.
    static let shared = SocketPoller()

    private struct Waiter {
        let ticket: UInt32
        let deadline: ContinuousClock.Instant?
        let continuation: CheckedContinuation<Outcome, Never>
    }

    private struct State {
        var waiters: [Int32: Waiter] = [:]
        /// When the thread will look at deadlines next; nil while it sleeps until an event.
        var looksAt: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let tickets = Atomic<UInt32>(0)
    private let epoll: Int32
    private let wake: Int32

    private init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(epoll >= 0 && wake >= 0, "the kernel gave no file descriptor to wait for sockets with")
        register(wake, events: EPOLLIN.rawValue, ticket: 0)
        var thread = pthread_t()
        let started = pthread_create(
            &thread,
            nil,
            { _ in
                SocketPoller.shared.run()
                return nil
            },
            nil
        )
        precondition(started == 0, "the system gave no thread to wait for sockets on")
        pthread_detach(thread)
    }

    /// Suspends until the socket is ready, the deadline passes or the task is cancelled.
    func wait(
        _ interest: Interest,
        on socket: Int32,
        until deadline: ContinuousClock.Instant?
    ) async -> Outcome {
        // Answers that keep coming must not carry a caller past its deadline.
        if let deadline, deadline <= .now { return .deadlinePassed }
        let ticket = tickets.wrappingAdd(1, ordering: .relaxed).newValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWake = state.withLock { state in
                    precondition(state.waiters[socket] == nil, "two tasks wait on one connection")
                    state.waiters[socket] = Waiter(ticket: ticket, deadline: deadline, continuation: continuation)
                    guard let deadline else { return false }
                    return state.looksAt.map { deadline < $0 } ?? true
                }
                if !register(socket, events: interest.rawValue | EPOLLONESHOT.rawValue, ticket: ticket) {
                    // No such socket any more: libpq will find out when it is asked.
                    finish(socket, ticket: ticket, outcome: .ready)
                }
                if mustWake { interrupt() }
                if Task.isCancelled { finish(socket, ticket: ticket, outcome: .cancelled) }
            }
        } onCancel: {
            finish(socket, ticket: ticket, outcome: .cancelled)
        }
    }

    /// Whether the socket has something to read right now, its end included.
    static func isReadable(_ socket: Int32) -> Bool {
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) != 0
    }

    @discardableResult
    private func register(_ socket: Int32, events: UInt32, ticket: UInt32) -> Bool {
        var event = epoll_event()
        event.events = events
        event.data.u64 = UInt64(ticket) << 32 | UInt64(UInt32(bitPattern: socket))
        if epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event) == 0 { return true }
        return errno == ENOENT && epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) == 0
    }

    private func interrupt() {
        var one: UInt64 = 1
        _ = write(wake, &one, 8)
    }

    private func finish(_ socket: Int32, ticket: UInt32, outcome: Outcome) {
        let waiter = state.withLock { state -> Waiter? in
            guard state.waiters[socket]?.ticket == ticket else { return nil }
            return state.waiters.removeValue(forKey: socket)
        }
        waiter?.continuation.resume(returning: outcome)
    }

    private func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), timeout())
            for event in events.prefix(Int(Swift.max(count, 0))) {
                let socket = Int32(bitPattern: UInt32(truncatingIfNeeded: event.data.u64))
                if socket == wake {
                    var counter: UInt64 = 0
                    _ = read(wake, &counter, 8)
                } else {
                    finish(socket, ticket: UInt32(event.data.u64 >> 32), outcome: .ready)
                }
            }
            expire()
        }
    }

    /// Milliseconds until the earliest deadline, rounded up; -1 without one.
    private func timeout() -> Int32 {
        state.withLock { state in
            state.looksAt = state.waiters.values.compactMap(\.deadline).min()
            guard let earliest = state.looksAt else { return -1 }
            let (seconds, attoseconds) = ContinuousClock.now.duration(to: earliest).components
            let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1
            return Int32(clamping: Swift.max(milliseconds, 0))
        }
    }

    private func expire() {
        let now = ContinuousClock.now
        let late = state.withLock { state in
            let late = state.waiters.filter { $0.value.deadline.map { $0 <= now } ?? false }
            for socket in late.keys { state.waiters[socket] = nil }
            return late
        }
        for waiter in late.values { waiter.continuation.resume(returning: .deadlinePassed) }
    }
}
