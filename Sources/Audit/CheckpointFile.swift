package import Commerce
import Glibc
import Postgres
import SystemPackage

/// The file of an installation's checkpoints, outside the database. It is only ever added to.
package struct CheckpointFile: Sendable {
    package let path: String

    /// - Parameter folder: is made where it is not there.
    package init(folder: String) { path = folder + "/checkpoints" }

    /// When the last checkpoint was written, and how many there are; nil where there is none. It proves nothing: that is
    /// the auditor's.
    package func last() throws -> (at: Instant, count: Int)? {
        var last: (at: Instant, count: Int)?
        try read { last = ($0.at, (last?.count ?? 0) + 1) }
        return last
    }

    /// Calls a body with each checkpoint, in their order. A last one that was not written to its end is none.
    func read(_ body: (Checkpoint) throws -> Void) throws {
        guard let file = fopen(path, "r") else {
            if errno == ENOENT { return }
            throw Errno(rawValue: errno)
        }
        defer { fclose(file) }
        var reader = Checkpoint.Reader()
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        var number = 0
        while true {
            let count = getline(&line, &capacity, file)
            guard count > 0, let line else { return }
            let bytes = UnsafeRawBufferPointer(start: line, count: count)
            guard bytes.last == UInt8(ascii: "\n") else { return }
            number += 1
            if let checkpoint = try reader.read(Substring(decoding: bytes.dropLast(), as: UTF8.self), number: number) {
                try body(checkpoint)
            }
        }
    }

    /// Lends the file to one process at a time, to read it and to add to it.
    /// - Throws: `AuditError.inUse`.
    func writing<Value>(_ body: (FileDescriptor) async throws -> Value) async throws -> Value {
        // Whoever may not make it may not write into it either, which opening says.
        mkdir(FilePath(path).removingLastComponent().string, 0o700)
        let lock: FileLock
        do {
            lock = try FileLock(FilePath(path))
        } catch .wouldBlock { throw AuditError.inUse(file: path) }
        defer { extendLifetime(lock) }
        return try await body(lock.file)
    }

    /// Adds a checkpoint behind the last one that is whole, and returns once the disk has it.
    static func add(_ checkpoint: Checkpoint, to file: FileDescriptor) throws {
        let end = try endOfLastCheckpoint(file)
        try file.resize(to: end)
        _ = try file.writeAll(toAbsoluteOffset: end, Array(checkpoint.text.utf8))
        guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Where what was written whole ends: behind the last line that ends a checkpoint.
    private static func endOfLastCheckpoint(_ file: FileDescriptor) throws -> Int64 {
        var end: Int64 = 0
        var position: Int64 = 0
        var beginsCheckpoint = false
        var isLineStart = true
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: position, into: $0) }
            if count == 0 { return end }
            for index in 0..<count {
                if isLineStart { (beginsCheckpoint, isLineStart) = (buffer[index] == UInt8(ascii: "c"), false) }
                if buffer[index] == UInt8(ascii: "\n") {
                    if beginsCheckpoint { end = position + Int64(index) + 1 }
                    isLineStart = true
                }
            }
            position += Int64(count)
        }
    }
}
