import Glibc
package import SystemPackage

/// A file that one process holds at a time; the system lets go of it when the process ends, however it ends.
package final class FileLock: Sendable {
    /// The file, open for reading and writing; closed with the lock.
    package let file: FileDescriptor

    /// - Parameter path: is made where it is not there, for its user alone.
    /// - Throws: `Errno.wouldBlock` where it is held already; what else opening says.
    package init(_ path: FilePath) throws(Errno) {
        do {
            file = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite]
            )
        } catch { throw error as? Errno ?? .ioError }
        guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            let reason = Errno(rawValue: errno)
            try? file.close()
            throw reason
        }
    }

    deinit {
        // A program that is just being started has a copy of every descriptor until it runs: closing ours would leave the
        // lock with it.
        flock(file.rawValue, LOCK_UN)
        try? file.close()
    }
}
