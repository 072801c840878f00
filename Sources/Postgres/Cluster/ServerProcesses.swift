import Glibc
import SystemPackage

/// The processes of PostgreSQL that live in a data folder. Each of them works there, so the system itself tells whose
/// they are: a pid file tells what was true when it was written, of the folder that it was written for.
struct ServerProcesses {
    /// The process that the others belong to and that takes connections; nil where none runs.
    private(set) var postmaster: pid_t?
    /// Its children, or what a dead postmaster left behind.
    private(set) var others: [pid_t] = []

    /// Looks for them, and collects those that died as children of this process: the first process of a container
    /// inherits a postmaster from the tool that started it, and nobody else would.
    init(in data: FilePath) {
        var folder = stat()
        guard stat(data.string, &folder) == 0 else { return }
        var parents: [pid_t: pid_t] = [:]
        for process: pid_t in FolderNames.numbers(in: "/proc") {
            let place = FilePath("/proc/\(process)")
            guard let status = ProcessStatus(place), status.name == "postgres" else { continue }
            if status.isDead {
                if status.parent == getpid() { waitpid(process, nil, WNOHANG) }
                continue
            }
            var home = stat()
            guard stat(place.appending("cwd").string, &home) == 0, home.st_dev == folder.st_dev,
                home.st_ino == folder.st_ino
            else { continue }
            parents[process] = status.parent
        }
        for (process, parent) in parents {
            // A child's title says what it does, where a postmaster's is the command that started it.
            let title = SmallFile.read(FilePath("/proc/\(process)/cmdline")) ?? ""
            if parents[parent] == nil, !title.hasPrefix("postgres: ") {
                postmaster = process
            } else {
                others.append(process)
            }
        }
    }
}

/// What the system says of a process: `PID (NAME) STATE PARENT …`, where the name may hold anything.
private struct ProcessStatus {
    let name: String
    let isDead: Bool
    let parent: pid_t

    init?(_ place: FilePath) {
        guard let text = SmallFile.read(place.appending("stat")), let open = text.firstIndex(of: "("),
            let close = text.lastIndex(of: ")")
        else { return nil }
        let rest = text[text.index(after: close)...].split(separator: " ")
        guard rest.count >= 2, let parent = pid_t(rest[1]) else { return nil }
        name = String(text[text.index(after: open)..<close])
        isDead = rest[0] == "Z" || rest[0] == "X"
        self.parent = parent
    }
}
