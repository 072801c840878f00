import ArgumentParser
@testable import StaffCLI
import Testing

/// What a shell completes.
@Suite struct CompletionTests {
    @Test func numbersAreThoseOfTheOpenOrders() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            func completed(_ prefix: String, _ environment: [String: String]) async -> [String] {
                var context = CommandContext.process
                context.environment = environment
                // However busy the machine is, the test is about something else.
                context.completionTimeout = .seconds(120)
                return await CommandContext.$current.withValue(context) {
                    await OpenOrderNumbers.starting(with: prefix)
                }
            }
            #expect(await completed("", machine.environment) == ["DM-7K4Q-99", "DM-7K4R-22", "DM-7K4T-37"])
            #expect(await completed("dm-7k4r", machine.environment) == ["DM-7K4R-22"])
            #expect(store.lines.allSatisfy { $0 == "GET /v1/staff/today?all=true&limit=100" })
            // Where nobody is logged in, or nobody answers, there is nothing to complete, and nothing is said.
            #expect(await completed("", ["AFTERCARE_CONFIG_DIR": machine.path("nobody")]) == [])
            let silent = machine.environment.merging(["AFTERCARE_URL": "http://127.0.0.1:9"]) { $1 }
            #expect(await completed("", silent) == [])
        }
    }

    @Test(arguments: [CompletionShell.bash, .zsh, .fish])
    func scriptsKnowCarriersAndReasons(shell: CompletionShell) {
        let script = Program.completionScript(for: shell)
        for word in ["royal-mail", "addressProblem", "partlyRefunded", "calendar"] {
            #expect(script.contains(word), "\(word)")
        }
        #expect(script.contains("---completion"))
    }
}
