package import Glibc
import Logging

/// What the lines of both forms of the log share.
package enum LogLine {
    /// Writes a line at once and as a whole.
    package static let toStandardError: @Sendable (String) -> Void = { line in
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    package static let clock: @Sendable () -> timespec = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time
    }

    /// All that belongs to a line, by name: what is said nearest to it wins.
    static func attributes(
        _ metadata: Logger.Metadata,
        _ event: LogEvent
    ) -> [(key: String, value: Logger.MetadataValue)] {
        metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    }

    /// A line for a person.
    static func plain(_ event: LogEvent, at time: timespec, _ metadata: Logger.Metadata) -> String {
        let pairs = attributes(metadata, event).map { " \($0.key)=\(oneLine($0.value))" }
        return "\(text(time)) \(event.level.rawValue) \(oneLine(event.message))\(pairs.joined())"
    }

    /// RFC 3339 in UTC, with microseconds.
    static func text(_ time: timespec) -> String {
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

    /// A text without what would begin another line.
    static func oneLine(_ text: some CustomStringConvertible) -> String {
        var line = ""
        for scalar in text.description.unicodeScalars {
            if scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}" {
                line += scalar.escaped(asASCII: true)
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}
