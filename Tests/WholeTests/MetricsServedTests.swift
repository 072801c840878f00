import AsyncHTTPClient
import Catalog
import NIOCore
import NIOHTTP1
import Postgres
import Schema
import TestSupport
import Testing

/// What Prometheus finds at the address that is its own.
@Suite struct MetricsServedTests {
    @Test func whatTheStoreDoesIsMeasuredAndTellsNothingOfAnybody() async throws {
        try await withTestFolder { folder in try await measure(folder) }
    }

    private func measure(_ folder: String) async throws {
        try await withOwnCluster { cluster in
            let settings = try cluster.settings()
            let pool = Pool(settings.patient, limits: .patient(connections: 8))
            _ = try await Migrator(Schema.migrations).migrate(pool)
            try await CatalogFile(CatalogFile.demoBytes).load(into: pool)
            await pool.close()
            let link = try await SlowLink(to: settings.socketPath, delay: .zero)
            let port = freePort()
            let store = try await StoreProcess.start(
                databasePort: link.port,
                database: settings.databaseName,
                environment: ["AFTERCARE_METRICS_PORT=\(port)", "AFTERCARE_DATA_DIR=\(folder)"]
            )
            let client = HTTPClient.wide()
            let cart = try await client.send(
                .POST,
                store.url + "/v1/carts",
                #"{"currency":"GBP","country":"GB","items":[{"sku":"DM-KIT","quantity":1}]}"#
            ).json
            for key in ["one", "two"] {
                _ = try await client.send(
                    .POST,
                    store.url + "/v1/carts/\(cart.id.text)/checkout",
                    checkoutBody,
                    ["Idempotency-Key": key]
                )
            }
            // What is refused before anything is placed is an outcome too.
            let checkout = store.url + "/v1/carts/\(cart.id.text)/checkout"
            #expect(try await client.send(.POST, checkout, checkoutBody).status == 400)
            for body in ["{}", #"{"customer": 1}"#] {
                #expect(try await client.send(.POST, checkout, body, ["Idempotency-Key": "three"]).status == 422)
            }
            _ = try await client.send(.GET, store.url + "/v1/carts/" + String(repeating: "x", count: 43))
            #expect(try await client.send(.GET, store.url + "/metrics").status == 404)
            for path in ["/v1/carts", "/v1/products"] {
                #expect(try await client.send(.DELETE, store.url + path).status == 405)
                #expect(try await client.send(.OPTIONS, store.url + path).status == 204)
            }

            let metrics = "http://127.0.0.1:\(port)/metrics"
            try await eventually("the mail is told, and nothing waits") {
                let text = try await client.send(.GET, metrics).text
                return text.contains(#"aftercare_deliveries_total{channel="mail",outcome="delivered"} 1"#)
                    && text.contains(#"aftercare_deliveries_due{channel="mail"} 0"#)
            }
            let text = try await client.send(.GET, metrics).text
            let lines = text.split(separator: "\n").map(String.init)
            for line in [
                #"aftercare_checkouts_total{outcome="placed"} 1"#,
                #"aftercare_checkouts_total{outcome="already-ordered"} 1"#,
                #"aftercare_checkouts_total{outcome="idempotency-key-missing"} 1"#,
                #"aftercare_checkouts_total{outcome="invalid-request"} 2"#,
                "aftercare_oversold 0", "aftercare_orders_without_guide 0", "aftercare_dead_letters 0",
                "aftercare_backup_configured 0",
                #"aftercare_unsettled{kind="moneyWithoutOrder"} 0"#,
                #"aftercare_checkout_batch_size_bucket{le="1"} 2"#,
                #"http_server_request_duration_seconds_count{http_request_method="POST",http_response_status_code="201",http_route="/v1/carts"} 1"#,
                #"http_server_request_duration_seconds_count{http_request_method="DELETE",http_response_status_code="405",http_route="none"} 2"#,
                #"http_server_request_duration_seconds_count{http_request_method="OPTIONS",http_response_status_code="204",http_route="none"} 2"#,
            ] {
                #expect(lines.contains(line), "\(line)")
            }
            #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") && !$0.hasSuffix(" 0") })
            #expect(lines.count { !$0.hasPrefix("#") } <= 2_000)
            for secret in [cart.id.text, "DM-KIT", "ada@", "xxxx"] {
                #expect(!text.contains(secret), "\(secret)")
            }
            try await client.shutdown()
            store.kill()
            try await link.close()
        }
    }
}

private let checkoutBody =
    """
    {"customer": {"name": "Ada Example", "email": "ada@example.com"},
     "shippingAddress": {"line1": "1 High Street", "city": "London", "postalCode": "N1 1AA", "country": "GB"},
     "payment": {"method": "invoice"}, "expectedTotal": {"amount": 4500, "currency": "GBP"}}
    """
