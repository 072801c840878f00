import Glibc

/// A: everybody buys the same kit. The store over HTTP, stock and all, beside what PostgreSQL alone does with the same
/// rows, one order a transaction, and no stock to share.
enum CheckoutBenchmark {
    /// How many buyers, how often, and the clients among which the database's best is looked for.
    struct Scale {
        let users: [Int]
        let runs: Int
        let clients: [Int]
        /// The most carts of a run: it ends when they are used up.
        let cartsMax: Int
        /// Whether who is told that nobody has time asks again, instead of counting as failed.
        let asksAgain: Bool

        static let whole = Scale(
            users: [1, 8, 32, 64, 256],
            runs: 5,
            clients: [8, 16, 32, 64],
            cartsMax: .max,
            asksAgain: false
        )
        /// Enough to see that it works, and in what proportion.
        static let check = Scale(users: [8, 64], runs: 1, clients: [16], cartsMax: 4_000, asksAgain: true)
    }

    static func run(
        _ store: Child,
        database: Database,
        seconds: Double,
        name: String,
        scale: Scale = .whole,
        _ report: inout Report
    ) throws {
        let runs = scale.runs
        let slice = seconds / Double(runs)
        let best = try scale.clients.map { (clients: $0, rate: try database.orders(clients: $0, seconds: slice)) }
            .max { $0.rate < $1.rate }
        guard let best else { return }
        for count in scale.users {
            var (rates, alone, ratios): ([Double], [Double], [Double]) = ([], [], [])
            var last = LoadResult()
            var failed = 0
            var cores = ""
            for _ in 0..<runs {
                let base = try database.orders(clients: best.clients, seconds: slice)
                let wanted = min(Int(base * slice * 2) + count * 4, scale.cartsMax)
                let carts = try Carts.make(wanted, on: store.port)
                let cpu = (CPU.of(store.process), CPU.ofAll(database.processes))
                last = checkout(carts, users: count, port: store.port, seconds: slice, asksAgain: scale.asksAgain)
                let used = (CPU.of(store.process) - cpu.0, CPU.ofAll(database.processes) - cpu.1)
                cores = [used.0, used.1, last.ownCPU].map { ($0 / last.seconds).formatted(2) }.joined(separator: "+")
                failed += last.failed
                rates.append(last.rate)
                alone.append(base)
                ratios.append(last.rate / base)
            }
            report.add(
                BenchmarkRow(
                    bench: name,
                    name: "checkout",
                    users: count,
                    value: rates.median,
                    unit: "/s",
                    baseline: alone.median,
                    ratio: ratios.median,
                    goal: count == 64 ? "≥ 1" : nil,
                    p50: last.milliseconds(50),
                    p99: last.milliseconds(99),
                    p999: last.milliseconds(99.9),
                    failed: failed,
                    spread: rates.spread,
                    cores: cores
                )
            )
        }
    }

    private static func checkout(
        _ carts: [String],
        users: Int,
        port: Int,
        seconds: Double,
        asksAgain: Bool
    ) -> LoadResult {
        var next = 0
        let visitors = (0..<users).map { _ -> Visitor in
            var cart: String?
            return { reply in
                if asksAgain, reply?.status == 503, let cart {
                    return Step(request: Shopper.checkout(cart), beginsUnit: true)
                }
                guard next < carts.count else { return nil }
                cart = carts[next]
                next += 1
                return Step(request: Shopper.checkout(carts[next - 1]), beginsUnit: true)
            }
        }
        return Load.run(
            port: port,
            seconds: seconds,
            expected: asksAgain ? [201, 503] : [201],
            visitors: visitors
        )
    }
}

/// Carts with a kit and two sessions, ready to be ordered.
enum Carts {
    static func make(_ count: Int, on port: Int) throws -> [String] {
        var carts: [String] = []
        var begun = 0
        let visitor: Visitor = { reply in
            if let reply {
                // Who is told that nobody has time asks again.
                if let cart = HTTP.field("id", in: reply.body) { carts.append(cart) } else { begun -= 1 }
            }
            guard begun < count else { return nil }
            begun += 1
            return Step(
                request: HTTP.request("POST", "/v1/carts", body: Shopper.choice(begun)),
                beginsUnit: true
            )
        }
        _ = Load.run(port: port, seconds: 300, expected: [201], visitors: Array(repeating: visitor, count: 16))
        guard carts.count == count else { throw Child.Fault(description: "only \(carts.count) carts of \(count)") }
        return carts
    }
}

/// B: from nothing to an order that is read back: four requests.
enum JourneyBenchmark {
    static func run(_ store: Child, seconds: Double, _ report: inout Report) throws {
        for users in [1, 8, 32] {
            let cpu = CPU.of(store.process)
            let visitors = (0..<users).map { user -> Visitor in
                var step = 0
                var number = user * 1000
                var cart = ""
                return { reply in
                    defer { step = (step + 1) % 4 }
                    switch step {
                    case 0: return Step(request: HTTP.request("POST", "/v1/carts"), beginsUnit: true)
                    case 1:
                        cart = reply.flatMap { HTTP.field("id", in: $0.body) } ?? ""
                        number += 1
                        return Step(
                            request: HTTP.request(
                                "PUT",
                                "/v1/carts/\(cart)",
                                ["If-Match": "\"1\""],
                                body: Shopper.choice(number)
                            ),
                            beginsUnit: false
                        )
                    case 2:
                        return Step(request: Shopper.checkout(cart), beginsUnit: false)
                    default:
                        return Step(request: HTTP.get(reply?.header("location") ?? "/"), beginsUnit: false)
                    }
                }
            }
            let result = Load.run(port: store.port, seconds: seconds, visitors: visitors)
            report.add(
                BenchmarkRow(
                    bench: "B",
                    name: "cart, choice, checkout, order",
                    users: users,
                    value: result.rate,
                    unit: "/s",
                    goal: users == 32 ? "≥ 3000" : nil,
                    p50: result.milliseconds(50),
                    p99: result.milliseconds(99),
                    p999: result.milliseconds(99.9),
                    failed: result.failed,
                    cores: [CPU.of(store.process) - cpu, result.ownCPU]
                        .map { ($0 / result.seconds).formatted(2) }.joined(separator: "+")
                )
            )
        }
    }
}
