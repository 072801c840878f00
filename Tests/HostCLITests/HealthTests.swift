import Commerce
import Testing

@testable import Backup
@testable import HostCLI

/// What is made of what was read, without a machine that is broken so.
struct HealthTests {
    private let now = Instant(microsecondsSince1970: 1_796_000_000_000_000)

    private var healthy: DatabaseHealth {
        DatabaseHealth(
            unsafeSettings: [],
            hasChecksums: true,
            checksumFailures: 0,
            invalidIndexes: [],
            transactionAge: 100_000_000,
            idleTransactions: 0,
            now: now
        )
    }

    private func verdicts(_ change: (inout DatabaseHealth) -> Void) -> [String: Observation.Verdict] {
        var health = healthy
        change(&health)
        let observations = health.observations(now: now).filter { $0.verdict != .fine }
        #expect(observations.allSatisfy { $0.advice != nil })
        return Dictionary(observations.map { ($0.check, $0.verdict) }) { $1 }
    }

    @Test func aHealthyDatabaseHasNothing() { #expect(verdicts { _ in } == [:]) }

    @Test func eachIllnessOfADatabaseHasItsOwnVerdict() {
        #expect(verdicts { $0.unsafeSettings = ["fsync"] } == ["durability": .broken])
        #expect(verdicts { $0.hasChecksums = false } == ["checksums": .look])
        #expect(verdicts { $0.checksumFailures = 1 } == ["checksums": .broken])
        #expect(verdicts { $0.invalidIndexes = ["orders_placed"] } == ["indexes": .look])
        #expect(verdicts { $0.transactionAge = 1_200_000_000 } == ["wraparound": .look])
        #expect(verdicts { $0.transactionAge = 2_000_000_000 } == ["wraparound": .broken])
        #expect(verdicts { $0.idleTransactions = 1 } == ["sessions": .look])
        #expect(verdicts { $0.now = now + .seconds(-6) } == ["clock": .look])
        #expect(verdicts { $0.now = now + .seconds(600) } == ["clock": .broken])
    }

    @Test(arguments: [
        (50, 100, Observation.Verdict.fine), (9, 100, .look), (1, 100, .broken), (50, 1, .look), (1, 1, .broken),
    ])
    func aDiskIsJudgedByItsShareAndByWhatIsLeft(free: Int, gibibytes: Int, verdict: Observation.Verdict) {
        let octets = Int64(gibibytes) << 30
        let disk = DiskSpace(octets: octets, free: octets / 100 * Int64(free))
        #expect(MachineHealth.disk(disk, "the data").verdict == verdict)
    }

    @Test func aDiskThatIsNotThereIsBroken() { #expect(MachineHealth.disk(nil, "the data").verdict == .broken) }

    @Test(arguments: [(60, Observation.Verdict.fine), (20, .look), (0, .broken), (-3, .broken)])
    func aCertificateIsToBeRenewedInTime(days: Int, verdict: Observation.Verdict) {
        let expiry = now + .seconds(days * 86_400)
        #expect(MachineHealth.certificate(expiry: expiry, now: now).verdict == verdict)
    }

    private func backup(hoursAgo hours: Int) -> BaseBackup {
        let then = now + .seconds(-hours * 3600)
        return BaseBackup(
            id: "b",
            startedAt: then,
            endedAt: then,
            octets: 1,
            firstSegment: LogSegment(timeline: 1, number: 1),
            program: "1"
        )
    }

    private func drill(daysAgo days: Int, faults: [String] = []) -> DrillReport {
        let then = now + .seconds(-days * 86_400)
        return DrillReport(
            backup: backup(hoursAgo: 1),
            startedAt: then,
            endedAt: then,
            restoreSeconds: 1,
            secondsBehind: 1,
            figures: [],
            faults: faults
        )
    }

    @Test func onlyAGoodDrillOfLateIsBelieved() {
        func verdicts(_ backups: [BaseBackup], _ drill: DrillReport?) -> [Observation.Verdict] {
            BackupHealth.observations(backups, drill: drill, now: now).map(\.verdict)
        }
        #expect(verdicts([backup(hoursAgo: 20)], drill(daysAgo: 3)) == [.fine, .fine])
        #expect(verdicts([backup(hoursAgo: 60)], drill(daysAgo: 3)) == [.look, .fine])
        #expect(verdicts([], drill(daysAgo: 3)) == [.broken, .fine])
        #expect(verdicts([backup(hoursAgo: 20)], nil) == [.fine, .broken])
        #expect(verdicts([backup(hoursAgo: 20)], drill(daysAgo: 9)) == [.fine, .look])
        #expect(verdicts([backup(hoursAgo: 20)], drill(daysAgo: 1, faults: ["guides differ"])) == [.fine, .broken])
        // Of a clock that was put back: fresh for years, if the dates were believed.
        #expect(verdicts([backup(hoursAgo: 20), backup(hoursAgo: -2)], drill(daysAgo: 3)) == [.look, .fine])
        #expect(verdicts([backup(hoursAgo: 20)], drill(daysAgo: -1)) == [.fine, .look])
        #expect(verdicts([backup(hoursAgo: 0)], drill(daysAgo: 0)) == [.fine, .fine])
    }

    @Test func aLogThatIsNotCopiedIsBroken() {
        func verdict(_ isOn: Bool, _ behind: Int, _ failing: String? = nil, isHere: Bool = true) -> Observation.Verdict
        {
            let standing = LiveLog.Standing(isOn: isOn, secondsBehind: behind, failing: failing)
            return BackupHealth.archive(standing, isHere: isHere).verdict
        }
        #expect(verdict(true, 30) == .fine)
        #expect(verdict(false, 30) == .broken)
        #expect(verdict(true, 30, isHere: false) == .broken)
        #expect(verdict(true, 30, "000000010000000000000004") == .broken)
        #expect(verdict(true, 600) == .look)
    }

    @Test func whatMustNotBeInAShopIsTold() {
        func verdicts(_ count: Int, waiting: Int64) -> [Observation.Verdict] {
            ShopHealth(
                oversold: count,
                ordersWithoutGuide: count,
                findings: count,
                givenUp: count,
                secondsWaiting: waiting
            ).observations.map(\.verdict)
        }
        #expect(verdicts(0, waiting: 300) == [.fine, .fine, .fine, .fine, .fine])
        #expect(verdicts(1, waiting: 301) == [.broken, .broken, .look, .look, .look])
    }
}
