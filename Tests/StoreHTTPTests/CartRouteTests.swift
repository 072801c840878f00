import Cart
import CivilTime
import NIOHTTP1
import Postgres
import Records
import StoreHTTP
import TestSupport
import Testing

@Suite(DatabaseTrait.store) struct CartRouteTests {
    @Test func twoTabsNeverOverwriteEachOtherSilently() async throws {
        try await TestStore.run { store in
            let (path, etag) = try await store.cart()
            let first = try await store.send(.PUT, path + "/items/DM-KIT", #"{"quantity": 2}"#, ["If-Match": etag])
            #expect(first.status == 200 && first.json.totals.total.amount == 9000)
            let second = try await store.send(
                .PUT,
                path + "/items/RESTORE-LOTION",
                #"{"quantity": 1}"#,
                ["If-Match": etag]
            )
            #expect(second.status == 412 && second.problem == "cart-changed")
            #expect(second.json.current.items[0].quantity == 2)
            #expect(second.etag == first.etag)
            let third = try await store.send(
                .PUT,
                path + "/items/RESTORE-LOTION",
                #"{"quantity": 1}"#,
                ["If-Match": second.etag]
            )
            #expect(third.json.items.entries.map(\.sku.text) == ["DM-KIT", "RESTORE-LOTION"])
            #expect(try await store.send(.PUT, path + "/items/DM-KIT", #"{"quantity": 2}"#).status == 428)
            #expect(try await store.send(.DELETE, path).status == 428)
            #expect(try await store.send(.DELETE, path, nil, ["If-Match": "W/\(third.etag)"]).status == 412)
        }
    }

    @Test func parallelEditsOfOneCartLoseNoLine() async throws {
        try await TestStore.run { store in
            let (path, etag) = try await store.cart()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for sku in ["RESTORE-LOTION", "CLEANSE-SHAMPOO", "ZERO-SHINE-SAMPLE"] {
                    group.addTask {
                        try await store.send(.PUT, path + "/items/\(sku)", #"{"quantity": 1}"#, ["If-Match": etag])
                            .status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 412, 412])
            #expect(try await store.send(.GET, path).json.items.entries.count == 2)
        }
    }

    @Test func linesAndCourseComeAndGo() async throws {
        try await TestStore.run { store in
            let (path, etag) = try await store.cart()
            let bare = try await store.send(.DELETE, path + "/course", nil, ["If-Match": etag])
            #expect(bare.json.course == nil)
            let dated = try await store.send(.PUT, path + "/course", TestStore.exampleCourse, ["If-Match": bare.etag])
            #expect(dated.json.course.sessions == ["2026-12-01", "2026-12-12"])
            let empty = try await store.send(.DELETE, path + "/items/DM-KIT", nil, ["If-Match": dated.etag])
            #expect(empty.json.problems[0].code == "empty")
            #expect(try await store.send(.DELETE, path + "/items/DM-KIT", nil, ["If-Match": empty.etag]).status == 404)
            #expect(try await store.send(.DELETE, path, nil, ["If-Match": empty.etag]).status == 204)
            #expect(try await store.send(.GET, path).status == 404)
        }
    }

    @Test func theSameKeyMakesOneCart() async throws {
        try await TestStore.run { store in
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        try await store.send(.POST, "/v1/carts", TestStore.kitChoice, ["Idempotency-Key": "\"one\""])
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.status)) == [201])
            #expect(Set(answers.map(\.json.id.text)).count == 1)
            #expect(try await store.number("SELECT count(*) AS n FROM cart") == 1)
            let other = try await store.send(.POST, "/v1/carts", "{}", ["Idempotency-Key": "one"])
            #expect(other.status == 422 && other.problem == "key-reused")
        }
    }

    @Test func aShareOfABottleIsCountedOnceForKitAndRefill() async throws {
        try await TestStore.run { store in
            try await store.setStock("RESTORE-LOTION", 2)
            let (path, _) = try await store.cart(
                TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 2}, {"sku": "RESTORE-LOTION", "quantity": 1}]"#)
            )
            let cart = try await store.send(.GET, path)
            #expect(cart.json.problems.entries.map(\.code.text) == ["outOfStock", "outOfStock"])
            #expect(cart.json.problems.entries.map(\.pointer.text) == ["/items/0", "/items/1"])
            let answer = try await store.checkout(path, key: "k", amount: 9000 + 1600)
            #expect(answer.status == 409 && answer.problem == "out-of-stock")
            #expect(try await store.number("SELECT sum(reserved)::bigint AS n FROM stock") == 0)
        }
    }

    @Test func aKitSellsWithoutItsSampleOnceTheCustomerAgrees() async throws {
        try await TestStore.run { store in
            try await store.setStock("ZERO-SHINE-SAMPLE", 1)
            let (path, _) = try await store.cart(TestStore.choice(#"[{"sku": "DM-KIT", "quantity": 3}]"#))
            let cart = try await store.send(.GET, path)
            #expect(cart.json.problems == [])
            #expect(cart.json.notices.entries.map(\.code.text) == ["sampleMissing"])
            #expect(cart.json.items[0].includes[3].quantity == 3 && cart.json.items[0].includes[3].available == 1)
            let refused = try await store.checkout(path, key: "k", amount: 13_500)
            #expect(refused.status == 409 && refused.problem == "not-accepted")
            #expect(refused.json.current.notices[0].code == "sampleMissing")
            let placed = try await store.checkout(path, key: "k", amount: 13_500, accept: #"["sampleMissing"]"#)
            #expect(placed.status == 201, "\(placed.text)")
            #expect(placed.json.items[0].includes[3].available == 1)
            try await store.checkInvariants()
        }
    }

    @Test func aCourseThatNeedsMoreThanTheCartHoldsIsSaid() async throws {
        try await TestStore.run { store in
            _ = try await store.pool.write([
                Statement("UPDATE product SET applications_per_unit = 10 WHERE sku = 'RESTORE-LOTION'")
            ])
            let (path, _) = try await store.cart()
            let notices = try await store.send(.GET, path).json.notices
            #expect(notices.entries.map(\.code.text) == ["needsMoreUnits"])
            #expect(notices[0].detail.text.contains("30 times") && notices[0].detail.text.contains("it takes 3"))
            _ = try await store.pool.write([Statement("UPDATE product SET applications_per_unit = NULL")])
            #expect(try await store.send(.GET, path).json.notices == [])
        }
    }

    @Test func pricesAreThoseOfTheMomentUntilTheOrderIsPlaced() async throws {
        try await TestStore.run { store in
            let (path, _) = try await store.cart()
            _ = try await store.pool.write([
                Statement("UPDATE price SET amount = 4700 WHERE sku = 'DM-KIT' AND currency = 'GBP'")
            ])
            #expect(try await store.send(.GET, path).json.totals.total.amount == 4700)
            let changed = try await store.checkout(path, key: "k")
            #expect(changed.status == 409 && changed.problem == "price-changed")
            #expect(changed.json.old.amount == 4500 && changed.json.new.amount == 4700)
            let placed = try await store.checkout(path, key: "k", amount: 4700)
            #expect(placed.status == 201)
            _ = try await store.pool.write([Statement("UPDATE price SET amount = 9900 WHERE sku = 'DM-KIT'")])
            #expect(try await store.checkout(path, key: "k", amount: 4700).body == placed.body)
        }
    }

    @Test func cartsExpireAndAreSwept() async throws {
        try await TestStore.run { store in
            let (path, etag) = try await store.cart()
            _ = try await store.send(.POST, "/v1/carts", "{}", ["Idempotency-Key": "old"])
            _ = try await store.pool.write([
                Statement("UPDATE cart SET expires_at = '2026-11-24T11:59:59Z'")
            ])
            #expect(try await store.send(.GET, path).status == 410)
            #expect(
                try await store.send(.PUT, path + "/course", TestStore.exampleCourse, ["If-Match": etag]).status == 410
            )
            _ = try await store.pool.write([
                Statement("UPDATE cart SET expires_at = '2026-11-16T12:00:00Z'"),
                Statement("UPDATE idempotency_key SET used_at = now() - interval '25 hours'"),
            ])
            #expect(try await store.checkout(path, key: "k").status == 410)
            #expect(try await store.store.carts.sweep(now: .now()) == 2)
            #expect(try await IdempotencyKey.sweep(store.pool, now: .now()) == 1)
            #expect(try await store.send(.GET, path).status == 404)
        }
    }
}
