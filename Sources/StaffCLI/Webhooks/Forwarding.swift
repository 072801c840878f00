import AsyncHTTPClient
import CivilTime
import Commerce
import NIOCore
import NIOHTTP1
import StandardWebhooks
import StoreAPI

/// Posts events to a receiver that somebody writes on this machine, as the store would tell it them.
enum Forwarding {
    /// What the receiver did.
    struct Outcome: Sendable {
        /// What it answered; nil where it did not.
        let status: Int?
        /// Why there is no answer.
        let failure: String?
    }

    /// Sends an event once.
    /// - Parameter patience: how long the receiver may take to answer.
    static func send(
        _ event: WebhookEventBody,
        to url: String,
        secret: WebhookSecret,
        within patience: Duration
    ) async throws -> Outcome {
        let message = WebhookMessage(id: event.messageID, body: JSONWriter.bytes(event))
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "aftercare")
        let seconds = Instant.now().secondsSince1970
        for (name, value) in message.headers(seconds: seconds, secrets: [secret]) {
            request.headers.add(name: name, value: value)
        }
        request.body = .bytes(ByteBuffer(bytes: message.body))
        do {
            let response = try await Transport.client(trusting: nil).execute(
                request,
                timeout: TimeAmount(patience)
            )
            _ = try? await response.body.collect(upTo: 1 << 20)
            return Outcome(status: Int(response.status.code), failure: nil)
        } catch let error as CancellationError {
            throw error
        } catch {
            return Outcome(status: nil, failure: Transport.words(error))
        }
    }
}
