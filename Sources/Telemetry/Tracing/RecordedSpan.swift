import Synchronization
package import Tracing

/// A step of a trace. Of its attributes only those are kept that can't say who somebody is, what they bought or what
/// opens something: whatever a library adds, an address that was asked among it, goes no further.
package final class RecordedSpan: Span {
    /// What a span becomes once it has ended.
    package struct Finished: Sendable {
        package let name: String
        package let kind: SpanKind
        package let context: TraceContext
        package let parentID: UInt64?
        /// In nanoseconds since 1970.
        package let start: UInt64
        package let end: UInt64
        package let attributes: [String: Value]
        package let links: [TraceContext]
        package let hasFailed: Bool
    }

    /// What an attribute says.
    package enum Value: Sendable, Hashable {
        case text(String)
        case number(Int64)
    }

    private struct State {
        var name: String
        var attributes: [String: Value] = [:]
        var links: [TraceContext] = []
        var hasFailed = false
        var isEnded = false
    }

    /// The attributes that are kept, by OpenTelemetry's names.
    private static let kept: Set<String> = [
        "http.request.method", "http.route", "http.response.status_code", "error.type", "server.address", "server.port",
        "db.system.name", "db.query.summary", "db.operation.name", "db.operation.batch.size", "network.protocol.name",
        "aftercare.request.id", "aftercare.channel", "aftercare.event", "aftercare.attempt", "aftercare.batch.size",
    ]
    /// The older names of some.
    private static let renamed = ["http.status_code": "http.response.status_code"]
    private static let linksMax = 128

    package let context: InstrumentationContext
    private let trace: TraceContext
    private let parentID: UInt64?
    private let kind: SpanKind
    private let start: UInt64
    private let state: Mutex<State>
    private let remember: @Sendable (_ request: String, TraceContext) -> Void
    private let finish: @Sendable (Finished) -> Void

    init(
        _ name: String,
        kind: SpanKind,
        context: InstrumentationContext,
        trace: TraceContext,
        parentID: UInt64?,
        start: UInt64,
        remember: @escaping @Sendable (_ request: String, TraceContext) -> Void,
        finish: @escaping @Sendable (Finished) -> Void
    ) {
        self.context = context
        self.trace = trace
        self.parentID = parentID
        self.kind = kind
        self.start = start
        self.remember = remember
        self.finish = finish
        state = Mutex(State(name: name))
    }

    package var operationName: String {
        get { state.withLock(\.name) }
        set { state.withLock { $0.name = newValue } }
    }

    package var isRecording: Bool { trace.isSampled && !state.withLock(\.isEnded) }

    package var attributes: SpanAttributes {
        get {
            var attributes = SpanAttributes()
            for (name, value) in state.withLock(\.attributes) {
                switch value {
                case .text(let text): attributes[name] = text
                case .number(let number): attributes[name] = number
                }
            }
            return attributes
        }
        set {
            if case .string(let request)? = newValue.get(OTLPTracer.requestKey) { remember(request, trace) }
            guard trace.isSampled else { return }
            var kept: [String: Value] = [:]
            newValue.forEach { name, value in
                let name = Self.renamed[name] ?? name
                if Self.kept.contains(name), let value = Value(value) { kept[name] = value }
            }
            state.withLock { $0.attributes = kept }
        }
    }

    package func setStatus(_ status: SpanStatus) { state.withLock { $0.hasFailed = status.code == .error } }

    /// Events are not kept: what happens within a step is in the log.
    package func addEvent(_ event: SpanEvent) {}

    /// Of an error its type is kept: what it says may be what somebody typed.
    package func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        guard trace.isSampled else { return }
        state.withLock { state in
            state.hasFailed = true
            if state.attributes["error.type"] == nil { state.attributes["error.type"] = .text("\(type(of: error))") }
        }
    }

    package func addLink(_ link: SpanLink) {
        guard trace.isSampled, let other = link.context.trace else { return }
        state.withLock { if $0.links.count < Self.linksMax { $0.links.append(other) } }
    }

    package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        guard trace.isSampled else { return }
        let end = instant().nanosecondsSinceEpoch
        let last = state.withLock { state -> State? in
            if state.isEnded { return nil }
            state.isEnded = true
            return state
        }
        guard let last else { return }
        finish(
            Finished(
                name: last.name,
                kind: kind,
                context: trace,
                parentID: parentID,
                start: start,
                // A clock that was put back meanwhile makes no span that ends before it begins.
                end: max(start, end),
                attributes: last.attributes,
                links: last.links,
                hasFailed: last.hasFailed
            )
        )
    }
}

extension RecordedSpan.Value {
    private static let charactersMax = 255

    fileprivate init?(_ attribute: SpanAttribute) {
        switch attribute {
        case .string(let text): self = .text(String(text.prefix(Self.charactersMax)))
        case .int32(let number): self = .number(Int64(number))
        case .int64(let number): self = .number(number)
        default: return nil
        }
    }
}
