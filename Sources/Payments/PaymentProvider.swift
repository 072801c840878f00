package import Commerce
package import Orders
package import Records

/// Somebody who takes money from customers for the shop: the one port to the outside. An invoice needs none: its receipts
/// are recorded by the staff. What asks it throws `ProviderError`.
package protocol PaymentProvider: Sendable {
    /// The payment method that it stands behind.
    var method: Order.PaymentMethod { get }

    /// Why it can't take so much, as a sentence; nil where it can.
    func obstacle(_ total: Money) -> String?
    /// Asks for a place where the customer pays an attempt. Asked again for the same attempt, it is the same place.
    /// - Parameters:
    ///   - origin: what the provider is told, and tells back, of whose it is.
    ///   - returnURL: the order's page, where the customer comes back to.
    func begin(_ attempt: PaymentAttempt, from origin: PaymentOrigin, returnURL: String) async throws -> PaymentReport
    /// How a session stands.
    func report(on sessionID: String) async throws -> PaymentReport
    /// Closes a session that nobody has paid in; how it stands then, which may be that somebody has.
    func close(_ sessionID: String) async throws -> PaymentReport
    /// Gives money back; the provider's name for that. Asked again for the same refund, nothing more goes back.
    func refund(_ refund: PaymentStore.WaitingRefund) async throws -> ProviderRefund
    /// Everything that was started since, and what has gone back since, also what is not ours.
    func all(since: Instant) async throws -> (sessions: [PaymentReport], refunds: [ProviderRefund])
    /// Reads what the provider tells, once it has proven that it is the provider.
    func event(signature: String, body: [UInt8], now: Instant) throws(ForgedEvent) -> ProviderEvent
}

/// Why a provider did not do what it was asked.
package enum ProviderError: Error, Sendable, Equatable {
    /// There was no clear answer: ask again.
    case unavailable(String)
    /// It said no for good.
    case refused(String)
}

/// An event that did not come from the provider, came too late, or can't be read.
package struct ForgedEvent: Error, Sendable {
    package let reason: String
}

/// Whose money it is: what a provider is told with each payment and each refund, and tells back. Others may use the same
/// account, and number theirs as we do.
package struct PaymentOrigin: Sendable, Hashable {
    package let installation: Installation
    package let order: OrderNumber
}

/// What a provider told.
package struct ProviderEvent: Sendable {
    package enum Content: Sendable {
        case payment(PaymentReport)
        case failedRefund(providerID: String)
        case nothing
    }

    package let id: String
    package let kind: String
    package let content: Content
}

/// Money that went back, as a provider lists it.
package struct ProviderRefund: Sendable {
    package let id: String
    package let amount: Money
    /// The provider's name for the money that it is of.
    package let paymentID: String?
    /// Whose it is, by its own word; nil where nobody said, as for one that was made by hand.
    package let origin: PaymentOrigin?
    /// Which refund of theirs.
    package let refundID: Int64?
    package let hasFailed: Bool
}
