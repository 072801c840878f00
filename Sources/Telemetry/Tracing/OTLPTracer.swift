import DequeModule
import Synchronization
package import Tracing

/// Traces what the store does: who asked whom, and how long it took. What has ended waits in a bounded queue for the
/// exporter; where that is full, spans are left out and counted, and nobody who is served waits.
package final class OTLPTracer: Tracer {
    package typealias Span = RecordedSpan

    /// The attribute that names a request, and the key under which a carrier names it: what was written down in a request and
    /// is told later is a step of its trace, where this process has served it.
    static let requestKey = "aftercare.request.id"

    private static let parentKey = "traceparent"
    private static let stateKey = "tracestate"

    private struct Remembered {
        var contexts: [String: TraceContext] = [:]
        var order: Deque<String> = []
    }

    /// So many requests are remembered for what comes of them later.
    private static let rememberedMax = 4_096

    /// What of the traces that begin here is told, from 0 to 1.
    private let ratio: Double
    let queue: SpanQueue
    private let remembered = Mutex(Remembered())

    /// - Parameters:
    ///   - ratio: what part of the traces that begin here is told, from 0 to 1. Whoever asks within a trace decided for it.
    ///   - spansMax: how many spans wait for the exporter.
    package init(ratio: Double, spansMax: Int = 4_096) {
        self.ratio = ratio
        queue = SpanQueue(countMax: spansMax)
    }

    package func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> InstrumentationContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> RecordedSpan {
        var context = context()
        let parent = context.trace
        let traceID = parent?.traceID ?? TraceID(high: Self.randomID(), low: Self.randomID())
        let trace = TraceContext(
            traceID: traceID,
            spanID: Self.randomID(),
            isSampled: parent?.isSampled ?? isSampled(traceID),
            state: parent?.state ?? ""
        )
        context.trace = trace
        return RecordedSpan(
            operationName,
            kind: kind,
            context: context,
            trace: trace,
            parentID: parent?.spanID,
            start: trace.isSampled ? instant().nanosecondsSinceEpoch : 0,
            remember: remember,
            finish: queue.add
        )
    }

    /// By the id's own bits, so that all servers decide alike.
    private func isSampled(_ traceID: TraceID) -> Bool {
        Double(traceID.low >> 8) < ratio * Double(UInt64.max >> 8)
    }

    private static func randomID() -> UInt64 { UInt64.random(in: 1...UInt64.max) }

    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout InstrumentationContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        if let parent = extractor.extract(key: Self.parentKey, from: carrier) {
            context.trace = TraceContext(parent: parent, state: extractor.extract(key: Self.stateKey, from: carrier))
        } else if let request = extractor.extract(key: Self.requestKey, from: carrier) {
            context.trace = remembered.withLock { $0.contexts[request] }
        }
    }

    package func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.parent, forKey: Self.parentKey, into: &carrier)
        if !trace.state.isEmpty { injector.inject(trace.state, forKey: Self.stateKey, into: &carrier) }
    }

    /// Remembers the trace of a request, so that what is told of it later belongs to the same.
    @Sendable private func remember(_ request: String, in trace: TraceContext) {
        remembered.withLock { remembered in
            if remembered.contexts.updateValue(trace, forKey: request) == nil { remembered.order.append(request) }
            if remembered.order.count > Self.rememberedMax, let oldest = remembered.order.popFirst() {
                remembered.contexts[oldest] = nil
            }
        }
    }

    /// The exporter sends what waits by itself, and when the program stops.
    package func forceFlush() {}
}

/// What has ended and is not told yet.
final class SpanQueue: Sendable {
    private struct State {
        var spans: Deque<RecordedSpan.Finished> = []
        var dropped = 0
    }

    private let countMax: Int
    private let state = Mutex(State())

    init(countMax: Int) { self.countMax = countMax }

    /// Adds a span, or counts it where there is no room.
    @Sendable func add(_ span: RecordedSpan.Finished) {
        state.withLock { state in
            if state.spans.count < countMax { state.spans.append(span) } else { state.dropped += 1 }
        }
    }

    /// Takes the oldest, at most so many, and how many were left out since the last time.
    func take(_ count: Int) -> (spans: [RecordedSpan.Finished], dropped: Int) {
        state.withLock { state in
            let spans = Array(state.spans.prefix(count))
            state.spans.removeFirst(spans.count)
            defer { state.dropped = 0 }
            return (spans, state.dropped)
        }
    }
}
