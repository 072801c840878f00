package import Commerce
import Postgres

/// One try to pay an order through a provider.
package struct PaymentAttempt: Sendable {
    /// How far it has come. It only ever rises in this order, so that what is heard of it may be heard in any order, and
    /// more than once: money that was taken outweighs everything else.
    package enum Status: String, Sendable, CaseIterable, Comparable {
        /// The provider was asked, or is about to be.
        case starting
        /// The customer can pay.
        case open
        /// The customer has paid by a way that takes days; whether the money comes is not known yet.
        case processing
        case expired
        case failed
        case succeeded

        /// Whether money may still come.
        package var isLive: Bool { self <= .processing }

        package static func < (one: Status, other: Status) -> Bool { one.rank < other.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    package let id: Int64
    package let orderID: Int64
    package let ordinal: Int
    package let status: Status
    package let amount: Money
    /// The provider's name for the place where the customer pays; nil until its answer has arrived.
    package let sessionID: String?
    /// Where the customer pays.
    package let actionURL: String?
    /// Where the customer goes on to once they are back; nil for the order's page.
    package let returnAddress: String?
    package let startedAt: Instant
    package let expiresAt: Instant
}

/// What a provider says of an attempt: in an event, or when it is asked.
package struct PaymentReport: Sendable {
    /// Nil where the provider made no session.
    package let sessionID: String?
    /// Whose the session is, by its own word; nil where nobody said.
    package let origin: PaymentOrigin?
    /// Which attempt of theirs it was made for.
    package let attemptID: Int64?
    package let status: PaymentAttempt.Status
    /// The provider's name for the money; there once it was taken.
    package let paymentID: String?
    package let amount: Money?
    package let actionURL: String?

    package init(
        sessionID: String?,
        origin: PaymentOrigin?,
        attemptID: Int64?,
        status: PaymentAttempt.Status,
        paymentID: String?,
        amount: Money?,
        actionURL: String?
    ) {
        self.sessionID = sessionID
        self.origin = origin
        self.attemptID = attemptID
        self.status = status
        self.paymentID = paymentID
        self.amount = amount
        self.actionURL = actionURL
    }

    /// What is known without an answer: that nothing comes of an attempt.
    package init(nothingFrom attempt: PaymentAttempt, of origin: PaymentOrigin, _ status: PaymentAttempt.Status) {
        self.init(
            sessionID: attempt.sessionID,
            origin: origin,
            attemptID: attempt.id,
            status: status,
            paymentID: nil,
            amount: nil,
            actionURL: nil
        )
    }
}

extension PaymentReport {
    /// Whether this is said of an attempt: installation, order and attempt agree, and so does the session where it is known.
    /// A number alone says nothing: others number theirs as we do. What it is worth is asked afterwards.
    func isOf(_ attempt: PaymentAttempt, from origin: PaymentOrigin) -> Bool {
        self.origin == origin && attemptID == attempt.id
            && (attempt.sessionID == nil || sessionID == nil || attempt.sessionID == sessionID)
    }
}

extension PaymentAttempt.Status: PostgresValue {}
