import Glibc
@testable import StaffCLI
import Testing

/// Lines are read from where somebody types.
struct StandardInputTests {
    @Test func linesComeOneByOneUntilTheEnd() async throws {
        let (read, written) = try pipe()
        let input = StandardInput(read)
        _ = write(written, Array("one\ntwo\nthree".utf8), 13)
        close(written)
        #expect(
            [await input.next(), await input.next(), await input.next(), await input.next()] == [
                "one", "two", "three", nil,
            ]
        )
        close(read)
    }

    /// Somebody who waits at the bench is not cut off: the command hears that nothing more comes, and gives back what
    /// it has.
    @Test func aSignalIsTheEndOfTheLines() async throws {
        let (read, written) = try pipe()
        let input = StandardInput(read)
        input.endOnSignals([SIGUSR2])
        _ = write(written, Array("one\n".utf8), 4)
        #expect(await input.next() == "one")
        async let next = input.next()
        kill(getpid(), SIGUSR2)
        #expect(await next == nil)
        // And it stays the end, whatever is typed.
        _ = write(written, Array("two\n".utf8), 4)
        #expect(await input.next() == nil)
        close(written)
        close(read)
    }

    private func pipe() throws -> (read: Int32, written: Int32) {
        var ends: [Int32] = [-1, -1]
        try #require(Glibc.pipe(&ends) == 0)
        return (ends[0], ends[1])
    }
}
