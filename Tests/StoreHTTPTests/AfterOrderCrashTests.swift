import Catalog
import Commerce
import NIOHTTP1
import Postgres
import Staff
import StoreHTTP
import TestSupport
import Testing

/// The server dies after each single statement of what is done to an order after it was placed: then the act is asked for
/// again, and has happened once.
@Suite(DatabaseTrait.store) struct AfterOrderCrashTests {
    private static let twoKits = TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 2}]"#)
    private static let broken = #"{"items": [{"sku": "CLEANSE-SHAMPOO", "quantity": 1}], "reason": "broken"}"#
    private static let box =
        #"{"scanned": [{"code": "RESTORE-OINTMENT", "quantity": 2}, {"code": "CLEANSE-SHAMPOO", "quantity": 2}, {"code": "RESTORE-LOTION", "quantity": 2}, {"code": "ZERO-SHINE-SAMPLE", "quantity": 2}]}"#
    private static let one = #"{"items": [{"sku": "DM-KIT", "quantity": 1}]}"#

    /// An act, with what it needs before and what it has come to: events of the log, each once, and what the order comes to.
    struct Act: Sendable, CustomTestStringConvertible {
        let path: String
        let body: String?
        var isPaid = true
        var isSent = false
        var before: (path: String, body: String)?
        let events: [String]
        let comesTo: Int

        var testDescription: String { path }
    }

    private static let acts = [
        Act(path: "own/cancellation", body: one, events: ["partlyCancelled", "refunded"], comesTo: 4500),
        Act(path: "own/withdrawal", body: one, events: ["withdrawn", "partlyCancelled", "refunded"], comesTo: 4500),
        Act(
            path: "refunds",
            body: #"{"goodwill": {"amount": 500, "currency": "GBP"}, "reason": "late"}"#,
            events: ["refunded"],
            comesTo: 8500
        ),
        Act(
            path: "refunds",
            body: #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "lost": true, "reason": "lost"}"#,
            isSent: true,
            events: ["lost", "refunded"],
            comesTo: 4500
        ),
        Act(path: "own/returns", body: one, isSent: true, events: ["returnAnnounced"], comesTo: 9000),
        Act(
            path: "returns/receipt",
            body: #"{"restock": true}"#,
            isSent: true,
            before: ("own/returns", one),
            events: ["returnAnnounced", "returned"],
            comesTo: 9000
        ),
        Act(
            path: "returns/closure",
            body: #"{"reason": "nothing came"}"#,
            isSent: true,
            before: ("own/returns", one),
            events: ["returnAnnounced", "returnClosed"],
            comesTo: 9000
        ),
        Act(
            path: "own/withdrawal",
            body: nil,
            isSent: true,
            before: ("returns", one),
            events: ["returnAnnounced", "returnClosed", "withdrawn"],
            comesTo: 9000
        ),
        Act(path: "returns/receipt", body: #"{"restock": true}"#, isSent: true, events: ["returned"], comesTo: 9000),
        Act(
            path: "own/withdrawal",
            body: nil,
            before: ("packing", box),
            events: ["packed", "unpacked", "withdrawn", "cancelled"],
            comesTo: 0
        ),
        Act(
            path: "own/shipping",
            body: #"{"shippingMethod": "next-day", "expectedTotal": {"amount": 9795, "currency": "GBP"}}"#,
            isPaid: false,
            events: ["shippingChanged"],
            comesTo: 9795
        ),
        Act(
            path: "refunds",
            body: #"{"returnNumber": "R1", "reason": "It is back."}"#,
            isSent: true,
            before: ("returns/receipt", #"{"restock": true}"#),
            events: ["returned", "refunded"],
            comesTo: 0
        ),
        Act(
            path: "replacements",
            body: broken,
            isSent: true,
            events: ["replaced"],
            comesTo: 9000
        ),
        Act(
            path: "replacements/cancellation",
            body: #"{"reason": "a mistake"}"#,
            isSent: true,
            before: ("replacements", broken),
            events: ["replaced", "sendingCancelled"],
            comesTo: 9000
        ),
        Act(
            path: "own/withdrawal",
            body: nil,
            isSent: true,
            before: ("replacements", broken),
            events: ["replaced", "withdrawn", "sendingCancelled"],
            comesTo: 9000
        ),
    ]

    private func ask(
        _ path: String,
        _ body: String?,
        _ order: JSON,
        _ store: TestStore,
        _ manager: [String: String]
    ) async throws -> Answer {
        let place =
            path.hasPrefix("own/")
            ? "/v1/orders/\(order.token.text)/\(path.dropFirst(4))" : "/v1/staff/orders/\(order.number.text)/\(path)"
        return try await store.send(.POST, place, body, manager.merging(["Idempotency-Key": "act"]) { $1 })
    }

    @Test(arguments: acts) func actHappensOnceWhateverCutsItOff(act: Act) async throws {
        let link = try await CuttingLink(to: Database.current.settings.socketPath)
        try await TestStore.run(connection: Database.current.settings.through(port: link.port)) { store in
            let manager = try await store.staff(.manager)
            var rounds = 0
            for round in 1..<200 {
                let order =
                    act.isPaid
                    ? try await store.paidOrder(Self.twoKits, amount: 9000, key: "k\(round)")
                    : try await store.checkout(try await store.cart(Self.twoKits).path, key: "k\(round)", amount: 9000)
                        .json
                if act.isSent { try await store.sendAll() }
                if let before = act.before {
                    #expect(try await ask(before.path, before.body, order, store, manager).status == 200)
                }
                link.cut(after: round)
                _ = try await ask(act.path, act.body, order, store, manager)
                let wasCut = link.mend()
                try await eventually("the act comes through") {
                    let answer = try await ask(act.path, act.body, order, store, manager)
                    #expect([200, 503].contains(answer.status), "after \(round): \(answer.text)")
                    return answer.status == 200
                }
                let read = try await store.send(.GET, "/v1/staff/orders/\(order.number.text)", nil, manager).json
                #expect(read.comesTo.amount.int == act.comesTo, "after \(round): \(read)")
                let kinds = read.timeline.entries.map(\.kind.text)
                for event in act.events { #expect(kinds.filter { $0 == event }.count == 1, "after \(round): \(kinds)") }
                try await store.checkInvariants()
                #expect(try await store.store.stock.audit().differences.isEmpty)
                rounds = round
                if !wasCut { break }
            }
            #expect((5..<199).contains(rounds), "the act has \(rounds) statements")
        }
        try await link.close()
    }
}
