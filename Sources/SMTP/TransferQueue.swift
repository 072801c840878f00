import Dispatch
import Synchronization

/// Messages that wait for a thread, and threads that wait for a message.
final class TransferQueue: Sendable {
    typealias Entry = (transfer: Transfer, continuation: CheckedContinuation<Transfer.Outcome, Never>)

    private let entries = Mutex<[Entry]>([])
    private let isClosed = Atomic(false)
    /// Signalled for each entry; more often than there are entries where one was cancelled.
    private let ready = DispatchSemaphore(value: 0)

    func add(_ transfer: Transfer, _ continuation: CheckedContinuation<Transfer.Outcome, Never>) {
        // Asked under the lock, as `cancel` looks under it: one of the two sees the other.
        let isCancelled = entries.withLock { entries in
            if transfer.isCancelled.load(ordering: .relaxed) { return true }
            entries.append((transfer, continuation))
            return false
        }
        if isCancelled { continuation.resume(returning: .failure(.cancelled)) } else { ready.signal() }
    }

    /// What waits is given up at once, and what is being sent as soon as libcurl asks.
    func cancel(_ transfer: Transfer) {
        let entry = entries.withLock { entries in
            transfer.isCancelled.store(true, ordering: .relaxed)
            return entries.firstIndex { $0.transfer === transfer }.map { entries.remove(at: $0) }
        }
        entry?.continuation.resume(returning: .failure(.cancelled))
    }

    /// The next message; waits for one. Nil once the queue is closed.
    func next() -> Entry? {
        while !isClosed.load(ordering: .acquiring) {
            ready.wait()
            let entry = entries.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            if let entry { return entry }
        }
        return nil
    }

    /// Ends the waiting of so many threads.
    func close(waiting threadCount: Int) {
        isClosed.store(true, ordering: .releasing)
        for _ in 0..<threadCount { ready.signal() }
    }
}
