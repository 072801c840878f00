import AsyncHTTPClient
import Glibc
import NIOHTTP1
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// The programs that run. One that a failed test leaves behind goes with the tests.
private let running = Mutex<Set<pid_t>>([])
private let endsWhatIsLeft: Void = {
    atexit { for process in running.withLock({ $0 }) { kill(process, SIGKILL) } }
}()

/// The program itself, as it is built, in a process of its own.
struct StoreProcess: Sendable {
    let url: String
    fileprivate let process: pid_t
    /// What the program is told where a test is about something else than its deadlines: machine and database are busy.
    static let patience = "AFTERCARE_DATABASE_PATIENCE=60"
    /// Its number in the system.
    var identifier: pid_t { process }

    /// The program beside the tests.
    static var program: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        // The tests may run inside a helper program; the test bundle is then an argument.
        let candidates =
            [String(decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)]
            + CommandLine.arguments
        return candidates.map { FilePath($0).removingLastComponent().appending("aftercare").string }
            .first { access($0, X_OK) == 0 } ?? "aftercare"
    }

    /// Starts the store on a port that the system chooses, and waits until it is ready.
    static func start(
        databasePort: Int,
        database: String,
        environment extra: [String] = []
    ) async throws -> StoreProcess {
        let port = freePort()
        let environment =
            [
                "DATABASE_URL=postgresql://aftercare@127.0.0.1:\(databasePort)/\(database)?sslmode=disable&gssencmode=disable",
                "AFTERCARE_LINK_KEY=" + String(repeating: "07", count: 32), "PATH=/usr/bin:/bin",
                "AFTERCARE_LOG_LEVEL=critical", patience,
            ] + extra
        return try await start(["--port", "\(port)"], port: port, environment: environment)
    }

    /// The same with a private cluster in a data folder.
    static func start(dataFolder: String, environment: [String] = []) async throws -> StoreProcess {
        let port = freePort()
        return try await start(
            ["--port", "\(port)", "--data-dir", dataFolder],
            port: port,
            environment: ["PATH=/usr/bin:/bin", "AFTERCARE_LOG_LEVEL=critical", patience] + environment
        )
    }

    private static func start(_ options: [String], port: Int, environment: [String]) async throws -> StoreProcess {
        _ = endsWhatIsLeft
        let process = try #require(spawn(program, ["serve"] + options, environment: environment))
        running.withLock { _ = $0.insert(process) }
        let url = "http://127.0.0.1:\(port)"
        let client = HTTPClient.wide()
        let store = StoreProcess(url: url, process: process)
        let result: Result<Void, any Error>
        do {
            try await eventually("the program is ready") {
                try await client.send(.GET, url + "/readyz", timeout: 10).status == 200
            }
            result = .success(())
        } catch {
            store.kill()
            result = .failure(error)
        }
        try await client.shutdown()
        try result.get()
        return store
    }

    /// SIGKILL: no time for anything.
    func kill() {
        Glibc.kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        running.withLock { _ = $0.remove(process) }
    }
}

extension StoreProcess {
    /// SIGTERM: time to stop in order.
    func terminate() { Glibc.kill(process, SIGTERM) }

    /// Waits for the end; the exit code, or -1 where a signal ended it.
    func waitForExit() async -> Int32 {
        let status = await endOfProcess(process)
        running.withLock { _ = $0.remove(process) }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
    }
}
