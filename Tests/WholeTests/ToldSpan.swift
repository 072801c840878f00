import TestSupport

/// A span as a collector was told of it.
struct ToldSpan {
    let trace: String
    let id: String
    let parent: String
    let name: String
    let kind: Int
    let attributes: [String: String]

    init(_ span: JSON) {
        trace = span.traceId.text
        id = span.spanId.text
        parent = span.parentSpanId.text
        name = span.name.text
        kind = span.kind.int ?? 0
        attributes = span.attributes.entries.reduce(into: [:]) { attributes, attribute in
            attributes[attribute.key.text] = attribute.value.stringValue.text + attribute.value.intValue.text
        }
    }
}

extension Receiver {
    /// All that it was told of traces.
    var spans: [ToldSpan] {
        requests.filter { $0.path == "/v1/traces" }.flatMap { $0.json.resourceSpans.entries }
            .flatMap { $0.scopeSpans.entries }.flatMap { $0.spans.entries }.map(ToldSpan.init)
    }
}
