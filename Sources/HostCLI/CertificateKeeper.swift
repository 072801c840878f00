import Logging
import ServiceLifecycle
import StoreHTTP

/// The service that reads the server's certificate again when its files change, so that a renewal needs no restart.
struct CertificateKeeper: Service {
    /// How often the files are looked at.
    private static let pause = Duration.seconds(5)

    let certificate: ServerCertificate
    let logger: Logger

    /// Runs until the store is told to stop.
    func run() async throws {
        // Being told to stop is how this ends; it is no error.
        try? await cancelWhenGracefulShutdown {
            var told = ""
            while true {
                try await Task.sleep(for: Self.pause)
                do {
                    if try certificate.reread() { logger.notice("the certificate was replaced") }
                    told = ""
                } catch {
                    // Once: it is looked at again and again until somebody mends it.
                    let fault = "\(error)"
                    if fault != told { logger.error("the former certificate stays", metadata: ["error": "\(fault)"]) }
                    told = fault
                }
            }
        }
    }
}
