import CoreMetrics
import Telemetry
import Testing

/// What is measured, as Prometheus reads it.
@Suite struct MetricsRegistryTests {
    @Test func eachKindIsWrittenAsPrometheusWantsIt() {
        let registry = MetricsRegistry()
        registry.makeCounter(label: "aftercare.checkouts", dimensions: [("outcome", "placed")]).increment(by: 2)
        registry.makeMeter(label: "http.server.active_requests", dimensions: []).set(3.0)
        let timer = registry.makeTimer(label: "db.client.connection.wait_time", dimensions: [])
        timer.recordNanoseconds(2_000_000)
        timer.recordNanoseconds(20_000_000_000)
        let lines = registry.prometheusText.split(separator: "\n")
        #expect(lines.contains("# TYPE aftercare_checkouts_total counter"))
        #expect(lines.contains(#"aftercare_checkouts_total{outcome="placed"} 2"#))
        #expect(lines.contains("http_server_active_requests 3"))
        #expect(lines.contains(#"db_client_connection_wait_time_seconds_bucket{le="0.001"} 0"#))
        #expect(lines.contains(#"db_client_connection_wait_time_seconds_bucket{le="0.005"} 1"#))
        #expect(lines.contains(#"db_client_connection_wait_time_seconds_bucket{le="10"} 1"#))
        #expect(lines.contains(#"db_client_connection_wait_time_seconds_bucket{le="+Inf"} 2"#))
        #expect(lines.contains("db_client_connection_wait_time_seconds_sum 20.002"))
        #expect(lines.contains("db_client_connection_wait_time_seconds_count 2"))
        for line in lines where line.hasPrefix("# TYPE") {
            let name = line.split(separator: " ")[2]
            #expect(lines.contains { $0.hasPrefix("# HELP \(name) ") }, "\(name) says nothing")
        }
    }

    @Test func labelsAreOneSeriesInAnyOrderAndEscaped() {
        let registry = MetricsRegistry()
        registry.makeCounter(label: "c", dimensions: [("b", "2"), ("a.x", "\"\\\n")]).increment(by: 1)
        registry.makeCounter(label: "c", dimensions: [("a.x", "\"\\\n"), ("b", "2")]).increment(by: 1)
        #expect(registry.prometheusText.contains(#"c_total{a_x="\"\\\n",b="2"} 2"#))
    }

    @Test func tooManySeriesAreCountedTogether() {
        let registry = MetricsRegistry(linesMax: 10)
        for value in 0..<100 {
            registry.makeCounter(label: "c", dimensions: [("v", "\(value)")]).increment(by: 1)
        }
        let lines = registry.prometheusText.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == 9)
        #expect(lines.contains(#"c_total{otel_metric_overflow="true"} 92"#))
        #expect(registry.refusedCount == 92)
        // What has no labels has room still.
        registry.makeCounter(label: "alone", dimensions: []).increment(by: 1)
        #expect(registry.prometheusText.contains("alone_total 1"))
    }

    /// Whoever asks for everything in every way hides no failure, no state, and makes nothing grow.
    @Test func whatAnybodyCanCauseLeavesRoomForWhatIsWrong() {
        let registry = MetricsRegistry()
        func request(_ route: Int, _ status: Int) {
            registry.makeTimer(
                label: "http.server.request.duration",
                dimensions: [("http.route", "/\(route)"), ("http.response.status_code", "\(status)")]
            ).recordNanoseconds(1_000)
        }
        func lines() -> [Substring] { registry.prometheusText.split(separator: "\n").filter { !$0.hasPrefix("#") } }
        for route in 0..<1_000 { request(route, 404) }
        registry.makeTimer(label: "db.client.operation.duration", dimensions: [("operation", "x")]).recordNanoseconds(1)
        request(7, 500)
        let failure = #"request_duration_seconds_count{http_response_status_code="500",http_route="/7"} 1"#
        #expect(lines().contains { $0.hasSuffix(failure) })
        for route in 0..<1_000 { request(route, 503) }
        for kind in 0..<20 { registry.makeMeter(label: "state", dimensions: [("kind", "\(kind)")]).set(4.0) }
        #expect(lines().count { $0.hasPrefix("state{kind=") && $0.hasSuffix(" 4") } == 20)
        for name in 0..<3_000 { registry.makeCounter(label: "alone\(name)", dimensions: []).increment(by: 1) }
        #expect(lines().count == 2_000)
    }

    @Test func countersOnlyGrow() {
        let registry = MetricsRegistry()
        let counter = registry.makeCounter(label: "c", dimensions: [])
        counter.increment(by: 5)
        counter.increment(by: -3)
        #expect(registry.prometheusText.contains("c_total 5"))
    }
}
