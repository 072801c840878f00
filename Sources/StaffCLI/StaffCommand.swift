import ArgumentParser

/// A command that asks the store. Its body throws `StaffError`; here alone that becomes a sentence and an exit code.
protocol StaffCommand: AsyncParsableCommand {
    var common: CommonOptions { get }

    func act(_ errand: Errand) async throws
}

extension StaffCommand {
    func run() async throws {
        let desk = Desk.current
        let console = Console(desk, colour: common.color, isJSON: common.json)
        do {
            try await act(Errand(console: console))
        } catch let error as StaffError {
            console.report(error)
            throw ExitCode(error.code.rawValue)
        }
    }
}
