package import Commerce
package import Delivery
import Webhooks

extension Store {
    /// What waits to be told, and how many events of the last seven days were given up. What waits for an endpoint that is
    /// told nothing is left out: it waits for whoever resumes that.
    package func backlog(now: Instant) async throws -> (channels: [DeliveryStore.Backlog], givenUp: Int) {
        let quiet = try await webhooks.quietChannels()
        return try await DeliveryStore(orders)
            .backlog(givenUpSince: now + .seconds(-7 * 86_400), now: now, quiet: quiet)
    }
}
