import Glibc
import SystemPackage

/// Files of text on this machine: read whole, replaced whole.
package enum LocalFile {
    /// All that is in a file, without the mark that some editors put before a text.
    /// - Throws: where it can't be read, with the cause, is not UTF-8, or has more octets than it may.
    package static func read(_ path: String, sizeMax: Int = 64 << 20) throws(StaffError) -> [UInt8] {
        try FileText.checked(try bytes(path, sizeMax: sizeMax), path)
    }

    private static func bytes(_ path: String, sizeMax: Int) throws(StaffError) -> [UInt8] {
        do {
            let descriptor = try FileDescriptor.open(FilePath(path), .readOnly)
            return try descriptor.closeAfter { try read(descriptor, path, sizeMax: sizeMax) }
        } catch let error as StaffError {
            throw error
        } catch {
            throw StaffError(.localFile, "\(path) can't be read: \(error).")
        }
    }

    /// The whole path of a file that can be read, whatever is in it.
    static func readable(_ path: String) throws -> String {
        _ = try bytes(path, sizeMax: 64 << 20)
        guard let absolute = realpath(path, nil) else { throw StaffError(.localFile, "\(path) can't be read.") }
        defer { free(absolute) }
        return String(cString: absolute)
    }

    /// A file of JSON as it is: what is in it is for the store to judge.
    static func readJSON(_ path: String) throws -> [UInt8] {
        let bytes = try read(path)
        guard (try? JSONText.value(bytes)) != nil else { throw StaffError(.localFile, "\(path) is not JSON.") }
        return bytes
    }

    /// Reads a file that nobody else may read; nil where there is none.
    static func readSecret(_ path: String) throws -> [UInt8]? {
        do {
            let descriptor = try FileDescriptor.open(FilePath(path), .readOnly)
            return try descriptor.closeAfter {
                // Of the open file, not of its name: what was checked is what is read.
                let permissions = try Stat(descriptor).permissions
                guard permissions.isDisjoint(with: [.groupReadWriteExecute, .otherReadWriteExecute]) else {
                    throw StaffError(
                        .localFile,
                        "\(path) can be read by others, so it is not used.",
                        advice:
                            "Make it yours alone: chmod 600 \(path). If others may have read it, log in with a new token."
                    )
                }
                return try FileText.checked(try read(descriptor, path, sizeMax: 65_536), path)
            }
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch let error as Errno {
            throw StaffError(.localFile, "\(path) can't be read: \(error).")
        }
    }

    /// Puts a file in place in one step: readers find the old one or the new one, never a part.
    static func replace(_ path: String, with bytes: [UInt8], isSecret: Bool = false) throws {
        let pending = try PendingFile(path, isSecret: isSecret)
        do {
            try pending.write(bytes)
            try pending.commit()
        } catch {
            pending.discard()
            throw error
        }
    }

    /// Makes a folder that only its owner can enter, with the folders above it.
    static func makeFolder(_ path: String) throws {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        let parent = FilePath(path).removingLastComponent()
        guard errno == ENOENT, !parent.isEmpty, parent.string != path else {
            throw StaffError(.localFile, "The folder \(path) can't be made: \(Errno(rawValue: errno)).")
        }
        try makeFolder(parent.string)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw StaffError(.localFile, "The folder \(path) can't be made: \(Errno(rawValue: errno)).")
        }
    }

    /// Removes a file; whether it was there.
    @discardableResult
    static func remove(_ path: String) -> Bool { unlink(path) == 0 }

    /// The names of a folder's files; none where there is no such folder.
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func read(_ descriptor: FileDescriptor, _ path: String, sizeMax: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= sizeMax else { throw StaffError(.localFile, "\(path) is too large.") }
        }
    }
}
