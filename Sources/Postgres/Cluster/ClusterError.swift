/// Why a private cluster could not be made or started.
public enum ClusterError: Error, Sendable, Equatable, CustomStringConvertible {
    case noServer(searched: String)
    /// The data was made by a server that is not installed.
    case serverMissing(folder: String, version: Int, installed: [Int])
    /// A file of PostgreSQL's own that does not hold what it must.
    case damaged(file: String)
    case noUnprivilegedUser(String)
    case unreachable(folder: String, user: String)
    case cannotCreate(folder: String)
    case inUse(folder: String)
    case ofAnotherUser(folder: String)
    /// A server answers in the folder, and this machine's list of processes does not have it.
    case servedElsewhere(folder: String)
    case doesNotAnswer(folder: String, process: Int32)
    case doesNotEnd(folder: String, process: Int32)
    /// - Parameter causes: what the server said in its log, the gravest.
    case commandFailed(String, output: String, causes: [String], log: String)
    /// A program of PostgreSQL's or of the system's, with what it said.
    case toolFailed(String, output: String)
    /// The folder that the write-ahead log is to be copied to.
    case cannotArchive(folder: String, user: String)

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .noServer(let searched):
            "no PostgreSQL server is installed (looked for \(searched)): install one (Debian: postgresql)"
        case .serverMissing(let folder, let version, let installed):
            """
            the data in \(folder) is of PostgreSQL \(version), and that server is not installed\
            \(installed.isEmpty ? "" : " (there is \(installed.map(String.init).joined(separator: ", ")))"): install \
            Debian's postgresql-\(version). To move to a newer server, dump the data with the old one (pg_dump) and load \
            it into a new folder (psql)
            """
        case .damaged(let file): "\(file) is damaged: restore the data folder from a backup"
        case .noUnprivilegedUser(let name):
            "PostgreSQL refuses to run as root, and there is no user \"\(name)\" to run it as: install Debian's postgresql, which makes it"
        case .unreachable(let folder, let user):
            """
            the data folder \(folder) can't be reached by the user "\(user)", which runs the database: choose a folder \
            whose parents others may enter (such as /var/lib/aftercare), or open them with chmod o+x
            """
        case .cannotCreate(let folder): "the folder \(folder) can't be made: check who may write where it should be"
        case .inUse(let folder):
            """
            the data folder \(folder) is in use by another aftercare process, whose database does not answer: wait until \
            it has started, stop it, or choose another folder
            """
        case .ofAnotherUser(let folder):
            "the data folder \(folder) belongs to another user: run this as that user (or as root), or choose another folder"
        case .servedElsewhere(let folder):
            """
            the data folder \(folder) is served by a PostgreSQL of another container or machine: stop that one, or choose \
            another folder
            """
        case .doesNotAnswer(let folder, let process):
            """
            PostgreSQL's process \(process) in \(folder) runs and does not answer: find out what holds it (a full disk, a \
            stopped process), or end it
            """
        case .doesNotEnd(let folder, let process):
            "PostgreSQL's process \(process) in \(folder) does not end: find out what holds it, and end it"
        case .commandFailed(let command, let output, let causes, let log):
            """
            \(command) failed: \(causes.isEmpty ? (output.isEmpty ? "it gave no reason" : output) : causes.joined(separator: "; ")) \
            (the server's log is \(log))
            """
        case .toolFailed(let tool, let output): "\(tool) failed: \(output.isEmpty ? "it gave no reason" : output)"
        case .cannotArchive(let folder, let user):
            """
            \(user.isEmpty ? "this user" : "the user \"\(user)\", which runs the database,") may not write to \(folder), where \
            the write-ahead log is to be kept: give it that folder (chown), and let others pass through those above it \
            (chmod o+x)
            """
        }
    }
}
