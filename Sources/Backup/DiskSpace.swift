import FoundationEssentials
import Glibc

/// What a disk has left.
package struct DiskSpace: Sendable, Equatable {
    package let octets: Int64
    package let free: Int64

    package init(octets: Int64, free: Int64) {
        self.octets = octets
        self.free = free
    }

    /// The disk of a folder, or of the folder in which it is to be made; nil where nothing can be said.
    package init?(of path: String) {
        var status = statvfs()
        var existing = path
        while statvfs(existing, &status) != 0 {
            guard errno == ENOENT, existing.count > 1 else { return nil }
            existing = String(existing.dropLast(while: { $0 != "/" }).dropLast())
            if existing.isEmpty { existing = "/" }
        }
        octets = Int64(status.f_blocks) * Int64(status.f_frsize)
        free = Int64(status.f_bavail) * Int64(status.f_frsize)
    }

    /// Refuses a folder whose disk has no room for so much and a quarter more.
    /// - Throws: `BackupError.noRoom`.
    static func check(_ path: String, for octets: Int64) throws(BackupError) {
        let needed = octets + octets / 4 + (64 << 20)
        guard let disk = DiskSpace(of: path), disk.free < needed else { return }
        throw .noRoom(folder: path, octets: needed, free: disk.free)
    }
}

extension String {
    /// Without the characters at its end that fulfil a condition.
    fileprivate func dropLast(while condition: (Character) -> Bool) -> Substring {
        var end = endIndex
        while end > startIndex, condition(self[index(before: end)]) { end = index(before: end) }
        return self[..<end]
    }
}
