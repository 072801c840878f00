package import Glibc
package import Logging

/// Writes the log as a JSON object a line, by the names of OpenTelemetry's log model: `timestamp`, `severityText`,
/// `severityNumber`, `body` and `attributes`, and `trace_id` and `span_id` where something is traced.
package struct JSONLogHandler: LogHandler {
    package var logLevel = Logger.Level.notice
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> timespec

    /// - Parameters:
    ///   - write: takes a line, without its end.
    ///   - now: the time that lines carry.
    package init(
        write: @escaping @Sendable (String) -> Void = LogLine.toStandardError,
        now: @escaping @Sendable () -> timespec = LogLine.clock
    ) {
        self.write = write
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = "{\"timestamp\":\"\(LogLine.text(now()))\",\"severityText\":\"\(event.level.rawValue.uppercased())\""
        line += ",\"severityNumber\":\(Self.number(event.level)),\"body\":\(JSONText.quoted(event.message.description))"
        let pairs = LogLine.attributes(metadata, event).map { "\(JSONText.quoted($0.key)):\(Self.value($0.value))" }
        // Which step of which trace it is, where there is one.
        for (name, value) in (metadataProvider?.get() ?? [:]).sorted(by: { $0.key < $1.key }) {
            line += ",\(JSONText.quoted(name)):\(JSONText.quoted("\(value)"))"
        }
        line += ",\"attributes\":{\(pairs.joined(separator: ","))}}"
        write(line)
    }

    /// OpenTelemetry's number for a level.
    private static func number(_ level: Logger.Level) -> Int {
        switch level {
        case .trace: 1
        case .debug: 5
        case .info: 9
        case .notice: 10
        case .warning: 13
        case .error: 17
        case .critical: 21
        }
    }

    /// Numbers stay numbers, so that whoever reads the log can compare them.
    private static func value(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text):
            Int64(text).map { "\($0)" == text ? text : JSONText.quoted(text) } ?? JSONText.quoted(text)
        case .stringConvertible(let value): Self.value(.string(value.description))
        case .array(let values): "[\(values.map(Self.value).joined(separator: ","))]"
        case .dictionary(let values):
            "{\(values.sorted { $0.key < $1.key }.map { "\(JSONText.quoted($0.key)):\(Self.value($0.value))" }.joined(separator: ","))}"
        }
    }
}
