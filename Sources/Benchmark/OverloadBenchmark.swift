/// Back-pressure: four times as many requests as the store can carry, whether it answers or not.
enum OverloadBenchmark {
    static func run(_ store: Child, database: Database, seconds: Double, _ report: inout Report) throws {
        func flood(_ users: Int, rate: Double?) throws -> (
            placed: Double, result: LoadResult, refused: Double, cores: [Double]
        ) {
            var carts = try Carts.make(30_000, on: store.port)
            var (placed, refused) = (0, 0)
            func visitor() -> Visitor {
                var cart = ""
                return { reply in
                    if reply?.status == 201 { placed += 1 }
                    if reply?.status == 503 {
                        refused += 1
                        carts.append(cart)
                    }
                    guard let next = carts.popLast() else { return nil }
                    cart = next
                    return Step(request: Shopper.checkout(cart), beginsUnit: true)
                }
            }
            let cpu = (CPU.of(store.process), CPU.ofAll(database.processes))
            let result = Load.run(
                port: store.port,
                seconds: seconds,
                rate: rate,
                expected: [201, 503],
                visitors: (0..<users).map { _ in visitor() }
            )
            let used = [
                CPU.of(store.process) - cpu.0, CPU.ofAll(database.processes) - cpu.1, result.ownCPU,
            ].map { $0 / result.seconds }
            return (Double(placed) / result.seconds, result, Double(refused) / result.seconds, used)
        }
        let peak = try flood(256, rate: nil)
        let flooded = try flood(1024, rate: 4 * peak.placed)
        let cores = flooded.cores.map { $0.formatted(2) }.joined(separator: "+")
        report.add(
            BenchmarkRow(
                bench: "A",
                name: "placed of four times its peak",
                users: 1024,
                value: flooded.placed,
                unit: "/s",
                baseline: peak.placed,
                ratio: flooded.placed / peak.placed,
                goal: "≥ 0.9",
                p50: flooded.result.milliseconds(50),
                p99: flooded.result.milliseconds(99),
                p999: flooded.result.milliseconds(99.9),
                failed: flooded.result.failed,
                cores: "\(cores), \(flooded.refused.formatted(0)) refused/s"
            )
        )
    }
}
