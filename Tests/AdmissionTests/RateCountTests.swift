@testable import Admission
import Commerce
import TestSupport
import Testing

/// How servers together keep to a rate, without a server, a database or a clock.
@Suite struct RateCountTests {
    private static func at(_ seconds: Int64) -> Instant { Instant(microsecondsSince1970: seconds * 1_000_000) }

    /// A database that counts what servers tell it, and servers that ask it.
    private final class Servers {
        let rate: Rate
        var counts: [RateCount]
        var taken: [Int64: Int] = [:]
        var told = 0

        init(_ rate: Rate, servers: Int) {
            self.rate = rate
            counts = Array(repeating: RateCount(), count: servers)
        }

        /// Whether a server lets one more through.
        func ask(_ server: Int, at now: Instant, databaseAnswers: Bool = true) -> Bool {
            while true {
                switch counts[server].ask(rate, now: now) {
                case .granted: return true
                case .refused: return false
                case .needsBlock(let count, let end):
                    told += 1
                    if databaseAnswers { taken[end, default: 0] += count }
                    counts[server].tell(rate, taken: databaseAnswers ? taken[end] : nil, windowEnd: end)
                }
            }
        }
    }

    @Test(arguments: [1, 2, 7, 60, 99, 100, 101, 250, 350, 6000])
    func aServerAloneGivesTheQuotaExactly(quota: Int) {
        let servers = Servers(Rate("x", perMinute: quota), servers: 1)
        let granted = (0..<quota + 50).count { _ in servers.ask(0, at: Self.at(30)) }
        #expect(granted == quota)
    }

    @Test func serversTogetherGiveNoMoreThanTheQuotaAndABlockEach() {
        var generator = SeededGenerator(seed: 14)
        for _ in 0..<200 {
            let rate = Rate("x", perMinute: Int.random(in: 1...2_000, using: &generator))
            let count = Int.random(in: 1...5, using: &generator)
            let servers = Servers(rate, servers: count)
            var granted = 0
            for _ in 0..<rate.quota * 2 + 100 {
                let server = Int.random(in: 0..<count, using: &generator)
                if servers.ask(server, at: Self.at(119)) { granted += 1 }
            }
            #expect(granted <= rate.quota + count * rate.block, "\(rate.quota) \(count)")
            #expect(granted >= rate.quota - count * rate.block, "\(rate.quota) \(count)")
        }
    }

    @Test func whoeverStaysWithinABlockCostsNoQuery() {
        let servers = Servers(Rate("x", perMinute: 3_000), servers: 1)
        for minute in 0..<10 {
            for _ in 0..<30 { #expect(servers.ask(0, at: Self.at(Int64(minute) * 60))) }
        }
        #expect(servers.told == 0)
        for _ in 0..<3_000 { _ = servers.ask(0, at: Self.at(6_000)) }
        #expect(servers.told <= 100)
        // Who is refused asks the database no more.
        let told = servers.told
        for _ in 0..<100 { #expect(!servers.ask(0, at: Self.at(6_059))) }
        #expect(servers.told == told)
        #expect(servers.ask(0, at: Self.at(6_060)))
    }

    @Test func aBlockIsAHundredthOfTheQuotaAtTheMost() {
        for quota in [1, 50, 100, 199, 200, 6_000, 1_000_000] {
            let block = Rate("x", perMinute: quota).block
            #expect(block == 1 || block * 100 <= quota)
        }
    }

    @Test func whatIsLeftIsToldAndWhen() {
        let rate = Rate("x", perMinute: 200)
        var count = RateCount()
        guard case .granted(let first) = count.ask(rate, now: Self.at(12)) else { return #expect(Bool(false)) }
        #expect(first == RateStanding(rate: rate, remaining: 199, secondsLeft: 48))
        _ = count.ask(rate, now: Self.at(13))
        var answer = count.ask(rate, now: Self.at(13))
        #expect(answer == .needsBlock(count: 4, windowEnd: 60))
        // Others took most of it.
        count.tell(rate, taken: 199, windowEnd: 60)
        answer = count.ask(rate, now: Self.at(59))
        #expect(answer == .granted(RateStanding(rate: rate, remaining: 2, secondsLeft: 1)))
        #expect(count.refusal(rate, now: Self.at(59)) == nil)
        _ = count.ask(rate, now: Self.at(59))
        answer = count.ask(rate, now: Self.at(59))
        #expect(answer == .needsBlock(count: 2, windowEnd: 60))
        count.tell(rate, taken: 202, windowEnd: 60)
        let refused = RateStanding(rate: rate, remaining: 0, secondsLeft: 1)
        answer = count.ask(rate, now: Self.at(59))
        #expect(answer == .refused(refused))
        #expect(count.refusal(rate, now: Self.at(59)) == refused)
        #expect(count.refusal(rate, now: Self.at(60)) == nil)
        // An answer about a window that is over changes nothing.
        _ = count.ask(rate, now: Self.at(60))
        count.tell(rate, taken: 500, windowEnd: 60)
        #expect(count.refusal(rate, now: Self.at(61)) == nil)
    }

    @Test func nobodyIsRefusedForADatabaseThatDoesNotAnswer() {
        let servers = Servers(Rate("x", perMinute: 10), servers: 1)
        for _ in 0..<100 { #expect(servers.ask(0, at: Self.at(5), databaseAnswers: false)) }
        for _ in 0..<20 { _ = servers.ask(0, at: Self.at(5)) }
        #expect(!servers.ask(0, at: Self.at(5)))
    }

    @Test func aClockThatGoesBackBeginsAnew() {
        let servers = Servers(Rate("x", perMinute: 3), servers: 1)
        for _ in 0..<5 { _ = servers.ask(0, at: Self.at(100)) }
        #expect(!servers.ask(0, at: Self.at(100)))
        #expect(servers.ask(0, at: Self.at(-1)))
        #expect(Rate.windowEnd(at: Self.at(-1)) == 0 && Rate.windowEnd(at: Self.at(-60)) == 0)
        #expect(Rate.windowEnd(at: Self.at(-61)) == -60 && Rate.windowEnd(at: Self.at(0)) == 60)
    }
}
