import Logging
import Synchronization
import Telemetry
import TestSupport
import Testing
import Tracing

/// What a collector is told of traces, and what becomes of those that it does not take.
struct OTLPTests {
    private struct Failure: Error {}

    private struct Headers: Extractor, Injector {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    }

    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private func context(_ tracer: OTLPTracer, _ headers: [String: String]) -> InstrumentationContext {
        var context = InstrumentationContext.topLevel
        tracer.extract(headers, into: &context, using: Headers())
        return context
    }

    /// Runs an exporter for as long as a body runs; what is left is sent at the end.
    private func withExporter(
        _ tracer: OTLPTracer,
        to receiver: Receiver,
        _ body: () async throws -> Void
    ) async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let exporter = OTLPExporter(
            tracer,
            endpoint: "http://127.0.0.1:\(receiver.port)",
            version: "1.2.3",
            logger: logger
        )
        let running = Task { try await exporter.run() }
        try await body()
        running.cancel()
        try await running.value
    }

    private func spans(_ receiver: Receiver) -> [JSON] {
        receiver.requests.flatMap { $0.json.resourceSpans.entries }.flatMap { $0.scopeSpans.entries }
            .flatMap { $0.spans.entries }
    }

    private func attributes(_ thing: JSON) -> [String: String] {
        thing.attributes.entries.reduce(into: [:]) { attributes, attribute in
            let value = attribute.value
            attributes[attribute.key.text] = value.stringValue.text + value.intValue.text
        }
    }

    /// A request with a step in it that fails.
    private func work(_ tracer: OTLPTracer, within caller: InstrumentationContext) {
        let server = tracer.startSpan("GET /v1/store", context: caller, ofKind: .server)
        server.attributes["http.route"] = "/v1/store"
        server.attributes["http.response.status_code"] = 200
        // What nobody may read.
        server.attributes["url.full"] = "https://shop.example/g/a-secret?email=ada"
        server.attributes["url.path"] = "/g/a-secret"
        server.addEvent("a-secret")
        let child = tracer.startSpan("POST", context: server.context, ofKind: .client)
        child.attributes["http.status_code"] = 503
        child.addLink(SpanLink(context: caller, attributes: [:]))
        child.recordError(Failure())
        child.end()
        server.end()
        server.end()
    }

    @Test func collectorIsToldWhatOTLPSays() async throws {
        let tracer = OTLPTracer(ratio: 1)
        try await Receiver.run(replying: { _ in .answer(200, "{}") }) { receiver in
            try await withExporter(tracer, to: receiver) {
                work(tracer, within: context(tracer, ["traceparent": Self.parent, "tracestate": "a=1"]))
                try await eventually("it is told") { spans(receiver).count == 2 }
            }
            let request = try #require(receiver.requests.first)
            #expect(request.path == "/v1/traces" && request.headers["content-type"] == "application/json")
            #expect(request.headers["traceparent"] == nil, "what is told is no part of what is told")
            #expect(!request.text.contains("a-secret") && !request.text.contains("email"))
            let whole = request.json.resourceSpans[0]
            let resource = attributes(whole.resource)
            #expect(resource["service.name"] == "aftercare" && resource["service.version"] == "1.2.3")
            #expect(whole.scopeSpans[0].scope.name == "aftercare" && whole.scopeSpans[0].scope.version == "1.2.3")
            let child = try #require(spans(receiver).first)
            let server = try #require(spans(receiver).last)

            #expect(server.traceId == "4bf92f3577b34da6a3ce929d0e0e4736" && server.parentSpanId == "00f067aa0ba902b7")
            #expect(server.spanId.text.wholeMatch(of: /[0-9a-f]{16}/) != nil && server.spanId != server.parentSpanId)
            #expect(server.traceState == "a=1" && server.name == "GET /v1/store" && server.kind == 2)
            #expect(server.flags == 1 && server.status.fields.isEmpty)
            let (start, end) = (server.startTimeUnixNano.text, server.endTimeUnixNano.text)
            #expect(start.wholeMatch(of: /1[0-9]{18}/) != nil && end.wholeMatch(of: /1[0-9]{18}/) != nil)
            #expect(start <= end)
            #expect(attributes(server) == ["http.route": "/v1/store", "http.response.status_code": "200"])
            let status = server.attributes.entries.first { $0.key == "http.response.status_code" }
            #expect(status?.value.intValue == "200", "64-bit numbers are texts")

            #expect(child.traceId == server.traceId && child.parentSpanId == server.spanId && child.kind == 3)
            #expect(child.status.code == 2 && child.links[0].spanId == "00f067aa0ba902b7")
            #expect(attributes(child) == ["http.response.status_code": "503", "error.type": "Failure"])
        }
    }

    @Test func nextSystemGetsTheStepThatAsksIt() throws {
        let tracer = OTLPTracer(ratio: 1)
        let span = tracer.startSpan(
            "POST",
            context: context(tracer, ["traceparent": Self.parent, "tracestate": "a=1"])
        )
        var headers: [String: String] = [:]
        tracer.inject(span.context, into: &headers, using: Headers())
        let sent = try #require(TraceContext(parent: headers["traceparent"] ?? ""))
        #expect(sent.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736" && sent.isSampled)
        #expect(sent.spanID != 0x00f0_67aa_0ba9_02b7 && headers["tracestate"] == "a=1")
        headers = [:]
        tracer.inject(.topLevel, into: &headers, using: Headers())
        #expect(headers.isEmpty)
    }

    @Test func whoeverAsksDecidesWhatIsToldAndElseTheRatio() {
        let none = OTLPTracer(ratio: 0)
        #expect(none.startSpan("a", context: context(none, ["traceparent": Self.parent])).isRecording)
        #expect(!none.startSpan("a", context: .topLevel).isRecording)
        let all = OTLPTracer(ratio: 1)
        #expect(!all.startSpan("a", context: context(all, ["traceparent": "\(Self.parent.dropLast(1))0"])).isRecording)
        #expect((0..<100).allSatisfy { _ in all.startSpan("a", context: .topLevel).isRecording })
        let half = OTLPTracer(ratio: 0.5)
        let told = (0..<1_000).count { _ in half.startSpan("a", context: .topLevel).isRecording }
        #expect((300...700).contains(told))
        // A trace is told as a whole or not at all.
        for _ in 0..<50 {
            let root = half.startSpan("a", context: .topLevel)
            #expect(half.startSpan("b", context: root.context).isRecording == root.isRecording)
        }
    }

    @Test func whatIsToldLaterBelongsToTheRequestInWhichItHappened() throws {
        let tracer = OTLPTracer(ratio: 1)
        let span = tracer.startSpan("POST", context: context(tracer, ["traceparent": Self.parent]))
        span.attributes["aftercare.request.id"] = "one"
        let later = tracer.startSpan("tell", context: context(tracer, ["aftercare.request.id": "one"]))
        var (first, second) = ([String: String](), [String: String]())
        tracer.inject(span.context, into: &first, using: Headers())
        tracer.inject(later.context, into: &second, using: Headers())
        #expect(first["traceparent"]?.prefix(36) == second["traceparent"]?.prefix(36))
        // Of many requests the oldest are forgotten.
        for number in 0..<5_000 { span.attributes["aftercare.request.id"] = "request \(number)" }
        #expect(context(tracer, ["aftercare.request.id": "one"]).isEmpty)
        #expect(!context(tracer, ["aftercare.request.id": "request 4999"]).isEmpty)
    }

    @Test(
        "A collector that does not take them costs nothing but spans",
        arguments: [Receiver.Reply.answer(503, headers: ["Retry-After": "1"]), .answer(429), .answer(400), .close]
    )
    func refused(_ reply: Receiver.Reply) async throws {
        let tracer = OTLPTracer(ratio: 1)
        let collector = Collector()
        try await Receiver.run(replying: { _ in collector.isAway.withLock { $0 } ? reply : .answer(200, "{}") }) {
            receiver in
            try await withExporter(tracer, to: receiver) {
                tracer.startSpan("lost", context: .topLevel).end()
                try await eventually("it is asked") { receiver.requests.count == 1 }
                collector.isAway.withLock { $0 = false }
                tracer.startSpan("kept", context: .topLevel).end()
                try await eventually("it is asked again") { receiver.requests.count == 2 }
            }
            #expect(receiver.requests.count == 2, "nothing is sent twice")
            #expect(spans(receiver).map(\.name.text) == ["lost", "kept"])
        }
    }

    private final class Collector: Sendable {
        let isAway = Mutex(true)
    }

    @Test func whatIsTooMuchForTheQueueIsLeftOutAndNobodyWaits() async throws {
        let tracer = OTLPTracer(ratio: 1, spansMax: 1_000)
        for number in 0..<5_000 { tracer.startSpan("\(number)", context: .topLevel).end() }
        try await Receiver.run(replying: { _ in .answer(200, "{}") }) { receiver in
            try await withExporter(tracer, to: receiver) {
                try await eventually("what waits is sent") { spans(receiver).count >= 1_000 }
            }
            #expect(spans(receiver).count == 1_000)
            #expect(receiver.requests.allSatisfy { $0.json.resourceSpans[0].scopeSpans[0].spans.entries.count <= 512 })
        }
    }

    @Test func collectorThatNeverAnswersIsLeftAtTheEnd() async throws {
        let tracer = OTLPTracer(ratio: 1, spansMax: 100)
        try await Receiver.run(replying: { _ in .hang }) { receiver in
            try await withExporter(tracer, to: receiver) {
                tracer.startSpan("first", context: .topLevel).end()
                try await eventually("it is asked") { receiver.requests.count == 1 }
                // While it hangs, what ends waits for no one.
                for number in 0..<1_000 { tracer.startSpan("\(number)", context: .topLevel).end() }
            }
        }
    }

    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    @Test func logSaysWhichStepOfWhichTraceItIs() throws {
        let tracer = OTLPTracer(ratio: 1)
        let lines = Lines()
        var handler = LineLogHandler(.json) { line in lines.all.withLock { $0.append(line) } }
        handler.metadataProvider = .trace
        let logger = Logger(label: "test") { [handler] _ in handler }
        logger.notice("outside")
        let span = tracer.startSpan("a", context: context(tracer, ["traceparent": Self.parent]))
        InstrumentationContext.$current.withValue(span.context) { logger.notice("within") }
        let read = try lines.all.withLock { $0 }.map { try JSON(Array($0.utf8)) }
        #expect(read[0].trace_id == .null && read[0].attributes.fields.isEmpty)
        #expect(read[1].trace_id == "4bf92f3577b34da6a3ce929d0e0e4736" && read[1].body == "within")
        #expect(read[1].span_id.text.wholeMatch(of: /[0-9a-f]{16}/) != nil)
    }
}
