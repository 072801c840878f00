import AsyncHTTPClient
import Catalog
import CivilTime
import Commerce
import NIOCore
import NIOHTTP1
import Postgres
import Schema
import Staff
import TestSupport
import Testing
import stripe_double

/// The program and a real collector: what one request did, here and elsewhere, is one tree.
@Suite(.serialized) struct TracingTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let caller = "00f067aa0ba902b7"

    /// Runs a body with the program on a database of its own.
    private func withStore(
        _ environment: [String],
        _ body: (StoreProcess, HTTPClient, Pool) async throws -> Void
    ) async throws {
        try await withOwnCluster { cluster in
            let settings = try cluster.settings()
            try await withPool(settings) { pool in
                _ = try await Migrator(Schema.migrations).migrate(pool)
                try await CatalogFile(CatalogFile.demoBytes).load(into: pool)
                let link = try await SlowLink(to: settings.socketPath, delay: .zero)
                let server = try await StoreProcess.start(
                    databasePort: link.port,
                    database: settings.databaseName,
                    environment: environment
                )
                let client = HTTPClient.wide()
                let result: Result<Void, any Error>
                do {
                    try await body(server, client, pool)
                    result = .success(())
                } catch {
                    result = .failure(error)
                }
                server.terminate()
                #expect(await server.waitForExit() == 0)
                try await client.shutdown()
                try await link.close()
                try result.get()
            }
        }
    }

    @Test(.enabled("aiosmtpd is installed") { RelayServer.isInstalled })
    func requestIsOneTreeThroughDatabaseProviderMailAndWebhook() async throws {
        try await Receiver.run(replying: { _ in .answer(200, "{}") }) { collector in
            try await Receiver.run { endpoint in
                try await RelayServer.run { relay in
                    try await StripeDouble.run(secretKey: "sk_test_traced", webhookSecret: "whsec_traced") { stripe in
                        let environment = [
                            "AFTERCARE_OTLP_ENDPOINT=http://127.0.0.1:\(collector.port)",
                            "AFTERCARE_SMTP_URL=smtp://127.0.0.1:\(relay.port)", "AFTERCARE_MAIL_FROM=shop@example.com",
                            "AFTERCARE_WEBHOOK_PRIVATE_TARGETS=true", "AFTERCARE_STRIPE_URL=\(stripe.url)",
                            "AFTERCARE_STRIPE_KEY=sk_test_traced", "AFTERCARE_STRIPE_WEBHOOK_SECRETS=whsec_traced",
                        ]
                        var secrets = [
                            "ada@", "Ada Example", "High Street", "N1 1AA", "DM-KIT", "sk_test_traced", "/hooks",
                        ]
                        try await withStore(environment) { store, client, pool in
                            secrets += try await order(store, client, pool, endpoint)
                            try await eventually("the mail and the webhook arrive") {
                                !relay.messages.isEmpty
                                    && endpoint.requests.contains { $0.headers["traceparent"] != nil }
                            }
                            // What is told at the end may be cut short on a busy machine.
                            try await eventually("the collector has heard of it all") { isWhole(collector.spans) }
                        }
                        try check(collector, endpoint, stripe)
                        let told = collector.requests.map(\.text).joined()
                        for secret in secrets { #expect(!told.contains(secret), "\(secret)") }
                    }
                }
            }
        }
    }

    /// Places an order and begins to pay it, in a trace of the caller's; what nobody may read of it.
    private func order(
        _ store: StoreProcess,
        _ client: HTTPClient,
        _ pool: Pool,
        _ endpoint: Receiver
    ) async throws -> [String] {
        let (manager, _) = try await StaffStore(pool).create(
            name: "owner",
            role: .manager,
            now: .now(),
            lifetime: .seconds(3600)
        )
        let made = try await client.send(
            .POST,
            store.url + "/v1/staff/webhooks",
            #"{"url": "\#(endpoint.url)"}"#,
            ["Authorization": "Bearer \(manager.text)", "Idempotency-Key": "w"]
        )
        #expect(made.status == 201, "\(made.text)")
        let cart = try await client.send(
            .POST,
            store.url + "/v1/carts",
            #"{"currency": "GBP", "country": "GB", "items": [{"sku": "DM-KIT", "quantity": 1}]}"#
        )
        let path = try #require(cart.headers.first(name: "Location"))
        func traced(_ key: String) -> [String: String] {
            [
                "traceparent": "00-\(Self.trace)-\(Self.caller)-01", "tracestate": "vendor=1", "Idempotency-Key": key,
            ]
        }
        let placed = try await client.send(
            .POST,
            store.url + path + "/checkout",
            """
            {"customer": {"name": "Ada Example", "email": "ada@example.com"},
             "shippingAddress": {"line1": "1 High Street", "city": "London", "postalCode": "N1 1AA", "country": "GB"},
             "payment": {"method": "stripe"}, "expectedTotal": {"amount": 4500, "currency": "GBP"}}
            """,
            traced("one")
        )
        #expect(placed.status == 201, "\(placed.text)")
        let token = placed.json.token.text
        let paying = try await client.send(.POST, store.url + "/v1/orders/\(token)/payment", nil, traced("two"))
        #expect(paying.json.action.type == "redirect", "\(paying.text)")
        // What a stranger sends of a trace that is none begins one of its own.
        let malformed = ["traceparent": "00-\(Self.trace)-0000000000000000-01"]
        #expect(try await client.send(.GET, store.url + "/v1/store", nil, malformed).status == 200)
        return [
            token, placed.json.number.text, cart.json.id.text, manager.text, made.json.secret.text,
            placed.json.guide.page.text,
        ]
    }

    /// Whether each step that is looked for was told, with the one that it is a part of.
    private func isWhole(_ spans: [ToldSpan]) -> Bool {
        let tree = spans.filter { $0.trace == Self.trace }
        let known = Set(tree.map(\.id) + [Self.caller])
        let steps: Set = [
            "POST /v1/carts/{cart}/checkout", "place orders", "POST /v1/orders/{token}/payment", "tell mail",
            "smtp send",
        ]
        let placed = tree.first { $0.name == "tell webhook" && $0.attributes["aftercare.event"] == "placed" }
        return steps.isSubset(of: tree.map(\.name)) && tree.allSatisfy { known.contains($0.parent) }
            && tree.contains { $0.kind == 3 && $0.parent == placed?.id }
            && spans.contains { $0.name == "GET /v1/store" && $0.trace != Self.trace }
    }

    private func check(_ collector: Receiver, _ endpoint: Receiver, _ stripe: StripeDouble) throws {
        let spans = collector.spans
        let tree = spans.filter { $0.trace == Self.trace }
        let ids = Set(tree.map(\.id))
        #expect(ids.count == tree.count, "each step has a name of its own")
        #expect(tree.allSatisfy { ids.contains($0.parent) || $0.parent == Self.caller }, "nothing hangs in the air")
        func children(of span: ToldSpan) -> [ToldSpan] { tree.filter { $0.parent == span.id } }

        let checkout = try #require(tree.first { $0.name == "POST /v1/carts/{cart}/checkout" })
        #expect(checkout.parent == Self.caller && checkout.kind == 2)
        #expect(checkout.attributes["http.route"] == "/v1/carts/{cart}/checkout")
        #expect(checkout.attributes["http.response.status_code"] == "201")
        let placing = try #require(children(of: checkout).first { $0.name == "place orders" })
        let statements = children(of: placing)
        #expect(statements.count >= 2 && statements.allSatisfy { $0.kind == 3 })
        #expect(statements.allSatisfy { $0.attributes["db.system.name"] == "postgresql" })
        #expect(statements.contains { $0.attributes["db.query.summary"]?.contains("INSERT orders") == true })

        let payment = try #require(tree.first { $0.name == "POST /v1/orders/{token}/payment" })
        let asked = try #require(children(of: payment).first { $0.name == "POST" && $0.kind == 3 })
        #expect(asked.attributes["server.address"] == "127.0.0.1")
        #expect(stripe.traceParents.contains("00-\(Self.trace)-\(asked.id)-01"), "\(stripe.traceParents)")

        let telling = tree.filter { $0.name == "tell webhook" }
        #expect(!telling.isEmpty && telling.allSatisfy { $0.kind == 4 })
        let first = try #require(telling.first { $0.attributes["aftercare.event"] == "placed" })
        #expect(first.parent == checkout.id)
        let sent = try #require(children(of: first).first { $0.kind == 3 })
        let heard = endpoint.requests.filter { $0.json.type == "placed" }
        #expect(heard.first?.headers["traceparent"] == "00-\(Self.trace)-\(sent.id)-01")
        #expect(heard.first?.headers["tracestate"] == "vendor=1")

        let mail = try #require(tree.first { $0.name == "tell mail" })
        let relayed = try #require(children(of: mail).first { $0.name == "smtp send" })
        #expect(relayed.attributes["network.protocol.name"] == "smtp")

        let others = spans.filter { $0.trace != Self.trace }
        #expect(others.contains { $0.name == "GET /v1/store" && $0.parent.isEmpty })
    }

    @Test func collectorThatHangsOrIsAwayKeepsNobodyWaiting() async throws {
        try await Receiver.run(replying: { _ in .hang }) { collector in
            // A port that nobody listens at, and one whose owner never answers.
            for port in [1, collector.port] {
                let environment = ["AFTERCARE_OTLP_ENDPOINT=http://127.0.0.1:\(port)"]
                try await withStore(environment) { store, client, _ in
                    for _ in 0..<50 {
                        #expect(try await client.send(.GET, store.url + "/v1/products?currency=GBP").status == 200)
                    }
                    if port == collector.port {
                        try await eventually("the collector is asked") { !collector.requests.isEmpty }
                    }
                }
            }
        }
    }
}
