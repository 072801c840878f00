package import Commerce
package import Delivery
import Mail
package import Orders
package import Payments
import Postgres
package import Reminders

/// Everything that is held of a person, handed out.
extension PersonalStore {
    /// All of an order.
    package struct Record: Sendable {
        package let holding: Holding
        package let timeline: [TimelineEntry]
        /// Every revision of its guide, the first first.
        package let guides: [IssuedGuide]
        package let payments: [LedgerEntry]
        package let attempts: [PaymentAttempt]
        /// What was written, by the events that it was about; nil for an event that is not in the feed yet.
        package let mails: [(about: String?, at: Instant, isSent: Bool)]
        package let deliveries: [(attempt: DeliveryStore.Attempt, event: OrderFeed.Entry?)]
        package let reminders: [ReminderErasure.Kept]
        package let consents: [MarketingConsent]
    }

    /// So many attempts of an order's deliveries are handed out, the latest ones.
    private static let deliveriesMax = 1_000

    /// All that is held of a person, order by order, the oldest first.
    /// - Throws: `PersonalError.nobody` where no order has this address.
    package func records(of email: EmailAddress) async throws -> [Record] {
        let (feed, deliveries) = (OrderFeed(orders), DeliveryStore(orders))
        var records: [Record] = []
        for holding in try await holdings(of: email) {
            let order = holding.order
            let (payments, attempts, mails, reminders, consents) = try await pool.read(
                LedgerEntry.entries(of: order.id, in: order.totals.total.currency),
                PaymentAttempt.attempts(of: order.id),
                MailStore.written(of: order.id),
                ReminderErasure.reminders(of: order.id),
                ReminderErasure.consents(of: order.id)
            )
            let told = try await deliveries.attempts(of: order.id, count: Self.deliveriesMax)
            let events = try await feed.first(
                of: OrderEvent.allCases,
                in: (mails.map(\.sequence) + told.map(\.sequence)).map { (order.id, $0...$0) }
            )
            records.append(
                Record(
                    holding: holding,
                    timeline: try await orders.timeline(of: order),
                    guides: try await orders.guides(of: order.number),
                    payments: payments,
                    attempts: attempts,
                    mails: zip(mails, events).map { (about: $1?.kind, at: $0.at, isSent: $0.isSent) },
                    deliveries: zip(told, events.dropFirst(mails.count)).map { (attempt: $0, event: $1) },
                    reminders: reminders,
                    consents: consents
                )
            )
        }
        return records
    }
}
