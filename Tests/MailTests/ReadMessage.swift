import Foundation
import Glibc
import Subprocess
import SystemPackage
import Testing

/// A message as Python's own library for mail reads it.
struct ReadMessage: Decodable {
    struct Mailbox: Decodable, Equatable {
        let name: String
        let address: String
    }

    struct File: Decodable, Equatable {
        let name: String
        let type: String
        let bytes: Data
    }

    let from: Mailbox
    let to: Mailbox
    let replyTo: Mailbox?
    let subject: String
    let secondsSince1970: Double
    /// The other headers, as they stand.
    let headers: [String: String]
    /// What the library finds wrong, anywhere.
    let defects: [String]
    /// The media types, a part's parts in brackets after it.
    let structure: String
    let plain: String
    let html: String
    let calendarMethod: String?
    let files: [File]

    static let isInstalled = access("/usr/bin/python3", X_OK) == 0

    /// Reads many at once: starting Python takes longer than reading.
    static func read(_ messages: [[UInt8]]) async throws -> [ReadMessage] {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "read.py").path
        let result = try await Subprocess.run(
            .path("/usr/bin/python3"),
            arguments: [script],
            environment: .custom(["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"]),
            input: .array(Array(try JSONEncoder().encode(messages.map { Data($0) }))),
            output: .bytes(limit: 64 << 20),
            error: .string(limit: 1 << 16)
        )
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        return try JSONDecoder().decode([ReadMessage].self, from: Data(result.standardOutput))
    }

    static func read(_ message: [UInt8]) async throws -> ReadMessage {
        try #require(try await read([message]).first)
    }
}
