import Metrics
import Synchronization

/// How many requests the store works on at once, counted where they arrive: whoever comes when that many are being
/// answered is told to come again at once, before anything else is done for them. Without that a crowd is read, routed and
/// queued, and hears after seconds what could have been said in a millisecond.
package final class ConcurrencyLimit: Sendable {
    /// What a request is for.
    package enum Purpose: Sendable {
        /// Buying and reading.
        case shopping
        /// Staff's work and news of payments: few, and wanted most when there is a crowd.
        case running
        /// Whether the server lives, which costs nothing: it is never turned away, or somebody would end a server that does.
        case life
        /// Whether it can serve: nobody else takes its room, or a balancer would take away a server that can.
        case readiness
    }

    private static let turnedAway = Counter(label: "aftercare.requests.turned_away")

    private let refused = Atomic(0)
    private let shopping = Atomic(0)
    private let running = Atomic(0)
    private let readiness = Atomic(0)
    private let shoppingMax: Int
    private let runningMax: Int
    private let readinessMax: Int

    /// - Parameters:
    ///   - shoppingMax: the most requests of shoppers at once. The standard waits for a tenth of a second where reads are
    ///     answered, and for half of one where all of them place orders.
    ///   - runningMax: the most of staff and of payments, whatever the shoppers do.
    ///   - readinessMax: the most that ask whether it can serve.
    package init(shoppingMax: Int = 384, runningMax: Int = 128, readinessMax: Int = 16) {
        self.shoppingMax = shoppingMax
        self.runningMax = runningMax
        self.readinessMax = readinessMax
    }

    /// Whether a request may come in; one that may leaves again by `leave`.
    /// - Parameter isBound: whether it comes in however many there are, because its turn on its connection has come.
    package func enter(_ purpose: Purpose, isBound: Bool = false) -> Bool {
        let hasRoom =
            switch purpose {
            case .shopping: shopping.add(1, ordering: .relaxed).oldValue < shoppingMax
            case .running: running.add(1, ordering: .relaxed).oldValue < runningMax
            case .life: true
            case .readiness: readiness.add(1, ordering: .relaxed).oldValue < readinessMax
            }
        if hasRoom || isBound { return true }
        leave(purpose)
        // Counted here, whatever is then made of their connections.
        refused.add(1, ordering: .relaxed)
        Self.turnedAway.increment()
        return false
    }

    package func leave(_ purpose: Purpose) {
        switch purpose {
        case .shopping: shopping.subtract(1, ordering: .relaxed)
        case .running: running.subtract(1, ordering: .relaxed)
        case .life: break
        case .readiness: readiness.subtract(1, ordering: .relaxed)
        }
    }

    /// How many did not come in so far.
    package var refusedCount: Int { refused.load(ordering: .relaxed) }

    /// How many are being answered.
    package var count: Int {
        shopping.load(ordering: .relaxed) + running.load(ordering: .relaxed) + readiness.load(ordering: .relaxed)
    }
}

extension ConcurrencyLimit.Purpose {
    /// What a request is for, by its target.
    package init(target: String) {
        switch target.prefix(while: { $0 != "?" }) {
        case "/healthz": self = .life
        case "/readyz": self = .readiness
        default: self = ["/v1/staff/", "/v1/webhooks/"].contains { target.hasPrefix($0) } ? .running : .shopping
        }
    }
}
