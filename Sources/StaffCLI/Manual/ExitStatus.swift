/// What the program's exit codes mean.
enum ExitStatus {
    static let all: [(code: Int32, meaning: String)] = [
        (0, "Done."),
        (StaffError.Code.refused.rawValue, "The store refused it, or somebody said no when asked."),
        (StaffError.Code.notAllowed.rawValue, "Nobody is logged in, or their role may not."),
        (StaffError.Code.unreachable.rawValue, "The store can't be reached or does not answer."),
        (StaffError.Code.localFile.rawValue, "A file on this machine can't be read or written."),
        (StaffError.Code.wrongUse.rawValue, "The command was not used as it is meant to be; --help shows how."),
    ]
}
