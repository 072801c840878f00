/// A manual page in roff, made from the commands themselves, so that it says what they do today.
enum Manual {
    static func page(_ root: CommandDump) -> String {
        let name = root.commandName
        var lines = [
            ".TH \"\(escaped(name).uppercased())\" \"1\"", ".SH NAME",
            "\(escaped(name)) \\- \(escaped(root.abstract ?? ""))", ".SH SYNOPSIS", ".B \(escaped(name))",
            "\\fICOMMAND\\fR [\\fIOPTION\\fR]...",
        ]
        if let discussion = root.discussion { lines += [".SH DESCRIPTION"] + paragraphs(discussion) }
        lines.append(".SH COMMANDS")
        for command in shown(root) { lines += section(command, path: name) }
        lines += [
            ".SH ENVIRONMENT",
            ".TP", "\\fBAFTERCARE_URL\\fR", text("The store's address, before what was logged in to."),
            ".TP", "\\fBAFTERCARE_TOKEN\\fR", text("The staff token, before the one that was logged in with."),
            ".TP", "\\fBAFTERCARE_PROFILE\\fR", text("The name of the saved login to use, where --profile names none."),
            ".TP", "\\fBAFTERCARE_CA_FILE\\fR", text("Certificates to trust besides the machine's own."),
            ".TP", "\\fBAFTERCARE_CONFIG_DIR\\fR",
            text("Where the login is kept; else aftercare in XDG_CONFIG_HOME, else ~/.config/aftercare."),
            ".TP", "\\fBNO_COLOR\\fR", text("Where it is set and not empty, no colour."),
            ".TP", "\\fBCOLUMNS\\fR", text("How wide the terminal is."),
            ".TP", "\\fBTZ\\fR", text("The time zone that times are shown in, before the machine's."),
            ".SH EXIT STATUS",
        ]
        for (code, meaning) in ExitStatus.all { lines += [".TP", "\\fB\(code)\\fR", text(meaning)] }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func shown(_ command: CommandDump) -> [CommandDump] {
        (command.subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
    }

    private static func section(_ command: CommandDump, path: String) -> [String] {
        let path = "\(path) \(command.commandName)"
        let below = shown(command)
        guard below.isEmpty else { return below.flatMap { section($0, path: path) } }
        let arguments = (command.arguments ?? []).filter(\.shouldDisplay)
            .filter { !($0.names ?? []).contains { $0.name == "help" || $0.name == "version" } }
        let synopsis = [path] + arguments.filter { $0.kind == "positional" }.map(usage)
        var lines = [".SS \"\(escaped(synopsis.joined(separator: " ")))\""]
        if let abstract = command.abstract { lines.append(text(abstract)) }
        if let discussion = command.discussion { lines += [".PP"] + paragraphs(discussion) }
        for argument in arguments {
            lines += [".TP", label(argument), text(explanation(argument))]
        }
        return lines
    }

    private static func usage(_ argument: CommandDump.Argument) -> String {
        let name = (argument.valueName ?? "value").uppercased() + (argument.isRepeating ? "..." : "")
        return argument.isOptional ? "[\(name)]" : name
    }

    private static func label(_ argument: CommandDump.Argument) -> String {
        let value = "\\fI\(escaped(argument.valueName ?? "value"))\\fR"
        guard let names = argument.names, !names.isEmpty else { return value }
        let bold = names.map { "\\fB\(escaped($0.text))\\fR" }.joined(separator: ", ")
        return argument.kind == "option" ? "\(bold) \(value)" : bold
    }

    private static func explanation(_ argument: CommandDump.Argument) -> String {
        var text = argument.abstract ?? ""
        if let values = argument.allValues { text += " One of \(values.joined(separator: ", "))." }
        if let value = argument.defaultValue, argument.kind != "flag" { text += " If not given: \(value)." }
        if argument.isRepeating, argument.kind == "option" { text += " May be given several times." }
        return text
    }

    private static func paragraphs(_ discussion: String) -> [String] {
        var lines: [String] = []
        for line in discussion.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                lines.append(".PP")
            } else if line.hasPrefix("Example: ") {
                lines += [".br", "Example: \\fB\(escaped(String(line.dropFirst("Example: ".count))))\\fR"]
            } else {
                lines.append(text(String(line)))
            }
        }
        return lines
    }

    /// A line of text: one that begins with a dot or a quote would be a request to the typesetter.
    private static func text(_ line: String) -> String {
        let escaped = escaped(line)
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "\"": result += "\\(dq"
            case "'": result += "\\(aq"
            case "~": result += "\\(ti"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case _ where character.isASCII: result.append(character)
            // A typesetter may read bytes; it always knows names.
            default: result += character.unicodeScalars.map { "\\[u\(SafeText.hexadecimal($0.value))]" }.joined()
            }
        }
        return result
    }
}
