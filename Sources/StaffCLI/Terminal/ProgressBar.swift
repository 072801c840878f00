/// How far a long command has come, on one line of the terminal that is written over and over. Where nobody watches it
/// says nothing.
final class ProgressBar {
    private static let length = 24

    private let label: String
    private let total: Int
    private let sink: (any TextSink)?
    private var shown = ""

    /// - Parameter sink: the terminal; nil where there is none.
    init(_ label: String, total: Int, sink: (any TextSink)?) {
        self.label = label
        self.total = max(total, 1)
        self.sink = sink
    }

    func show(_ done: Int) {
        let line = Self.line(label, done: done, total: total)
        guard let sink, line != shown else { return }
        shown = line
        // Nothing is lost where the bar can't be drawn.
        try? sink.write(Array("\r\u{1B}[K\(line)".utf8))
    }

    /// Takes the bar away, so that what comes next begins on a clean line.
    func clear() {
        guard let sink, !shown.isEmpty else { return }
        shown = ""
        try? sink.write(Array("\r\u{1B}[K".utf8))
    }

    static func line(_ label: String, done: Int, total: Int) -> String {
        let done = min(max(done, 0), total)
        let filled = done * length / max(total, 1)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: length - filled)
        return "\(label) [\(bar)] \(done)/\(total)"
    }
}
