import Glibc
import SystemPackage

/// A file of at most 4 KiB, as text.
enum SmallFile {
    /// Its text; nil where there is none that may be read.
    static func read(_ path: FilePath) -> String? {
        guard let descriptor = try? FileDescriptor.open(path, .readOnly) else { return nil }
        defer { try? descriptor.close() }
        var buffer = [UInt8](repeating: 0, count: 4096)
        guard let count = try? buffer.withUnsafeMutableBytes({ try descriptor.read(into: $0) }) else { return nil }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}

/// What is in a folder.
enum FolderNames {
    /// The names that are numbers: of processes in `/proc`, of versions that are installed. None where there is no folder.
    static func numbers<Number: FixedWidthInteger>(in path: FilePath) -> [Number] {
        guard let folder = opendir(path.string) else { return [] }
        defer { closedir(folder) }
        var numbers: [Number] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let number = Number(name) { numbers.append(number) }
        }
        return numbers
    }
}
