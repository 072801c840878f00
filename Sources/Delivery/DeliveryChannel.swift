package import Commerce
package import Orders

/// A way in which somebody is told what happens to an order.
package protocol DeliveryChannel: Sendable {
    /// Its name in the database: small letters, and a number where there are several of a kind.
    var name: String { get }
    /// The events that it tells.
    var kinds: [OrderEvent] { get }
    /// What is older when the channel first reads of it is not told: a channel that is set up later does not tell the whole
    /// past. Nil where all is told.
    var forgetsAfter: Duration? { get }
    /// What has an order's event that waits tried again at once: it may be why it could not be told.
    var retriesAfter: [OrderEvent] { get }
    /// How many events a process tells at once.
    var atOnce: Int { get }
    /// Tells one. It may be told again where nobody can know whether it was: whoever hears it twice knows it by its order
    /// and sequence. A cancelled task is to end soon.
    func deliver(_ event: DeliveredEvent) async -> DeliveryOutcome
}

extension DeliveryChannel {
    package var forgetsAfter: Duration? { nil }
    package var retriesAfter: [OrderEvent] { [] }
    package var atOnce: Int { 8 }

    /// Its name without the number: what it is one of.
    package var kind: String { name.channelKind }
}

extension String {
    /// What a channel of this name is one of.
    package var channelKind: String { String(prefix { !$0.isNumber }) }
}

/// An event that is told, and how its order stands.
package struct DeliveredEvent: Sendable {
    package let entry: OrderFeed.Entry
    /// 1 for the first.
    package let attempt: Int
    package let now: Instant

    /// Whether it is given up where it fails once more.
    package var isLast: Bool { DeliverySchedule.pause(after: attempt, spread: 0) == nil }
}

/// What came of telling an event.
package enum DeliveryOutcome: Sendable, Equatable {
    case delivered(DeliveryAnswer? = nil)
    /// It did not work now. It is tried again by the schedule, and not before `after` has passed.
    case failed(reason: String, DeliveryAnswer? = nil, after: Duration? = nil)
    /// It will never work.
    case refused(reason: String, DeliveryAnswer? = nil)
    /// It was not tried: there is room for it after a while.
    case later(after: Duration)
}

/// What the other side answered.
package struct DeliveryAnswer: Sendable, Equatable {
    /// So many octets of an answer are kept.
    package static let octetsMax = 4_096

    /// Such as HTTP's status, or SMTP's reply code.
    package let status: Int
    /// The beginning of what it said.
    package let text: String

    package init(status: Int, text: String = "") {
        self.status = status
        // What PostgreSQL's text can't hold is left out, and no character is cut in two.
        var kept = ""
        var octets = 0
        for scalar in text.unicodeScalars where scalar != "\0" {
            octets += scalar.utf8.count
            if octets > Self.octetsMax { break }
            kept.unicodeScalars.append(scalar)
        }
        self.text = kept
    }
}
