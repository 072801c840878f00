import Glibc
import SystemPackage

/// A file that is being written beside the one that it will replace.
struct PendingFile: Sendable {
    let path: String
    private let descriptor: FileDescriptor
    /// Where it is written; nil for a device or a pipe, which is written as it stands.
    private let temporary: String?

    /// - Parameter isSecret: whether only its owner may read it.
    init(_ path: String, isSecret: Bool = false) throws {
        self.path = path
        do {
            if let type = try? Stat(FilePath(path)).type, type != .regular, type != .directory {
                temporary = nil
                descriptor = try FileDescriptor.open(FilePath(path), .writeOnly)
            } else {
                let name = "\(path).\(IdempotencyKeyStore.fresh().prefix(8)).part"
                temporary = name
                descriptor = try FileDescriptor.open(
                    FilePath(name),
                    .writeOnly,
                    options: [.create, .exclusiveCreate],
                    permissions: isSecret
                        ? [.ownerReadWrite] : [.ownerReadWrite, .groupRead, .otherRead]
                )
            }
        } catch let error as Errno {
            throw StaffError(.localFile, "\(path) can't be written: \(error).")
        }
    }

    func write(_ bytes: [UInt8]) throws {
        try attempt { _ = try descriptor.writeAll(bytes) }
    }

    /// Forgets what was written so far.
    func restart() throws {
        guard temporary != nil else { return }
        try attempt {
            try descriptor.resize(to: 0)
            _ = try descriptor.seek(offset: 0, from: .start)
        }
    }

    /// Puts it in place.
    func commit() throws { try Self.commit([self]) }

    /// Only what is on the disk may take the place of what was there.
    private func finish() throws {
        guard temporary != nil else { return }
        guard fsync(descriptor.rawValue) == 0 else { throw fault(Errno(rawValue: errno)) }
    }

    private func place() throws {
        if let temporary, rename(temporary, path) != 0 { throw fault(Errno(rawValue: errno)) }
        try attempt { try descriptor.close() }
    }

    /// Puts several in place, once every one of them is whole.
    static func commit(_ files: [PendingFile]) throws {
        do {
            for file in files { try file.finish() }
            for file in files { try file.place() }
        } catch {
            for file in files { file.discard() }
            throw error
        }
    }

    /// Leaves everything as it was.
    func discard() {
        try? descriptor.close()
        if let temporary { unlink(temporary) }
    }

    private func attempt(_ body: () throws -> Void) throws {
        do { try body() } catch let error as Errno { throw fault(error) }
    }

    private func fault(_ error: Errno) -> StaffError {
        StaffError(.localFile, "\(path) can't be written: \(error).", advice: "Nothing was left half done.")
    }
}
