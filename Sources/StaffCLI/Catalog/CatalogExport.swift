import ArgumentParser

/// `aftercare catalog export`
struct CatalogExport: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the catalog to a file.",
        discussion: """
            Without -o it goes to standard output. The same catalog is the same text: a field to a line, in the order of \
            their names, so that two versions can be compared. Amounts are in minor units, as the file is read.

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
        let text = try answer.json()
        guard let output, output != "-" else { return try invocation.console.write(lines: [text]) }
        try LocalFile.replace(output, with: Array((text + "\n").utf8))
        if invocation.console.isJSON { return try invocation.console.write(lines: [text]) }
        try invocation.console.say("Wrote \(output)\(answer.version.map { ", version \($0)" } ?? "").", .good)
    }
}
