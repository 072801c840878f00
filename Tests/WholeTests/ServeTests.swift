import AsyncHTTPClient
import Catalog
import NIOCore
import NIOHTTP1
import Postgres
import Schema
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// `aftercare serve` on a database of somebody's own: it starts only where it may, says why where it may not, and stops
/// in order.
@Suite struct ServeTests {
    private static let key = "AFTERCARE_LINK_KEY"

    /// Runs the program to its end; what it says.
    private func aftercare(
        _ arguments: [String],
        _ settings: ConnectionSettings?,
        _ environment: [String: String] = [:]
    ) async throws -> (succeeded: Bool, said: String) {
        var variables: [Environment.Key: String] = ["PATH": "/usr/bin:/bin"]
        if let settings {
            variables["DATABASE_URL"] =
                "host=\(settings.socketFolder) port=5432 user=aftercare dbname=\(settings.databaseName)"
        }
        for (name, value) in environment { variables[try #require(Environment.Key(rawValue: name))] = value }
        let result = try await Subprocess.run(
            .path(FilePath(StoreProcess.program)),
            arguments: Arguments(arguments),
            environment: .custom(variables),
            output: .string(limit: 65_536),
            error: .combinedWithOutput
        )
        return (result.terminationStatus.isSuccess, result.standardOutput)
    }

    @Test func aDatabaseThatDoesNotFitIsRefusedWithASentence() async throws {
        try await withOwnCluster { cluster in
            let settings = try cluster.settings()
            let ours = [Self.key: String(repeating: "07", count: 32)]

            let behind = try await aftercare(["serve", "--port", "0"], settings, ours)
            #expect(
                !behind.succeeded && behind.said.contains("lacks \(Schema.migrations.count) migrations")
                    && behind.said.contains("--migrate")
            )
            let migrated = try await aftercare(["migrate"], settings)
            #expect(migrated.succeeded && migrated.said.contains("Ran migration 1 (records)"))
            #expect(try await aftercare(["migrate"], settings).said.contains("up to date"))

            let keyless = try await aftercare(["serve", "--port", "0"], settings)
            #expect(!keyless.succeeded && keyless.said.contains("AFTERCARE_LINK_KEY is missing"))

            try await withPool(settings, connections: 2) { pool in
                _ = try await pool.write([
                    Statement(
                        "INSERT INTO link_key (number, fingerprint, check_value) VALUES (0, $1, $2)",
                        Bytea(Array(repeating: 1, count: 8)),
                        Bytea(Array(repeating: 1, count: 32))
                    )
                ])
                let other = try await aftercare(["serve", "--port", "0"], settings, ours)
                #expect(!other.succeeded && other.said.contains("link key that this server does not have"))

                _ = try await pool.write([Statement("UPDATE migration SET checksum = 'edited' WHERE number = 2")])
                let edited = try await aftercare(["migrate"], settings)
                #expect(
                    !edited.succeeded && edited.said.contains("the schema of an earlier version")
                        && edited.said.contains("--reset"),
                    "\(edited.said)"
                )
                #expect(try await pool.read(Statement("SELECT 1 FROM link_key")).count == 1)
                _ = try await pool.write([
                    Statement("UPDATE migration SET number = 99, name = 'later' WHERE number = 2")
                ])
                let newer = try await aftercare(["migrate"], settings)
                #expect(!newer.succeeded && newer.said.contains("migration 99 (later)"), "\(newer.said)")

                _ = try await pool.write([
                    Statement("UPDATE migration SET number = 2, checksum = 'edited' WHERE number = 99")
                ])
                let emptied = try await aftercare(["migrate", "--reset"], settings)
                #expect(emptied.succeeded && emptied.said.contains("Ran migration 1 (records)"), "\(emptied.said)")
                #expect(try await pool.read(Statement("SELECT 1 FROM link_key")).isEmpty)
                // What fits is never emptied, whoever asks for it.
                #expect(try await aftercare(["migrate", "--reset"], settings).said.contains("up to date"))
            }
        }
    }

    @Test(arguments: [
        ("AFTERCARE_PORT", "many"), ("AFTERCARE_TIME_ZONE", "Mars/Base"), ("AFTERCARE_CURRENCY", "XYZ"),
        ("AFTERCARE_LINK_KEY", "short"), ("AFTERCARE_PUBLIC_URL", "ftp://x"), ("AFTERCARE_LOG_LEVEL", "loud"),
        ("AFTERCARE_MIGRATE", "perhaps"), ("DATABASE_URL", "postgresql://u:canary-7431@h/db?nosuch=1"),
    ])
    func aSettingThatIsWrongIsNamed(key: String, value: String) async throws {
        let run = try await aftercare(["serve"], nil, [key: value])
        #expect(!run.succeeded)
        #expect(run.said.contains(key == "DATABASE_URL" ? "connection string" : key), "\(run.said)")
        #expect(!run.said.contains("canary-7431"))
    }

    @Test func aServerThatMayLoseCommitsIsRefused() async throws {
        let settings = try await TestCluster.shared.cluster().settings()
        let run = try await aftercare(["migrate"], settings)
        #expect(!run.succeeded && run.said.contains("fsync"), "\(run.said)")
    }

    @Test func aCatalogFileThatIsWrongIsExplained() async throws {
        try await withTestFolder { folder in
            let path = folder + "/catalog.json"
            let file = try FileDescriptor.open(path, .writeOnly, options: [.create], permissions: [.ownerReadWrite])
            _ = try file.closeAfter { try file.writeAll(Array(#"{"products": [{"sku": "x"}], "prices": {}}"#.utf8)) }
            let run = try await aftercare(["catalog", "load", path], nil)
            #expect(!run.succeeded && run.said.contains("/products/0/sku") && run.said.contains("/products/0/kind"))
            #expect(
                try await aftercare(["catalog", "load", folder + "/none.json"], nil).said.contains("can't be read")
            )
        }
    }

    @Test func aRequestThatRunsMayFinishWhenTheServerStops() async throws {
        try await withOwnCluster { cluster in
            let settings = try cluster.settings()
            try await withPool(settings, connections: 2) { pool in
                _ = try await Migrator(Schema.migrations).migrate(pool)
                try await CatalogFile(CatalogFile.demoBytes).load(into: pool)
                let link = try await SlowLink(to: settings.socketPath, delay: .zero)
                let server = try await StoreProcess.start(databasePort: link.port, database: settings.databaseName)
                let client = HTTPClient.wide()
                let cart = try await client.send(.POST, server.url + "/v1/carts")
                let path = try #require(cart.headers.first(name: "Location"))
                // The cart's table is held, so that the request is under way when the signal comes.
                let answer = try await pool.transaction { transaction in
                    _ = try await transaction.execute(Statement("LOCK TABLE cart IN ACCESS EXCLUSIVE MODE"))
                    let running = Task { try await client.send(.GET, server.url + path) }
                    try await eventually("the request waits for the lock") {
                        try await pool.read(
                            Statement("SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                        ).single().value("n", as: Int.self) > 0
                    }
                    server.terminate()
                    return running
                }
                #expect(try await answer.value.status == 200)
                #expect(server.waitForExit() == 0)
                try await client.shutdown()
                try await link.close()
            }
        }
    }
}
