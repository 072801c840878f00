import Backup
import Catalog
import Encodings
import FoundationEssentials
import Links
import Logging
import Postgres
import Schema
import Staff
import StaffCLI

/// Why a command can't go on.
enum HostError: Error, CustomStringConvertible {
    case behind(count: Int)
    case linkKeyMissing
    /// What was asked is not possible, by this sentence: how it was asked is right.
    case refused(String)
    /// Somebody is logged in at another store than the one that a command would work on.
    case otherStore(url: String, folder: String)
    /// What is wrong with the database or its role.
    case unfit(place: String, faults: [String])
    /// It was made before the schema was what it is now.
    case olderSchema(place: String)

    var description: String {
        switch self {
        case .behind(let count):
            """
            the database lacks \(count) \(count == 1 ? "migration" : "migrations"): run "aftercare migrate", or \
            start with --migrate
            """
        case .olderSchema(let place):
            """
            \(place) holds the schema of an earlier version, which can't be brought up to date before 1.0. Nothing in it \
            was touched: start with --reset to empty it, or name another place
            """
        case .otherStore(let url, let folder):
            """
            you are logged in at \(url), and that is not the store in \(folder), which this command would work on: run \
            it on that store's machine, or name the one that is meant, with --data-dir or DATABASE_URL
            """
        case .unfit(let place, let faults): "\(place) can't hold the store: " + faults.joined(separator: "; ")
        case .refused(let sentence): sentence
        case .linkKeyMissing:
            """
            AFTERCARE_LINK_KEY is missing: with a database of your own, give all servers the same 32 bytes \
            (openssl rand -base64 32), by AFTERCARE_LINK_KEY or AFTERCARE_LINK_KEY_FILE
            """
        }
    }
}

/// The database that a command works on: the one that is named, or the private cluster.
struct Host: Sendable {
    let settings: Settings
    let pool: Pool
    /// The cluster that this process runs; nil for a database of another's.
    let cluster: PrivateCluster?
    private let isPrivate: Bool

    /// Opens the database.
    ///
    /// - Parameter borrowing: whether a private cluster that another process runs will do. A server wants its own.
    /// - Parameter queryTimeout: how long a query may take; nil for as long as any.
    static func open(_ settings: Settings, borrowing: Bool, queryTimeout: Duration? = nil) async throws -> Host {
        var cluster: PrivateCluster?
        var connection: ConnectionSettings
        if let url = settings.databaseURL {
            connection = try ConnectionSettings(url.text)
        } else if borrowing {
            (connection, cluster) = try await borrow(settings)
        } else {
            let started = try await start(settings)
            (connection, cluster) = (try started.settings(), started)
        }
        connection.pooler = settings.pooler
        connection.wait(settings.databasePatience, forAnswers: queryTimeout)
        return Host(settings, connection, cluster)
    }

    /// A private cluster that this process runs already.
    init(_ settings: Settings, running cluster: PrivateCluster, queryTimeout: Duration) throws {
        var connection = try cluster.settings()
        connection.wait(settings.databasePatience, forAnswers: queryTimeout)
        self.init(settings, connection, cluster)
    }

    private init(_ settings: Settings, _ connection: ConnectionSettings, _ cluster: PrivateCluster?) {
        var connection = connection
        connection.isTraced = settings.traceEndpoint != nil
        var limits = Pool.Limits()
        limits.connections = settings.databaseConnections
        if let patience = settings.databasePatience { limits.wait = patience }
        self.settings = settings
        self.cluster = cluster
        pool = Pool(connection, limits: limits)
        isPrivate = settings.databaseURL == nil
    }

    /// The database as it is found: nothing is started for it. Nil where nobody serves the private cluster.
    static func reached(_ settings: Settings, queryTimeout: Duration) async throws -> Host? {
        var connection: ConnectionSettings
        if let url = settings.databaseURL {
            connection = try ConnectionSettings(url.text)
        } else {
            guard
                let running = try await PrivateCluster.running(
                    in: settings.dataFolder,
                    within: settings.databasePatience
                )
            else { return nil }
            connection = running
        }
        connection.pooler = settings.pooler
        connection.wait(settings.databasePatience, forAnswers: queryTimeout)
        // What does not keep its promises is to be looked at all the same.
        connection.requiresDurability = false
        return Host(settings, connection, nil)
    }

    /// Starts the private cluster, with its archive where there is a folder for backups.
    private static func start(_ settings: Settings) async throws -> PrivateCluster {
        var options = PrivateCluster.Options()
        if let path = settings.backupFolder {
            let folder = BackupFolder(path)
            try folder.prepare(try ServerTools(for: settings.dataFolder + "/cluster"))
            options.archive = folder.log
        }
        return try await PrivateCluster.start(in: settings.dataFolder, options: options)
    }

    /// The private cluster that another process runs, or one that is started where none does. The other process may
    /// itself be starting it just now.
    private static func borrow(_ settings: Settings) async throws -> (ConnectionSettings, PrivateCluster?) {
        let folder = settings.dataFolder
        for _ in 0..<25 {
            if let running = try await PrivateCluster.running(in: folder, within: settings.databasePatience) {
                return (running, nil)
            }
            do {
                let started = try await start(settings)
                return (try started.settings(), started)
            } catch ClusterError.inUse {
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        throw ClusterError.inUse(folder: folder)
    }

    /// Closes what was opened, and stops the cluster that this process started.
    func close() async throws {
        await pool.close()
        try await cluster?.stop()
    }

    /// Runs a body on the database and closes it again, whatever happens.
    ///
    /// Where nothing says which store is meant, it is the private one of this machine; whoever is logged in at another
    /// one meant that.
    /// - Parameter queryTimeout: how long a query may take; nil for as long as any.
    static func with(
        _ settings: Settings,
        queryTimeout: Duration? = nil,
        _ body: (Host) async throws -> Void
    ) async throws {
        let login = settings.isStoreNamed ? nil : try? Login.load(environment: ProcessInfo.processInfo.environment)
        if let login, !PrivateCluster.exists(in: settings.dataFolder) {
            throw HostError.otherStore(url: login.url, folder: settings.dataFolder)
        }
        let host = try await open(settings, borrowing: true, queryTimeout: queryTimeout)
        do {
            if let login { try await host.check(login) }
            try await body(host)
        } catch {
            try? await host.close()
            throw error
        }
        try await host.close()
    }

    /// Refuses to go on where a login is for another store.
    private func check(_ login: Login) async throws {
        // One that has no such table has made no token either.
        var isOurs = false
        if let secret = StaffSecret(text: login.token) {
            isOurs = (try? await StaffStore(pool).hasMade(secret)) ?? false
        }
        guard isOurs else { throw HostError.otherStore(url: login.url, folder: settings.dataFolder) }
    }

    /// Brings the schema up to date where that is asked for; the private cluster's always is. What was done.
    /// - Throws: `HostError` where the database does not fit, is not up to date, or an earlier version's.
    @discardableResult
    func prepareSchema() async throws -> [Migration] {
        let migrator = Migrator(Schema.migrations)
        let migrates = isPrivate || settings.migrates
        let faults = try await pool.read(DatabaseRequirements.query).faults(migrates: migrates)
        guard faults.isEmpty else { throw HostError.unfit(place: place, faults: faults) }
        do {
            if migrates { return try await migrator.migrate(pool) }
            let pending = try await migrator.pending(pool)
            guard pending.isEmpty else { throw HostError.behind(count: pending.count) }
            return []
        } catch MigrationError.edited {
            guard settings.resets else { throw HostError.olderSchema(place: place) }
            try await migrator.empty(pool)
            return try await migrator.migrate(pool)
        }
    }

    /// Where the database is, as a person knows it.
    private var place: String { isPrivate ? settings.dataFolder : "the database" }

    /// Fills a private cluster that has never had a catalog with the demo; whether it did.
    func loadDemoCatalog() async throws -> Bool {
        guard isPrivate, try await CatalogStore(pool).current().products.isEmpty else { return false }
        try await CatalogFile(CatalogFile.demoBytes).load(into: pool)
        return true
    }

    /// The keys for links, agreed with the database. The private cluster's is made beside it.
    func linkKeys() async throws -> LinkKeys {
        let previous = settings.previousLinkKeys
        if let key = settings.linkKey { return try await LinkKeys.agree(on: key, previous: previous, with: pool) }
        guard isPrivate else { throw HostError.linkKeyMissing }
        let path = linkKeyFile
        try Files.createSecret(path, LinkKey.randomBytes().hexadecimal + "\n")
        guard let key = LinkKey(text: String(decoding: try LocalFile.read(path), as: UTF8.self)) else {
            throw SettingsError(key: path, problem: "is not a link key: restore it from a backup")
        }
        return try await LinkKeys.agree(on: key, previous: previous, with: pool)
    }

    private var linkKeyFile: String { settings.dataFolder + "/link-key" }

    /// What is wrong with the link key, as a sentence.
    struct LinkKeyFault: Error {
        let sentence: String
    }

    /// The keys for links as they are found: none is made, and nothing is written.
    /// - Throws: `LinkKeyFault`.
    func foundLinkKeys() async throws -> LinkKeys {
        var key = settings.linkKey
        if key == nil, isPrivate {
            guard let text = try? LocalFile.read(linkKeyFile) else {
                throw LinkKeyFault(sentence: "\(linkKeyFile) is not there")
            }
            key = LinkKey(text: String(decoding: text, as: UTF8.self))
            if key == nil { throw LinkKeyFault(sentence: "\(linkKeyFile) holds no link key") }
        }
        guard let key else { throw LinkKeyFault(sentence: "AFTERCARE_LINK_KEY is missing") }
        do {
            return try await LinkKeys.look(for: key, previous: settings.previousLinkKeys, in: pool)
        } catch LinkKeys.KeyError.unknownKeyInUse {
            throw LinkKeyFault(sentence: "links of this database were made with a key that is not here")
        }
    }
}

extension ConnectionSettings {
    /// Gives the database so long for whatever it is asked, where that is set.
    /// - Parameter queryTimeout: how long an answer may take at the least; nil for as long as any.
    fileprivate mutating func wait(_ patience: Duration?, forAnswers queryTimeout: Duration?) {
        if let patience {
            connectTimeout = patience
            self.queryTimeout = patience
            // The server says that a lock was not to be had before its answer is given up.
            lockTimeout = patience * 3 / 5
        }
        if let queryTimeout { self.queryTimeout = Swift.max(self.queryTimeout, queryTimeout) }
    }
}
