import Logging
import Postgres
import ServiceLifecycle

/// The service that starts the private cluster again should it die while the store is served.
struct ClusterKeeper: Service {
    let cluster: PrivateCluster
    let logger: Logger

    /// Runs until the store is told to stop.
    func run() async throws {
        // Being told to stop is how this ends; it is no error.
        try? await cancelWhenGracefulShutdown {
            try await cluster.keepRunning { error in
                logger.error("starting the private cluster failed", metadata: ["error": "\(error)"])
            }
        }
    }
}
