import AsyncHTTPClient
import Catalog
import CivilTime
import Commerce
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import Postgres
import Schema
import Staff
import Synchronization
import TestSupport
import Testing

/// Two servers are killed again and again while they write to customers: nobody is forgotten, nobody is told the second
/// thing before the first, nobody hears of what did not happen, and repeats are no more than the events that were being
/// told when they died.
///
/// `AFTERCARE_TORTURE=10000` places so many orders, with a hundred kills.
@Suite(.serialized) struct KilledWhileTellingTests {
    /// Takes every message after a moment, and writes down its subject.
    private static let relay = """
        import asyncio, email, email.policy, random, sys, threading
        from aiosmtpd.controller import Controller
        class Handler:
            async def handle_DATA(self, server, session, envelope):
                await asyncio.sleep(random.random() * 0.02)
                message = email.message_from_bytes(envelope.content, policy=email.policy.default)
                with open(sys.argv[2], 'a') as log:
                    log.write(message['Subject'] + '\\n')
                return '250 OK'
        controller = Controller(Handler(), hostname='127.0.0.1', port=int(sys.argv[1]), ready_timeout=30)
        controller.start()
        threading.Event().wait()
        """

    private static let ordersWanted = ProcessInfo.processInfo.environment["AFTERCARE_TORTURE"].flatMap { Int($0) } ?? 60
    private static let kills = ordersWanted > 1_000 ? 100 : 6

    @Test(.enabled("Python has aiosmtpd") { RelayServer.isInstalled }) func everyCustomerIsToldInOrder() async throws {
        try await withOwnCluster { cluster in
            let settings = try cluster.settings()
            let pool = Pool(settings.patient, limits: .patient(connections: 8))
            _ = try await Migrator(Schema.migrations).migrate(pool)
            try await CatalogFile(CatalogFile.demoBytes).load(into: pool)
            let (secret, _) = try await StaffStore(pool).create(
                name: "till",
                role: .manager,
                now: .now(),
                lifetime: .seconds(86_400)
            )
            try await withTestFolder { folder in
                try await withRelay(folder) { port in
                    try await torture(pool, settings, relay: port, secret: secret.text, log: folder + "/log")
                }
            }
            await pool.close()
        }
    }

    /// Lends the port of a relay that runs meanwhile.
    private func withRelay(_ folder: String, _ body: (Int) async throws -> Void) async throws {
        let script = folder + "/relay.py"
        try Self.relay.write(toFile: script, atomically: true, encoding: .utf8)
        let port = freePort()
        let relay = try #require(
            spawn(
                "/bin/sh",
                [
                    "-c",
                    "exec '\(RelayServer.python)' '\(script)' \(port) '\(folder)/log' >/dev/null 2>&1 </dev/null",
                ],
                environment: ["PATH=/usr/bin:/bin"]
            )
        )
        defer {
            kill(relay, SIGKILL)
            waitpid(relay, nil, 0)
        }
        try await body(port)
    }

    private func torture(
        _ pool: Pool,
        _ settings: ConnectionSettings,
        relay: Int,
        secret: String,
        log: String
    ) async throws {
        let link = try await SlowLink(to: settings.socketPath, delay: .zero)
        let client = HTTPClient.wide()
        @Sendable func server() async throws -> StoreProcess {
            try await StoreProcess.start(
                databasePort: link.port,
                database: settings.databaseName,
                environment: ["AFTERCARE_SMTP_URL=smtp://127.0.0.1:\(relay)", "AFTERCARE_MAIL_FROM=shop@example.com"]
            )
        }
        let ordered = Tally()
        var held = 0
        for round in 1...Self.kills {
            let servers = [try await server(), try await server()]
            let goal = Self.ordersWanted * round / Self.kills
            await withTaskGroup(of: Void.self) { group in
                for buyer in 0..<8 {
                    group.addTask {
                        while !ordered.isOver {
                            let isPaid = await buy(client, servers[buyer % 2].url, secret)
                            if isPaid { ordered.add() }
                        }
                    }
                }
                group.addTask {
                    while ordered.count < goal { try? await Task.sleep(for: .milliseconds(5)) }
                    for server in servers.shuffled() {
                        try? await Task.sleep(for: .microseconds(Int.random(in: 0...50_000)))
                        server.kill()
                    }
                    ordered.end()
                }
            }
            ordered.begin()
            // What they were telling when they died is nobody's now; its time need not be waited for.
            let leases = try await pool.read(
                Statement("SELECT count(*) AS n FROM delivery_cursor WHERE lease_token IS NOT NULL")
            )
            held += try leases.single().value("n", as: Int.self)
            _ = try await pool.write([
                Statement("UPDATE delivery_cursor SET due_at = now() WHERE lease_token IS NOT NULL")
            ])
        }
        let last = [try await server(), try await server()]
        defer { for server in last { server.kill() } }
        // However many are left, as long as some are told meanwhile.
        var (left, idle) = (Int.max, 0)
        while left > 0, idle < 400 {
            let untold = try await pool.read(
                Statement(
                    """
                    SELECT count(*) AS n FROM order_event AS e WHERE kind IN ('placed', 'paid')
                        AND NOT EXISTS (SELECT FROM mail AS m WHERE (m.order_id, m.sequence) = (e.order_id, e.sequence))
                    """
                )
            )
            let count: Int = try untold.single().value("n")
            idle = count < left ? 0 : idle + 1
            left = count
            // A relay that was slow is asked again at once.
            _ = try await pool.write([
                Statement("UPDATE delivery_cursor SET due_at = now() WHERE due_at > now() AND lease_token IS NULL")
            ])
            try await Task.sleep(for: .milliseconds(500))
        }
        #expect(left == 0)
        let subjects = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        var told: [String: [String]] = [:]
        for subject in subjects {
            let number = try #require(subject.firstMatch(of: /DM-[0-9A-Z-]+/)).0
            told[String(number), default: []].append(subject.contains("payment") ? "paid" : "placed")
        }
        let events = try await pool.read(
            Statement(
                """
                SELECT number, kind::text AS kind FROM order_event JOIN orders ON orders.id = order_id
                WHERE kind IN ('placed', 'paid') ORDER BY order_id, sequence
                """
            )
        )
        var happened: [String: [String]] = [:]
        for row in events { happened[try row.value("number"), default: []].append(try row.value("kind")) }
        // Nobody hears of what did not happen, and everybody of what did.
        #expect(Set(told.keys) == Set(happened.keys))
        var repeats = 0
        for (number, kinds) in told {
            // The first time that each was told.
            let first = kinds.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            #expect(first == happened[number], "\(number) was told \(kinds)")
            repeats += kinds.count - first.count
        }
        #expect(repeats <= held, "\(held) were being told when their servers died")
        #expect(happened.count >= Self.ordersWanted)
        try await client.shutdown()
        try await link.close()
    }

    /// How many orders were paid, and whether a round is over.
    private final class Tally: Sendable {
        private let state = Mutex<(count: Int, isOver: Bool)>((0, false))
        var count: Int { state.withLock(\.count) }
        var isOver: Bool { state.withLock(\.isOver) }
        func add() { state.withLock { $0.count += 1 } }
        func end() { state.withLock { $0.isOver = true } }
        func begin() { state.withLock { $0.isOver = false } }
    }

    /// Places an order and pays it; whether both were acknowledged.
    private func buy(_ client: HTTPClient, _ url: String, _ secret: String) async -> Bool {
        guard let cart = try? await client.send(.POST, url + "/v1/carts", kitChoice, timeout: 5), cart.status == 201,
            let path = cart.headers.first(name: "Location"),
            let order = try? await client.send(
                .POST,
                url + path + "/checkout",
                checkoutBody,
                ["Idempotency-Key": path],
                timeout: 5
            ), order.status == 201
        else { return false }
        let paid = try? await client.send(
            .POST,
            url + "/v1/staff/orders/\(order.json.number.text)/payments",
            #"{"amount": {"amount": 4500, "currency": "GBP"}}"#,
            ["Authorization": "Bearer \(secret)", "Idempotency-Key": path],
            timeout: 5
        )
        return paid.map { $0.status < 300 } ?? false
    }
}

private let kitChoice = #"{"currency": "GBP", "country": "GB", "items": [{"sku": "DM-KIT", "quantity": 1}]}"#
private let checkoutBody =
    """
    {"customer": {"name": "Ada Example", "email": "ada@example.com"},
     "shippingAddress": {"line1": "1 High Street", "city": "London", "postalCode": "N1 1AA", "country": "GB"},
     "payment": {"method": "invoice"}, "expectedTotal": {"amount": 4500, "currency": "GBP"}}
    """
