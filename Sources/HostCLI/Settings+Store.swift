import AsyncHTTPClient
import Audit
import Backup
import Logging
import Payments
import Personal
import StoreHTTP
import Stripe
import Telemetry

extension Settings {
    /// What the shop owner sets, as far as HTTP is concerned.
    var store: StoreSettings {
        var store = StoreSettings(publicURL: publicURL, currency: currency)
        store.mode = mode
        store.timeZone = timeZone
        store.corsOrigins = corsOrigins
        store.hasStorefront = hasStorefront
        store.paper = paper
        store.trustedProxies = trustedProxies
        let isLocal = ["127.0.0.1", "::1", "localhost"].contains(host) && trustedProxies.isEmpty
        if isLocal, tellsCustomers { store.shownMail = mailFolder.map { MailFolder($0) } }
        store.keptMail = mailFolder.map { MailFolder($0) }
        store.erasures = erasureList.map { ErasureList($0) }
        store.erasuresBesideBackups = backupFolder.map { ErasureList(BackupFolder($0).erasures) }
        store.retention = PersonalStore.Retention(orderYears: personalYears, viewDays: viewDays, mailDays: mailDays)
        store.shipsUnpaid = shipsUnpaid
        store.accessLog = accessLog
        store.isTraced = traceEndpoint != nil
        store.allowsPrivateWebhooks = allowsPrivateWebhooks
        store.shown = shown
        if let folder = auditFolder { store.lastCheckpoint = { try CheckpointFile(folder: folder).last() } }
        store.paymentLimits.session = .seconds(paymentMinutes * 60)
        store.paymentLimits.unpaid = .seconds(paymentHours * 3600)
        return store
    }

    /// Who takes money for the shop; nil where it takes invoices only.
    func provider(_ client: HTTPClient) -> StripePayments? {
        stripeKey.map { key in
            StripePayments(
                StripeClient(client, baseURL: stripeURL, secretKey: key),
                webhookSecrets: stripeWebhookSecrets
            )
        }
    }

    /// The program's log, on standard error.
    func logger() -> Logger {
        let format = logFormat
        let provider = traceEndpoint == nil ? nil : Logger.MetadataProvider.trace
        var logger = Logger(label: "aftercare") { _ -> any LogHandler in
            var handler = LineLogHandler(format)
            handler.metadataProvider = provider
            return handler
        }
        logger.logLevel = logLevel
        return logger
    }
}
