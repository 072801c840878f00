/// Why a command did not do what it was asked, as the staff read it and as a script tells it apart.
package struct StaffError: Error, Hashable {
    /// What kind of trouble it is: the program's exit code.
    package enum Code: Int32, Sendable, CaseIterable {
        /// The store refused it.
        case refused = 1
        /// Nobody is logged in, or their role may not.
        case notAllowed = 3
        /// The store can't be reached, or does not answer.
        case unreachable = 4
        /// A file on this machine can't be read or written.
        case localFile = 5
        /// The command was not used as it is meant to be.
        case wrongUse = 64
        /// Whoever read the output has stopped reading, as in `… | head`. Nothing is said about it.
        case outputClosed = 141
    }

    /// What kind of trouble it is.
    package let code: Code
    /// One sentence per problem.
    package let sentences: [String]
    /// What to do next.
    package let advice: String?
    /// The store's name for the problem: the last part of its `type`.
    package let problem: String?
    /// The fields of the request that are wrong, as JSON Pointers.
    package let fields: [String]

    /// Trouble with a sentence for each part of it.
    package init(
        _ code: Code,
        _ sentences: [String],
        advice: String? = nil,
        problem: String? = nil,
        fields: [String] = []
    ) {
        self.code = code
        self.sentences = sentences
        self.advice = advice
        self.problem = problem
        self.fields = fields
    }

    /// Trouble that one sentence tells.
    package init(_ code: Code, _ sentence: String, advice: String? = nil) {
        self.init(code, [sentence], advice: advice)
    }
}

/// What the program's exit codes mean.
enum ExitStatus {
    static let all: [(code: Int32, meaning: String)] = [
        (0, "Done."),
        (StaffError.Code.refused.rawValue, "The store refused it, or somebody said no when asked."),
        (StaffError.Code.notAllowed.rawValue, "Nobody is logged in, or their role may not."),
        (StaffError.Code.unreachable.rawValue, "The store can't be reached or does not answer."),
        (StaffError.Code.localFile.rawValue, "A file on this machine can't be read or written."),
        (StaffError.Code.wrongUse.rawValue, "The command was used wrongly; --help shows how to use it."),
    ]
}
