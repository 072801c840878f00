import CLibPQ

/// Hears what other sessions announce with NOTIFY, over a connection of its own that it renews when it breaks.
///
/// PostgreSQL keeps nothing for an absent listener. So each (re)connection is an event too: whoever depends on
/// notifications catches up from the tables then, and takes notifications as hints from there on.
public struct Listener: Sendable {
    /// What a listener hears.
    public enum Event: Sendable, Equatable {
        /// The channels are being listened to from now on; what was announced before may have been missed.
        case listening
        /// Another session's announcement.
        case notification(channel: String, payload: String)
    }

    private let settings: ConnectionSettings
    private let channels: [String]

    /// A listener on channels.
    /// - Throws: `PostgresError.misuse` for a channel that is not a plain lower-case identifier.
    public init(_ settings: ConnectionSettings, channels: [String]) throws(PostgresError) {
        for channel in channels {
            let isPlain = channel.utf8.allSatisfy { $0 >= 0x61 && $0 <= 0x7A || $0 == 0x5F }
            guard isPlain, (1...63).contains(channel.utf8.count) else {
                throw .misuse("a channel's name has 1 to 63 lower-case letters and underscores")
            }
        }
        self.settings = settings
        self.channels = channels
    }

    /// Listens until the task is cancelled or `handle` throws. A lost connection is tried again, after a pause that
    /// grows to two seconds.
    public func run(_ handle: (Event) async throws -> Void) async throws {
        var pause = Duration.milliseconds(50)
        while true {
            guard let connection = try await unlessLost({ () throws(PostgresError) in try await listen() }) else {
                try await Task.sleep(for: pause)
                pause = Swift.min(pause * 2, .seconds(2))
                continue
            }
            pause = .milliseconds(50)
            try await handle(.listening)
            while let (channel, payload) = try await unlessLost({ () throws(PostgresError) in
                try await connection.nextNotification()
            }) {
                try await handle(.notification(channel: channel, payload: payload))
            }
        }
    }

    private func listen() async throws(PostgresError) -> Connection {
        let connection = try await Connection.connect(settings)
        for channel in channels { try await connection.script("LISTEN \(channel)") }
        return connection
    }

    /// Nil where the link is gone: the listener's own errors, never those of the one who handles events.
    private func unlessLost<Value: Sendable>(
        _ body: () async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value? {
        do {
            return try await body()
        } catch {
            if error.isUnavailability { return nil }
            throw error
        }
    }
}

extension Connection {
    func nextNotification() async throws(PostgresError) -> (channel: String, payload: String) {
        let link = try claim()
        defer { unclaim() }
        while true {
            if let notification = PQnotifies(link.pointer) {
                defer { PQfreemem(notification) }
                return (String(cString: notification.pointee.relname), String(cString: notification.pointee.extra))
            }
            try await wait(.read, boundary: .read, deadline: nil)
            if PQconsumeInput(link.pointer) == 0 { throw lost(.closedByServer, boundary: .read) }
        }
    }
}
