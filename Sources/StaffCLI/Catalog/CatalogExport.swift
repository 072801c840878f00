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

    func act(_ errand: Errand) async throws {
        let path = StorePath.staff("catalog").with("version", version.map { String($0) })
        let answer = try await errand.store().send(.get(path))
        guard let output, output != "-" else {
            let isPlain = !errand.console.isJSON && !errand.desk.outputIsTerminal
            return try isPlain ? errand.console.write(answer.body) : errand.console.write(lines: [answer.json()])
        }
        try LocalFile.replace(output, with: answer.body)
        if errand.console.isJSON { return try errand.console.write(lines: [answer.json()]) }
        try errand.console.say("Wrote \(output)\(answer.version.map { ", version \($0)" } ?? "").", .good)
    }
}
