import Glibc
import Logging

extension LogLine {
    /// A JSON object by the names of OpenTelemetry's log model: `timestamp`, `severityText`, `severityNumber`, `body` and
    /// `attributes`, and `trace_id` and `span_id` where something is traced.
    static func json(_ event: LogEvent, at time: timespec, _ metadata: Logger.Metadata, step: Logger.Metadata) -> String
    {
        var line = "{\"timestamp\":\"\(text(time))\",\"severityText\":\"\(event.level.rawValue.uppercased())\""
        line += ",\"severityNumber\":\(number(event.level)),\"body\":\(JSONText.quoted(event.message.description))"
        let pairs = attributes(metadata, event).map { "\(JSONText.quoted($0.key)):\(value($0.value))" }
        for (name, value) in step.sorted(by: { $0.key < $1.key }) {
            line += ",\(JSONText.quoted(name)):\(JSONText.quoted("\(value)"))"
        }
        return line + ",\"attributes\":{\(pairs.joined(separator: ","))}}"
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
