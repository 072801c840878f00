/// When an event that could not be told is tried again.
enum DeliverySchedule {
    /// From a hiccup to three days: a relay that is down over a weekend costs nobody an event.
    private static let pauses: [Duration] = [
        .seconds(5), .seconds(5 * 60), .seconds(30 * 60), .seconds(2 * 3600), .seconds(5 * 3600), .seconds(10 * 3600),
        .seconds(14 * 3600), .seconds(20 * 3600), .seconds(24 * 3600),
    ]

    /// How long to wait after so many attempts; nil where it is given up.
    /// - Parameter spread: from 0 to 1; it moves the pause by a tenth either way, so that what failed together is not tried
    ///   again together.
    static func pause(after attempts: Int, spread: Double) -> Duration? {
        guard pauses.indices.contains(attempts - 1) else { return nil }
        return pauses[attempts - 1] * (0.9 + 0.2 * spread)
    }
}
