import Glibc
import Postgres
import SystemPackage
import TestSupport
import Testing

/// Whether one holds a file at a time, and nobody longer than it should.
struct FileLockTests {
    @Test func oneHoldsItAtATime() throws {
        let path = Self.path()
        defer { unlink(path.string) }
        do {
            let lock = try FileLock(path)
            #expect(throws: Errno.wouldBlock) { try FileLock(path) }
            try lock.file.writeAll(Array("kept".utf8))
        }
        let again = try FileLock(path)
        var bytes = [UInt8](repeating: 0, count: 8)
        let count = try bytes.withUnsafeMutableBytes { try again.file.read(into: $0) }
        #expect(bytes.prefix(count) == Array("kept".utf8)[...])
    }

    /// A program that is being started has a copy of each descriptor until it runs, as this one is.
    @Test func whatStartsMeanwhileDoesNotKeepIt() throws {
        let path = Self.path()
        defer { unlink(path.string) }
        var lock: FileLock? = try FileLock(path)
        let file = try #require(lock?.file)
        #expect(fcntl(file.rawValue, F_GETFD) & FD_CLOEXEC != 0)
        let copy = try file.duplicate()
        defer { try? copy.close() }
        lock = nil
        #expect(throws: Never.self) { try FileLock(path) }
    }

    @Test func whyItCannotBeOpenedIsSaid() {
        #expect(throws: Errno.noSuchFileOrDirectory) { try FileLock("/tmp/aftercare-no-such-folder/lock") }
        #expect(throws: Errno.isDirectory) { try FileLock("/tmp") }
    }

    private static func path() -> FilePath { FilePath("/tmp/aftercare-lock-\(UInt64.random(in: 0...UInt64.max))") }
}
