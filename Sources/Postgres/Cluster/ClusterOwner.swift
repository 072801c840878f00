import Glibc
import Subprocess
import SystemPackage

/// The user that a cluster's server runs as.
struct ClusterOwner: Sendable {
    let name: String
    private let user: uid_t
    private let group: gid_t
    private let isOther: Bool

    /// The caller, or `postgres` where the caller is root.
    static func current() throws -> ClusterOwner {
        guard geteuid() == 0 else { return ClusterOwner(name: "", user: geteuid(), group: getegid(), isOther: false) }
        guard let entry = getpwnam("postgres") else { throw ClusterError.noUnprivilegedUser("postgres") }
        return ClusterOwner(name: "postgres", user: entry.pointee.pw_uid, group: entry.pointee.pw_gid, isOther: true)
    }

    /// Gives a file to this user.
    func takes(_ path: String) -> Bool { chown(path, user, group) == 0 }

    /// Refuses a folder that this user could not enter, before anything is made there.
    func checkReach(of folder: String) async throws {
        guard isOther else { return }
        var existing = FilePath(folder)
        while access(existing.string, F_OK) != 0, existing.removeLastComponent() {}
        guard try await run("/usr/bin/test", ["-x", existing.string]).succeeded else {
            throw ClusterError.unreachable(folder: folder, user: name)
        }
    }

    func run(_ tool: String, _ arguments: [String]) async throws -> (succeeded: Bool, output: String) {
        var platform = PlatformOptions()
        // A session of its own: an interrupt from the terminal is for this program, which stops the server in order.
        platform.createSession = true
        // setpriv changes the user, not the child of this process: between fork and exec a program with threads must
        // not take a lock, and glibc's setuid takes one.
        let command =
            isOther
            ? ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups", "--", tool] : [tool]
        let rest = Array((command + arguments).dropFirst())
        let result = try await Subprocess.run(
            .path(FilePath(command[0])),
            arguments: Arguments(rest),
            workingDirectory: FilePath("/"),
            platformOptions: platform,
            output: .string(limit: 65_536),
            error: .combinedWithOutput
        )
        return (
            result.terminationStatus.isSuccess, result.standardOutput.split(separator: "\n").joined(separator: "; ")
        )
    }
}
