/// What a metric says, for those who read it: a sentence, and the bounds of what is counted by size.
package struct MetricDescription: Sendable {
    let help: String
    /// The upper bounds of a histogram's buckets, ascending.
    let bounds: [Double]

    /// The bounds that OpenTelemetry advises for a request's duration, in seconds.
    private static let requestSeconds = [
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]
    /// The bounds that OpenTelemetry advises for what a database is asked, in seconds.
    private static let databaseSeconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

    private init(_ help: String, bounds: [Double] = []) { (self.help, self.bounds) = (help, bounds) }

    /// By the names that the code gives them: OpenTelemetry's where it has one.
    package static let all: [String: MetricDescription] = [
        "http.server.request.duration": .init("How long a request took, by route.", bounds: requestSeconds),
        "http.server.active_requests": .init("Requests that are being answered."),
        "aftercare.requests.turned_away": .init("Requests that were refused where they arrived: there were too many."),
        "db.client.operation.duration": .init(
            "How long a connection was lent, for all that was asked on it in between.",
            bounds: databaseSeconds
        ),
        "db.client.connection.wait_time": .init("How long a connection was waited for.", bounds: databaseSeconds),
        "db.client.connection.count": .init("Connections to the database, by state."),
        "db.client.connection.pending_requests": .init("Callers that wait for a connection."),
        "aftercare.checkout.batch.size": .init("Orders placed in one transaction.", bounds: [1, 2, 4, 8, 16, 32, 64]),
        "aftercare.checkouts": .init("Checkouts, by what became of them."),
        "aftercare.deliveries": .init("Attempts to tell others of an event, by channel and outcome."),
        "aftercare.deliveries.due": .init("Events that wait to be told or failed to be, by channel."),
        "aftercare.backup.configured": .init("Whether the store has a folder for its backups: 1, or 0."),
        "aftercare.backup.drill.age": .init("Seconds since a backup was last restored and found to be good."),
        "aftercare.deliveries.age": .init("Seconds for which the oldest of them has waited, by channel."),
        "aftercare.dead_letters": .init("Events of the last seven days that could not be told. Must be 0."),
        "aftercare.oversold": .init("Components of which more is promised than there is. Must be 0."),
        "aftercare.orders.without_guide": .init(
            "Orders without a guide, all of them as counted within the hour. Must be 0."
        ),
        "aftercare.unsettled": .init("Money in which ledger and provider differ, as last compared. Must be 0."),
        "aftercare.reminders.dropped": .init("Reminders that nobody told in time."),
        "aftercare.traces.sent": .init("Steps of traces that the collector took."),
        "aftercare.traces.dropped": .init(
            "Steps of traces that were left out: too many waited, or the collector took none."
        ),
        "aftercare.metrics.refused": .init("Series that were not kept apart, because there were too many."),
        "process.resident_memory": .init("Memory that the program holds, in octets."),
        "process.cpu.time": .init("Seconds of processor time that the program has used."),
        "process.open_file_descriptors": .init("Files and connections that the program has open."),
        "process.start_time": .init("When the program was started, in seconds since 1970."),
    ]
}
