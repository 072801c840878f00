import Commerce
import Links
import Synchronization
import TestSupport
import Testing

@testable import Cart
@testable import Orders

/// Nobody waits for company, and a crowd shares its turns.
struct PlacingLineTests {
    private static func candidate(_ name: String) throws -> PlacingLine.Candidate {
        let key = try #require(LinkKey(bytes: Array(repeating: 1, count: 32)))
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
        return PlacingLine.Candidate(
            request: OrderRequest(
                customer: Order.Customer(name: name, email: email, phone: nil),
                shippingAddress: address,
                billingAddress: nil,
                paymentMethod: .invoice,
                expectedTotal: Money(0, currency),
                accepted: [],
                language: "en",
                keyHash: [],
                fingerprint: [],
                cartVersions: nil
            ),
            cart: key.token(.cart, of: Array(name.utf8), version: 1),
            now: Instant(microsecondsSince1970: 0),
            actor: .customer("test")
        )
    }

    @Test func aLoneBuyerGoesAtOnceAndACrowdTogether() async throws {
        let line = PlacingLine()
        let sizes = Collector<Int>()
        let gate = Turnstile(places: 0)
        // The first two take the lanes and are held there; the others gather behind them.
        let tasks = try (0..<100).map { index in
            let candidate = try Self.candidate("\(index)")
            return Task {
                await line.join(candidate) { batch in
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
        #expect(line.hasRoom)
    }
}
