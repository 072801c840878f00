import CivilTime
package import Commerce
package import Delivery
package import Mail
package import SMTP

/// Mail through the shop's relay. What the relay says for good is given up, and all else is tried again.
package struct MailRelay: MailCarrier {
    /// How many messages a server sends at once, each over a connection of its own.
    static let atOnce = 8

    private let client: SMTPClient
    private let allowance: MailAllowance?
    private let now: @Sendable () -> Instant

    /// - Parameter allowance: how many messages the relay takes; nil for any number.
    package init(
        _ relay: SMTPRelay,
        allowance: MailAllowance? = nil,
        now: @escaping @Sendable () -> Instant = Instant.now
    ) {
        client = SMTPClient(relay, connections: Self.atOnce)
        self.allowance = allowance
        self.now = now
    }

    package func takeRoom() async throws -> Duration? { try await allowance?.take(now: now()) }

    package func send(
        _ message: [UInt8],
        named name: String,
        from sender: MailAddress,
        to recipient: MailAddress
    ) async -> DeliveryOutcome {
        do throws(SMTPError) {
            try await client.send(message, from: sender, to: recipient)
            return .delivered()
        } catch {
            switch error {
            case .permanent(let reply): return .refused(reason: "\(error)", DeliveryAnswer(reply))
            case .temporary(let reply?): return .failed(reason: "\(error)", DeliveryAnswer(reply))
            case .temporary(nil), .unreachable, .unknown, .cancelled: return .failed(reason: "\(error)")
            }
        }
    }
}

extension DeliveryAnswer {
    fileprivate init(_ reply: SMTPReply) { self.init(status: reply.code, text: reply.status ?? "") }
}
