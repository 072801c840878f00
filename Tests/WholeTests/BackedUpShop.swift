import AsyncHTTPClient
import FoundationEssentials
import NIOHTTP1
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A store with a private cluster, and a folder for its backups.
struct BackedUpShop: Sendable {
    let folder: String
    var data: String { folder + "/data" }
    var backups: String { folder + "/backups" }
    private var passphrase: String { folder + "/passphrase" }

    /// What the program is told of its backups.
    var environment: [String] {
        ["AFTERCARE_BACKUP_DIR=\(backups)", "AFTERCARE_BACKUP_PASSPHRASE_FILE=\(passphrase)"]
    }

    /// Lends a store of the test's own; all that it has made goes afterwards, servers included.
    static func with(_ body: (BackedUpShop) async throws -> Void) async throws {
        try await Turnstile.clusters.enter()
        defer { Turnstile.clusters.leave() }
        try await withTestFolder { folder in
            let shop = BackedUpShop(folder: folder)
            try "correct horse battery staple\n".write(toFile: shop.passphrase, atomically: true, encoding: .utf8)
            let result: Result<Void, any Error>
            do { result = .success(try await body(shop)) } catch { result = .failure(error) }
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            where PrivateCluster.exists(in: folder + "/" + name) {
                try await PrivateCluster.remove(folder + "/" + name)
            }
            try result.get()
        }
    }

    /// What a command came to.
    struct Run: Sendable {
        let code: Int32
        let said: String
        var json: JSON { (try? JSON(Array(said.utf8))) ?? .null }
    }

    /// Runs a command of the program to its end.
    func run(_ arguments: String..., with extra: [String] = []) async throws -> Run {
        let common = ["PATH=/usr/bin:/bin", "AFTERCARE_LOG_LEVEL=critical", StoreProcess.patience]
        return try await Self.command(arguments, environment + common + extra)
    }

    /// The same in an environment that is given whole; of two values for a name, the last counts.
    static func command(_ arguments: [String], _ environment: [String]) async throws -> Run {
        var variables: [Environment.Key: String] = [:]
        for line in environment {
            let pair = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            variables[try #require(Environment.Key(rawValue: pair[0]))] = pair[1]
        }
        let result = try await Subprocess.run(
            .path(FilePath(StoreProcess.program)),
            arguments: Arguments(arguments),
            environment: .custom(variables),
            output: .string(limit: 1 << 20),
            error: .combinedWithOutput
        )
        guard case .exited(let code) = result.terminationStatus else {
            return Run(code: -1, said: result.standardOutput)
        }
        return Run(code: code, said: result.standardOutput)
    }

    func serve(_ extra: [String] = [], in folder: String? = nil) async throws -> StoreProcess {
        try await StoreProcess.start(dataFolder: folder ?? data, environment: environment + extra)
    }

    /// Lends the database of a store that is served.
    func withPool<Value: Sendable>(
        in folder: String? = nil,
        _ body: (Pool) async throws -> Value
    ) async throws -> Value {
        let settings = try await PrivateCluster.awaited(in: folder ?? data)
        return try await TestSupport.withPool(settings, connections: 1, body)
    }

    /// Waits until all that was committed up to now is in the archive.
    func archive() async throws {
        let segment = try await withPool { pool in
            let row = try await pool.read(Statement("SELECT pg_walfile_name(pg_current_wal_lsn()) AS name")).single()
            _ = try await pool.write([Statement("SELECT pg_switch_wal()")])
            return try row.value("name", as: String.self)
        }
        try await eventually("\(segment) is archived") {
            FileManager.default.fileExists(atPath: "\(backups)/wal/\(segment).gz")
        }
    }

    /// The only backup there is.
    func onlyBackup() throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: backups + "/base").filter { !$0.hasPrefix(".") }
        #expect(names.count == 1)
        return try #require(names.first)
    }

    /// Kills the database and the program: no time for anything.
    func crash(_ store: StoreProcess) async {
        await shell("kill -9 $(head -n 1 \"$1/cluster/postmaster.pid\")", data)
        store.kill()
    }
}

/// An order that was placed over HTTP.
struct PlacedOrder: Sendable, Hashable {
    let number: String
    /// The guide's page, without the store's address.
    let page: String

    private static let body = """
        {"customer": {"name": "Ada Example", "email": "ada@example.com"},
         "shippingAddress": {"line1": "1 High Street", "city": "London", "postalCode": "N1 1AA", "country": "GB"},
         "payment": {"method": "invoice"}, "expectedTotal": {"amount": 4500, "currency": "GBP"}}
        """

    static func place(at store: StoreProcess) async throws -> PlacedOrder {
        let client = HTTPClient.wide()
        let cart = try await client.send(
            .POST,
            store.url + "/v1/carts",
            #"{"currency":"GBP","country":"GB","items":[{"sku":"DM-KIT","quantity":1}]}"#
        ).json
        let order = try await client.send(
            .POST,
            store.url + "/v1/carts/\(cart.id.text)/checkout",
            body,
            ["Idempotency-Key": cart.id.text]
        )
        try await client.shutdown()
        #expect(order.status == 201, "\(order.text)")
        let page = order.json.guide.page.text
        return PlacedOrder(
            number: order.json.number.text,
            page: page.hasPrefix("http") ? String(page.dropFirst(store.url.count)) : page
        )
    }

    /// What its link answers at a store.
    func status(at store: StoreProcess) async throws -> Int {
        let client = HTTPClient.wide()
        let status = try await client.send(.GET, store.url + page).status
        try await client.shutdown()
        return status
    }
}
