import Audit
import Logging
import Personal
import Postgres
import ServiceLifecycle

/// The service that does, while the store is served, what no request waits for: round after round, each job that is due.
///
/// A job that fails is logged as `maintenance failed: JOB` and done again when it is due the next time; the others go on.
/// Several servers may run it at once: each job takes what no other server holds.
struct Maintenance: Service {
    /// Something that is done again and again.
    struct Job: Sendable {
        /// What it does, as its failure names it.
        let name: String
        /// The least time from one start to the next; zero for every round.
        let interval: Duration
        /// Does all of it that there is to do.
        let run: @Sendable () async throws -> Void

        init(_ name: String, every interval: Duration = .zero, _ run: @escaping @Sendable () async throws -> Void) {
            self.name = name
            self.interval = interval
            self.run = run
        }
    }

    /// The time between two rounds.
    static let pause = Duration.seconds(30)

    let jobs: [Job]
    let logger: Logger

    /// Runs until the store is told to stop.
    func run() async throws {
        // Being told to stop is how this ends; it is no error.
        try? await cancelWhenGracefulShutdown {
            var started: [String: ContinuousClock.Instant] = [:]
            while !Task.isCancelled {
                await round(at: .now, &started)
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    /// Does each job that is due.
    /// - Parameter started: when each job was started last, by its name.
    func round(at now: ContinuousClock.Instant, _ started: inout [String: ContinuousClock.Instant]) async {
        for job in jobs {
            if let last = started[job.name], now - last < job.interval { continue }
            started[job.name] = now
            do {
                try await job.run()
            } catch {
                // Whatever a job that is stopped with the store says, it did not fail.
                if Task.isCancelled { return }
                logger.error("maintenance failed: \(job.name)", metadata: ["error": "\(Self.cause(error))"])
            }
        }
    }

    /// An error without the values that may be in it: they may be somebody's address.
    private static func cause(_ error: any Error) -> String {
        switch error {
        case let error as PostgresError: error.description
        case let error as AuditError: error.description
        case let error as ErasureListError: error.description
        default: "\(type(of: error))"
        }
    }
}
