package import Foundation
import Glibc
import Testing

/// A real mail server, aiosmtpd, for one test; `relay.py` says what it does to whom.
package struct RelayServer: Sendable {
    package static let python = "/var/tmp/aftercare-python/bin/python"
    /// Whether there is a Python with aiosmtpd, as `.ci/run` makes it.
    package static let isInstalled = access(python, X_OK) == 0

    /// What each message holds, in files that are named from 1 on, among others.
    package let folder: URL
    package let port: Int

    /// - Parameter options: as `relay.py` reads them.
    package static func run(
        _ options: [String: any Sendable] = [:],
        _ body: (RelayServer) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "relay.py").path
        let json = String(decoding: try JSONSerialization.data(withJSONObject: options), as: UTF8.self)
        let process = try #require(spawn(python, ["-W", "ignore", script, folder.path, json], environment: []))
        defer {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        let file = folder.appending(path: "port")
        try await eventually("the server listens") { FileManager.default.fileExists(atPath: file.path) }
        let port = try #require(Int(String(contentsOf: file, encoding: .utf8)))
        try await body(RelayServer(folder: folder, port: port))
    }

    /// What the server has taken, in its order.
    package var messages: [[UInt8]] {
        var messages: [[UInt8]] = []
        while let data = try? Data(contentsOf: folder.appending(path: "\(messages.count + 1)")) {
            messages.append(Array(data))
        }
        return messages
    }

    package var connectionCount: Int {
        get throws { try Data(contentsOf: folder.appending(path: "connections")).count { $0 == UInt8(ascii: "\n") } }
    }

    /// Whether a message to `hang` waits for its answer.
    package var isHanging: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "hanging").path) }

    /// Whether it has ended a connection after a message to `last`.
    package var hasEnded: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "ended").path) }
}
