import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Postgres

/// What the server runs for each segment of its write-ahead log: nothing is lost and nothing replaced, whatever happens.
@Suite struct ArchiveScriptTests {
    private func script(_ folder: String, into archive: String) throws {
        try ArchiveScript.write(ArchiveScript.text(into: archive), to: FilePath(folder).appending("archive"))
    }

    private func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// Runs the script for a segment; whether it took it.
    private func archive(
        _ folder: String,
        _ segment: String,
        as name: String = "000000010000000000000001"
    ) async -> Bool {
        await shell("cd \"$1\" && /bin/sh archive \"$2\" \"$3\"", folder, segment, name) == 0
    }

    /// Has the other script bring a segment back to a file; its exit status.
    private func fetch(_ folder: String, _ name: String) async -> Int32 {
        await shell("cd \"$1\" && /bin/sh fetch \"$2\" back", folder, name) >> 8
    }

    @Test func aSegmentIsCopiedOnceAndOtherBytesNeverTakeItsPlace() async throws {
        try await withTestFolder { folder in
            // A folder's name is one word, whatever is in it.
            let kept = folder + "/it's $HOME's `archive`"
            #expect(mkdir(kept, 0o700) == 0)
            try script(folder, into: kept)
            try write("one", to: folder + "/segment")
            #expect(await archive(folder, "segment"))
            #expect(try names(in: kept) == ["000000010000000000000001.gz"])
            #expect(await archive(folder, "segment"))
            try write("two", to: folder + "/other")
            #expect(await archive(folder, "other") == false)
            #expect(await archive(folder, "missing", as: "000000010000000000000002") == false)
            #expect(try names(in: kept) == ["000000010000000000000001.gz"])

            try ArchiveScript.write(ArchiveScript.returnText(from: kept), to: FilePath(folder).appending("fetch"))
            #expect(await fetch(folder, "000000010000000000000001") == 0)
            #expect(try String(contentsOfFile: folder + "/back", encoding: .utf8) == "one")
            // The end of the log is told from damage.
            #expect(await fetch(folder, "000000010000000000000002") == 1)
            try write("no archive", to: kept + "/000000010000000000000003.gz")
            #expect(await fetch(folder, "000000010000000000000003") == 126)
        }
    }

    @Test func whatAKilledOneLeftIsNoSegmentAndGoes() async throws {
        try await withTestFolder { folder in
            let kept = folder + "/archive-folder"
            #expect(mkdir(kept, 0o700) == 0)
            try script(folder, into: kept)
            try write("half", to: kept + "/.000000010000000000000001.77.part")
            try write("whole", to: folder + "/segment")
            #expect(await archive(folder, "segment"))
            #expect(try names(in: kept) == ["000000010000000000000001.gz"])
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root mounts a small disk"))
    func aFullDiskTakesNothingAndLosesNothing() async throws {
        try await withTestFolder { folder in
            let kept = folder + "/small"
            #expect(mkdir(kept, 0o700) == 0)
            try #require(await shell("mount -t tmpfs -o size=64k tmpfs \"$1\"", kept) == 0)
            try script(folder, into: kept)
            try write("first", to: folder + "/segment")
            let first = await archive(folder, "segment")
            let made = await shell("head -c 1000000 /dev/urandom > \"$1/large\"", folder)
            let large = await archive(folder, "large", as: "000000010000000000000002")
            let left = try names(in: kept)
            // Room again, and the same segment goes through.
            let grown = await shell("mount -o remount,size=4m \"$1\"", kept)
            let again = await archive(folder, "large", as: "000000010000000000000002")
            let after = try names(in: kept)
            await shell("umount \"$1\"", kept)
            #expect(first && made == 0 && !large)
            #expect(left == ["000000010000000000000001.gz"])
            #expect(grown == 0 && again)
            #expect(after == ["000000010000000000000001.gz", "000000010000000000000002.gz"])
        }
    }
}
