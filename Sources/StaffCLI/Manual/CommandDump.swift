/// A command and what is below it, as ArgumentParser describes its own commands.
struct CommandDump: Decodable, Sendable {
    /// The outermost part of the description.
    struct Tool: Decodable, Sendable {
        let command: CommandDump
    }

    /// An argument, an option or a flag.
    struct Argument: Decodable, Sendable {
        struct Name: Decodable, Sendable {
            let kind: String
            let name: String

            /// As it is typed.
            var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
        }

        let kind: String
        let shouldDisplay: Bool
        let isOptional: Bool
        let isRepeating: Bool
        let names: [Name]?
        let valueName: String?
        let defaultValue: String?
        let allValues: [String]?
        let abstract: String?
    }

    let commandName: String
    let shouldDisplay: Bool?
    let abstract: String?
    let discussion: String?
    let subcommands: [CommandDump]?
    let arguments: [Argument]?
}
