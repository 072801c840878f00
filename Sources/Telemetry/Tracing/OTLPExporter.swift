import AsyncHTTPClient
package import Logging
import Metrics
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// Sends spans to a collector, in batches, by OTLP over HTTP in JSON. What a collector does not take is left out and
/// counted: no request waits for it, and nothing is sent twice.
package struct OTLPExporter: Service {
    /// The most spans of one request.
    private static let batchMax = 512
    /// The time between two looks at what waits.
    private static let pause = Duration.seconds(1)
    /// How long a collector has to answer.
    private static let patience = Duration.seconds(5)
    /// How long what is left may take when the program stops.
    private static let grace = Duration.seconds(3)
    /// The longest that a collector is left alone after it did not take something.
    private static let restMax = Duration.seconds(30)

    private let tracer: OTLPTracer
    private let url: String
    private let resource: OTLPDocument.Resource
    private let logger: Logger
    private let dropped = Counter(label: "aftercare.traces.dropped")
    private let sent = Counter(label: "aftercare.traces.sent")

    /// - Parameters:
    ///   - endpoint: where the collector listens, without the path: `http://127.0.0.1:4318`.
    ///   - version: the program's.
    package init(_ tracer: OTLPTracer, endpoint: String, version: String, logger: Logger) {
        self.tracer = tracer
        url = "\(endpoint)/v1/traces"
        resource = OTLPDocument.Resource(
            name: "aftercare",
            version: version,
            instance: UInt64.random(in: 1...UInt64.max).hexadecimal
        )
        self.logger = logger
    }

    /// Runs until the program is told to stop, and then sends what is left.
    package func run() async throws {
        var configuration = HTTPClient.Configuration()
        // What is sent to the collector is no part of what is told there.
        configuration.tracing.tracer = nil
        configuration.timeout.connect = .seconds(2)
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        await cancelWhenGracefulShutdown { await send(with: client) }
        await sendRest(with: client)
        try? await client.shutdown()
    }

    private func send(with client: HTTPClient) async {
        var failures = 0
        while !Task.isCancelled {
            switch await sendBatch(with: client, by: .now + Self.patience) {
            case .none: try? await Task.sleep(for: Self.pause)
            case .taken: failures = 0
            case .refused(let rest):
                if failures == 0 { logger.warning("the collector of traces takes none") }
                failures += 1
                let own = Duration.seconds(1 << min(failures, 5))
                try? await Task.sleep(for: min(max(own, rest ?? .zero), Self.restMax))
            }
        }
    }

    /// What is left at the end, as long as the collector takes it.
    private func sendRest(with client: HTTPClient) async {
        let end = ContinuousClock.now + Self.grace
        while ContinuousClock.now < end, case .taken = await sendBatch(with: client, by: end) {}
        dropped.increment(by: tracer.queue.take(.max).spans.count)
    }

    private enum Outcome {
        /// There was nothing to send.
        case none
        case taken
        /// It did not come to the collector's, which wants to be left alone for a while.
        case refused(Duration?)
    }

    private func sendBatch(with client: HTTPClient, by deadline: ContinuousClock.Instant) async -> Outcome {
        let (spans, lost) = tracer.queue.take(Self.batchMax)
        if lost > 0 { dropped.increment(by: lost) }
        if spans.isEmpty { return .none }
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: OTLPDocument.bytes(spans, from: resource)))
        // A task of its own: what has begun is ended also where the program is told to stop meanwhile.
        let outcome = await Task { [request] in await Self.answer(to: request, with: client, by: deadline) }.value
        if case .taken = outcome { sent.increment(by: spans.count) } else { dropped.increment(by: spans.count) }
        return outcome
    }

    private static func answer(
        to request: HTTPClientRequest,
        with client: HTTPClient,
        by deadline: ContinuousClock.Instant
    ) async -> Outcome {
        await withTaskGroup(of: Outcome.self) { group in
            group.addTask {
                do {
                    let response = try await client.execute(request, timeout: TimeAmount(deadline - .now))
                    // What it says of parts that it did not take is not read; the connection is used again.
                    for try await _ in response.body {}
                    if (200..<300).contains(response.status.code) { return .taken }
                    let seconds = response.headers.first(name: "Retry-After").flatMap { Int64($0) }
                    return .refused(seconds.map { .seconds(max(0, min($0, 3600))) })
                } catch {
                    return .refused(nil)
                }
            }
            group.addTask {
                try? await Task.sleep(until: deadline)
                return .refused(nil)
            }
            let first = await group.next() ?? .refused(nil)
            group.cancelAll()
            return first
        }
    }
}
