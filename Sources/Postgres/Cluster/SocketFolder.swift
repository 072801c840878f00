import Glibc
import SystemPackage

/// The folder of a cluster's socket: `socket` in the data folder, so that whoever sees the data finds its server, and
/// no cleaner of a shared folder passes by.
struct SocketFolder: Sendable {
    /// What the server is told: relative to its own folder, so that it has room however long the data folder's path is.
    static let pathFromData = "../socket"
    private static let file = ".s.PGSQL.5432"
    /// What the path of a socket may have (unix(7)).
    private static let octetsMax = 107

    private let folder: FilePath
    /// Holds the folder open where its path is too long for a socket's; for as long as the process lives, since
    /// connections are made by it until then.
    private let descriptor: Int32?

    /// How this process reaches the folder.
    var path: String { descriptor.map { "/proc/self/fd/\($0)" } ?? folder.string }
    /// Whether the socket is there, listened to or not.
    var hasSocket: Bool { access(folder.appending(Self.file).string, F_OK) == 0 }

    /// The folder that is there; nil where there is none that this user may enter.
    init?(in dataFolder: String) {
        guard let absolute = realpath(dataFolder, nil) else { return nil }
        defer { free(absolute) }
        folder = FilePath(String(cString: absolute)).appending("socket")
        guard access(folder.string, X_OK) == 0 else { return nil }
        guard folder.appending(Self.file).string.utf8.count > Self.octetsMax else {
            descriptor = nil
            return
        }
        guard let descriptor = Self.open(folder) else { return nil }
        self.descriptor = descriptor
    }

    /// Makes the folder where there is none yet.
    init(in dataFolder: String, for owner: ClusterOwner) throws(ClusterError) {
        let folder = FilePath(dataFolder).appending("socket")
        try Self.make(folder, for: owner)
        guard let made = SocketFolder(in: dataFolder) else { throw ClusterError.cannotCreate(folder: folder.string) }
        self = made
    }

    /// Makes the folder again where somebody took it away, and takes away what a dead server left in it.
    func clear(for owner: ClusterOwner) throws(ClusterError) {
        try Self.make(folder, for: owner)
        // Connections go on by the same descriptor.
        if let descriptor, let anew = Self.open(folder) {
            dup2(anew, descriptor)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            close(anew)
        }
        for name in [Self.file, Self.file + ".lock"] { unlink(folder.appending(name).string) }
    }

    private static func make(_ folder: FilePath, for owner: ClusterOwner) throws(ClusterError) {
        guard mkdir(folder.string, 0o700) == 0 || errno == EEXIST, owner.takes(folder.string) else {
            throw ClusterError.cannotCreate(folder: folder.string)
        }
    }

    private static func open(_ folder: FilePath) -> Int32? {
        let descriptor = Glibc.open(folder.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        return descriptor >= 0 ? descriptor : nil
    }
}
