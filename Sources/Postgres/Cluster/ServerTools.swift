import Glibc
import SystemPackage

/// PostgreSQL's own programs, such as `pg_basebackup`, of the version that some data is of, and the user who runs them: the
/// one who owns private clusters.
public struct ServerTools: Sendable {
    private let binaries: FilePath
    private let owner: ClusterOwner

    /// - Parameters:
    ///   - data: a folder of PostgreSQL's own files, whose version the programs are of.
    ///   - installation: where servers are installed, each in a folder named after its version.
    /// - Throws: `ClusterError` where that version is not installed.
    public init(for data: String, installation: String = "/usr/lib/postgresql") throws {
        binaries = try InstalledServer(for: FilePath(data), in: FilePath(installation)).binaries
        owner = try ClusterOwner.current()
    }

    /// The name of that user; empty where it is whoever runs this.
    public var userName: String { owner.name }

    /// Runs one of PostgreSQL's programs to its end. Where the task is cancelled, the program is ended.
    /// - Throws: `ClusterError.toolFailed`, with what it said.
    public func run(_ name: String, _ arguments: [String]) async throws {
        _ = try await run(path: binaries.appending(name), arguments)
    }

    /// Runs a program of the system as the same user; what it said, at most 64 KiB, its lines with a semicolon between them.
    /// - Throws: `ClusterError.toolFailed`, with what it said.
    @discardableResult
    public func system(_ path: String, _ arguments: [String]) async throws -> String {
        try await run(path: FilePath(path), arguments)
    }

    /// Makes a folder of that user's own, which nobody else may enter; nothing happens where it is there.
    /// - Throws: `ClusterError.cannotCreate`.
    public func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST, owner.takes(path) else {
            throw ClusterError.cannotCreate(folder: path)
        }
    }

    private func run(path: FilePath, _ arguments: [String]) async throws -> String {
        let (succeeded, output) = try await owner.run(path.string, arguments)
        try Task.checkCancellation()
        guard succeeded else {
            throw ClusterError.toolFailed(path.lastComponent?.string ?? path.string, output: output)
        }
        return output
    }
}
