import Commerce
import Links
import Postgres
import Records
import Synchronization
import TestSupport
import Testing

@testable import Cart
@testable import Orders

/// Nobody waits for company, and a crowd shares its turns.
struct PlacementQueueTests {
    private static func candidate(_ index: Int) throws -> PlacementQueue.Candidate {
        let key = try #require(LinkKey(bytes: Array(repeating: 1, count: 32)))
        let keys = LinkKeys(current: 0, keys: [0: key])
        let country = try #require(Country(rawValue: "GB"))
        let currency = try #require(Currency(rawValue: "GBP"))
        let email = try #require(EmailAddress(rawValue: "ada@example.com"))
        let address = PostalAddress(
            line1: "1",
            line2: nil,
            city: "London",
            region: nil,
            postalCode: "N1",
            country: country
        )
        return PlacementQueue.Candidate(
            request: OrderRequest(
                details: Order.Details(
                    customer: Order.Customer(name: "Ada", email: email, phone: nil),
                    shippingAddress: address,
                    billingAddress: nil,
                    paymentMethod: .invoice,
                    language: "en",
                    accepted: []
                ),
                expectedTotal: Money(0, currency),
                key: IdempotencyKey(scope: [], fingerprint: []),
                cartVersions: nil
            ),
            cart: try keys.link(.cart, to: LinkTarget(id: Int64(index), version: 1, key: 0)),
            now: Instant(microsecondsSince1970: 0),
            actor: .customer("test")
        )
    }

    @Test func aLoneBuyerGoesAtOnceAndACrowdTogether() async throws {
        let queue = PlacementQueue(waitMax: .seconds(600))
        let sizes = Collector<Int>()
        let gate = Turnstile(places: 0)
        // The first two take the lanes and are held there; the others gather behind them.
        let tasks = try (0..<100).map { index in
            let candidate = try Self.candidate(index)
            return Task {
                await queue.join(candidate) { batch in
                    sizes.append(batch.count)
                    try? await gate.enter()
                    return batch.map { _ in .alone }
                }
            }
        }
        try await eventually("both lanes are taken") { sizes.all.count == 2 }
        for _ in 0..<10 { gate.leave() }
        for task in tasks { _ = await task.value }
        #expect(sizes.all.reduce(0, +) == 100)
        #expect(sizes.all.count <= 10 && sizes.all.max() ?? 0 <= 64, "\(sizes.all)")
        #expect(queue.hasRoom)
    }

    @Test func nobodyWaitsForADatabaseThatHangs() async throws {
        let queue = PlacementQueue(waitMax: .seconds(10))
        let gate = Turnstile(places: 0)
        let begun = Counter()
        func join(_ index: Int) throws -> Task<PlacementQueue.Outcome, Never> {
            let candidate = try Self.candidate(index)
            return Task {
                await queue.join(candidate) { batch in
                    begun.increment()
                    try? await gate.enter()
                    return batch.map { _ in .alone }
                }
            }
        }
        var waiting: [Task<PlacementQueue.Outcome, Never>] = []
        try await eventually("both lanes hang") {
            // Whoever a busy machine does not serve in time is followed by another.
            if begun.value < 2 { waiting.append(try join(waiting.count)) }
            return begun.value == 2
        }
        waiting += try (10_000..<10_148).map(join)
        // Nothing is ever placed, and everybody hears: those whose transaction hangs, and those who stand in line.
        for task in waiting {
            switch await task.value {
            case .failed(.outcomeUnknown(.deadline)), .failed(.poolExhausted): break
            case let other: Issue.record("heard \(other)")
            }
        }
        #expect(begun.value == 2)
        // What the lanes hear at last is heard by nobody twice, and the next one is served.
        for _ in 0..<10 { gate.leave() }
        try await eventually("the next one is served") {
            switch await queue.join(try Self.candidate(20_000), place: { batch in batch.map { _ in .alone } }) {
            case .alone: return true
            // A busy machine may let its time pass as well.
            case .failed(.outcomeUnknown(.deadline)), .failed(.poolExhausted): return false
            case let other:
                Issue.record("heard \(other)")
                return true
            }
        }
    }
}
