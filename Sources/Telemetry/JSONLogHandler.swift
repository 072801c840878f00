package import Glibc
package import Logging
import Synchronization

/// Writes the log as a JSON object a line, by the names of OpenTelemetry's log model: `timestamp`, `severityText`,
/// `severityNumber`, `body` and `attributes`.
package struct JSONLogHandler: LogHandler {
    package var logLevel = Logger.Level.notice
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> timespec

    /// - Parameters:
    ///   - write: takes a line, without its end.
    ///   - now: the time that lines carry.
    package init(write: @escaping @Sendable (String) -> Void, now: @escaping @Sendable () -> timespec = Self.clock) {
        self.write = write
        self.now = now
    }

    /// Writes to standard error, each line at once and as a whole.
    package static func standardError() -> JSONLogHandler {
        JSONLogHandler { line in
            let bytes = Array((line + "\n").utf8)
            _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
        }
    }

    package static let clock: @Sendable () -> timespec = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var attributes = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }
        attributes.merge(event.metadata ?? [:]) { $1 }
        let time = now()
        var line = "{\"timestamp\":\"\(Self.text(time))\",\"severityText\":\"\(event.level.rawValue.uppercased())\""
        line += ",\"severityNumber\":\(Self.number(event.level)),\"body\":\(Self.quoted(event.message.description))"
        let pairs = attributes.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\(Self.value($0.value))" }
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

    /// RFC 3339 in UTC, with microseconds.
    private static func text(_ time: timespec) -> String {
        var seconds = time.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ value: Int, _ count: Int) -> String {
            let text = "\(value)"
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { digits(Int($0), 2) }.joined(separator: ":")
        return
            "\(digits(date[0], 4))-\(digits(date[1], 2))-\(digits(date[2], 2))T\(clock).\(digits(time.tv_nsec / 1000, 6))Z"
    }

    /// Numbers stay numbers, so that whoever reads the log can compare them.
    private static func value(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text): Int64(text).map { "\($0)" == text ? text : quoted(text) } ?? quoted(text)
        case .stringConvertible(let value): Self.value(.string(value.description))
        case .array(let values): "[\(values.map(Self.value).joined(separator: ","))]"
        case .dictionary(let values):
            "{\(values.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(Self.value($0.value))" }.joined(separator: ","))}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
