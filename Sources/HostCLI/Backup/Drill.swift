import Backup
import Catalog
import CivilTime
import Commerce
import Encodings
import Links
import Orders
import Payments
import Postgres
import Records

/// A restore for the sake of seeing that it works.
struct Drill: Sendable {
    private static let queryTimeout = Duration.seconds(600)
    /// So many of the newest guides are made again.
    private static let guidesMax = 1_000
    /// How long a segment may take to the archive, in seconds.
    private static let archiveSecondsMax = 120

    private let settings: Settings
    private let folder: BackupFolder
    private let passphrase: Secret

    init(_ settings: Settings, _ folder: BackupFolder, passphrase: Secret) {
        (self.settings, self.folder, self.passphrase) = (settings, folder, passphrase)
    }

    /// Does it all, and keeps what it found: also that a backup can't be restored.
    func run() async throws -> DrillReport {
        let startedAt = Instant.now()
        let backup = try RestorePoint.latest.base(among: folder.backups(), in: folder.path)
        // What an earlier one left that was killed.
        try await PrivateCluster.remove(folder.drill)
        var report: DrillReport?
        try await Host.with(settings, queryTimeout: Self.queryTimeout) { host in
            let standing = try await host.pool.read(LiveLog.standing)
            guard standing.isOn, PrivateCluster.archives(settings.dataFolder, to: folder.log) else {
                throw BackupError.notArchiving(folder: folder.log)
            }
            func found(
                _ restoreSeconds: Double,
                _ figures: [DrillFigure],
                _ faults: [String]
            ) -> DrillReport {
                DrillReport(
                    backup: backup,
                    startedAt: startedAt,
                    endedAt: .now(),
                    restoreSeconds: restoreSeconds,
                    secondsBehind: standing.secondsBehind,
                    figures: figures,
                    faults: faults
                )
            }
            do {
                let mark = try await LiveLog.mark("drill \(startedAt)", in: host.pool)
                let snapshot = DatabaseSnapshot(mark.snapshot)
                // At once: an erasure changes what is there, and one after the mark is not in what is restored.
                let live = try await Self.figures(host.pool, snapshot)
                try await folder.wait(for: mark.segment, seconds: Self.archiveSecondsMax)
                let (seconds, restored, faults) = try await restored(backup, to: mark, snapshot)
                report = found(seconds, DrillFigure.compare(live: live, restored: restored), faults)
            } catch {
                // Whoever stops a drill has learned nothing of the backup; whatever else ends it leaves it unproven.
                if Task.isCancelled || error is CancellationError { throw error }
                report = found(0, [], ["\(error)"])
            }
        }
        guard let report else { throw CancellationError() }
        return try folder.keep(report)
    }

    /// Restores a backup, looks at what came of it, and removes that again.
    private func restored(
        _ backup: BaseBackup,
        to mark: LiveLog.Mark,
        _ snapshot: DatabaseSnapshot
    ) async throws -> (seconds: Double, figures: [(name: String, value: String)], faults: [String]) {
        let start = ContinuousClock.now
        let restore = try Restore(backup, to: .mark(mark.name), in: folder)
        try await restore.check(into: folder.drill)
        let cluster = try await restore.run(into: folder.drill, isDurable: false)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let result: Result<([(name: String, value: String)], [String]), any Error>
        do { result = .success(try await look(at: cluster, snapshot, backup)) } catch { result = .failure(error) }
        // Also where this task is cancelled.
        try? await Task { try await PrivateCluster.remove(folder.drill) }.value
        let (figures, faults) = try result.get()
        return (seconds, figures, faults)
    }

    /// What is in the restored database, and what is wrong with it.
    private func look(
        at cluster: PrivateCluster,
        _ snapshot: DatabaseSnapshot,
        _ backup: BaseBackup
    ) async throws -> ([(name: String, value: String)], [String]) {
        let secrets = try folder.secrets(of: backup, openedBy: passphrase)
        let settings = try Settings(restored: secrets, in: folder.drill, hasOwnKeys: false)
        let host = try Host(settings, running: cluster, queryTimeout: Self.queryTimeout)
        let result: Result<([(name: String, value: String)], [String]), any Error>
        do {
            let figures = try await Self.figures(host.pool, snapshot)
            var faults: [String] = []
            do {
                // A key that the restored database does not know would open no link of its customers.
                let keys = try await host.linkKeys()
                let orders = try await OrderStore(
                    host.pool,
                    keys: keys,
                    timeZones: try TimeZoneDatabase(),
                    catalogs: CatalogStore(host.pool),
                    shopTimeZone: settings.timeZone
                )
                let (unproven, total) = try await orders.unprovenGuides(among: Self.guidesMax)
                if unproven > 0 {
                    faults.append("\(unproven) of the newest \(total) guides are not the documents that were issued")
                }
            } catch let error as LinkKeys.KeyError {
                faults.append("the sealed link key is not the one that links were made with (\(error))")
            }
            result = .success((figures, faults))
        } catch { result = .failure(error) }
        await host.pool.close()
        return try result.get()
    }

    private static func figures(
        _ pool: Pool,
        _ snapshot: DatabaseSnapshot
    ) async throws -> [(name: String, value: String)] {
        let (orders, ledger) = try await pool.read(OrderFigures.asOf(snapshot), LedgerFigures.asOf(snapshot))
        return [
            ("orders", "\(orders.orders)"), ("entries of their logs", "\(orders.events)"),
            ("guides", "\(orders.guides)"), ("sum of the guides' hashes", orders.guideSum),
            ("entries of the ledger", "\(ledger.entries)"), ("received", "\(ledger.received)"),
            ("refunded", "\(ledger.refunded)"), ("documents", "\(ledger.documents)"),
        ]
    }
}
