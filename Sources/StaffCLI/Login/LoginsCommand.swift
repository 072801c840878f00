import ArgumentParser

/// `aftercare logins`
struct LoginsCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "logins",
        abstract: "List the logins that are saved on this machine.",
        discussion: """
            --profile NAME, or AFTERCARE_PROFILE, says which of them a command uses.

            Example: aftercare logins
            """
    )

    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let (console, environment) = (invocation.console, invocation.context.environment)
        let (folder, used) = (ConfigFolder(environment: environment), try Profile.name(in: environment))
        let logins = try ([nil] + Profile.names(environment: environment)).compactMap { name in
            try Login.saved(Profile.file(name, folder)).map { (name: name, url: $0.url) }
        }
        if console.isJSON {
            let list = logins.map { login in
                JSONValue.object([
                    "profile": login.name.map { .text($0) } ?? .null, "url": .text(login.url),
                    "used": .flag(login.name == used),
                ])
            }
            return try console.write(lines: [JSONText.of(.list(list))])
        }
        guard !logins.isEmpty else { return try console.say("No logins are saved: aftercare login makes one.") }
        var table = Table([.init("PROFILE"), .init("STORE", isWhole: true)])
        for login in logins {
            let isUsed = login.name == used
            table.add([
                Table.Cell("\(isUsed ? "* " : "  ")\(login.name ?? "(without a name)")", isUsed ? .strong : .plain),
                Table.Cell(login.url),
            ])
        }
        try console.show(table)
    }
}
