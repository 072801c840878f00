import Logging
import ServiceLifecycle
import StoreHTTP

/// The first to hear that the program shall stop: takes the server's readiness back and gives whoever leads requests to it
/// time to see that, before the server itself hears of it.
struct AnnouncedStop: Service {
    let readiness: Readiness
    /// How long the server goes on.
    let notice: Duration
    let logger: Logger

    func run() async throws {
        try await gracefulShutdown()
        readiness.takeBack()
        guard notice > .zero else { return }
        logger.notice("stops soon", metadata: ["seconds": "\(notice.components.seconds)"])
        try await Task.sleep(for: notice)
    }
}
