/// Why a private cluster could not be made or started.
public enum ClusterError: Error, Sendable, Equatable, CustomStringConvertible {
    case noServer(searched: String)
    case noUnprivilegedUser(String)
    case unreachable(folder: String, user: String)
    case cannotCreate(folder: String)
    case inUse(folder: String)
    case commandFailed(String, output: String, log: String)

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .noServer(let searched):
            "no PostgreSQL server is installed (looked for \(searched)): install one (Debian: postgresql)"
        case .noUnprivilegedUser(let name):
            "PostgreSQL refuses to run as root, and there is no user \"\(name)\" to run it as: install Debian's postgresql, which makes it"
        case .unreachable(let folder, let user):
            """
            the data folder \(folder) can't be reached by the user "\(user)", which runs the database: choose a folder \
            whose parents others may enter (such as /var/lib/aftercare), or open them with chmod o+x
            """
        case .cannotCreate(let folder): "the folder \(folder) can't be made: check who may write where it should be"
        case .inUse(let folder):
            "the data folder \(folder) is in use by another aftercare process: stop that one, or choose another folder"
        case .commandFailed(let command, let output, let log):
            "\(command) failed: \(output.isEmpty ? "it gave no reason" : output) (the server's log is \(log))"
        }
    }
}
