import Commerce
import Orders
import Postgres
import StoreHTTP
import TestSupport
import Testing

/// What the gauge of orders without a guide counts.
@Suite(DatabaseTrait.store) struct OrdersWithoutGuideTests {
    @Test func anOrderThatLostItsGuideIsCountedHoweverOldItIs() async throws {
        try await TestStore.run { store in
            let now = try #require(TestStore.midday)
            let days = now + .seconds(3 * 86_400)
            for _ in 0..<2 { _ = try await store.order() }
            let reading = OrdersWithoutGuide()
            #expect(await reading.count(store.pool, now: now) == 0)
            // Behind the program's back: no trigger and no foreign key in the way.
            _ = try await store.pool.write([
                Statement("SET LOCAL session_replication_role = replica"),
                Statement("DELETE FROM guide WHERE order_id = (SELECT min(id) FROM orders)"),
            ])
            // Of the last day it is seen at once, and later however long ago it was placed.
            #expect(await reading.count(store.pool, now: now + .seconds(60)) == 1)
            #expect(try await store.pool.read(OrderStore.withoutGuide(since: days + .seconds(-86_400))) == 0)
            #expect(await reading.count(store.pool, now: days) == 1)
            #expect(await reading.count(store.pool, now: days + .seconds(60)) == 1)
            #expect(try await store.pool.read(OrderStore.allWithoutGuide) == 1)
        }
    }
}
