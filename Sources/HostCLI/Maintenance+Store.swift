import Admission
import Audit
import Cart
import CivilTime
import Commerce
import Delivery
import Fulfilment
import Logging
import Orders
import Payments
import Personal
import Records
import StoreHTTP
import Webhooks

extension Maintenance {
    /// The jobs of a store: removing what has expired, cancelling what was not paid in time, what payments need, and
    /// comparing the ledger with the provider every hour.
    /// - Parameters:
    ///   - invoiceLifetime: how long an order waits for an invoice to be paid.
    ///   - auditor: makes the checkpoints; nil where there is no place for them.
    init(_ store: Store, invoiceLifetime: Duration, auditor: Auditor?, logger: Logger) {
        let reconciledPast = Duration.seconds(3 * 86_400)
        jobs = [
            Job("giving memory back") { FreedMemory.giveBack() },
            Job("removing expired carts") { while try await store.carts.sweep(now: .now()) > 0 {} },
            Job("settling erasures") { try await store.settleErasures(now: .now()) },
            Job("erasing again who was erased", every: .seconds(3600)) {
                let replay = try await store.replayErasures(now: .now())
                if !replay.open.isEmpty {
                    logger.error(
                        "orders that were erased are open again: settle them, and they are erased",
                        metadata: ["orders": "\(replay.open.joined(separator: ", "))"]
                    )
                }
            },
            Job("erasing what was kept long enough", every: .seconds(3600)) {
                try await store.sweepPersonal(now: .now())
            },
            Job("removing expired leases") { try await store.fulfilment.sweep(now: .now()) },
            Job("removing expired idempotency keys") {
                while try await IdempotencyKey.sweep(store.pool, now: .now()) > 0 {}
            },
            Job("cancelling unpaid invoices") {
                let now = Instant.now()
                let limit = now + (.zero - invoiceLifetime)
                // A hundred at a time: fewer are the last.
                while try await store.payments.store.cancelUnpaid(.invoice, placedBefore: limit, now: now) == 100 {}
            },
            // So that whoever reads the feed after a long time finds it there.
            Job("extending the feed") { try await store.feed.extend(timeout: .seconds(600)) },
            Job("removing old deliveries", every: .seconds(3600)) {
                try await DeliveryStore(store.orders).sweep(now: .now())
            },
            Job("removing old counts of rates") { try await store.rates.sweep(now: .now()) },
            Job("removing webhook endpoints") { try await store.webhooks.sweep(now: .now()) },
            Job("settling payments") { try await store.payments.work(now: .now()) },
            Job("making a checkpoint", every: .seconds(3600)) {
                guard let findings = try await auditor?.checkpoint(now: .now()).findings, !findings.isEmpty else {
                    return
                }
                logger.error("logs and ledger are not as they were", metadata: ["findings": "\(findings.count)"])
            },
            Job("reconciling payments", every: .seconds(3600)) {
                let now = Instant.now()
                let findings = try await store.payments.reconcile(since: now + (.zero - reconciledPast), now: now)
                if !findings.isEmpty {
                    logger.error("ledger and provider differ", metadata: ["findings": "\(findings.count)"])
                }
            },
        ]
        self.logger = logger
    }
}
