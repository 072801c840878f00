import Commerce
import NIOHTTP1
import Orders
import Payments
import Postgres
import StoreHTTP
import TestSupport
import Testing
import stripe_double

/// The server dies after each single statement of a payment, a refund and a cancellation: then the act is repeated, and
/// nothing is lost, doubled or stuck.
@Suite(DatabaseTrait.store) struct CrashTests {
    /// Performs an act, which answers with a status, with the link cut after the first, the second, … statement, until it comes through whole.
    /// - Parameter repair: does what happens next in life: the client repeats, Stripe repeats, the worker comes by.
    private func crashing(
        _ act: @escaping @Sendable (StripeShop, JSON) async throws -> Int,
        prepare: @escaping @Sendable (StripeShop, JSON) async throws -> Void,
        check: @escaping @Sendable (StripeShop, JSON, _ round: Int) async throws -> Void
    ) async throws {
        let link = try await CuttingLink(to: Database.current.settings.socketPath)
        try await StripeShop.run(connection: Database.current.settings.through(port: link.port)) { shop in
            var rounds = 0
            for round in 1..<200 {
                let order = try await shop.order(key: "k\(round)")
                try await prepare(shop, order)
                link.cut(after: round)
                _ = try await act(shop, order)
                let wasCut = link.mend()
                // A client repeats what was answered with a 503, or not at all.
                try await eventually("the act comes through") { try await act(shop, order) != 503 }
                shop.clock.advance(.seconds(301))
                try await shop.stripe.deliverAll()
                try await shop.work()
                try await check(shop, order, round)
                rounds = round
                if !wasCut { break }
            }
            #expect((5..<199).contains(rounds), "the act has \(rounds) statements")
            #expect(
                try await shop.store.number("SELECT count(*) AS n FROM provider_refund WHERE status <> 'taken'") == 0
            )
            let since = shop.clock.now + .seconds(-20 * 86_400)
            #expect(try await shop.store.store.payments.reconcile(since: since, now: shop.clock.now).isEmpty)
            try await shop.store.checkInvariants()
        }
        try await link.close()
    }

    @Test func paymentIsTakenOnceWhateverCutsItOff() async throws {
        try await crashing { shop, order in
            if try await shop.start(order).status == 503 { return 503 }
            let open = shop.stripe.sessions.first { $0.clientReferenceID == order.number.text && $0.status == .open }
            if let open { _ = try shop.stripe.pay(open.id) }
            return try await shop.stripe.deliverAll().contains { $0 == 503 } ? 503 : 200
        } prepare: { _, _ in
        } check: { shop, order, round in
            let read = try await shop.read(order)
            #expect(read.payment.status == "paid", "after \(round)")
            #expect(shop.money(order) == (1, 4500, 0), "after \(round)")
        }
    }

    @Test func refundIsSentOnceWhateverCutsItOff() async throws {
        let tokens = Collector<[String: String]>()
        try await crashing { shop, order in
            let token = try #require(tokens.all.last)
            let answer = try await shop.refund(order, token, key: "r")
            #expect([200, 503].contains(answer.status), "\(answer.text)")
            return answer.status
        } prepare: { shop, order in
            if tokens.all.isEmpty { tokens.append(try await shop.manager()) }
            try await shop.pay(order)
            try await shop.stripe.deliverAll()
        } check: { shop, order, round in
            let read = try await shop.read(order)
            #expect(read.payment.status == "refunded", "after \(round)")
            #expect(shop.money(order) == (1, 4500, 4500), "after \(round)")
        }
    }

    @Test func cancellationRefundsOnceWhateverCutsItOff() async throws {
        try await crashing { shop, order in
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            let answer = try await shop.store.send(.POST, order.page.text + "/cancellation", "", form)
            #expect([303, 503].contains(answer.status), "\(answer.text)")
            return answer.status
        } prepare: { shop, order in
            try await shop.pay(order)
            try await shop.stripe.deliverAll()
        } check: { shop, order, round in
            let read = try await shop.read(order)
            #expect(read.status == "cancelled" && read.payment.status == "refunded", "after \(round)")
            #expect(shop.money(order) == (1, 4500, 4500), "after \(round)")
        }
    }
}
