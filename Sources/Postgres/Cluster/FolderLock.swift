import Glibc
import SystemPackage

/// A file that one process holds at a time; the system lets go of it when the process ends, however it ends.
final class FolderLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `ClusterError` where another process holds it, or another user's it is.
    init(_ folder: String) throws(ClusterError) {
        descriptor = open(FilePath(folder).appending("lock").string, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ClusterError.ofAnotherUser(folder: folder) }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            close(descriptor)
            throw ClusterError.inUse(folder: folder)
        }
    }

    deinit { close(descriptor) }
}
