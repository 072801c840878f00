import Testing

@testable import Backup

struct LogArchiveTests {
    private func segment(_ name: String) throws -> LogSegment { try #require(LogSegment(name)) }

    @Test func namesAreReadAndWritten() throws {
        let one = try segment("0000000A00000012000000FF")
        #expect(one.timeline == 10 && one.number == 0x12FF && one.description == "0000000A00000012000000FF")
        for name in [
            "0000000A0000001200000100", "0000000A00000012000000F", "00000001.history", "G00000010000000000000001",
        ] {
            #expect(LogSegment(name) == nil)
        }
        #expect(LogSegment(timeline: 2, place: "1/3000060")?.description == "000000020000000100000003")
    }

    /// A history is a file that may be damaged: whatever it says, a restore goes on to what is wrong with it.
    @Test func aHistoryThatCanNotBeIsReadWithoutHarm() {
        #expect(LogSegment(timeline: 1, place: "FFFFFFFFFFFFFFFF/0") == nil)
        #expect(LogSegment(timeline: 1, place: "0/FFFFFFFFF") == nil)
        #expect(LogArchive.history("1\tFFFFFFFF00/3000060\twhy\n2\t0/0\twhy") == [LogSegment(timeline: 2, number: 0)])
        let beginning = LogSegment(timeline: 2, number: 0)
        #expect(LogArchive([]).gap(from: LogSegment(timeline: 1, number: 0), to: 3, history: [beginning]) == nil)
        #expect(LogArchive(["FFFFFFFF.history.gz"]).newest(from: .max) == .max)
    }

    @Test func aSegmentThatIsMissingIsNamedWhereLaterOnesAreThere() throws {
        let names = (1...6).filter { $0 != 4 }.map { LogSegment(timeline: 1, number: $0).description + ".gz" }
        let others = [".000000010000000000000004.7.part", "000000010000000000000002.00000028.backup.gz"]
        let archive = LogArchive(names + others)
        #expect(archive.gap(from: LogSegment(timeline: 1, number: 2), to: 1, history: [])?.number == 4)
        #expect(archive.gap(from: LogSegment(timeline: 1, number: 5), to: 1, history: []) == nil)
        #expect(LogArchive([]).gap(from: LogSegment(timeline: 1, number: 5), to: 1, history: []) == nil)
    }

    @Test func aTimelineTakesOverInTheSegmentInWhichTheOtherWasLeft() throws {
        let first = LogSegment(timeline: 1, number: 2)
        let history = LogArchive.history("1\t0/4000060\tno recovery target specified; 2\t0/6000000\tbefore 2026-11-26")
        #expect(history == [LogSegment(timeline: 1, number: 4), LogSegment(timeline: 2, number: 6)])
        func archive(_ segments: [(UInt32, UInt64)]) -> LogArchive {
            LogArchive(
                segments.map { LogSegment(timeline: $0.0, number: $0.1).description + ".gz" } + [
                    "00000002.history.gz", "00000003.history.gz",
                ]
            )
        }
        // What timeline 1 went on to write is none of the third's.
        let whole: [(UInt32, UInt64)] = [(1, 2), (1, 3), (1, 4), (1, 9), (2, 4), (2, 5), (3, 6), (3, 7)]
        #expect(archive(whole).newest(from: 1) == 3)
        #expect(archive(whole).gap(from: first, to: 3, history: history) == nil)
        for missing in [1, 4, 5, 6] {
            var some = whole
            let (timeline, number) = some.remove(at: missing)
            let expected = LogSegment(timeline: timeline, number: number)
            #expect(archive(some).gap(from: first, to: 3, history: history) == expected)
        }
        // A timeline that has only begun: what came before it is looked for all the same.
        #expect(archive([(1, 2), (2, 4), (2, 5)]).gap(from: first, to: 3, history: history)?.number == 3)
    }
}
