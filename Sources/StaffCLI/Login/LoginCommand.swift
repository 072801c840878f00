import ArgumentParser
import StoreAPI

/// `aftercare login`
struct LoginCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Log in to a store.",
        discussion: """
            The token is checked and kept for you alone. Without --token it is asked for, or read from standard input. \
            With --profile it is kept under a name, beside those for other stores.

            Example: aftercare login --url https://shop.example < token.txt
            Example: aftercare login --profile outlet --url https://outlet.example
            """
    )

    @Option(help: "The store's address.")
    var url: String?
    @Option(help: "Your staff token. Others may see it in the list of processes: rather type it when asked.")
    var token: String?
    @Option(
        help:
            "Certificates (PEM) to trust besides the machine's own, for a store whose authority is known to nobody else.",
        completion: .file()
    )
    var caFile: String?
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let console = invocation.console
        let login = try Login(
            url: try await address(console),
            token: try await secret(console),
            caFile: try (caFile ?? console.context.environment["AFTERCARE_CA_FILE"]).map(LocalFile.readable)
        )
        if login.url.hasPrefix("http://"), !Self.isHere(login.url) {
            console.note("The token goes to \(login.url) unencrypted; https would keep it secret.", .caution)
        }
        let answer = try await invocation.store(login).send(.get(.staff("me")))
        let me = try answer.decode(StaffTokenBody.self)
        try login.save(environment: invocation.context.environment)
        if console.isJSON { return try console.write(lines: [answer.json()]) }
        let until = console.time(me.expiresAt)
        try console.say("Logged in to \(login.url) as \(me.name) (\(me.role)), until \(until).", .good)
    }

    private func address(_ console: Console) async throws -> String {
        if let url { return url }
        if let url = console.context.environment["AFTERCARE_URL"], !url.isEmpty { return url }
        // A login that can't be read is no reason against a new one.
        let standard = (try? Login.saved(environment: console.context.environment))?.url ?? Login.standardURL
        guard console.context.inputIsTerminal else { return standard }
        let typed = await console.ask("Store's address [\(standard)]: ", mayBeEmpty: true) ?? ""
        return typed.isEmpty ? standard : typed
    }

    private func secret(_ console: Console) async throws -> String {
        var secret = token ?? ""
        if token == nil {
            secret =
                console.context.inputIsTerminal
                ? await console.ask("Staff token: ", secret: true) ?? ""
                : try FileText.checked(line: await console.context.input.next() ?? "", "Standard input")
        }
        secret = secret.filter { !$0.isWhitespace }
        guard !secret.isEmpty, secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw StaffError(
                .wrongUse,
                "No token was given.",
                advice: "A manager makes one: aftercare token create NAME --role packer."
            )
        }
        return secret
    }

    private static func isHere(_ url: String) -> Bool {
        let host = url.dropFirst("http://".count).prefix { $0 != "/" }
        return ["127.0.0.1", "localhost", "[::1]"].contains { host == $0 || host.hasPrefix($0 + ":") }
    }
}
