import ArgumentParser

/// `aftercare catalog export`
struct CatalogExport: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the catalog to a file.",
        discussion: """
            Without -o it goes to standard output.

            Example: aftercare catalog export -o catalog.json
            """
    )

    @Option(help: "A version that was in force before.")
    var version: Int?
    @Option(name: .shortAndLong, help: "The file to write.")
    var output: String?
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let path = StorePath.staff("catalog").with("version", version.map { String($0) })
        let answer = try await invocation.store().send(.get(path))
        guard let output, output != "-" else {
            let isPlain = !invocation.console.isJSON && !invocation.context.outputIsTerminal
            return try isPlain
                ? invocation.console.write(answer.body) : invocation.console.write(lines: [answer.json()])
        }
        try LocalFile.replace(output, with: answer.body)
        if invocation.console.isJSON { return try invocation.console.write(lines: [answer.json()]) }
        try invocation.console.say("Wrote \(output)\(answer.version.map { ", version \($0)" } ?? "").", .good)
    }
}
