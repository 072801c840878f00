import Glibc
import SystemPackage

/// The programs of one PostgreSQL version, where Debian installs them: `ROOT/VERSION/bin`.
struct InstalledServer: Equatable {
    let binaries: FilePath

    /// The server that can read a data folder, or the newest one for a folder that is still to be made.
    /// - Parameters:
    ///   - data: PostgreSQL's own folder, whose `PG_VERSION` says which server made it.
    ///   - root: where servers are installed.
    /// - Throws: `ClusterError` where that server is not installed.
    init(for data: FilePath, in root: FilePath) throws(ClusterError) {
        let versions = Self.versions(in: root)
        guard access(data.appending("PG_VERSION").string, F_OK) == 0 else {
            guard let newest = versions.max() else { throw ClusterError.noServer(searched: "\(root)/*/bin/initdb") }
            binaries = Self.binaries(of: newest, in: root)
            return
        }
        let text = SmallFile.read(data.appending("PG_VERSION")) ?? ""
        guard let version = Int(text.prefix { $0 != "\n" }) else {
            throw ClusterError.damaged(file: data.appending("PG_VERSION").string)
        }
        guard versions.contains(version) else {
            throw ClusterError.serverMissing(folder: data.string, version: version, installed: versions.sorted())
        }
        binaries = Self.binaries(of: version, in: root)
    }

    private static func binaries(of version: Int, in root: FilePath) -> FilePath {
        root.appending("\(version)").appending("bin")
    }

    /// The versions that are installed with all that a cluster needs.
    private static func versions(in root: FilePath) -> [Int] {
        FolderNames.numbers(in: root).filter { version in
            let programs = ["initdb", "pg_ctl", "postgres"].map { binaries(of: version, in: root).appending($0) }
            return programs.allSatisfy { access($0.string, X_OK) == 0 }
        }
    }
}
