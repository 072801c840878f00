package import Commerce
package import Orders
import StandardWebhooks

/// Where another system is told what happens.
package struct WebhookEndpoint: Sendable {
    /// Whether it is told anything.
    package enum State: String, Sendable, CaseIterable {
        case active
        /// Nothing but failures for days.
        case paused
        /// It said itself that it is gone.
        case disabled
    }

    package let id: Int64
    package let url: WebhookURL
    package let description: String?
    /// The events that it is told; nil for all.
    package let types: [OrderEvent]?
    package let state: State
    /// Why it is told nothing; nil while it is told.
    package let stateReason: String?
    package let stateSince: Instant
    /// Since when nothing reached it; nil where the last attempt did.
    package let failingSince: Instant?
    package let createdAt: Instant
    let secret: WebhookSecret
    /// The one before, and how long it signs too.
    let formerSecret: (secret: WebhookSecret, until: Instant)?

    /// The name under which deliveries know it.
    package var channel: String { Self.channel(id) }

    static func channel(_ id: Int64) -> String { "webhook\(id)" }

    /// Until when the secret before the current one signs too; nil where it does not.
    package func formerSecretUntil(now: Instant) -> Instant? {
        formerSecret.flatMap { $0.until > now ? $0.until : nil }
    }

    /// Whether it is told events of a type.
    package func hears(_ type: String) -> Bool { types?.contains { $0.rawValue == type } ?? true }

    /// All secrets that sign at a moment, the current one first.
    func secrets(now: Instant) -> [WebhookSecret] {
        [secret] + (formerSecret.map { $0.until > now ? [$0.secret] : [] } ?? [])
    }
}

/// What somebody wants an endpoint to be.
package struct WantedEndpoint: Sendable {
    package let url: WebhookURL
    package let description: String?
    /// Nil for all.
    package let types: [OrderEvent]?

    package init(url: WebhookURL, description: String?, types: [OrderEvent]?) {
        self.url = url
        self.description = description
        self.types = types
    }
}
