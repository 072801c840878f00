package import Glibc
package import Logging

/// Writes the log as lines for a person: when, how grave, what happened, and what belongs to it, by name.
///
/// What belongs to a line is put into words when the line is written, and not with each request that writes none.
package struct TextLogHandler: LogHandler {
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
        let pairs = LogLine.attributes(metadata.merging(metadataProvider?.get() ?? [:]) { $1 }, event).map {
            " \($0.key)=\(LogLine.oneLine($0.value))"
        }
        write("\(LogLine.text(now())) \(event.level.rawValue) \(LogLine.oneLine(event.message))\(pairs.joined())")
    }
}
