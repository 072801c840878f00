import Glibc
import SystemPackage

/// D: the same work on few and on many orders; and what an order takes on disk.
enum GrowthBenchmark {
    static let few = 10_000

    static func run(_ store: Child, database: Database, many: Int, seconds: Double, _ report: inout Report) throws {
        let token = try staffToken(store)
        var times: [String: [Double]] = [:]
        for size in [few, many] {
            database.fill(to: size)
            let order = try Shopper.order(on: store.port)
            let carts = try Carts.make(4000, on: store.port)
            func measure(_ name: String, _ visitor: @escaping Visitor, expected: Int) {
                let result = Load.run(
                    port: store.port,
                    seconds: seconds,
                    expected: [expected],
                    visitors: Array(repeating: visitor, count: 4)
                )
                times[name, default: []].append(result.milliseconds(50))
                let before = times[name]?[0] ?? 0
                report.add(
                    BenchmarkRow(
                        bench: "D",
                        name: "\(name), \(size) orders",
                        users: 4,
                        value: result.milliseconds(50),
                        unit: "ms",
                        baseline: size == few ? nil : before,
                        ratio: size == few ? nil : result.milliseconds(50) / before,
                        goal: size == few ? nil : "≤ 1.2",
                        p50: result.milliseconds(50),
                        p99: result.milliseconds(99),
                        failed: result.failed
                    )
                )
            }
            func constant(_ request: [UInt8]) -> Visitor { { _ in Step(request: request, beginsUnit: true) } }
            var next = 0
            measure(
                "checkout",
                { _ in
                    guard next < carts.count else { return nil }
                    next += 1
                    return Step(request: Shopper.checkout(carts[next - 1]), beginsUnit: true)
                },
                expected: 201
            )
            measure("order read", constant(HTTP.get(order.path)), expected: 200)
            measure("cart read", constant(HTTP.get("/v1/carts/\(try Carts.make(1, on: store.port)[0])")), expected: 200)
            measure(
                "staff queue",
                constant(HTTP.get("/v1/staff/today?limit=50", ["Authorization": "Bearer \(token)"])),
                expected: 200
            )
        }
        let bytes = database.number(
            "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE relkind = 'r' AND relname IN "
                + "('orders', 'order_line', 'order_component', 'guide', 'order_event')"
        )
        let orders = database.number("SELECT count(*) FROM orders")
        report.add(
            BenchmarkRow(bench: "D", name: "an order on disk", value: bytes / orders, unit: "bytes", goal: "≤ 1600")
        )
    }

    /// A packer's token, made as it is made on the machine.
    private static func staffToken(_ store: Child) throws -> String {
        let program = FilePath(Child.ownPath).removingLastComponent().appending("aftercare").string
        let said = Database.run(
            "AFTERCARE_DATA_DIR=\(store.folder) \(program) token create bench-\(getpid()) --role packer"
        )
        guard let token = said.split(separator: "\n").first else { throw Child.Fault(description: "no token") }
        return String(token)
    }
}

extension Database {
    /// Fills the store's tables with orders that have left, until there are so many.
    func fill(to count: Int) {
        Self.run(
            """
            psql -q -h \(socketFolder) -U aftercare aftercare <<'SQL'
            SET session_replication_role = replica;
            SET synchronous_commit = off;
            CREATE TEMP TABLE fresh AS SELECT nextval('order_sequence') AS id
                FROM generate_series((SELECT count(*) FROM orders) + 1, \(count));
            \(Self.rows)
            RESET session_replication_role;
            VACUUM ANALYZE;
            CHECKPOINT;
            SQL
            """
        )
    }

    /// The rows of an order for each of `fresh`, as they are once it has arrived.
    private static let rows = """
        INSERT INTO orders (id, number, placed_at, link_key, cart_id, cart_link_key, key_hash, request_fingerprint,
            status, payment_status, paid_amount, fulfilment_status, packed_at, payment_method,
            currency, items_amount, tax_amount, total_amount, catalog_version, shipping_method, ship_by, customer_name,
            customer_email, address_line1, address_city, address_postal_code, address_country, language)
        SELECT id, 'OLD-' || id, now() - interval '1 year', 0, -id - 1, 0, decode(md5(id || 'e'), 'hex'), decode(md5(id || 'f'), 'hex'),
            'completed', 'paid', 4500, 'delivered', now(), 'invoice', 'GBP', 4500, 750, 4500, 1, 'standard', '2026-01-27',
            'Client ' || id, 'client' || id || '@example.com',
            '1 High Street', 'London', 'N1 1AA', 'GB', 'en' FROM fresh;
        INSERT INTO order_line (order_id, position, sku, kind, name, quantity, unit_amount, total_amount, tax_amount,
            tax_basis_points) SELECT id, 1, 'DM-KIT', 'kit', 'DM aftercare kit', 1, 4500, 4500, 750, 2000 FROM fresh;
        INSERT INTO order_component (order_id, line, position, sku, name, quantity, wanted, packed, shipped)
        SELECT id, 1, n, sku, name, 1, 1, 1, 1 FROM fresh, (VALUES (1, 'RESTORE-OINTMENT', 'Restore Ointment'),
            (2, 'CLEANSE-SHAMPOO', 'Cleanse Shampoo'), (3, 'RESTORE-LOTION', 'Restore Lotion'),
            (4, 'ZERO-SHINE-SAMPLE', 'Zero Shine, sample')) AS part (n, sku, name);
        INSERT INTO guide (order_id, revision, issued_at, regimen, content_version, renderer_version, document_hash, products,
            time_zone, sessions, is_final, keep_dry_hours, wash_interval_days, rest_days)
        SELECT id, 1, now(), 'dm-2026-1', 'en-1', 'text-1', sha256((id || 'g')::bytea),
            '[["RESTORE-OINTMENT","Restore Ointment",true],["CLEANSE-SHAMPOO","Cleanse Shampoo",true],["RESTORE-LOTION","Restore Lotion",true],["ZERO-SHINE-SAMPLE","Zero Shine, sample",true]]',
            'Europe/London', '{2026-01-01,2026-01-12}', true, 48, 3, 4 FROM fresh;
        INSERT INTO order_event (order_id, sequence, at, kind, actor, request_id)
            SELECT id, 1, now(), 'placed', 'customer', md5(id::text) FROM fresh;
        INSERT INTO shipment (order_id, ordinal, packed_at, packed_by, shipped_at, carrier, tracking_number)
            SELECT id, 1, now() - interval '1 year', 'staff bench', now() - interval '1 year', 'other', 'OLD1' FROM fresh;
        """
}
