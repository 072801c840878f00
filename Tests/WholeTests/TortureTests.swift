import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import Postgres
import Schema
import Catalog
import Synchronization
import TestSupport
import Testing

/// The server is killed at random moments under load. Whatever it has acknowledged must be there, once, with its guide.
@Suite(.serialized) struct TortureTests {
    @Test(arguments: [0, 10]) func noAcknowledgedOrderIsLostWhenTheServerIsKilled(delay: Int64) async throws {
        try await withOwnCluster { cluster in
            let settings = try cluster.settings()
            let pool = Pool(settings.patient, limits: .patient(connections: 8))
            _ = try await Migrator(Schema.migrations).migrate(pool)
            try await CatalogFile(CatalogFile.demoBytes).load(into: pool)
            let link = try await SlowLink(to: settings.socketPath, delay: .milliseconds(delay))
            let ledger = Ledger()
            let client = HTTPClient.wide()
            let kills = 8
            for round in 0..<kills {
                let server = try await StoreProcess.start(databasePort: link.port, database: settings.databaseName)
                await withTaskGroup(of: Void.self) { group in
                    for buyer in 0..<8 {
                        group.addTask { await buy(client, server.url, "r\(round)-b\(buyer)", ledger) }
                    }
                    group.addTask {
                        // Not before something has been sold in this round, so that each kill finds it at work.
                        let before = ledger.count
                        while ledger.count < before + 5 + round * 3 { try? await Task.sleep(for: .milliseconds(5)) }
                        try? await Task.sleep(for: .microseconds(Int.random(in: 0...20_000)))
                        server.kill()
                        link.cut()
                        ledger.endRound()
                    }
                    await group.waitForAll()
                }
                ledger.startRound()
            }
            try await checkLedger(ledger, pool)
            // What was not answered is asked again, with the same key: one order each, and the known ones unchanged.
            let server = try await StoreProcess.start(databasePort: link.port, database: settings.databaseName)
            for (attempt, acknowledged) in ledger.all {
                let url = server.url + attempt.path + "/checkout"
                let key = ["Idempotency-Key": attempt.key]
                var answer = try await client.send(.POST, url, checkoutBody, key)
                // Who isn't answered in time asks again.
                for _ in 0..<20 where answer.status == 503 {
                    answer = try await client.send(.POST, url, checkoutBody, key)
                }
                #expect(answer.status == 201, "\(answer.text)")
                if let acknowledged { #expect(answer.json.number.text == acknowledged) }
            }
            server.kill()
            #expect(try await number(pool, "SELECT count(*) AS n FROM orders") == ledger.all.count)
            try await checkLedger(ledger, pool)
            try await client.shutdown()
            try await link.close()
            await pool.close()
        }
    }

    private func buy(_ client: HTTPClient, _ url: String, _ name: String, _ ledger: Ledger) async {
        for attempt in 0..<10_000 where !ledger.isRoundOver {
            let key = "\(name)-\(attempt)"
            guard let cart = try? await client.send(.POST, url + "/v1/carts", kitChoice, timeout: 5),
                cart.status == 201,
                let path = cart.headers.first(name: "Location")
            else { continue }
            ledger.attempt(path, key)
            let answer = try? await client.send(
                .POST,
                url + path + "/checkout",
                checkoutBody,
                ["Idempotency-Key": key],
                timeout: 5
            )
            if let answer, answer.status == 201 { ledger.acknowledge(key, answer.json.number.text) }
        }
    }

    private func checkLedger(_ ledger: Ledger, _ pool: Pool) async throws {
        var found: [String: Int] = [:]
        for row in try await pool.read(
            Statement("SELECT number FROM orders JOIN guide ON order_id = id AND revision = guide_revision")
        ) {
            found[try row.value("number"), default: 0] += 1
        }
        let acknowledged = ledger.all.values.compactMap(\.self)
        #expect(acknowledged.count >= 40)
        #expect(acknowledged.allSatisfy { found[$0] == 1 }, "an acknowledged order is missing")
        #expect(
            try await number(
                pool,
                "SELECT count(*) AS n FROM orders WHERE NOT EXISTS (SELECT 1 FROM guide WHERE order_id = id)"
            ) == 0
        )
        #expect(
            try await number(
                pool,
                """
                SELECT count(*) AS n FROM stock LEFT JOIN
                    (SELECT sku, sum(quantity) AS held FROM order_component GROUP BY sku) AS orders USING (sku)
                WHERE reserved <> coalesce(held, 0)
                """
            ) == 0
        )
    }

    private func number(_ pool: Pool, _ sql: StaticString) async throws -> Int {
        try await pool.read(Statement(sql)).single().value("n")
    }
}

private let kitChoice = #"{"currency": "GBP", "country": "GB", "items": [{"sku": "DM-KIT", "quantity": 1}]}"#
private let checkoutBody =
    """
    {"customer": {"name": "Ada Example", "email": "ada@example.com"},
     "shippingAddress": {"line1": "1 High Street", "city": "London", "postalCode": "N1 1AA", "country": "GB"},
     "payment": {"method": "invoice"}, "expectedTotal": {"amount": 4500, "currency": "GBP"}}
    """

/// What was asked for, and what was acknowledged.
private final class Ledger: Sendable {
    struct Attempt: Hashable { let path: String, key: String }
    private let state = Mutex<(attempts: [String: Attempt], numbers: [String: String], over: Bool)>(([:], [:], false))

    var all: [Attempt: String?] {
        state.withLock { state in
            Dictionary(uniqueKeysWithValues: state.attempts.map { ($0.value, state.numbers[$0.key]) })
        }
    }
    var count: Int { state.withLock { $0.numbers.count } }
    var isRoundOver: Bool { state.withLock { $0.over } }
    func endRound() { state.withLock { $0.over = true } }
    func startRound() { state.withLock { $0.over = false } }
    func attempt(_ path: String, _ key: String) { state.withLock { $0.attempts[key] = Attempt(path: path, key: key) } }
    func acknowledge(_ key: String, _ number: String) { state.withLock { $0.numbers[key] = number } }
}
