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
import Staff
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
    /// - Parameter port: where it listens; 0 for any that is free.
    static func run(
        connections: Int = 8,
        port: Int = 0,
        now: Instant? = midday,
        clock: (@Sendable () -> Instant)? = nil,
        settings change: (inout StoreSettings) -> Void = { _ in },
        connection: ConnectionSettings? = nil,
        certificate: ServerCertificate? = nil,
        limit: ConcurrencyLimit = ConcurrencyLimit(),
        idleTimeout: Duration = .seconds(30),
        provider makeProvider: (HTTPClient) -> (any PaymentProvider)? = { _ in nil },
        _ body: @escaping @Sendable (TestStore) async throws -> Void
    ) async throws {
        let key = try #require(LinkKey(bytes: Array(repeating: 7, count: 32)))
        let currency = try #require(Currency(rawValue: "GBP"))
        var settings = StoreSettings(publicURL: "http://store.test", currency: currency)
        // Beside many other tests a print takes its time; that it ends is all that they ask of it.
        settings.printTimeout = .seconds(600)
        change(&settings)
        let fixed = try #require(now)
        let clock = clock ?? { fixed }
        // Who waits for a row beside many other tests is answered all the same.
        var patient = Database.current.settings
        patient.lockTimeout = .seconds(30)
        let pool = Pool(connection ?? patient, limits: .patient(connections: connections))
        let keys = try await LinkKeys.agree(on: key, previous: [], with: pool)
        let client = HTTPClient.wide()
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let store: Store
        do {
            store = try await Store(
                pool,
                keys: keys,
                settings: settings,
                provider: makeProvider(client),
                logger: quiet,
                now: clock
            )
        } catch {
            // A store that does not open leaves nothing open.
            try? await client.shutdown()
            await pool.close()
            throw error
        }
        let (ports, heard) = AsyncStream.makeStream(of: Int.self)
        let application = StoreApplication.build(
            store,
            host: "127.0.0.1",
            port: port,
            certificate: certificate,
            logger: quiet,
            limit: limit,
            idleTimeout: idleTimeout
        ) { heard.yield($0) }
        let scheme = certificate == nil ? "http" : "https"
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await application.run() }
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                try await body(
                    TestStore(store: store, pool: pool, url: "\(scheme)://127.0.0.1:\(port)", client: client)
                )
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

    /// A staff member's header.
    func staff(_ role: StaffRole, name: String? = nil, lifetime: Duration = .seconds(86_400)) async throws
        -> [String: String]
    {
        let (secret, _) = try await store.staff.create(
            name: name ?? "\(role.rawValue) \(UInt32.random(in: .min ... .max))",
            role: role,
            now: store.now(),
            lifetime: lifetime
        )
        return ["Authorization": "Bearer \(secret.text)"]
    }

    /// An order of a kit that is paid.
    func paidOrder(_ choice: String = Self.kitChoice, amount: Int = 4500, key: String) async throws -> JSON {
        let placed = try await checkout(try await cart(choice).path, key: key, amount: amount)
        #expect(placed.status == 201, "\(placed.text)")
        let paid = try await send(
            .POST,
            "/v1/staff/orders/\(placed.json.number.text)/payments",
            #"{"amount": {"amount": \#(amount), "currency": "GBP"}}"#,
            try await staff(.support).merging(["Idempotency-Key": key]) { $1 }
        )
        #expect(paid.status == 200, "\(paid.text)")
        return placed.json
    }

    // MARK: - Looking into the database

    /// Has every order leave by plain SQL, or the rest of it: all of it, or its first components alone.
    func sendAll(_ status: String = "shipped") async throws {
        let parts = """
            CREATE TEMP TABLE leaving ON COMMIT DROP AS
            SELECT part.order_id, (SELECT count(*) + 1 FROM shipment WHERE order_id = orders.id)::smallint AS ordinal, line,
                position, sku, quantity - cancelled - shipped AS units
            FROM order_component AS part JOIN orders ON orders.id = order_id
            WHERE status = 'placed' AND fulfilment_status IN ('unfulfilled', 'partlyShipped')
                AND quantity - cancelled > shipped AND ($1 <> 'partlyShipped' OR position = 1)
            """
        _ = try await pool.write([
            Statement("SELECT set_config('test.status', $1, true)", status),
            Statement(
                assembled: parts.replacing("$1", with: "current_setting('test.status')"),
                []
            ),
            Statement(
                """
                INSERT INTO shipment (order_id, ordinal, packed_at, packed_by, shipped_at, carrier, tracking_number)
                SELECT DISTINCT order_id, ordinal, placed_at, 'test', placed_at, 'other', 'TEST1'
                FROM leaving JOIN orders ON orders.id = order_id
                """
            ),
            Statement(
                """
                INSERT INTO shipment_item (order_id, ordinal, line, position, sku, quantity)
                SELECT order_id, ordinal, line, position, sku, units FROM leaving
                """
            ),
            Statement(
                """
                UPDATE order_component AS part SET packed = packed + units, shipped = shipped + units FROM leaving
                WHERE (part.order_id, part.line, part.position) = (leaving.order_id, leaving.line, leaving.position)
                """
            ),
            Statement(
                """
                UPDATE stock SET reserved = reserved - sent.units
                FROM (SELECT sku, sum(units) AS units FROM leaving GROUP BY sku) AS sent WHERE sent.sku = stock.sku
                """
            ),
            Statement(
                """
                UPDATE orders SET fulfilment_status = current_setting('test.status'), packed_at = placed_at, delivered_at = NULL
                WHERE id IN (SELECT order_id FROM leaving)
                """
            ),
        ])
    }

    /// Has every order that has left arrive by plain SQL.
    func deliverAll() async throws {
        _ = try await pool.write([
            Statement(
                """
                UPDATE orders SET fulfilment_status = 'delivered', delivered_at = placed_at WHERE fulfilment_status = 'shipped'
                """
            )
        ])
    }

    /// An order that is paid and has left.
    func sentOrder(_ choice: String = Self.kitChoice, amount: Int = 4500, key: String) async throws -> JSON {
        let order = try await paidOrder(choice, amount: amount, key: key)
        try await sendAll()
        return order
    }

    /// Has a customer cancel their order.
    func cancel(_ order: JSON) async throws {
        let answer = try await send(
            .POST,
            "/v1/orders/\(order.token.text)/cancellation",
            nil,
            ["Idempotency-Key": "cancel \(order.number.text)"]
        )
        #expect(answer.status == 200, "\(answer.text)")
    }

    func setStock(_ sku: String, _ count: Int) async throws {
        _ = try await pool.write([Statement("UPDATE stock SET on_hand = reserved + $2 WHERE sku = $1", sku, count)])
    }

    func number(_ sql: StaticString) async throws -> Int {
        try await pool.read(Statement(sql)).single().value("n")
    }

    /// What must hold whatever has happened: each order has its guide and a log without gaps, and what is reserved is what
    /// the orders hold. (That money is accounted for, the schema sees to.)
    func checkInvariants() async throws {
        let orders = try await number("SELECT count(*) AS n FROM orders")
        #expect(
            try await number(
                "SELECT count(*) AS n FROM orders JOIN guide ON order_id = id AND revision = guide_revision"
            ) == orders
        )
        #expect(try await number("SELECT count(*) AS n FROM order_event WHERE kind = 'placed'") == orders)
        #expect(
            try await number(
                """
                SELECT count(*) AS n FROM (SELECT order_id FROM order_event GROUP BY order_id
                    HAVING max(sequence) <> count(*) OR min(sequence) <> 1) AS gaps
                """
            ) == 0
        )
        #expect(
            try await number(
                """
                SELECT count(*) AS n FROM stock LEFT JOIN
                    (SELECT sku, sum(quantity - cancelled - shipped) AS held FROM order_component JOIN orders ON orders.id = order_id
                     WHERE stock_held GROUP BY sku) AS orders USING (sku)
                WHERE reserved <> coalesce(held, 0)
                """
            ) == 0
        )
    }

    /// Copies the first order, which has left, until there are so many.
    func multiplyOrders(to count: Int) async throws {
        _ = try await pool.write(
            [
                Statement(
                    """
                    INSERT INTO orders SELECT (jsonb_populate_record(orders, jsonb_build_object('id', -n, 'number', 'X' || n,
                        'customer_email', 'somebody' || n || '@example.com', 'cart_id', -n))).*
                    FROM orders, generate_series((SELECT count(*) FROM orders), $1::bigint) AS n
                    WHERE orders.id = (SELECT min(id) FROM orders WHERE id >= 0)
                    """,
                    count
                ),
                Statement(
                    """
                    INSERT INTO order_line (order_id, position, sku, kind, name, quantity, unit_amount, total_amount)
                    SELECT id, 1, 'DM-KIT', 'kit', 'Kit', 1, 4500, 4500 FROM orders
                    WHERE id < 0 AND NOT EXISTS (SELECT 1 FROM order_line WHERE order_id = id)
                    """
                ),
                Statement(
                    """
                    INSERT INTO guide (order_id, revision, issued_at, regimen, content_version, renderer_version, document_hash,
                        products)
                    SELECT id, 1, placed_at, 'dm-2026-1', 'en-1', 'text-1', decode(repeat('00', 32), 'hex'), '[]' FROM orders
                    WHERE id < 0 AND NOT EXISTS (SELECT 1 FROM guide WHERE order_id = id)
                    """
                ),
                Statement(
                    """
                    INSERT INTO shipment (order_id, ordinal, packed_at, packed_by, shipped_at, carrier, tracking_number)
                    SELECT id, 1, placed_at, 'test', placed_at, 'other', 'TEST1' FROM orders
                    WHERE id < 0 AND NOT EXISTS (SELECT 1 FROM shipment WHERE order_id = id)
                    """
                ),
            ],
            timeout: .seconds(120)
        )
    }

    /// Has the planner count what there is. It takes what it takes: many tests may be running.
    func analyze() async throws { _ = try await pool.write([Statement("ANALYZE")], timeout: .seconds(120)) }

    /// What the planner thinks that a statement costs.
    func cost(of statement: Statement) async throws -> Double {
        let rows = try await pool.read(statement.explained)
        let plan = try rows.map { try $0.value("QUERY PLAN", as: String.self) }.joined(separator: "\n")
        let match = try #require(plan.firstMatch(of: /cost=[0-9.]+\.\.([0-9.]+)/))
        return try #require(Double(match.1))
    }
}
