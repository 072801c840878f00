import Delivery
import Logging
import Mail
import Reminders
import ServiceLifecycle
import StoreHTTP

/// The service that tells customers what happens to their orders while the store is served. Several servers may run it.
struct Deliveries: Service {
    private let worker: DeliveryWorker
    private let reminders: ReminderWorker

    /// Nil where this server tells nobody, or has nowhere to put mail.
    init?(_ store: Store, _ settings: Settings, logger: Logger) {
        guard settings.tellsCustomers, let carrier = Self.carrier(store, settings) else { return nil }
        let mail = MailChannel(
            store,
            from: MailMessage.Mailbox(name: settings.mailName, address: settings.mailFrom),
            replyTo: settings.mailReplyTo.map { MailMessage.Mailbox(name: settings.mailName, address: $0) },
            carrier: carrier
        )
        worker = DeliveryWorker(store.orders, logger: logger) { [mail, ReminderChannel(store.reminders)] }
        reminders = ReminderWorker(store.reminders, logger: logger)
    }

    /// Who takes the mail: the relay, or a folder where there is none.
    private static func carrier(_ store: Store, _ settings: Settings) -> (any MailCarrier)? {
        guard let relay = settings.mailRelay else { return settings.mailFolder.map { MailFolder($0) } }
        return MailRelay(relay, allowance: settings.mailRate.map { MailAllowance(store.pool, perMinute: $0) })
    }

    /// Runs until the store is told to stop.
    func run() async throws {
        // Being told to stop is how this ends; it is no error.
        await cancelWhenGracefulShutdown {
            async let telling: Void = worker.run()
            await reminders.run()
            await telling
        }
    }
}
