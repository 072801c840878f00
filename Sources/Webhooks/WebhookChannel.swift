package import Delivery
package import Logging
package import Orders
import StandardWebhooks
import StoreAPI

/// Tells an endpoint what happens, one message an event.
package struct WebhookChannel: DeliveryChannel {
    private let endpoint: WebhookEndpoint
    private let store: WebhookStore
    private let sender: WebhookSender
    private let logger: Logger

    package init(_ endpoint: WebhookEndpoint, _ store: WebhookStore, _ sender: WebhookSender, logger: Logger) {
        self.endpoint = endpoint
        self.store = store
        self.sender = sender
        self.logger = logger
    }

    package var name: String { endpoint.channel }
    package var kinds: [OrderEvent] { endpoint.types ?? OrderEvent.allCases }

    package func deliver(_ event: DeliveredEvent) async -> DeliveryOutcome {
        let message = WebhookMessage(event.entry)
        let reply = await sender.send(message, to: endpoint, now: event.now)
        let outcome = reply.outcome
        // What was ended because the store stops says nothing of the endpoint.
        if Task.isCancelled, reply.failure != nil { return outcome }
        do {
            try await note(outcome, reply, event)
        } catch {
            // What is noted of an endpoint is noted again with the next event.
            logger.error("a webhook's endpoint could not be noted", metadata: ["endpoint": "\(endpoint.id)"])
        }
        return outcome
    }

    private func note(_ outcome: DeliveryOutcome, _ reply: WebhookReply, _ event: DeliveredEvent) async throws {
        guard case .failed(let reason, _, _) = outcome else { return try await store.noteSuccess(endpoint.id) }
        let stopped = try await store.noteFailure(
            endpoint.id,
            of: event.entry.number,
            reason: reason,
            isGone: reply.isGone,
            now: event.now
        )
        if let stopped {
            logger.error(
                "a webhook's endpoint is told nothing more until somebody resumes it",
                metadata: ["endpoint": "\(endpoint.id)", "state": "\(stopped.rawValue)", "reason": "\(reason)"]
            )
        }
    }
}

extension WebhookReply {
    /// Only 2xx is a yes: a redirect is not followed, since it may lead anywhere.
    var outcome: DeliveryOutcome {
        guard let failure else { return .delivered(answer) }
        guard case .answered(_, _, let after) = self else { return .failed(reason: failure) }
        return .failed(reason: failure, answer, after: after)
    }

    private var answer: DeliveryAnswer? {
        guard case .answered(let status, let text, _) = self else { return nil }
        return DeliveryAnswer(status: status, text: text)
    }
}
