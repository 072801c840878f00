import Commerce
import Testing

@testable import Backup

struct RetentionTests {
    private let day: Int64 = 86_400_000_000

    private func backup(_ age: Int64, at now: Instant) -> BaseBackup {
        let then = Instant(microsecondsSince1970: now.microsecondsSince1970 - age * day)
        return BaseBackup(
            id: BaseBackup.id(then),
            startedAt: then,
            endedAt: then,
            octets: 1,
            firstSegment: LogSegment(timeline: 1, number: 1),
            program: "1"
        )
    }

    @Test func whatIsOldGoesAndTheNewestStayWhateverTheirAge() {
        let now = Instant(microsecondsSince1970: 1_796_000_000_000_000)
        let backups = [40, 30, 15, 13, 2, 1].map { backup($0, at: now) }
        func gone(_ days: Int, _ count: Int) -> [Int64] {
            Retention(days: days, count: count).expired(backups, now: now)
                .map { (now.microsecondsSince1970 - $0.endedAt.microsecondsSince1970) / day }
        }
        #expect(gone(14, 3) == [40, 30, 15])
        #expect(gone(14, 5) == [40])
        #expect(gone(1, 1) == [40, 30, 15, 13, 2])
        #expect(gone(100, 1) == [])
        // The last one is never removed.
        #expect(Retention(days: 1, count: 0).expired([backup(400, at: now)], now: now) == [])
        #expect(Retention(days: 1, count: 1).expired([], now: now) == [])
    }

    /// A store that was restored to an earlier moment writes segments of lower numbers than backups have that are older.
    @Test func theLogIsKeptFromTheFirstSegmentThatAnyBackupNeeds() {
        let now = Instant(microsecondsSince1970: 1_796_000_000_000_000)
        func kept(_ segments: [(timeline: UInt32, number: UInt64)]) -> LogSegment? {
            let backups = segments.enumerated().map { index, segment in
                let then = now + .seconds(index * 86_400)
                return BaseBackup(
                    id: BaseBackup.id(then),
                    startedAt: then,
                    endedAt: then,
                    octets: 1,
                    firstSegment: LogSegment(timeline: segment.timeline, number: segment.number),
                    program: "1"
                )
            }
            return Retention.firstSegment(of: backups)
        }
        #expect(kept([(1, 3), (1, 9)]) == LogSegment(timeline: 1, number: 3))
        #expect(kept([(1, 900), (2, 400), (2, 500)]) == LogSegment(timeline: 2, number: 400))
        #expect(kept([(2, 500), (1, 900)]) == LogSegment(timeline: 2, number: 500))
        #expect(kept([]) == nil)
    }

    @Test func aRestoreBeginsWithTheNewestBackupBeforeItsMoment() throws {
        let now = Instant(microsecondsSince1970: 1_796_000_000_000_000)
        let backups = [3, 2, 1].map { backup($0, at: now) }
        #expect(try RestorePoint.latest.base(among: backups, in: "f") == backups[2])
        #expect(try RestorePoint.instant(backups[1].endedAt).base(among: backups, in: "f") == backups[1])
        #expect(try RestorePoint.instant(now).base(among: backups, in: "f") == backups[2])
        let early = backups[0].endedAt + .seconds(-1)
        #expect(throws: BackupError.beforeTheOldest(early, oldest: backups[0].endedAt)) {
            try RestorePoint.instant(early).base(among: backups, in: "f")
        }
        #expect(throws: BackupError.noBackup(folder: "f")) { try RestorePoint.latest.base(among: [], in: "f") }
    }

    /// A backup ends at a fraction of a second, which nobody is told: the moment that is named instead is one that will do.
    @Test func theMomentThatARefusalNamesWillDo() throws {
        let whole = Instant(microsecondsSince1970: 1_796_000_000_000_000)
        let end = Instant(microsecondsSince1970: whole.microsecondsSince1970 + 123)
        let backup = BaseBackup(
            id: "b",
            startedAt: whole,
            endedAt: end,
            octets: 1,
            firstSegment: LogSegment(timeline: 1, number: 1),
            program: "1"
        )
        let error = #expect(throws: BackupError.self) {
            try RestorePoint.instant(whole).base(among: [backup], in: "f")
        }
        let next = whole + .seconds(1)
        #expect(error?.description.contains("choose \(next) or a later") == true, "\(String(describing: error))")
        #expect(try RestorePoint.instant(next).base(among: [backup], in: "f") == backup)
        #expect(whole.upToTheSecond == whole && end.upToTheSecond == next)
    }
}
