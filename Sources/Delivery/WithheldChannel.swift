package import Commerce
package import Orders
import Postgres

/// A channel that tells nothing and gives up all that it is to tell, so that somebody decides: after a restore nobody knows
/// what of it was told before.
package struct WithheldChannel: DeliveryChannel {
    /// Why, as it stands beside each event that was given up.
    package static let reason = "it may have been told before the database was restored"

    private let channel: any DeliveryChannel

    package init(_ channel: any DeliveryChannel) { self.channel = channel }

    package var name: String { channel.name }
    package var kinds: [OrderEvent] { channel.kinds }
    package var forgetsAfter: Duration? { channel.forgetsAfter }
    package var atOnce: Int { 500 }

    package func deliver(_ event: DeliveredEvent) async -> DeliveryOutcome { .refused(reason: Self.reason) }
}

extension DeliveryStore {
    /// Makes all due now that waits on a channel, whoever was telling it.
    package func hurry(_ channel: String, now: Instant) async throws {
        _ = try await pool.write([
            Statement(
                """
                UPDATE delivery_cursor SET due_at = $2, lease_token = NULL WHERE channel = $1 AND due_at IS NOT NULL
                """,
                channel,
                now
            ),
            Statement(
                "UPDATE delivery_repeat SET due_at = $2, lease_token = NULL WHERE channel = $1",
                channel,
                now
            ),
        ])
    }
}
