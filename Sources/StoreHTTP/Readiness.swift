import Synchronization

/// Whether a server wants to be asked: it says so at `/readyz`, and takes it back some time before it stops, so that whoever
/// leads requests to it leads them elsewhere while it still answers.
package final class Readiness: Sendable {
    private let isLeaving = Atomic(false)

    package init() {}

    package var isReady: Bool { !isLeaving.load(ordering: .relaxed) }

    /// From now on the server is not ready.
    package func takeBack() { isLeaving.store(true, ordering: .relaxed) }
}
