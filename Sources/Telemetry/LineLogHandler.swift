package import Glibc
package import Logging

/// Writes the log a line at a time.
///
/// What belongs to a line is put into words when the line is written, and not with each request that writes none.
package struct LineLogHandler: LogHandler {
    /// How a line is written.
    package enum Form: String, Sendable {
        /// For a person: when, how grave, what happened, and what belongs to it, by name.
        case text
        /// For programs: an object by OpenTelemetry's names.
        case json
    }

    package var logLevel = Logger.Level.notice
    package var metadata: Logger.Metadata = [:]
    /// Says of which trace a line is a step.
    package var metadataProvider: Logger.MetadataProvider?

    private let form: Form
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> timespec

    /// - Parameters:
    ///   - write: takes a line, without its end.
    ///   - now: the time that lines carry.
    package init(
        _ form: Form,
        write: @escaping @Sendable (String) -> Void = LogLine.toStandardError,
        now: @escaping @Sendable () -> timespec = LogLine.clock
    ) {
        self.form = form
        self.write = write
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let step = metadataProvider?.get() ?? [:]
        switch form {
        case .text: write(LogLine.plain(event, at: now(), metadata.merging(step) { $1 }))
        case .json: write(LogLine.json(event, at: now(), metadata, step: step))
        }
    }
}
