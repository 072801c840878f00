import ArgumentParser

/// A command that does not exist, and the one that was probably meant.
package enum UnknownCommand {
    /// Two letters are a slip; what differs by more is another word.
    private static let slipMax = 2

    /// What is wrong with the command that some arguments name, as a sentence; nil where there is one, or nothing is like
    /// it.
    package static func fault(in arguments: [String]) -> String? {
        var command: any ParsableCommand.Type = Aftercare.self
        for argument in arguments {
            let known = command.configuration.subcommands
            guard !known.isEmpty, !argument.hasPrefix("-"), argument != "help" else { return nil }
            if let next = known.first(where: { name(of: $0) == argument }) {
                command = next
                continue
            }
            guard let nearest = Nearest.of(known.map { name(of: $0) }, to: argument), nearest.distance <= slipMax else {
                return nil
            }
            return "There is no command \(argument); did you mean \(nearest.name)?"
        }
        return nil
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? "\(command)".lowercased()
    }
}
