package import ArgumentParser
import FoundationEssentials

/// `aftercare man`: the manual page of a whole program, whose outermost command it has to know.
package struct Man<Root: ParsableCommand>: AsyncParsableCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "man",
            abstract: "Print the manual page.",
            discussion: """
                It is made from the commands themselves, and so as new as they are.

                Example: aftercare man | man -l -
                """
        )
    }

    package init() {}

    package func run() async throws {
        let console = Console(CommandContext.current, colour: .never, isJSON: false)
        do {
            // ArgumentParser shows its commands to a program by this function alone. The underscore says that it may
            // change: the golden manual page notices, and the dependency is pinned below the next major version.
            let dump = try JSONDecoder().decode(CommandDump.Tool.self, from: Data(Root._dumpHelp().utf8))
            try console.write(Array(Manual.page(dump.command).utf8))
        } catch let error as StaffError {
            console.report(error)
            throw ExitCode(error.code.rawValue)
        }
    }
}
