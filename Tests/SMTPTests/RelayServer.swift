import Encodings
import Foundation
import Glibc
import Mail
import SMTP
import TestSupport
import Testing

/// A real mail server, aiosmtpd, for one test; `relay.py` says what it does to whom.
struct RelayServer {
    static let python = "/var/tmp/aftercare-python/bin/python"
    /// Whether there is a Python with aiosmtpd, as `.ci/run` makes it.
    static let isInstalled = access(python, X_OK) == 0

    let folder: URL
    let port: Int

    /// - Parameter options: as `relay.py` reads them.
    static func run(
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
    var messages: [[UInt8]] {
        var messages: [[UInt8]] = []
        while let data = try? Data(contentsOf: folder.appending(path: "\(messages.count + 1)")) {
            messages.append(Array(data))
        }
        return messages
    }

    var connectionCount: Int {
        get throws { try Data(contentsOf: folder.appending(path: "connections")).count { $0 == UInt8(ascii: "\n") } }
    }

    /// Whether a message to `hang` waits for its answer.
    var isHanging: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "hanging").path) }

    /// Whether it has ended a connection after a message to `last`.
    var hasEnded: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "ended").path) }

    func client(
        scheme: String = "smtp",
        login: SMTPRelay.Login? = nil,
        tls: SMTPRelay.TLS? = nil,
        authority: String? = nil,
        connections: Int = 1,
        connectTimeout: Duration = .seconds(10),
        timeout: Duration = .seconds(60)
    ) throws -> SMTPClient {
        let relay = try SMTPRelay(
            url: "\(scheme)://127.0.0.1:\(port)",
            login: login,
            tls: tls,
            authorityFile: authority
        )
        return SMTPClient(relay, connections: connections, connectTimeout: connectTimeout, timeout: timeout)
    }

    /// Why such a client can't send; nil where it can.
    func error(
        scheme: String = "smtp",
        login: SMTPRelay.Login? = nil,
        tls: SMTPRelay.TLS? = nil,
        authority: String? = nil
    ) async throws -> SMTPError? {
        try await client(scheme: scheme, login: login, tls: tls, authority: authority).error(to: "ada")
    }
}

extension SMTPClient {
    /// Sends to a recipient whose name says what becomes of the message; why it was not sent, or nil.
    func error(
        to name: String,
        from sender: String = "store",
        _ message: [UInt8] = Array("Subject: a\r\n\r\nb\r\n".utf8)
    ) async throws -> SMTPError? {
        let (from, to) = (try MailAddress("\(sender)@example.com"), try MailAddress("\(name)@example.com"))
        do throws(SMTPError) {
            try await send(message, from: from, to: to)
            return nil
        } catch {
            return error
        }
    }
}
