import Admission
import Backup
import CivilTime
import Commerce
import Delivery
import FoundationEssentials
import Links
import Logging
import Orders
import Payments
import Personal
import Postgres
import Records
import Reminders
import Staff
import StoreHTTP

/// A store that was just restored: its link key and settings put beside it, and its past kept from happening twice.
enum RestoredShop {
    /// What came of a restore.
    struct Outcome: Encodable, Sendable {
        let folder: String
        /// Nil where nothing was committed after the backup.
        let lastCommit: String?
        let orders: Int
        /// Mails that may have been sent before.
        let withheld: Int
        /// Orders that were erased since, and were erased again.
        let erased: [String]
        /// Those that stand open again, as they stood then.
        let open: [String]
        /// The staff's tokens that are valid: one that was revoked since is so again.
        let tokens: [Token]
        /// The names of the storefronts' keys that are, for the same reason.
        let keys: [String]
    }

    /// A token of the staff's, as its owner is known.
    struct Token: Encodable, Sendable {
        let name: String
        let role: String
    }

    private static let queryTimeout = Duration.seconds(600)

    /// Restores a store into a folder and stops it again: the next `serve` there serves it.
    /// - Parameter erasures: what was erased, as the backups' folder knows it.
    static func make(
        _ restore: Restore,
        _ secrets: ShopSecrets,
        _ erasures: ErasureList,
        in target: String
    ) async throws -> Outcome {
        let cluster = try await restore.run(into: target)
        do {
            try Files.createSecret(target + "/link-key", secrets.linkKey)
            try Files.createSecret(target + "/settings", secrets.environmentFile)
            let settings = try Settings(restored: secrets, in: target, hasOwnKeys: true)
            let host = try Host(settings, running: cluster, queryTimeout: queryTimeout)
            let result: Result<Outcome, any Error>
            do { result = .success(try await settle(host, erasures, in: target)) } catch { result = .failure(error) }
            await host.pool.close()
            let outcome = try result.get()
            try await cluster.stop()
            return outcome
        } catch {
            // Also where this task is cancelled.
            try? await Task {
                for name in ["link-key", "settings", "erasures"] {
                    try? FileManager.default.removeItem(atPath: "\(target)/\(name)")
                }
                try await PrivateCluster.remove(target)
            }.value
            throw error
        }
    }

    /// Keeps what happened between the restored moment and now from happening again, as far as a database can know.
    private static func settle(_ host: Host, _ erasures: ErasureList, in target: String) async throws -> Outcome {
        let (pool, settings, now) = (host.pool, host.settings, Instant.now())
        let lastCommit = try await pool.read(LiveLog.lastRecoveredCommit)
        try await host.prepareSchema()
        var logger = settings.logger()
        // What is given up here is told at the end, all of it together.
        logger.logLevel = .critical
        let store = try await Store(pool, keys: host.linkKeys(), settings: settings.store, logger: logger)
        let figures = try await pool.read(OrderFigures.asOf(try await pool.read(DatabaseSnapshot.current)))
        let gap = RestoredSequences.gap(since: lastCommit ?? now, now: now)
        _ = try await pool.write([
            RestoredSequences.skip(gap), PaymentStore.askBeforeRefunding, ReminderStore.dropDue(before: now),
        ])
        let deliveries = DeliveryStore(store.orders)
        if let mail = Deliveries.mail(store, settings) {
            try await store.feed.extend(timeout: queryTimeout)
            try await deliveries.hurry(mail.name, now: now)
            try await DeliveryWorker(store.orders, logger: logger) { [WithheldChannel(mail)] }.drain()
        }
        // The copy knows nothing of what was erased after that moment. Whoever was erased is not there again for a minute.
        try store.settings.erasures?.add(erasures)
        let replay = try await store.replayErasures(now: now)
        let withheld = try await deliveries.standings(channel: "mail", state: .failed, count: 100_000)
        let tokens = try await store.staff.tokens().filter { $0.revokedAt == nil && $0.expiresAt > now }
        let keys = try await store.storefronts.keys().filter { $0.revokedAt == nil }
        return Outcome(
            folder: target,
            lastCommit: lastCommit?.description,
            orders: figures.orders,
            withheld: withheld.count { $0.reason == WithheldChannel.reason },
            erased: replay.erased,
            open: replay.open,
            tokens: tokens.map { Token(name: $0.name, role: $0.role.rawValue) },
            keys: keys.map(\.name)
        )
    }
}

extension Settings {
    private static let linkKeys: Set = ["AFTERCARE_LINK_KEY", "AFTERCARE_LINK_KEY_FILE", "AFTERCARE_LINK_KEY_PREVIOUS"]

    /// The settings of a restored store: what was sealed with it, over which this process's own go.
    /// - Parameter hasOwnKeys: whether link keys are among those, for a store whose key was changed after the backup. A drill
    ///   proves what was sealed, and wants none.
    init(
        restored secrets: ShopSecrets,
        in folder: String,
        hasOwnKeys: Bool,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        let own = environment.filter { hasOwnKeys || !Self.linkKeys.contains($0.key) }
        try self.init(
            options: ["DATA_DIR": folder, "LINK_KEY": secrets.linkKey],
            environment: secrets.settings.merging(own) { _, own in own }
        )
    }
}
