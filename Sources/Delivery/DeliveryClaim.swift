package import Commerce
package import Orders

/// An order whose next event somebody is to tell, or an event that is told again by itself. Nobody else has it meanwhile.
package struct DeliveryClaim: Sendable, Equatable {
    package let channel: String
    package let orderID: Int64
    /// Between which sequences the event is.
    package let sequences: ClosedRange<Int>
    /// How often it was tried, this time included.
    package let attempts: Int
    /// Whether it is told by itself, out of its order's line.
    package let isRepeat: Bool
    let token: Int64
}

/// An attempt that has ended.
package struct DeliveryResult: Sendable {
    package let claim: DeliveryClaim
    /// What was told; nil where the channel tells none of what the claim is of.
    package let entry: OrderFeed.Entry?
    package let outcome: DeliveryOutcome
    /// When the attempt began, and how long it took.
    package let at: Instant
    package let took: Duration

    package init(
        _ claim: DeliveryClaim,
        _ entry: OrderFeed.Entry?,
        _ outcome: DeliveryOutcome,
        at: Instant,
        took: Duration
    ) {
        self.claim = claim
        self.entry = entry
        self.outcome = outcome
        self.at = at
        self.took = took
    }
}

/// What an attempt makes of its claim.
struct DeliverySettlement: Sendable {
    let result: DeliveryResult
    /// The event that is told next.
    let next: Int
    /// How often that was tried.
    let attempts: Int
    /// When it is told.
    let dueAt: Instant
    /// Why the event is given up; nil unless it is.
    let failure: String?

    /// - Parameter spread: from 0 to 1, at random: see `DeliverySchedule.pause`.
    init(_ result: DeliveryResult, now: Instant, spread: Double) {
        let claim = result.claim
        let sequence = result.entry?.sequence ?? claim.sequences.upperBound
        self.result = result
        func isTold(as failure: String?) -> (Int, Int, Instant, String?) { (sequence + 1, 0, now, failure) }
        switch result.outcome {
        case .delivered: (next, attempts, dueAt, failure) = isTold(as: nil)
        case .refused(let reason, _): (next, attempts, dueAt, failure) = isTold(as: reason)
        case .later(let after): (next, attempts, dueAt, failure) = (sequence, claim.attempts - 1, now + after, nil)
        case .failed(let reason, _, let after):
            guard let pause = DeliverySchedule.pause(after: claim.attempts, spread: spread) else {
                (next, attempts, dueAt, failure) = isTold(as: reason)
                return
            }
            (next, attempts, dueAt, failure) = (sequence, claim.attempts, now + max(pause, after ?? .zero), nil)
        }
    }

    /// Whether the event is done with, one way or the other.
    var isOver: Bool { next > (result.entry?.sequence ?? 0) }
}
