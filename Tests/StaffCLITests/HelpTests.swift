import ArgumentParser
@testable import StaffCLI
import Testing

/// The help of every command, as it was released.
@Suite struct HelpTests {
    private static func all(_ command: any ParsableCommand.Type, _ path: String) -> [(String, any ParsableCommand.Type)]
    {
        let name = command._commandName
        let path = path.isEmpty ? name : "\(path)-\(name)"
        return [(path, command)] + command.configuration.subcommands.flatMap { all($0, path) }
    }

    private static var commands: [(String, any ParsableCommand.Type)] {
        let nouns = [
            ("catalog", StaffCLI.catalogCommands), ("token", StaffCLI.tokenCommands),
            ("reconcile", StaffCLI.reconcileCommands), ("personal", StaffCLI.personalCommands),
        ]
        return
            (StaffCLI.commands.flatMap { all($0, "") }
            + nouns.flatMap { noun, commands in commands.flatMap { all($0, noun) } })
            .map { ("help-\($0).txt", $1) }
    }

    @Test func theHelpIsAsItWasReleased() throws {
        try Golden.compare(Program.helpMessage(for: Man<Program>.self, columns: 80) + "\n", "help-man.txt")
        #expect(Set(Self.commands.map(\.0)).count == Self.commands.count)
        for (name, command) in Self.commands {
            try Golden.compare(Program.helpMessage(for: command, columns: 80) + "\n", name)
        }
    }

    @Test func everyCommandHasAnExampleAndUnderstandsJSON() {
        for (name, command) in Self.commands where command.configuration.subcommands.isEmpty {
            let help = Program.helpMessage(for: command, columns: 80)
            #expect(help.contains("Example: aftercare "), "\(name)")
            #expect(help.contains("--json") && help.contains("--color"), "\(name)")
        }
    }

    @Test func theManualIsAsItWasReleased() async throws {
        let outcome = try await Machine(nil).run("man")
        #expect(outcome.code == 0)
        try Golden.compare(outcome.output, "aftercare.1")
    }

    @Test func theManualNamesEveryCommandAndCode() async throws {
        let page = try await Machine(nil).run("man").output
        for (_, command) in Self.commands where command.configuration.subcommands.isEmpty {
            #expect(page.contains(" \(command._commandName)"), "\(command)")
        }
        for code in StaffError.Code.allCases where code != .outputClosed {
            #expect(page.contains(".TP\n\\fB\(code.rawValue)\\fR"))
        }
        // No line that comes from a sentence is a request to the typesetter.
        let requests = [".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".br"]
        #expect(page.utf8.allSatisfy { $0 < 0x80 })
        for line in page.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
            #expect(requests.contains { line == $0 || line.hasPrefix($0 + " ") }, "\(line)")
        }
    }
}
