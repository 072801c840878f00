import ArgumentParser
import FoundationEssentials
import Postgres
import Schema

/// `aftercare migrate`: the schema, brought up to date.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Bring the database's schema up to date.")

    @OptionGroup var data: DataOptions

    func run() async throws {
        let settings = try Settings(options: data.values, environment: ProcessInfo.processInfo.environment)
        try await Host.with(settings) { host in
            let done = try await Migrator(Schema.migrations).migrate(host.pool)
            for step in done { say("Ran migration \(step.number) (\(step.name)).") }
            if done.isEmpty { say("The schema is up to date.") }
        }
    }
}
