import AsyncHTTPClient
import Catalog
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import Postgres
import Schema
import Subprocess
import Synchronization
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
        var variables: [Environment.Key: String] = ["PATH": "/usr/bin:/bin", "AFTERCARE_DATABASE_PATIENCE": "60"]
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
        ("AFTERCARE_MIGRATE", "perhaps"), ("AFTERCARE_SMTP_URL", "smtp://u:canary-7431@h"),
        ("DATABASE_URL", "postgresql://u:canary-7431@h/db?nosuch=1"),
    ])
    func aSettingThatIsWrongIsNamed(key: String, value: String) async throws {
        let run = try await aftercare(["serve"], nil, [key: value])
        #expect(!run.succeeded)
        #expect(run.said.contains(key == "DATABASE_URL" ? "connection string" : key), "\(run.said)")
        #expect(!run.said.contains("canary-7431"))
    }

    @Test(arguments: [
        ["token", "create", "desk", "--role", "packer"], ["guide", "DM-7K4Q-99"], ["reconcile"], ["migrate"],
    ])
    func commandOfTheMachineWorksOnNoOtherStoreThanTheLogins(arguments: [String]) async throws {
        try await withTestFolder { folder in
            let path = folder + "/login.json"
            let file = try FileDescriptor.open(path, .writeOnly, options: [.create], permissions: [.ownerReadWrite])
            _ = try file.closeAfter {
                try file.writeAll(Array(#"{"url": "https://shop.example", "token": "aftercare_staff_x"}"#.utf8))
            }
            let run = try await aftercare(
                arguments,
                nil,
                [
                    "AFTERCARE_CONFIG_DIR": folder, "HOME": folder, "AFTERCARE_STRIPE_KEY": "sk_x",
                    "AFTERCARE_STRIPE_WEBHOOK_SECRETS": "whsec_x",
                ]
            )
            #expect(!run.succeeded && run.said.contains("you are logged in at https://shop.example"), "\(run.said)")
            #expect(run.said.contains("--data-dir"))
        }
    }

    /// Every setting that is a secret, at the level that says most, from the start to the end of a server.
    @Test func noSecretIsLogged() async throws {
        let (current, former) = (
            String(repeating: "5ec2e7", count: 10) + "0123", String(repeating: "f02e72", count: 10) + "4567"
        )
        try await withOwnCluster { cluster in
            let settings = try cluster.settings()
            try await withTestFolder { folder in
                let (log, port) = (folder + "/log", freePort())
                let environment = [
                    "PATH=/usr/bin:/bin", "AFTERCARE_LOG_LEVEL=trace", "AFTERCARE_MIGRATE=true",
                    "DATABASE_URL=host=\(settings.socketFolder) port=5432 user=aftercare password=canary-1 dbname=\(settings.databaseName)",
                    "AFTERCARE_LINK_KEY=\(current)", "AFTERCARE_LINK_KEY_PREVIOUS=\(former)",
                    "AFTERCARE_STRIPE_KEY=sk_canary-2",
                    "AFTERCARE_STRIPE_WEBHOOK_SECRETS=whsec_canary-3,whsec_canary-4",
                    "AFTERCARE_STRIPE_URL=http://127.0.0.1:1",
                    "AFTERCARE_SMTP_URL=smtp://127.0.0.1:1", "AFTERCARE_SMTP_USER=canary-5",
                    "AFTERCARE_SMTP_PASSWORD=canary-6", "AFTERCARE_MAIL_FROM=shop@example.com",
                    StoreProcess.patience,
                ]
                let script = "exec '\(StoreProcess.program)' serve --port \(port) > '\(log)' 2>&1"
                let process = try #require(spawn("/bin/sh", ["-c", script], environment: environment))
                let client = HTTPClient.wide()
                let url = "http://127.0.0.1:\(port)"
                try await eventually("the server is ready") {
                    (try? await client.send(.GET, url + "/readyz", timeout: 2))?.status == 200
                }
                _ = try await client.send(
                    .POST,
                    url + "/v1/webhooks/stripe",
                    "{}",
                    ["Stripe-Signature": "t=1,v1=00", "Content-Type": "application/json"]
                )
                try await client.shutdown()
                kill(process, SIGTERM)
                _ = await endOfProcess(process)
                let file = try FileDescriptor.open(FilePath(log), .readOnly)
                let said = try file.closeAfter {
                    var bytes = [UInt8](repeating: 0, count: 4 << 20)
                    let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
                    return String(decoding: bytes.prefix(count), as: UTF8.self)
                }
                #expect(said.contains(" debug ") || said.contains(" trace "), "\(said)")
                for secret in ["canary-", current, former] {
                    #expect(
                        !said.contains(secret),
                        "\(said.split(separator: "\n").first { $0.contains(secret) } ?? "")"
                    )
                }
            }
        }
    }

    /// A database or a role that would fail later is refused at the start, by what is wrong with it.
    @Test func aDatabaseThatWouldFailLaterIsRefused() async throws {
        try await withOwnCluster { cluster in
            let settings = try cluster.settings()
            let name = settings.databaseName
            try await withPool(settings, connections: 1) { pool in
                func said(after statement: String, undo: String) async throws -> String {
                    _ = try await pool.write([Statement(assembled: statement, [])])
                    let run = try await aftercare(["migrate"], settings)
                    _ = try await pool.write([Statement(assembled: undo, [])])
                    #expect(!run.succeeded)
                    return run.said
                }
                let role = "ALTER ROLE aftercare"
                let slow = try await said(
                    after: "\(role) SET statement_timeout = '60s'",
                    undo: "\(role) RESET statement_timeout"
                )
                #expect(slow.contains("statement_timeout of 60000 ms"), "\(slow)")
                let lost = try await said(
                    after: "\(role) SET search_path = 'nowhere'",
                    undo: "\(role) RESET search_path"
                )
                #expect(lost.contains("search_path"), "\(lost)")
                let still = try await said(
                    after: "ALTER DATABASE \(name) SET default_transaction_read_only = on",
                    undo: "ALTER DATABASE \(name) RESET default_transaction_read_only"
                )
                #expect(still.contains("only reads"), "\(still)")
                #expect(try await aftercare(["migrate"], settings).succeeded)
            }
            let address = "host=\(settings.socketFolder) port=5432 user=aftercare dbname="
            let create = "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
            let made = try await Subprocess.run(
                .path("/usr/bin/psql"),
                arguments: [address + name, "-c", create],
                output: .discarded,
                error: .discarded
            )
            #expect(made.terminationStatus.isSuccess)
            let latin = try await aftercare(["migrate"], nil, ["DATABASE_URL": address + "latin"])
            #expect(!latin.succeeded && latin.said.contains("LATIN1"), "\(latin.said)")
        }
    }

    /// A port that the system chooses is in the saved login and in every link, as one that was named would be.
    @Test func linksNameThePortThatIsListenedOn() async throws {
        try await withTestFolder { folder in
            let environment = ["AFTERCARE_CONFIG_DIR": folder + "/config"]
            let server = try #require(
                spawn(
                    StoreProcess.program,
                    ["serve", "--port", "0", "--data-dir", folder],
                    environment: [
                        "PATH=/usr/bin:/bin", "HOME=\(folder)", "AFTERCARE_CONFIG_DIR=\(folder)/config",
                        StoreProcess.patience,
                    ]
                )
            )
            defer {
                kill(server, SIGKILL)
                var status: Int32 = 0
                waitpid(server, &status, 0)
            }
            try await eventually("somebody is logged in") {
                try await aftercare(["whoami"], nil, environment).succeeded
            }
            #expect(try await aftercare(["demo", "fill", "--yes", "--count", "1"], nil, environment).succeeded)
            var links = ""
            try await eventually("the order's links are told") {
                let list = try await aftercare(["orders", "list", "--json"], nil, environment).said
                guard let number = list.firstMatch(of: /DM-[0-9A-Z]{4}-[0-9A-Z]{2}/)?.output else { return false }
                links = try await aftercare(["orders", "links", String(number)], nil, environment).said
                return links.contains("/o/")
            }
            let login = try String(contentsOfFile: folder + "/config/login.json", encoding: .utf8)
            let address = try #require(login.firstMatch(of: /127\.0\.0\.1:[1-9][0-9]*/)).output
            #expect(links.contains("http://\(address)/o/"), "\(links)")
        }
    }

    @Test func portThatIsInUseIsNamedWithWhatToDo() async throws {
        try await withOwnCluster { cluster in
            let settings = try cluster.settings()
            let ours = [Self.key: String(repeating: "07", count: 32)]
            _ = try await aftercare(["migrate"], settings)
            let taken = try await SlowLink(to: settings.socketPath, delay: .zero)
            let run = try await aftercare(["serve", "--port", "\(taken.port)"], settings, ours)
            #expect(!run.succeeded && run.said.contains("http://127.0.0.1:\(taken.port) is in use"), "\(run.said)")
            #expect(run.said.contains("--port") && !run.said.contains("descriptor"))
            try await taken.close()
        }
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
                #expect(try await statusOfARequestThatRuns(pool, settings) == 200)
            }
        }
    }

    /// What a request is answered that waits for a lock while its server is told to stop.
    private func statusOfARequestThatRuns(_ pool: Pool, _ settings: ConnectionSettings) async throws -> Int {
        let link = try await SlowLink(to: settings.socketPath, delay: .zero)
        let server = try await StoreProcess.start(databasePort: link.port, database: settings.databaseName)
        let client = HTTPClient.wide()
        let cart = try await client.send(.POST, server.url + "/v1/carts")
        let path = try #require(cart.headers.first(name: "Location"))
        // The cart's table is held, so that the request is under way when the signal comes.
        let answer = try await pool.transaction { transaction in
            _ = try await transaction.execute(Statement("LOCK TABLE cart IN ACCESS EXCLUSIVE MODE"))
            let isOver = Mutex(false)
            let running = Task {
                defer { isOver.withLock { $0 = true } }
                return try await client.send(.GET, server.url + path).status
            }
            try await eventually("the request waits for the lock") {
                let waiting = Statement("SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                return try await pool.read(waiting).single().value("n", as: Int.self) > 0 || isOver.withLock { $0 }
            }
            server.terminate()
            return running
        }
        let status = try await answer.value
        #expect(await server.waitForExit() == 0)
        try await client.shutdown()
        try await link.close()
        return status
    }
}
