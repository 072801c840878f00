import CivilTime
import Commerce
import NIOHTTP1
import Orders
import Postgres
import Staff
import StoreHTTP
import TestSupport
import Testing

/// What happened to the orders, as other systems read it: nothing is missed, nothing comes twice.
@Suite(DatabaseTrait.store) struct EventTests {
    private func read(
        _ store: TestStore,
        after: String? = nil,
        _ query: String = ""
    ) async throws -> (events: [JSON], next: String) {
        let path = "/v1/staff/events?limit=500" + (after.map { "&after=\($0)" } ?? "") + query
        let answer = try await store.send(.GET, path, nil, try await store.staff(.support))
        #expect(answer.status == 200, "\(answer.text)")
        return (answer.json.data.entries, answer.json.next.text)
    }

    private func id(_ order: JSON, _ store: TestStore) async throws -> Int64 {
        try await store.pool.read(Statement("SELECT id FROM orders WHERE number = $1", order.number.text)).single()
            .value("id")
    }

    private func entry(_ event: OrderEvent, of order: Int64) -> Statement {
        OrderLog.entry(event, of: order, at: .now(), by: .staff("test", "r"))
    }

    /// Whoever keeps the last event of each order knows how all of them stand, and nothing of whose they are.
    @Test func lastEventOfEachOrderTellsHowItStands() async throws {
        try await TestStore.run { store in
            let kept = try await store.paidOrder(key: "kept")
            let back = try await store.paidOrder(key: "back")
            #expect(try await store.checkout(try await store.cart().path, key: "open").status == 201)
            let manager = try await store.staff(.manager)
            let refund = #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "reason": "Unopened."}"#
            let refunded = try await store.send(
                .POST,
                "/v1/staff/orders/\(back.number.text)/refunds",
                refund,
                manager.merging(["Idempotency-Key": "r"]) { $1 }
            )
            #expect(refunded.status < 300, "\(refunded.text)")
            try await store.sendAll()

            let (events, next) = try await read(store)
            #expect(events.map(\.id.text) == (1...events.count).map { "\($0)" } && next == "\(events.count)")
            var places: [String: Int] = [:]
            var last: [String: JSON] = [:]
            for event in events {
                let order = event.order.text
                places[order, default: 0] += 1
                #expect(event.sequence == JSON.number(Double(places[order] ?? 0)), "\(event)")
                last[order] = event
            }
            #expect(last.count == 3)
            for (number, event) in last {
                let order = try await store.send(.GET, "/v1/staff/orders/\(number)", nil, manager).json
                #expect(event.state.status == order.status && event.state.payment == order.payment.status)
                #expect(event.state.fulfilment == order.fulfilment.status && event.state.total == order.totals.total)
                #expect(event.state.refunded == order.refunded, "\(event) \(order.refunded)")
                #expect(event.state.comesTo == order.comesTo, "\(event) \(order.comesTo)")
            }
            #expect(last[back.number.text]?.state.payment == "refunded")
            #expect(last[kept.number.text]?.state.units.entries.isEmpty == false)
            let text = "\(events)"
            for personal in ["Ada", "example.com", "High Street", "2026-12-01", "Unopened"] {
                #expect(!text.contains(personal), "\(personal)")
            }
        }
    }

    /// A transaction that commits long after its neighbours holds nobody up and is missed by nobody.
    @Test func lateCommitComesAfterWhatWasReadMeanwhile() async throws {
        try await TestStore.run { store in
            let late = try await id(store.paidOrder(key: "late"), store)
            let start = try await read(store).next
            let meanwhile = try await store.pool.transaction { transaction in
                _ = try await transaction.execute([entry(.noted, of: late)])
                let neighbour = try await store.paidOrder(key: "neighbour")
                let (events, next) = try await read(store, after: start)
                #expect(events.map(\.order.text) == [neighbour.number.text, neighbour.number.text])
                // Another look changes nothing, and what is open is looked for once more.
                #expect(try await read(store, after: next).events.isEmpty)
                return next
            }
            let (events, next) = try await read(store, after: meanwhile)
            #expect(events.map(\.type.text) == ["noted"])
            _ = try await store.paidOrder(key: "after")
            #expect(try await read(store, after: next).events.map(\.type.text) == ["placed", "paid"])
        }
    }

    /// What is undone is never told.
    @Test func rolledBackEntryIsNoEvent() async throws {
        try await TestStore.run { store in
            let order = try await id(store.paidOrder(key: "k"), store)
            let before = try await read(store).events.count
            await #expect(throws: CancellationError.self) {
                try await store.pool.transaction { transaction in
                    _ = try await transaction.execute([entry(.noted, of: order)])
                    throw CancellationError()
                }
            }
            _ = try await store.pool.write([entry(.held, of: order)])
            #expect(try await read(store).events.dropFirst(before).map(\.type.text) == ["held"])
        }
    }

    /// Of two transactions the one that began first may write later: an order's events stay in their sequence.
    @Test func eventsOfAnOrderStayInTheirSequence() async throws {
        try await TestStore.run { store in
            let order = try await id(store.paidOrder(key: "k"), store)
            try await store.pool.transaction { transaction in
                _ = try await transaction.execute([Statement("SELECT pg_current_xact_id()::text AS begun")])
                _ = try await store.pool.write([entry(.held, of: order)])
                _ = try await transaction.execute([entry(.released, of: order)])
            }
            let events = try await read(store).events
            #expect(events.map(\.type.text) == ["placed", "paid", "held", "released"])
        }
    }

    private func order(_ store: TestStore, _ index: Int) async throws {
        _ = try await store.paidOrder(key: "k\(index)")
    }

    private func extend(_ store: TestStore, times: Int) async throws {
        for _ in 0..<times { try await store.store.feed.extend() }
    }

    @Test func manyWhoExtendAtOnceNumberEachEventOnce() async throws {
        try await TestStore.run { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<12 { group.addTask { try await order(store, index) } }
                for _ in 0..<4 { group.addTask { try await extend(store, times: 25) } }
                try await group.waitForAll()
            }
            let events = try await read(store).events
            #expect(events.map(\.id.text) == (1...24).map { "\($0)" })
            #expect(Set(events.map { "\($0.order.text) \($0.sequence)" }).count == 24)
            let kinds = Dictionary(grouping: events) { $0.order.text }.values.map { own in own.map { $0.type.text } }
            #expect(kinds.allSatisfy { $0 == ["placed", "paid"] })
        }
    }

    /// A dump that is loaded into another cluster begins its transactions anew.
    @Test func feedGoesOnInAnotherCluster() async throws {
        try await TestStore.run { store in
            _ = try await store.paidOrder(key: "before")
            let next = try await read(store).next
            _ = try await store.pool.write([
                Statement("UPDATE feed_position SET seen = '9000000000:9000000000:'::pg_snapshot")
            ])
            let after = try await store.paidOrder(key: "after")
            let (events, end) = try await read(store, after: next)
            #expect(events.map(\.order.text) == [after.number.text, after.number.text])
            _ = try await store.paidOrder(key: "later")
            #expect(try await read(store, after: end).events.count == 2)
        }
    }

    @Test func onlyWhatIsWantedIsTold() async throws {
        try await TestStore.run { store in
            _ = try await store.paidOrder(key: "one")
            let now = try await read(store, after: "now")
            #expect(now.events.isEmpty && now.next == "2")
            _ = try await store.paidOrder(key: "two")
            let (paid, next) = try await read(store, "&type=paid,shipped")
            #expect(paid.map(\.type.text) == ["paid", "paid"] && next == "4")
            // What is not wanted is passed over.
            #expect(try await read(store, "&type=shipped").next == "4")
            let reader = try await store.staff(.support)
            for query in ["after=-1", "after=x", "type=gone", "type=", "limit=0", "wait=21", "from=1"] {
                let answer = try await store.send(.GET, "/v1/staff/events?\(query)", nil, reader)
                #expect(answer.status == 422, "\(query) \(answer.text)")
            }
        }
    }

    /// Whoever waits is answered as soon as something happens.
    @Test func readerWaitsForTheNextEvent() async throws {
        try await TestStore.run { store in
            let reader = try await store.staff(.support)
            async let answer = store.send(.GET, "/v1/staff/events?after=0&wait=20", nil, reader)
            let order = try await store.paidOrder(key: "k")
            #expect(try await answer.json.data.entries.first?.order == order.number)
        }
    }

    /// Reading on and extending cost the same, however much has happened.
    @Test func feedIsReadByItsIndexes() async throws {
        try await TestStore.run { store in
            let order = try await id(store.paidOrder(key: "k"), store)
            _ = try await store.pool.write(
                [
                    Statement(
                        """
                        INSERT INTO order_event (order_id, sequence, at, kind, actor, request_id)
                        SELECT $1, n, now(), 'noted', 'test', 'r' FROM generate_series(3, 20000) AS n
                        """,
                        order
                    )
                ],
                timeout: .seconds(120)
            )
            try await store.store.feed.extend(timeout: .seconds(120))
            try await store.analyze()
            for kinds in [nil, [OrderEvent.shipped]] {
                let statement = try #require(
                    store.store.feed.rows(after: 19_900, count: 100, kinds: kinds).statements.first
                )
                #expect(try await store.cost(of: statement) < 2_000)
            }
            let plan = try await store.pool.read(try #require(OrderFeed.extensions.last).explained)
                .map { (row) throws(PostgresError) in try row.value("QUERY PLAN", as: String.self) }
            #expect(plan.count { $0.contains("Index Scan using order_event_transaction") } == 2, "\(plan)")
            #expect(!plan.contains { $0.contains("Seq Scan on order_event") })
        }
    }
}
