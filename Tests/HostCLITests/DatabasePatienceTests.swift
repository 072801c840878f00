import Postgres
import Testing

@testable import HostCLI

/// How long whoever asks a database waits, which is not asked here.
struct DatabasePatienceTests {
    private func pool(patience: String, answers queryTimeout: Duration? = nil) async throws -> Pool {
        let settings = try Settings(
            options: [:],
            environment: ["DATABASE_URL": "postgresql://a@127.0.0.1:1/b", "AFTERCARE_DATABASE_PATIENCE": patience]
        )
        return try await Host.open(settings, borrowing: true, queryTimeout: queryTimeout).pool
    }

    @Test func databaseIsWaitedForAsLongAsIsSaid() async throws {
        let usual = try await pool(patience: "")
        #expect(usual.settings.connectTimeout == .seconds(2) && usual.settings.queryTimeout == .milliseconds(2_500))
        #expect(usual.settings.lockTimeout == .milliseconds(1_500) && usual.limits.wait == .milliseconds(2_500))
        let patient = try await pool(patience: "60")
        #expect(patient.settings.connectTimeout == .seconds(60) && patient.settings.queryTimeout == .seconds(60))
        #expect(patient.settings.lockTimeout == .seconds(36) && patient.limits.wait == .seconds(60))
    }

    /// A command whose answers take long is given the longer of both.
    @Test(arguments: [("", 600, 600), ("60", 600, 600), ("60", 30, 60)])
    func longAnswerIsWaitedForAllTheSame(patience: String, asked: Int, waited: Int) async throws {
        let asking = try await pool(patience: patience, answers: .seconds(asked))
        #expect(asking.settings.queryTimeout == .seconds(waited))
    }
}
