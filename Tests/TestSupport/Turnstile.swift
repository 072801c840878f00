import Synchronization

/// Lets so many in at once; the others wait in order.
package final class Turnstile: Sendable {
    /// Tests that may have a database at the same time.
    package static let databases = Turnstile(places: 6)

    private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

    package init(places: Int) { state = Mutex((places, [])) }

    package func enter() async throws {
        await withCheckedContinuation { continuation in
            let enters = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if enters { continuation.resume() }
        }
    }

    package func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
