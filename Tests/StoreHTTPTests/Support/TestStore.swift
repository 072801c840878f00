import AsyncHTTPClient
import Catalog
import Commerce
import Hummingbird
import Links
import Logging
import NIOHTTP1
import Orders
import Payments
import Postgres
import StoreHTTP
import Synchronization
import TestSupport
import Testing

/// A store that listens on a port of its own, on the database of the running test. Every answer that a test gets is
/// held against the contract.
struct TestStore: Sendable {
    let store: Store
    let pool: Pool
    let url: String
    let client: HTTPClient

    static let midday = CalendarDate("2026-11-24").map {
        Instant(microsecondsSince1970: Int64($0.daysSince1970) * 86_400_000_000 + 43_200_000_000)
    }

    /// Runs a body against a store whose clock says `now`.
    static func run(
        connections: Int = 8,
        now: Instant? = midday,
        clock: (@Sendable () -> Instant)? = nil,
        settings change: (inout StoreSettings) -> Void = { _ in },
        connection: ConnectionSettings? = nil,
        provider makeProvider: (HTTPClient) -> (any PaymentProvider)? = { _ in nil },
        _ body: @escaping @Sendable (TestStore) async throws -> Void
    ) async throws {
        let key = try #require(LinkKey(bytes: Array(repeating: 7, count: 32)))
        let currency = try #require(Currency(rawValue: "GBP"))
        var settings = StoreSettings(publicURL: "http://store.test", currency: currency)
        change(&settings)
        let fixed = try #require(now)
        let clock = clock ?? { fixed }
        var limits = Pool.Limits()
        limits.connections = connections
        let pool = Pool(connection ?? Database.current.settings, limits: limits)
        let keys = try await LinkKeys.agree(on: key, previous: [], with: pool)
        let client = HTTPClient.wide()
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let store = try await Store(
            pool,
            keys: keys,
            settings: settings,
            provider: makeProvider(client),
            logger: quiet,
            now: clock
        )
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = StoreApplication.build(store, host: "127.0.0.1", port: 0, logger: quiet) { port.yield($0) }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await application.run() }
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                try await body(TestStore(store: store, pool: pool, url: "http://127.0.0.1:\(port)", client: client))
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {}
            }
        } catch {
            try? await client.shutdown()
            await pool.close()
            throw error
        }
        try await client.shutdown()
        await pool.close()
    }

    func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: String? = nil,
        _ headers: [String: String] = [:]
    ) async throws -> Answer {
        let answer = try await client.send(method, url + path, body, headers)
        try ContractCheck.shared.check(method, path, answer)
        return answer
    }

    // MARK: - The usual steps

    /// Makes a cart; its path and its ETag.
    func cart(_ choice: String = Self.kitChoice) async throws -> (path: String, etag: String) {
        let answer = try await send(.POST, "/v1/carts", choice)
        #expect(answer.status == 201, "\(answer.text)")
        return (try #require(answer.headers.first(name: "Location")), answer.etag)
    }

    func checkout(
        _ cart: String,
        key: String,
        amount: Int = 4500,
        currency: String = "GBP",
        country: String = "GB",
        accept: String = #"["late"]"#,
        name: String = "Ada Example",
        method: String = "invoice",
        headers: [String: String] = [:]
    ) async throws -> Answer {
        try await send(
            .POST,
            cart + "/checkout",
            Self.checkoutBody(
                amount: amount,
                currency: currency,
                country: country,
                accept: accept,
                name: name,
                method: method
            ),
            headers.merging(["Idempotency-Key": key]) { $1 }
        )
    }

    static let kitChoice = choice(#"[{"sku": "DM-KIT", "quantity": 1}]"#)

    static func choice(_ items: String, course: String = exampleCourse) -> String {
        #"{"currency": "GBP", "country": "GB", "items": \#(items), "course": \#(course)}"#
    }

    static let exampleCourse =
        #"{"timeZone": "Europe/London", "sessions": ["2026-12-01", "2026-12-12"], "final": true, "keepDryHours": 48}"#

    static func checkoutBody(
        amount: Int = 4500,
        currency: String = "GBP",
        country: String = "GB",
        accept: String = #"["late"]"#,
        name: String = "Ada Example",
        email: String = "ada@example.com",
        method: String = "invoice"
    ) -> String {
        """
        {"customer": {"name": "\(name)", "email": "\(email)", "phone": null},
         "shippingAddress": {"line1": "1 High Street", "line2": null, "city": "London", "region": null,
                             "postalCode": "N1 1AA", "country": "\(country)"},
         "billingAddress": null, "payment": {"method": "\(method)"},
         "expectedTotal": {"amount": \(amount), "currency": "\(currency)"}, "accept": \(accept), "language": "en"}
        """
    }

    // MARK: - Looking into the database

    func setStock(_ sku: String, _ count: Int) async throws {
        _ = try await pool.write([Statement("UPDATE stock SET on_hand = reserved + $2 WHERE sku = $1", sku, count)])
    }

    func number(_ sql: StaticString) async throws -> Int {
        try await pool.read(Statement(sql)).single().value("n")
    }

    /// What must hold whatever has happened: each order has its guide, its event and its outbox row, and what is
    /// reserved is what the orders hold. (That money is accounted for, the schema sees to.)
    func checkInvariants() async throws {
        let orders = try await number("SELECT count(*) AS n FROM orders")
        #expect(
            try await number(
                "SELECT count(*) AS n FROM orders JOIN guide ON order_id = id AND revision = guide_revision"
            ) == orders
        )
        #expect(try await number("SELECT count(*) AS n FROM order_event WHERE kind = 'placed'") == orders)
        #expect(try await number("SELECT count(*) AS n FROM outbox WHERE topic = 'order.placed'") == orders)
        #expect(
            try await number(
                """
                SELECT count(*) AS n FROM stock LEFT JOIN
                    (SELECT sku, sum(quantity) AS held FROM order_component JOIN orders ON orders.id = order_id
                     WHERE stock_held GROUP BY sku) AS orders USING (sku)
                WHERE reserved <> coalesce(held, 0)
                """
            ) == 0
        )
    }
}
