package import Delivery
package import Orders
import Postgres

/// Hears of whatever changes when somebody is to be reminded, and plans by it. No checkout plans anything, and what a crash
/// leaves undone is done by whoever hears of it next.
package struct ReminderChannel: DeliveryChannel {
    private let reminders: ReminderStore

    package init(_ reminders: ReminderStore) { self.reminders = reminders }

    package var name: String { "reminders" }
    package var kinds: [OrderEvent] { [.rescheduled, .contactChanged, .cancelled, .remindersChanged, .offersChanged] }

    package func deliver(_ event: DeliveredEvent) async -> DeliveryOutcome {
        do {
            let isMeant =
                switch OrderEvent(rawValue: event.entry.kind) {
                // Most customers want no reminders and no offers, and theirs wait for nobody.
                case .contactChanged: try await reminders.isWanted(event.entry.orderID)
                default: true
                }
            if isMeant { try await reminders.settle(event.entry.orderID, now: event.now) }
            return .delivered()
        } catch {
            let cause = (error as? PostgresError)?.description ?? "\(type(of: error))"
            return .failed(reason: "its reminders could not be planned (\(cause))")
        }
    }
}
