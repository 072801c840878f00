import CivilTime
package import Commerce
package import Delivery
package import Mail
package import SMTP
import Tracing

/// Mail through the shop's relay. What the relay says for good is given up, and all else is tried again.
package struct MailRelay: MailCarrier {
    /// How many messages a server sends at once, each over a connection of its own.
    static let atOnce = 8

    private let client: SMTPClient
    private let host: String
    private let allowance: MailAllowance?
    private let now: @Sendable () -> Instant

    /// - Parameters:
    ///   - allowance: how many messages the relay takes; nil for any number.
    ///   - connectTimeout: how long it may take until the relay is reached.
    ///   - timeout: how long a message may take altogether.
    package init(
        _ relay: SMTPRelay,
        allowance: MailAllowance? = nil,
        connectTimeout: Duration = .seconds(10),
        timeout: Duration = .seconds(60),
        now: @escaping @Sendable () -> Instant = Instant.now
    ) {
        host = relay.host
        client = SMTPClient(
            relay,
            connections: Self.atOnce,
            connectTimeout: connectTimeout,
            timeout: timeout
        )
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
        await withSpan("smtp send", ofKind: .client) { span in
            span.updateAttributes { attributes in
                attributes["network.protocol.name"] = "smtp"
                attributes["server.address"] = host
            }
            do throws(SMTPError) {
                try await client.send(message, from: sender, to: recipient)
                return .delivered()
            } catch {
                span.setStatus(SpanStatus(code: .error))
                return Self.outcome(error)
            }
        }
    }

    private static func outcome(_ error: SMTPError) -> DeliveryOutcome {
        switch error {
        case .permanent(let reply): return .refused(reason: "\(error)", DeliveryAnswer(reply))
        case .temporary(let reply?): return .failed(reason: "\(error)", DeliveryAnswer(reply))
        case .temporary(nil), .unreachable, .unknown, .cancelled: return .failed(reason: "\(error)")
        }
    }
}

extension DeliveryAnswer {
    fileprivate init(_ reply: SMTPReply) { self.init(status: reply.code, text: reply.status ?? "") }
}
