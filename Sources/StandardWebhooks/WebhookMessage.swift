import Crypto
import FoundationEssentials

/// A message to an endpoint, as Standard Webhooks 1.0.0 has it: what it is called, and its bytes.
package struct WebhookMessage: Sendable {
    /// Its name, the same however often it is sent. Without dots: what is signed is told apart by them.
    package let id: String
    /// JSON.
    package let body: [UInt8]

    package init(id: String, body: [UInt8]) {
        precondition(!id.contains("."), "a message's name has no dots")
        self.id = id
        self.body = body
    }

    /// The headers with which it is sent at a moment: signed anew each time, once with each secret that is live.
    /// - Parameter seconds: when, in seconds since 1970: a receiver refuses what was signed long ago.
    package func headers(seconds: Int64, secrets: [WebhookSecret]) -> [(name: String, value: String)] {
        let signatures = secrets.map { signature(seconds: seconds, secret: $0) }
        return [
            ("webhook-id", id), ("webhook-timestamp", "\(seconds)"),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }

    private func signature(seconds: Int64, secret: WebhookSecret) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(id).\(seconds).".utf8) + body,
            using: SymmetricKey(data: secret.bytes)
        )
        return "v1," + Data(code).base64EncodedString()
    }
}
