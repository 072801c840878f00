import ArgumentParser

/// A command that asks the store. `execute` throws `StaffError`; here alone that becomes a sentence and an exit code.
protocol StaffCommand: AsyncParsableCommand {
    var common: CommonOptions { get }

    func execute(_ invocation: Invocation) async throws
}

extension StaffCommand {
    func run() async throws {
        var context = CommandContext.current
        if let profile = common.profile { context.environment = Profile.environment(context.environment, of: profile) }
        let console = Console(context, colour: common.color, isJSON: common.json)
        do {
            try await execute(Invocation(console: console))
            console.noteZone()
        } catch let error as StaffError {
            console.report(error)
            throw ExitCode(error.code.rawValue)
        }
    }
}
