import Audit
import Backup
import CivilTime
import Commerce
import Links
import Personal
import Postgres
import ProgramVersion
import Records
import Schema
import StoreHTTP

/// Everything that can be wrong with an installation, looked at one after the other; what can't be looked at is an
/// observation too.
struct Examination: Sendable {
    private static let queryTimeout = Duration.seconds(30)

    private let options: [String: String]
    private let environment: [String: String]

    init(_ options: [String: String], _ environment: [String: String]) {
        (self.options, self.environment) = (options, environment)
    }

    func observations() async -> [Observation] {
        let version = Observation.fine("version", ProgramVersion.text)
        let settings: Settings
        do { settings = try Settings(options: options, environment: environment) } catch {
            return [version, .broken("settings", "\(error)", "nothing can be served with it: set it right")]
        }
        var observations = [version] + self.settings(settings)
        observations += machine(settings, now: .now())
        observations += records(settings, now: .now())
        let (database, host) = await database(settings)
        observations += database
        if let host {
            observations += await shop(host)
            observations += await backups(settings, host)
            try? await host.close()
        } else {
            observations += await backups(settings, nil)
        }
        return observations
    }

    private func settings(_ settings: Settings) -> [Observation] {
        var observations = Settings.unknownVariables(environment).map {
            Observation.look("settings", $0, "correct its name, or remove it")
        }
        if settings.mode == .live, let key = settings.stripeKey, Settings.isTestKey(key) {
            observations.append(
                .look("settings", "AFTERCARE_STRIPE_KEY is a test key: nobody pays", "set the shop's own key")
            )
        }
        if settings.mode == .live, settings.mailRelay == nil {
            observations.append(
                .look("mail", "it goes into a folder: no customer gets any", "name a relay with AFTERCARE_SMTP_URL")
            )
        }
        if settings.mode == .live, !settings.publicURL.hasPrefix("https://") {
            observations.append(
                .look(
                    "address",
                    "links in mails lead to \(settings.publicURL), which is not encrypted",
                    "set AFTERCARE_PUBLIC_URL to what customers reach"
                )
            )
        }
        return observations.isEmpty ? [.fine("settings", "all can be used")] : observations
    }

    private func machine(_ settings: Settings, now: Instant) -> [Observation] {
        var observations: [Observation] = []
        if settings.databaseURL == nil {
            observations.append(MachineHealth.disk(DiskSpace(of: settings.dataFolder), "the data"))
        }
        if let folder = settings.backupFolder {
            observations.append(MachineHealth.disk(DiskSpace(of: folder), "the backups"))
        }
        if let files = settings.tlsFiles {
            // A proxy shows customers a certificate of its own.
            let host = settings.trustedProxies.isEmpty ? settings.publicHost : nil
            observations.append(MachineHealth.certificate(files, host: host, now: now))
        }
        return observations
    }

    /// What is kept beside the database.
    private func records(_ settings: Settings, now: Instant) -> [Observation] {
        var observations: [Observation] = []
        if let folder = settings.auditFolder {
            do {
                observations.append(RecordHealth.checkpoints(try CheckpointFile(folder: folder).last(), now: now))
            } catch {
                let advice = "check \(folder): aftercare audit verify says more"
                observations.append(.broken("checkpoints", "they can't be read: \(error)", advice))
            }
        } else {
            observations.append(RecordHealth.noPlaceForCheckpoints)
        }
        if let path = settings.erasureList {
            do {
                let count = try ErasureList(path).entries().count
                observations.append(.fine("erasures", "\(count) are written down beside the database"))
            } catch {
                let advice = "mend that: with an older copy of the database nobody knows who was erased since"
                observations.append(.broken("erasures", "\(error)", advice))
            }
        } else {
            observations.append(RecordHealth.noPlaceForErasures)
        }
        return observations
    }

    /// The database, and how to reach it where it can be.
    private func database(_ settings: Settings) async -> ([Observation], Host?) {
        do {
            guard let host = try await Host.reached(settings, queryTimeout: Self.queryTimeout) else {
                let place = settings.dataFolder
                return ([.broken("database", "nobody serves the store in \(place)", "start aftercare serve")], nil)
            }
            do {
                let pool = host.pool
                let (requirements, health) = try await pool.read(DatabaseRequirements.query, DatabaseHealth.query)
                var observations = requirements.faults(migrates: false).map {
                    Observation.broken("database", $0, "nothing can be served from it before that")
                }
                if observations.isEmpty { observations = [.fine("database", "it answers")] }
                observations += health.observations(now: .now())
                observations.append(try await schema(pool))
                return (observations, host)
            } catch {
                try? await host.close()
                throw error
            }
        } catch {
            return ([.broken("database", "\(error)", "nothing can be served before it answers")], nil)
        }
    }

    private func schema(_ pool: Pool) async throws -> Observation {
        do {
            let pending = try await Migrator(Schema.migrations).pending(pool)
            guard pending.isEmpty else {
                return .broken("schema", "\(pending.count) migrations are missing", "run aftercare migrate")
            }
            return .fine("schema", "it is this program's")
        } catch let error as MigrationError {
            return .broken("schema", "\(error)", "run the program that it was made for")
        }
    }

    private func shop(_ host: Host) async -> [Observation] {
        do {
            let settings = host.settings
            let store = try await Store(
                host.pool,
                keys: host.foundLinkKeys(),
                settings: settings.store,
                logger: settings.logger(),
                isOnlyLooking: true
            )
            return [.fine("link key", "it is the one that links were made with")]
                + (try await ShopHealth(store, now: .now()).observations)
        } catch let fault as Host.LinkKeyFault {
            let advice = "links of customers open nothing without it: restore it from a backup"
            return [.broken("link key", fault.sentence, advice)]
        } catch {
            return [.broken("shop", "it can't be looked into: \(error)", "mend what is said above first")]
        }
    }

    private func backups(_ settings: Settings, _ host: Host?) async -> [Observation] {
        guard let path = settings.backupFolder else {
            if settings.databaseURL == nil { return [BackupHealth.none] }
            return [.fine("backup", "that of your own database is yours to look after")]
        }
        let folder = BackupFolder(path)
        var observations = BackupHealth.observations(folder.backups(), drill: folder.lastDrill(), now: .now())
        if let host, let standing = try? await host.pool.read(LiveLog.standing) {
            let isHere = PrivateCluster.archives(settings.dataFolder, to: folder.log)
            observations.append(BackupHealth.archive(standing, isHere: isHere))
        }
        return observations
    }
}
