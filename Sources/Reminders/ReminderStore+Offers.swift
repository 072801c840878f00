package import Commerce
package import Orders
import Postgres

extension ReminderStore {
    /// What an order's customer agreed to; nil where they take no offers.
    package func offersTaken(of id: Int64) async throws -> MarketingConsent? {
        let said = try await orders.pool.read(MarketingConsent.latest(of: id))
        return said?.wording == nil ? nil : said
    }

    /// Notes that a customer takes offers, by the words that they agreed to, or that they take no more; where it is so
    /// already, nothing is written.
    /// - Parameter wording: the version of those words; nil for no more.
    /// - Throws: `OrderError`; nothing is offered for a cancelled order.
    package func takeOffers(
        _ wording: String?,
        of locator: OrderLocator,
        from source: MarketingConsent.Source,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let said = MarketingConsent.latest(of: orders.id(locator))
        return try await orders.perform(nil, on: locator, now: now, reading: said) { order, said in
            if said?.wording == wording { return [] }
            if wording != nil, order.status == .cancelled { throw OrderError.cancelled }
            let consent = MarketingConsent(wording: wording, source: source, at: now)
            return [
                OrderFacts.offersChanged(order, to: wording, at: now, by: actor),
                MarketingConsent.statement([(order.id, consent)]),
            ]
        }
    }
}
