/// What came of a command.
struct CommandOutcome: Sendable {
    let code: Int32
    let output: String
    let errors: String

    var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) } }
}
