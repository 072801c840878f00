import Glibc
import SystemPackage

/// The few things that the commands ask of the file system.
enum Files {
    static var isRoot: Bool { geteuid() == 0 }

    static var workingFolder: FilePath {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return FilePath(platformString: path)
    }

    /// Writes a secret that only its owner can read. Nothing happens where the file is there already.
    static func createSecret(_ path: String, _ text: String) throws {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .exclusiveCreate],
                permissions: [.ownerReadWrite]
            )
        } catch Errno.fileExists {
            return
        }
        _ = try descriptor.closeAfter { try descriptor.writeAll(Array(text.utf8)) }
    }
}
