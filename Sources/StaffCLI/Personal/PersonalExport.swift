import ArgumentParser
import StoreAPI

/// `aftercare personal export`
struct PersonalExport: StaffCommand {
    /// What it is written as.
    enum Format: String, ExpressibleByArgument, CaseIterable, Sendable {
        case json
        case html
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Hand out everything that is held of a person.",
        discussion: """
            By the e-mail address of their orders: who they are, what they ordered, their dates, what was written to whom, who \
            looked, what was paid. As JSON for programs, or as a page for people. Without -o it goes to standard output. Each \
            order notes who asked.

            Example: aftercare personal export ada@example.com --format html -o ada.html
            """
    )

    @Argument(help: "The e-mail address of their orders.")
    var email: String
    @Option(help: "What it is written as.")
    var format: Format = .json
    @Option(name: .shortAndLong, help: "The file to write, which only its owner can read.")
    var output: String?
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let path = StorePath.staff("personal", "export")
        var request = try StoreRequest.change(
            .post,
            format == .html ? path.appending("page") : path,
            PersonalRequestBody(email: email)
        )
        request.keepsKey = false
        let answer = try await invocation.store().send(request)
        guard let output, output != "-" else {
            if format == .html { return try invocation.console.write(answer.body) }
            return try invocation.console.write(lines: [answer.json()])
        }
        let file = try PendingFile(output, isSecret: true)
        do {
            try file.write(format == .html ? answer.body : Array((try answer.json() + "\n").utf8))
            try file.commit()
        } catch {
            file.discard()
            throw error
        }
        if invocation.console.isJSON {
            return try invocation.console.write(lines: [JSONText.of(JSONValue.object(["file": .text(output)]))])
        }
        try invocation.console.say("Wrote \(output). Keep it from others.", .good)
    }
}
