import Logging
import Synchronization
import Testing

@testable import HostCLI

/// Rounds of jobs that are due, jobs that are not, and jobs that fail.
@Suite struct MaintenanceTests {
    private struct Broken: Error {}

    /// What happened, in its order: the jobs that were started and the lines that were logged.
    private final class Record: Sendable {
        private let entries = Mutex<[String]>([])

        func add(_ entry: String) { entries.withLock { $0.append(entry) } }

        /// What was added since the last call.
        func take() -> [String] {
            entries.withLock { entries in
                defer { entries = [] }
                return entries
            }
        }
    }

    private struct RecordingLog: LogHandler {
        let record: Record
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            record.add("\(event.level): \(event.message) \(event.metadata?["error"]?.description ?? "")")
        }
    }

    private func maintenance(_ record: Record, _ jobs: [Maintenance.Job]) -> Maintenance {
        Maintenance(jobs: jobs, logger: Logger(label: "test") { _ in RecordingLog(record: record) })
    }

    @Test func failureIsLoggedByItsJobAndTheNextJobIsDone() async {
        let record = Record()
        let maintenance = maintenance(
            record,
            [
                .init("settling payments") { throw Broken() },
                .init("removing expired carts") { record.add("carts") },
            ]
        )
        var started: [String: ContinuousClock.Instant] = [:]
        await maintenance.round(at: .now, &started)
        #expect(record.take() == ["error: maintenance failed: settling payments Broken", "carts"])
    }

    @Test func jobIsDoneWhenItsIntervalIsOverWhetherItFailedOrNot() async {
        let record = Record()
        let maintenance = maintenance(
            record,
            [
                .init("each round") { record.add("each round") },
                .init("each hour", every: .seconds(3600)) {
                    record.add("each hour")
                    throw Broken()
                },
            ]
        )
        let start = ContinuousClock.now
        var started: [String: ContinuousClock.Instant] = [:]
        let failure = "error: maintenance failed: each hour Broken"
        await maintenance.round(at: start, &started)
        #expect(record.take() == ["each round", "each hour", failure])
        await maintenance.round(at: start + .seconds(3599), &started)
        #expect(record.take() == ["each round"])
        await maintenance.round(at: start + .seconds(3600), &started)
        #expect(record.take() == ["each round", "each hour", failure])
    }
}
