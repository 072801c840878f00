package import Postgres
package import Testing

/// The database of the running test.
package struct Database: Sendable {
    package let settings: ConnectionSettings

    /// Set by the `.database` trait.
    // swift-format-ignore: NeverUseImplicitlyUnwrappedOptionals
    @TaskLocal package static var current: Database!

    /// Runs a body with a pool that is closed afterwards.
    package func withPool<Value: Sendable>(
        connections: Int = 8,
        _ change: (inout ConnectionSettings, inout Pool.Limits) -> Void = { _, _ in },
        _ body: (Pool) async throws -> Value
    ) async throws -> Value {
        var settings = settings
        var limits = Pool.Limits.patient(connections: connections)
        change(&settings, &limits)
        let pool = Pool(settings, limits: limits)
        do {
            let value = try await body(pool)
            await pool.close()
            return value
        } catch {
            await pool.close()
            throw error
        }
    }
}

/// Gives each test a database of its own, and fails a test that leaves a session behind.
package struct DatabaseTrait: TestTrait, SuiteTrait, TestScoping {
    let template: String
    let prepare: @Sendable (Pool) async throws -> Void

    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Turnstile.databases.enter()
        defer { Turnstile.databases.leave() }
        let settings = try await TestCluster.shared.database(template: template, prepare: prepare)
        let result: Result<Void, any Error>
        do {
            try await Database.$current.withValue(Database(settings: settings)) { try await function() }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        let sessionsLeft = try await TestCluster.shared.drop(settings)
        #expect(sessionsLeft == [], "the test left database sessions behind")
        try result.get()
    }
}

extension Trait where Self == DatabaseTrait {
    /// An empty database of the test's own.
    package static var emptyDatabase: DatabaseTrait {
        DatabaseTrait(template: "template_empty", prepare: { _ in })
    }
}

extension ConnectionSettings {
    /// The Unix socket of the server.
    package var socketPath: String { "\(socketFolder)/.s.PGSQL.5432" }

    /// The same database over TCP, by way of something that listens on a local port.
    package func through(port: Int) -> ConnectionSettings {
        var settings = self
        if let other = try? ConnectionSettings(parameters: [
            "host": "127.0.0.1", "port": "\(port)", "user": "aftercare", "dbname": databaseName, "sslmode": "disable",
            "gssencmode": "disable",
        ]) {
            settings = other
        }
        settings.requiresDurability = requiresDurability
        return settings.patient
    }
}
