import Delivery
import Logging
import Mail
import Reminders
import ServiceLifecycle
import StoreHTTP
import Webhooks

/// The service that tells customers and other systems what happens to the orders while the store is served. Several servers
/// may run it.
struct Deliveries: Service {
    private let worker: DeliveryWorker
    /// Nil where there is nowhere to put mail.
    private let reminders: ReminderWorker?

    /// Nil where this server tells nobody.
    init?(_ store: Store, _ settings: Settings, logger: Logger) {
        guard settings.tellsCustomers else { return nil }
        var letters: [any DeliveryChannel] = []
        if let mail = Self.mail(store, settings) {
            letters = [mail, ReminderChannel(store.reminders)]
            reminders = ReminderWorker(store.reminders, logger: logger)
        } else {
            reminders = nil
        }
        worker = DeliveryWorker(store.orders, logger: logger) { [letters] in
            letters
                + (try await store.webhooks.active()
                    .map { WebhookChannel($0, store.webhooks, store.webhookSender, logger: logger) })
        }
    }

    /// The channel by which customers are written; nil where there is nowhere to put mail.
    static func mail(_ store: Store, _ settings: Settings) -> MailChannel? {
        carrier(store, settings).map { carrier in
            MailChannel(
                store,
                from: MailMessage.Mailbox(name: settings.mailName, address: settings.mailFrom),
                replyTo: settings.mailReplyTo.map { MailMessage.Mailbox(name: settings.mailName, address: $0) },
                carrier: carrier
            )
        }
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
            await reminders?.run()
            await telling
        }
    }
}
