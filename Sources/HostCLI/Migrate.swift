import ArgumentParser
import FoundationEssentials
import Postgres

/// `aftercare migrate`: the schema, brought up to date.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Bring the database's schema up to date.")

    @OptionGroup var data: DataOptions
    @Flag(help: "Empty a database whose schema is an earlier version's (AFTERCARE_RESET).")
    var reset = false

    func run() async throws {
        var options = data.values
        options["MIGRATE"] = "true"
        if reset { options["RESET"] = "true" }
        let settings = try Settings(options: options, environment: ProcessInfo.processInfo.environment)
        try await Host.with(settings) { host in
            let done = try await host.prepareSchema()
            for step in done { say("Ran migration \(step.number) (\(step.name)).") }
            if done.isEmpty { say("The schema is up to date.") }
        }
    }
}
