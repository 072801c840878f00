import AsyncHTTPClient
import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// The program with a PostgreSQL of its own, and all that it writes.
struct LoggedStore: Sendable {
    let url: String
    let client: HTTPClient
    private let metricsURL: String
    private let logFile: String
    private let process: pid_t

    /// Starts it in a folder, and waits until it is ready.
    static func start(in folder: String, environment extra: [String]) async throws -> LoggedStore {
        let (port, metricsPort) = (freePort(), freePort())
        let logFile = folder + "/written"
        let environment =
            [
                "PATH=/usr/bin:/bin", "HOME=\(folder)", "AFTERCARE_CONFIG_DIR=\(folder)/config",
                "AFTERCARE_METRICS_PORT=\(metricsPort)", StoreProcess.patience,
            ] + extra
        let script = #"exec "$0" serve --port "$1" --data-dir "$2" > "$3" 2>&1"#
        let words = ["-c", script, StoreProcess.program, "\(port)", folder, logFile]
        let process = try #require(spawn("/bin/sh", words, environment: environment))
        let store = LoggedStore(
            url: "http://127.0.0.1:\(port)",
            client: .wide(),
            metricsURL: "http://127.0.0.1:\(metricsPort)/metrics",
            logFile: logFile,
            process: process
        )
        // It makes its PostgreSQL first.
        for _ in 0..<1_200 {
            if (try? await store.client.send(.GET, store.url + "/readyz", timeout: 2))?.status == 200 { return store }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("it does not answer: \((try? store.log) ?? "")")
        return store
    }

    /// What it measured.
    func metrics() async throws -> String { try await client.send(.GET, metricsURL).text }

    /// All that it has written.
    var log: String { get throws { try String(contentsOfFile: logFile, encoding: .utf8) } }

    /// Stops it in order.
    func stop() async throws {
        kill(process, SIGTERM)
        var status: Int32 = 0
        // Without holding a thread: what it waits for may be another test's to answer.
        try await eventually("it ends") { waitpid(process, &status, WNOHANG) == process }
        #expect(status == 0, "it ends in order")
        try await client.shutdown()
    }
}
