import Tracing

/// Spans as OTLP has them in JSON (`ExportTraceServiceRequest`): ids in hexadecimal, and 64-bit numbers as texts.
enum OTLPDocument {
    /// Who tells them: the resource.
    struct Resource: Sendable {
        let name: String
        let version: String
        /// One of several servers, by a name that is new with each start.
        let instance: String
    }

    static func bytes(_ spans: [RecordedSpan.Finished], from resource: Resource) -> [UInt8] {
        let attributes = [
            attribute("service.name", .text(resource.name)), attribute("service.version", .text(resource.version)),
            attribute("service.instance.id", .text(resource.instance)),
            attribute("telemetry.sdk.language", .text("swift")),
        ]
        let scope = object([("name", JSONText.quoted(resource.name)), ("version", JSONText.quoted(resource.version))])
        let scopes = object([("scope", scope), ("spans", list(spans.map(span)))])
        let whole = object([("resource", object([("attributes", list(attributes))])), ("scopeSpans", list([scopes]))])
        return Array(object([("resourceSpans", list([whole]))]).utf8)
    }

    private static func span(_ span: RecordedSpan.Finished) -> String {
        var members = ids(of: span.context)
        if let parent = span.parentID { members.append(("parentSpanId", JSONText.quoted(parent.hexadecimal))) }
        members += [
            ("flags", "1"), ("name", JSONText.quoted(span.name)), ("kind", "\(number(of: span.kind))"),
            ("startTimeUnixNano", "\"\(span.start)\""), ("endTimeUnixNano", "\"\(span.end)\""),
            ("attributes", list(span.attributes.sorted { $0.key < $1.key }.map(attribute))),
        ]
        if !span.links.isEmpty { members.append(("links", list(span.links.map { object(ids(of: $0)) }))) }
        members.append(("status", span.hasFailed ? object([("code", "2")]) : object([])))
        return object(members)
    }

    private static func ids(of context: TraceContext) -> [(String, String)] {
        let ids = [("traceId", "\"\(context.traceID)\""), ("spanId", "\"\(context.spanID.hexadecimal)\"")]
        return context.state.isEmpty ? ids : ids + [("traceState", JSONText.quoted(context.state))]
    }

    private static func attribute(_ name: String, _ value: RecordedSpan.Value) -> String {
        let written =
            switch value {
            case .text(let text): object([("stringValue", JSONText.quoted(text))])
            case .number(let number): object([("intValue", "\"\(number)\"")])
            }
        return object([("key", JSONText.quoted(name)), ("value", written)])
    }

    /// OTLP's number for a kind.
    private static func number(of kind: SpanKind) -> Int {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }

    private static func object(_ members: [(String, String)]) -> String {
        "{\(members.map { "\"\($0)\":\($1)" }.joined(separator: ","))}"
    }

    private static func list(_ elements: [String]) -> String { "[\(elements.joined(separator: ","))]" }
}
