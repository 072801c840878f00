import AsyncHTTPClient
import CivilTime
import Commerce
import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import Postgres
import Synchronization
import TestSupport
import Testing
import stripe_double

/// Nobody is known by what the program writes about its work. A whole life of an order is led with a canary in every field,
/// things go wrong on purpose, and all that was written down is searched for the canaries: the program's log at its most
/// talkative, the log of its PostgreSQL, the metrics and the traces.
@Suite(.serialized) struct CanaryTests {
    /// In every text that is typed or sent; no word of the program's has it.
    private static let canary = "zcanary"
    private static let card = "4242424242424242"

    /// What must not be found, in small letters; more comes with what the program makes up.
    private final class Secrets: Sendable {
        private let all = Mutex<Set<String>>([CanaryTests.canary, CanaryTests.card, "07700900461"])

        func add(_ secret: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
            // A short one might stand anywhere by chance.
            try #require(secret.utf8.count >= 8, "\(secret) is a secret", sourceLocation: sourceLocation)
            all.withLock { _ = $0.insert(secret.lowercased()) }
        }

        /// What of them stands in a text, and around it.
        func found(in text: String) -> [String] {
            let text = text.lowercased()
            return all.withLock { $0 }.compactMap { secret in
                text.firstRange(of: secret).map { range in
                    let start =
                        text.index(range.lowerBound, offsetBy: -80, limitedBy: text.startIndex) ?? text.startIndex
                    let end = text.index(range.upperBound, offsetBy: 80, limitedBy: text.endIndex) ?? text.endIndex
                    return String(text[start..<end])
                }
            }
        }
    }

    @Test(.enabled("aiosmtpd is installed") { RelayServer.isInstalled }, arguments: ["text", "json"])
    func nothingThatIsWrittenAboutALifeTellsOfAnybody(_ format: String) async throws {
        let secrets = Secrets()
        try await withTestFolder { folder in
            try await Receiver.run(replying: { _ in .answer(200, "{}") }) { collector in
                // It says in its refusals what it was sent.
                try await Receiver.run(replying: { .answer(500, "\(Self.canary) " + $0.text) }) { endpoint in
                    try await RelayServer.run { relay in
                        try await StripeDouble.run(
                            secretKey: "sk_test_\(Self.canary)",
                            webhookSecret: "whsec_\(Self.canary)"
                        ) { stripe in
                            let environment = [
                                "AFTERCARE_OTLP_ENDPOINT=http://127.0.0.1:\(collector.port)",
                                "AFTERCARE_SMTP_URL=smtp://127.0.0.1:\(relay.port)",
                                "AFTERCARE_MAIL_FROM=shop@example.com",
                                "AFTERCARE_MAIL_NAME=Shop \(Self.canary)", "AFTERCARE_STRIPE_URL=\(stripe.url)",
                                "AFTERCARE_STRIPE_KEY=sk_test_\(Self.canary)",
                                "AFTERCARE_STRIPE_WEBHOOK_SECRETS=whsec_\(Self.canary)",
                                "AFTERCARE_WEBHOOK_PRIVATE_TARGETS=true", "AFTERCARE_LOG_LEVEL=trace",
                                "AFTERCARE_LOG_FORMAT=\(format)", "AFTERCARE_TRUSTED_PROXIES=127.0.0.1",
                            ]
                            try await lead(in: folder, environment, secrets, stripe, endpoint, relay)
                        }
                    }
                }
                let spans = collector.requests.map(\.text).joined(separator: "\n")
                #expect(collector.spans.contains { $0.name.hasPrefix("POST /v1/carts/{cart}/checkout") })
                #expect(secrets.found(in: spans) == [], "the traces")
            }
        }
    }

    private func lead(
        in folder: String,
        _ environment: [String],
        _ secrets: Secrets,
        _ stripe: StripeDouble,
        _ endpoint: Receiver,
        _ relay: RelayServer
    ) async throws {
        let shop = try await LoggedStore.start(in: folder, environment: environment)
        stripe.webhookURL = shop.url + "/v1/webhooks/stripe"
        let result: Result<String, any Error>
        do {
            let cluster = try await PrivateCluster.awaited(in: folder)
            try await withPool(cluster, connections: 2) { pool in
                try await talk(pool, folder)
                let life = CanaryLife(shop: shop, pool: pool, add: { try secrets.add($0) })
                let manager = try await life.lead(stripe, endpoint, relay)
                try await life.fail()
                try await life.sell(by: manager)
            }
            result = .success(try await shop.metrics())
        } catch {
            result = .failure(error)
        }
        try await shop.stop()
        let metrics = try result.get()
        #expect(metrics.contains("http_server_request_duration_seconds_count"))
        #expect(secrets.found(in: metrics) == [], "the metrics")
        let log = try shop.log
        #expect(log.contains("answered") && log.contains("an event was not told"))
        #expect(secrets.found(in: log) == [], "the program's log")
        let server = try String(contentsOfFile: folder + "/log", encoding: .utf8)
        #expect(server.contains("order_event"), "PostgreSQL logs every statement")
        #expect(server.contains("violates check constraint") && server.contains("duplicate key"), "and what it refuses")
        #expect(secrets.found(in: server) == [], "PostgreSQL's log")
    }

    /// Has PostgreSQL write all that it can, as a curious owner would in its file of settings.
    private func talk(_ pool: Pool, _ folder: String) async throws {
        let file = try FileHandle(forWritingTo: URL(filePath: folder + "/cluster/postgresql.conf"))
        try file.seekToEnd()
        try file.write(
            contentsOf: Data(
                """

                log_statement = 'all'
                log_min_duration_statement = 0
                log_parameter_max_length = -1
                log_parameter_max_length_on_error = -1
                log_error_verbosity = verbose
                log_min_messages = debug1
                log_min_error_statement = debug1
                log_lock_waits = on

                """.utf8
            )
        )
        try file.close()
        _ = try await pool.read(Statement("SELECT pg_reload_conf() AS done"))
        try await eventually("it has read them") {
            try await pool.read(Statement("SHOW log_statement")).single().value("log_statement", as: String.self)
                == "all"
        }
    }
}
