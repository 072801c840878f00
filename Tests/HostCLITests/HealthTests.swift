import Commerce
import StoreHTTP
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
        let held = claims(from: -90, to: days, ["shop.example"])
        #expect(MachineHealth.certificate(held, host: "shop.example", now: now).verdict == verdict)
    }

    private func claims(from: Int, to: Int, _ names: [String]) -> CertificateClaims {
        CertificateClaims(
            validFrom: now + .seconds(from * 86_400),
            expiry: now + .seconds(to * 86_400),
            names: names
        )
    }

    @Test func aCertificateIsNotValidBeforeItsDay() {
        let early = claims(from: 1, to: 90, ["shop.example"])
        let told = MachineHealth.certificate(early, host: "shop.example", now: now)
        #expect(told.verdict == .broken && told.says.contains("not valid before"))
    }

    @Test(
        arguments: [
            (["shop.example"], "shop.example", true), (["SHOP.example."], "shop.Example", true),
            (["other.example", "*.example.com"], "shop.example.com", true), (["192.0.2.1"], "192.0.2.1", true),
            (["2001:db8:0:0::1"], "2001:db8::1", true),
            (["other.example"], "shop.example", false), (["*.example.com"], "example.com", false),
            (["*.example.com"], "a.shop.example.com", false), (["shop.example"], "192.0.2.1", false),
            (["192.0.2.2"], "192.0.2.1", false), (["*"], "localhost", false), ([], "shop.example", false),
        ] as [([String], String, Bool)]
    )
    func aCertificateIsForTheHostThatCustomersReach(names: [String], host: String, isFor: Bool) {
        let told = MachineHealth.certificate(claims(from: -1, to: 90, names), host: host, now: now)
        let verdict: Observation.Verdict = isFor ? .fine : .broken
        #expect(told.verdict == verdict)
        #expect(told.says.contains("AFTERCARE_PUBLIC_URL") != isFor)
        // Something else shows customers a certificate.
        #expect(MachineHealth.certificate(claims(from: -1, to: 90, names), host: nil, now: now).verdict == .fine)
    }

    @Test(
        arguments: [
            ("https://shop.example", "shop.example"), ("https://shop.example:8443/", "shop.example"),
            ("https://[2001:db8::1]:8443", "2001:db8::1"), ("https://münchen.example", nil),
        ] as [(String, String?)]
    )
    func thePublicAddressHasAHost(address: String, host: String?) throws {
        #expect(try Settings(options: [:], environment: ["AFTERCARE_PUBLIC_URL": address]).publicHost == host)
    }

    @Test func checkpointsAreMadeEveryHour() {
        func verdict(hoursAgo hours: Int) -> Observation.Verdict {
            RecordHealth.checkpoints((at: now + .seconds(-hours * 3600), count: 7), now: now).verdict
        }
        #expect(RecordHealth.checkpoints(nil, now: now).verdict == .look)
        #expect([0, 2, 3, 50, -1].map(verdict) == [.fine, .fine, .look, .look, .look])
    }

    /// As `docker-compose.yml` would have it without a folder.
    @Test func whatHasNoPlaceBesideADatabaseOfOnesOwnIsTold() async {
        func told(_ more: [String: String]) async -> [String: Observation] {
            var environment = ["DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"]
            environment.merge(more) { $1 }
            return Dictionary(await Examination([:], environment).observations().map { ($0.check, $0) }) { $1 }
        }
        let without = await told([:])
        for check in ["checkpoints", "erasures"] {
            #expect(without[check]?.verdict == .look, "\(check)")
            #expect(without[check]?.advice?.contains("AFTERCARE_DATA_DIR") == true, "\(check)")
        }
        let with = await told(["AFTERCARE_DATA_DIR": "/nowhere/data"])
        #expect(with["checkpoints"]?.says == "there is none yet")
        #expect(with["erasures"]?.verdict == .fine)
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
