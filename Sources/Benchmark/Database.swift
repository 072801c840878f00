import Glibc
import Postgres

/// The store's own database, asked directly.
struct Database {
    let socketFolder: String
    private let script: String

    /// - Parameter folder: the store's data folder.
    init(of folder: String) async throws {
        guard let settings = try await PrivateCluster.running(in: folder) else {
            throw Child.Fault(description: "the store has no database in \(folder)")
        }
        socketFolder = settings.socketFolder
        script = folder + "/pgbench.sql"
        guard let file = fopen(script, "w") else { throw Child.Fault(description: "\(script) can't be written") }
        defer { fclose(file) }
        fputs(Self.order, file)
    }

    /// The server's processes.
    var processes: [pid_t] {
        Self.run("pgrep -x postgres").split(separator: "\n").compactMap { pid_t($0) }
    }

    /// Orders a second that the database takes by itself, one a transaction, in one statement.
    func orders(clients: Int, seconds: Double) throws -> Double {
        let said = Self.run(
            """
            /usr/lib/postgresql/15/bin/pgbench -n -M prepared -c \(clients) -j 2 -T \(max(1, Int(seconds.rounded()))) \
            -f \(script) -h \(socketFolder) -U aftercare aftercare 2>&1
            """
        )
        let line = said.split(separator: "\n").first { $0.hasPrefix("tps = ") }
        guard let rate = line?.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) }) else {
            throw Child.Fault(description: "pgbench says nothing: \(said)")
        }
        return rate
    }

    /// A number that a query answers.
    func number(_ sql: String) -> Double {
        let said = Self.run("psql -h \(socketFolder) -U aftercare -At -c \"\(sql)\" aftercare")
        return Double(said.filter { !$0.isWhitespace }) ?? .nan
    }

    /// Units that are reserved and that no order of the store holds, or the other way round.
    static let stockDifference = """
        SELECT coalesce(sum(abs(reserved - coalesce(held, 0))), 0) FROM stock LEFT JOIN
            (SELECT sku, sum(quantity - cancelled - shipped) AS held FROM order_component JOIN orders ON orders.id = order_id
             WHERE stock_held AND number NOT LIKE 'PG-%' GROUP BY sku) AS orders USING (sku)
        """

    /// Has every commit wait before it is flushed.
    func delayCommits(microseconds: Int) {
        for setting in ["commit_delay = \(microseconds)", "commit_siblings = 0"] {
            Self.run("psql -q -h \(socketFolder) -U aftercare -c 'ALTER SYSTEM SET \(setting)' aftercare")
        }
        Self.run("psql -q -h \(socketFolder) -U aftercare -c 'SELECT pg_reload_conf()' aftercare")
    }

    /// Keeps what is there now from being cleaned up for a while.
    func holdSnapshot(seconds: Int) {
        Self.run(
            """
            (psql -q -h \(socketFolder) -U aftercare -c 'BEGIN ISOLATION LEVEL REPEATABLE READ' \
            -c 'SELECT count(*) FROM feed' -c 'SELECT pg_sleep(\(seconds))' aftercare >/dev/null 2>&1 &)
            """
        )
    }

    /// What a shell command prints.
    @discardableResult
    static func run(_ command: String) -> String {
        guard let pipe = popen(command, "r") else { return "" }
        defer { pclose(pipe) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            text += buffer[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The rows of an order as the store writes them, with nothing that another order writes too.
    private static let order = """
        WITH o AS (
            INSERT INTO orders (id, number, placed_at, link_key, cart_id, cart_link_key, key_hash, request_fingerprint,
                payment_method, currency, items_amount, tax_amount, total_amount,
                catalog_version, shipping_method, ship_by, customer_name, customer_email, address_line1,
                address_city, address_postal_code, address_country, language)
            SELECT id, 'PG-' || id, now(), 0, -id - 1, 0, decode(md5(id || 'e'), 'hex'), decode(md5(id || 'f'), 'hex'),
                'invoice', 'GBP', 4500, 750, 4500, 1, 'standard', '2026-11-27', 'Ada Example', 'ada@example.com',
                '1 High Street', 'London', 'N1 1AA', 'GB', 'en'
            FROM (SELECT nextval('order_sequence') AS id) AS next RETURNING id),
        l AS (INSERT INTO order_line (order_id, position, sku, kind, name, quantity, unit_amount, total_amount, tax_amount,
                tax_basis_points)
            SELECT id, 1, 'DM-KIT', 'kit', 'DM aftercare kit', 1, 4500, 4500, 750, 2000 FROM o),
        c AS (INSERT INTO order_component (order_id, line, position, sku, name, quantity, wanted)
            SELECT id, 1, n, sku, name, 1, 1 FROM o, (VALUES (1, 'RESTORE-OINTMENT', 'Restore Ointment'),
                (2, 'CLEANSE-SHAMPOO', 'Cleanse Shampoo'), (3, 'RESTORE-LOTION', 'Restore Lotion'),
                (4, 'ZERO-SHINE-SAMPLE', 'Zero Shine, sample')) AS part (n, sku, name)),
        g AS (INSERT INTO guide (order_id, revision, issued_at, regimen, content_version, renderer_version, document_hash,
                products, time_zone, sessions, is_final, keep_dry_hours, wash_interval_days, rest_days)
            SELECT id, 1, now(), 'dm-2026-1', 'en-1', 'text-1', sha256((id || 'g')::bytea),
                '[["RESTORE-OINTMENT","Restore Ointment",true],["CLEANSE-SHAMPOO","Cleanse Shampoo",true],["RESTORE-LOTION","Restore Lotion",true],["ZERO-SHINE-SAMPLE","Zero Shine, sample",true]]',
                'Europe/London', '{2026-12-01,2026-12-12}', true, 48, 3, 4 FROM o)
        INSERT INTO order_event (order_id, sequence, at, kind, actor, request_id)
            SELECT id, 1, now(), 'placed', 'customer', md5(id::text) FROM o;
        """
}
