/// What types faster than anybody: a scanner that reads one code twice in one pull of the trigger.
struct Scanner {
    /// No hand brings a second piece before the scanner so soon.
    static let repeatedWithin = Duration.milliseconds(200)

    private var last: (line: String, at: ContinuousClock.Instant)?

    /// Whether a line is the one before once more.
    mutating func repeats(_ line: String, at now: ContinuousClock.Instant) -> Bool {
        defer { last = (line, now) }
        guard let last else { return false }
        return last.line == line && now - last.at < Self.repeatedWithin
    }
}
