/// C: reads over HTTP, each against a bare "hello" of the same HTTP library in the same run.
enum ReadBenchmark {
    private static let users = 16
    private static let runs = 5

    static func run(_ store: Child, hello: Child, seconds: Double, _ report: inout Report) throws {
        let order = try Shopper.order(on: store.port)
        let page = try Shopper.ask(store.port, HTTP.get(order.guidePage))
        guard let tag = page.header("etag") else { throw Child.Fault(description: "the page has no entity tag") }
        guard let kitTag = try Shopper.ask(store.port, HTTP.get("/")).header("etag") else {
            throw Child.Fault(description: "the shop's page has no entity tag")
        }
        let cases: [(name: String, request: [UInt8], expected: Int, goal: Double?)] = [
            ("catalog", HTTP.get("/v1/products?currency=GBP"), 200, 0.9),
            ("store", HTTP.get("/v1/store"), 200, 0.7),
            ("kit page", HTTP.get("/"), 200, 0.5),
            ("kit page, not modified", HTTP.get("/", ["If-None-Match": kitTag]), 304, 0.9),
            ("order", HTTP.get(order.path), 200, nil),
            ("guide as JSON", HTTP.get(order.path + "/guide"), 200, nil),
            ("guide page", HTTP.get(order.guidePage), 200, 0.5),
            ("guide page, not modified", HTTP.get(order.guidePage, ["If-None-Match": tag]), 304, 0.9),
        ]
        let slice = seconds / Double(runs)
        for (name, request, expected, goal) in cases {
            var (rates, hellos, ratios): ([Double], [Double], [Double]) = ([], [], [])
            var last = LoadResult()
            var failed = 0
            var cores = ""
            for _ in 0..<runs {
                let base = constant(hello.port, HTTP.get("/hello"), 200, slice)
                let cpu = CPU.of(store.process)
                last = constant(store.port, request, expected, slice)
                let server = (CPU.of(store.process) - cpu) / last.seconds
                cores = "\(server.formatted(2))+\((last.ownCPU / last.seconds).formatted(2))"
                failed += last.failed + base.failed
                rates.append(last.rate)
                hellos.append(base.rate)
                ratios.append(last.rate / base.rate)
            }
            report.add(
                BenchmarkRow(
                    bench: "C",
                    name: name,
                    users: users,
                    value: rates.median,
                    unit: "/s",
                    baseline: hellos.median,
                    ratio: ratios.median,
                    goal: goal.map { "≥ \($0)" },
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

    /// The same request again and again.
    private static func constant(_ port: Int, _ request: [UInt8], _ expected: Int, _ seconds: Double) -> LoadResult {
        let step = Step(request: request, beginsUnit: true)
        return Load.run(
            port: port,
            seconds: seconds,
            expected: [expected],
            visitors: Array(repeating: { _ in step }, count: users)
        )
    }
}
