import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct ListenerHandlerTests {
    /// The listener renews its own connection; what the handler could not reach is the caller's to deal with.
    @Test func unavailabilityThatTheHandlerTellsEndsTheListener() async throws {
        let listener = try Listener(Database.current.settings, channels: ["stock"])
        let ended = Counter()
        let listening = Task {
            defer { ended.increment() }
            try await listener.run { _ in throw PostgresError.poolExhausted }
        }
        defer { listening.cancel() }
        try await eventually("the listener ends") { ended.value == 1 }
        #expect(await listening.postgresError == .poolExhausted)
    }
}
