import Catalog
import CivilTime
import Commerce
import Delivery
import Glibc
import Links
import Logging
import Orders
import Postgres
import Synchronization

/// H: what telling customers costs those who order, how soon they are told, and how many events a worker gets through.
enum DeliveryBenchmark {
    /// Orders a second of a busy shop.
    private static let pace = 50.0
    private static let users = 64
    /// So many mails are enough to say how fast they are caught up with.
    private static let caughtUp = 2_000.0

    /// What was measured with workers, or without.
    private struct Half {
        var paced: [LoadResult] = []
        var flooded: [LoadResult] = []
        /// Milliseconds from an order to its mail.
        var delays: [Double] = []

        var failed: Int { (paced + flooded).reduce(0) { $0 + $1.failed } }
    }

    /// - Parameter start: starts the store, with its workers or without.
    static func run(_ start: (_ tells: Bool) throws -> Child, seconds: Double, _ report: inout Report) async throws {
        var (with, without) = (Half(), Half())
        var first = -1
        // In turns: each has the same part of what else the machine does.
        for isPaced in [true, false] {
            for tells in [true, false, false, true] {
                let store = try start(tells)
                defer { store.stop() }
                let database = try await Database(of: store.folder)
                if isPaced {
                    // What is done once, such as a prepared statement, is no part of it, nor is what others left.
                    _ = try checkout(store, rate: pace, seconds: 1)
                    if tells { try await told(database, after: -1) }
                }
                let last = Int(database.number("SELECT coalesce(max(id), -1) FROM orders"))
                if !isPaced, first < 0 { first = last }
                var half = tells ? with : without
                let result = try checkout(store, rate: isPaced ? pace : nil, seconds: seconds / 2)
                if isPaced { half.paced.append(result) } else { half.flooded.append(result) }
                if isPaced {
                    if tells { try await told(database, after: last) }
                    if tells { half.delays.append(database.number(delay(after: last))) }
                }
                if tells { with = half } else { without = half }
            }
        }
        report.add(
            BenchmarkRow(
                bench: "H",
                name: "order to mail at 50 a second, 95 %",
                users: users,
                value: with.delays.median,
                unit: "ms",
                goal: "≤ 1000"
            )
        )
        let paced = (with.paced.map { $0.milliseconds(50) }.median, without.paced.map { $0.milliseconds(50) }.median)
        report.add(
            BenchmarkRow(
                bench: "H",
                name: "checkout's p50 at 50 a second",
                users: users,
                value: paced.0,
                unit: "ms",
                baseline: paced.1,
                ratio: paced.0 / paced.1,
                goal: "≤ 1.03",
                failed: with.failed
            )
        )
        let flooded = (with.flooded.map(\.rate).median, without.flooded.map(\.rate).median)
        report.add(
            BenchmarkRow(
                bench: "H",
                name: "checkout with workers, of without",
                users: users,
                value: flooded.0,
                unit: "/s",
                baseline: flooded.1,
                ratio: flooded.0 / flooded.1,
                goal: "≥ 0.9",
                failed: without.failed
            )
        )
        try await catchUp(try start(true), after: first, &report)
        try await held(try start(true), seconds: seconds, &report)
        try await tellNobody(try start(false), &report)
    }

    private static func checkout(_ store: Child, rate: Double?, seconds: Double) throws -> LoadResult {
        let wanted = rate.map { Int($0 * seconds) + users } ?? Int(4_000 * seconds)
        var carts = try Carts.make(wanted, on: store.port)
        let visitor: Visitor = { _ in carts.popLast().map { Step(request: Shopper.checkout($0), beginsUnit: true) } }
        return Load.run(
            port: store.port,
            seconds: seconds,
            rate: rate,
            expected: [201],
            visitors: Array(repeating: visitor, count: users)
        )
    }

    /// Milliseconds from an order to the end of its first mail's attempt, of 95 of 100.
    private static func delay(after last: Int) -> String {
        """
        SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM a.at - e.at) * 1000 + a.milliseconds)
        FROM order_event AS e JOIN delivery_attempt AS a USING (order_id, sequence)
        WHERE kind = 'placed' AND channel = 'mail' AND order_id > \(last)
        """
    }

    /// Orders that no mail was written of.
    private static func untold(after last: Int) -> String {
        """
        SELECT count(*) FROM orders WHERE id > \(last) AND number NOT LIKE 'PG-%'
            AND NOT EXISTS (SELECT FROM mail WHERE order_id = orders.id AND sequence = 1)
        """
    }

    /// Waits until all but so many are told, or nothing more is.
    /// - Returns: how many are not.
    @discardableResult
    private static func told(_ database: Database, after last: Int, leaving rest: Double = 0) async throws -> Double {
        var (before, idle) = (Double.infinity, 0)
        while idle < 20 {
            let left = database.number(untold(after: last))
            if left <= rest { return left }
            idle = left < before ? 0 : idle + 1
            before = left
            try await Task.sleep(for: .milliseconds(500))
        }
        return before
    }

    /// What was left while everybody ordered is told afterwards. A part of it says how fast: a long run leaves too much.
    private static func catchUp(_ store: Child, after first: Int, _ report: inout Report) async throws {
        defer { store.stop() }
        let database = try await Database(of: store.folder)
        let start = (time: Load.now(), left: database.number(untold(after: first)))
        let rest = try await told(database, after: first, leaving: max(0, start.left - caughtUp))
        let seconds = Double(Load.now() - start.time) / 1e6
        report.add(
            BenchmarkRow(
                bench: "H",
                name: "mails of \(Int(start.left)) orders, afterwards",
                value: (start.left - rest) / max(seconds, 0.001),
                unit: "/s"
            )
        )
    }

    /// Somebody's transaction stays open, so that nothing that is written over can be cleaned up: the queues must not
    /// get slow by it.
    private static func held(_ store: Child, seconds: Double, _ report: inout Report) async throws {
        defer { store.stop() }
        let database = try await Database(of: store.folder)
        let before = try checkout(store, rate: nil, seconds: seconds / 2)
        database.holdSnapshot(seconds: Int(seconds.rounded(.up)) + 2)
        let during = try checkout(store, rate: nil, seconds: seconds)
        try await Task.sleep(for: .seconds(3))
        let after = try checkout(store, rate: nil, seconds: seconds / 2)
        for (name, result) in [("while a snapshot is held", during), ("after it is held", after)] {
            report.add(
                BenchmarkRow(
                    bench: "H",
                    name: "checkout \(name)",
                    users: users,
                    value: result.rate,
                    unit: "/s",
                    baseline: before.rate,
                    ratio: result.rate / before.rate,
                    goal: "≥ 0.8",
                    failed: result.failed
                )
            )
        }
    }

    /// A channel that tells nobody: what is left is what the worker and its database do.
    private final class Nobody: DeliveryChannel {
        let name = "nobody"
        let kinds = OrderEvent.allCases
        let atOnce = 500
        private let count = Mutex(0)
        var told: Int { count.withLock { $0 } }

        func deliver(_ event: DeliveredEvent) async -> DeliveryOutcome {
            count.withLock { $0 += 1 }
            return .delivered()
        }
    }

    private static func tellNobody(_ store: Child, _ report: inout Report) async throws {
        defer { store.stop() }
        guard let settings = try await PrivateCluster.running(in: store.folder) else { return }
        let pool = Pool(settings)
        let orders = try await OrderStore(
            pool,
            // No link is made of what is told here.
            keys: LinkKeys(current: 0, keys: [:]),
            timeZones: try TimeZoneDatabase(),
            catalogs: CatalogStore(pool),
            shopTimeZone: "Europe/London"
        )
        let channel = Nobody()
        let worker = DeliveryWorker(orders, logger: Logger(label: "benchmark")) { [channel] }
        let start = Load.now()
        try await worker.drain()
        let seconds = Double(Load.now() - start) / 1e6
        await pool.close()
        report.add(
            BenchmarkRow(
                bench: "H",
                name: "events told to nobody",
                value: Double(channel.told) / seconds,
                unit: "/s",
                goal: "≥ 5000"
            )
        )
    }
}
