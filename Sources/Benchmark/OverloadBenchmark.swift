import Glibc
import Histogram

/// I: back-pressure. More requests than the store can carry, whether it answers or not, and connections that do nothing.
enum OverloadBenchmark {
    /// What came of a flood.
    private struct Flood {
        var placed = 0.0
        var refused = 0.0
        /// Milliseconds in which 99 of 100 were told to come again.
        var refusedTime = 0.0
        /// Milliseconds in which 99 of 100 health checks on a connection of their own were answered.
        var healthTime = 0.0
        var result = LoadResult()
        var cores = ""
    }

    static func run(_ store: Child, database: Database, seconds: Double, _ report: inout Report) async throws {
        let idleMemory = CPU.memory(store.process)
        let peak = try await flood(store, database, users: 256, rate: nil, seconds)
        var most = idleMemory
        for users in [600, 6_000] {
            for times in [2, 5] {
                let flooded = try await flood(store, database, users: users, rate: Double(times) * peak.placed, seconds)
                most = max(most, CPU.memory(store.process))
                report.add(
                    BenchmarkRow(
                        bench: "I",
                        name: "placed of \(times) times the peak",
                        users: users,
                        value: flooded.placed,
                        unit: "/s",
                        baseline: peak.placed,
                        ratio: flooded.placed / peak.placed,
                        goal: "≥ 0.9",
                        p50: flooded.result.milliseconds(50),
                        p99: flooded.result.milliseconds(99),
                        p999: flooded.result.milliseconds(99.9),
                        failed: flooded.result.failed,
                        cores: flooded.cores
                    )
                )
                for (name, time) in [("told to come again", flooded.refusedTime), ("/healthz", flooded.healthTime)] {
                    report.add(
                        BenchmarkRow(
                            bench: "I",
                            name: "\(name), 99 of 100, at \(times) times",
                            users: users,
                            value: time,
                            unit: "ms",
                            goal: "≤ 50",
                            cores: name == "/healthz" ? nil : "\(flooded.refused.formatted(0))/s"
                        )
                    )
                }
            }
        }
        try await idle(store, seconds: seconds, &report)
        sleep(60)
        report.add(
            BenchmarkRow(
                bench: "I",
                name: "memory a minute later, above idle",
                value: CPU.memory(store.process) - idleMemory,
                unit: "MiB",
                goal: "≤ 64",
                cores: "\(idleMemory.formatted(0)) MiB before, at most \(most.formatted(0))"
            )
        )
    }

    private static func flood(
        _ store: Child,
        _ database: Database,
        users: Int,
        rate: Double?,
        _ seconds: Double
    ) async throws -> Flood {
        var carts = try Carts.make(Int(4_000 * seconds), on: store.port)
        var flood = Flood()
        func visitor() -> Visitor {
            var cart = ""
            return { reply in
                if reply?.status == 201 { flood.placed += 1 }
                if reply?.status == 503 { carts.append(cart) }
                guard let next = carts.popLast() else { return nil }
                cart = next
                return Step(request: Shopper.checkout(cart), beginsUnit: true)
            }
        }
        let cpu = (CPU.of(store.process), CPU.ofAll(database.processes))
        async let health = healthChecks(store.port, seconds)
        flood.result = Load.run(
            port: store.port,
            seconds: seconds,
            rate: rate,
            expected: [201, 503],
            visitors: (0..<users).map { _ in visitor() }
        )
        let took = flood.result.seconds
        flood.healthTime = await health.milliseconds(99)
        flood.placed /= took
        flood.refused = Double(flood.result.refusals.totalCount) / took
        flood.refusedTime = Double(flood.result.refusals.valueAtPercentile(99)) / 1000
        flood.cores = [
            CPU.of(store.process) - cpu.0, CPU.ofAll(database.processes) - cpu.1, flood.result.ownCPU,
        ].map { ($0 / took).formatted(2) }.joined(separator: "+")
        return flood
    }

    /// Fifty health checks a second, from another thread than the flood's.
    @concurrent private static func healthChecks(_ port: Int, _ seconds: Double) async -> LoadResult {
        let step = Step(request: HTTP.get("/healthz"), beginsUnit: true)
        return Load.run(port: port, seconds: seconds, rate: 50, expected: [200], visitors: [{ _ in step }])
    }

    // MARK: Connections that do nothing

    private static let idleConnections = 10_000
    private static let slowConnections = 250

    /// Reads beside connections on which nothing comes, and others on which a head comes octet by octet.
    private static func idle(_ store: Child, seconds: Double, _ report: inout Report) async throws {
        func read() -> LoadResult {
            let step = Step(request: HTTP.get("/v1/products?currency=GBP"), beginsUnit: true)
            return Load.run(
                port: store.port,
                seconds: seconds,
                expected: [200],
                visitors: Array(repeating: { _ in step }, count: 4)
            )
        }
        let alone = read()
        let before = CPU.memory(store.process)
        let quiet = (0..<idleConnections).map { _ in Load.connect(store.port) }
        let slow = (0..<slowConnections).map { _ in Load.connect(store.port) }
        defer { (quiet + slow).forEach { close($0) } }
        guard !(quiet + slow).contains(-1) else { throw Child.Fault(description: "not all connections are taken") }
        for descriptor in slow { send(descriptor, "GET / HTTP/1.1\r\nHost: shop\r\nX-Slow: ") }
        async let dripping: Void = drip(slow, seconds)
        let beside = read()
        let memory = CPU.memory(store.process) - before
        await dripping
        report.add(
            BenchmarkRow(
                bench: "I",
                name: "reads, 99 of 100, beside idle ones",
                users: idleConnections + slowConnections,
                value: beside.milliseconds(99),
                unit: "ms",
                baseline: alone.milliseconds(99),
                ratio: beside.milliseconds(99) / alone.milliseconds(99),
                goal: "≤ 2",
                p50: beside.milliseconds(50),
                p99: beside.milliseconds(99),
                p999: beside.milliseconds(99.9),
                failed: beside.failed,
                cores: "\(memory.formatted(0)) MiB for them"
            )
        )
    }

    @concurrent private static func drip(_ connections: [Int32], _ seconds: Double) async {
        let end = Load.now() + UInt64(seconds * 1e6)
        while Load.now() < end {
            for descriptor in connections { send(descriptor, "x") }
            try? await Task.sleep(for: .milliseconds(250))
        }
    }

    private static func send(_ descriptor: Int32, _ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
