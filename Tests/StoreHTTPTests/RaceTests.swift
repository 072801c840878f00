import NIOHTTP1
import Postgres
import TestSupport
import Testing

/// Races that other stores have lost, run for real.
@Suite(DatabaseTrait.store) struct RaceTests {
    private static func all(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Answer) async throws
        -> [Answer]
    {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            for index in 0..<count { group.addTask { try await body(index) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(arguments: [1, 37]) func parallelBuyersGetExactlyTheStock(stock: Int) async throws {
        try await TestStore.run { store in
            try await store.setStock("RESTORE-LOTION", stock)
            var carts: [String] = []
            for _ in 0..<200 { carts.append(try await store.cart().path) }
            let paths = carts
            let answers = try await Self.all(200) { try await store.checkout(paths[$0], key: "buyer-\($0)") }
            #expect(answers.count { $0.status == 201 } == stock)
            #expect(answers.filter { $0.status != 201 }.allSatisfy { $0.status == 409 && $0.problem == "out-of-stock" })
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == stock)
            #expect(
                try await store.number("SELECT reserved - on_hand AS n FROM stock WHERE sku = 'RESTORE-LOTION'") == 0
            )
            try await store.checkInvariants()
        }
    }

    @Test func samplesThatRunOutUnderWayAreNeverSoldTwice() async throws {
        try await TestStore.run { store in
            try await store.setStock("ZERO-SHINE-SAMPLE", 10)
            var carts: [String] = []
            for _ in 0..<60 { carts.append(try await store.cart().path) }
            let paths = carts
            let answers = try await Self.all(60) {
                try await store.checkout(paths[$0], key: "k\($0)", accept: $0 % 2 == 0 ? #"["sampleMissing"]"# : "[]")
            }
            #expect(Set(answers.map(\.status)).isSubset(of: [201, 409]))
            #expect(answers.filter { $0.status == 409 }.allSatisfy { $0.problem == "not-accepted" })
            #expect(
                try await store.number(
                    "SELECT sum(quantity)::bigint AS n FROM order_component WHERE sku = 'ZERO-SHINE-SAMPLE'"
                ) == 10
            )
            try await store.checkInvariants()
        }
    }

    @Test func componentsInOppositeOrderNeverDeadlock() async throws {
        try await TestStore.run(connections: 8) { store in
            let rounds = 10_000
            let forth = ["CLEANSE-SHAMPOO", "RESTORE-LOTION", "RESTORE-OINTMENT", "ZERO-SHINE-SAMPLE"]
            let before = try await store.number(
                "SELECT deadlocks AS n FROM pg_stat_database WHERE datname = current_database()"
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        for _ in 0..<rounds / 8 {
                            try await store.pool.withConnection { connection in
                                _ = try await connection.write([
                                    StockReservation.statement(worker % 2 == 0 ? forth : forth.reversed())
                                ])
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.number("SELECT min(reserved) AS n FROM stock") == rounds)
            #expect(
                try await store.number("SELECT deadlocks AS n FROM pg_stat_database WHERE datname = current_database()")
                    == before
            )
        }
    }

    @Test func cartsWithTheSameProductsInOppositeOrderAllSucceed() async throws {
        try await TestStore.run { store in
            let forth = #"[{"sku": "CLEANSE-SHAMPOO", "quantity": 1}, {"sku": "RESTORE-LOTION", "quantity": 1}]"#
            let back = #"[{"sku": "RESTORE-LOTION", "quantity": 1}, {"sku": "CLEANSE-SHAMPOO", "quantity": 1}]"#
            var carts: [String] = []
            for index in 0..<100 {
                carts.append(try await store.cart(TestStore.choice(index % 2 == 0 ? forth : back)).path)
            }
            let paths = carts
            let answers = try await Self.all(100) { try await store.checkout(paths[$0], key: "k\($0)", amount: 3395) }
            #expect(answers.allSatisfy { $0.status == 201 })
            try await store.checkInvariants()
        }
    }

    @Test func oneCartAndKeyFromTwentySocketsIsOneOrderAndTwentyEqualAnswers() async throws {
        try await TestStore.run { store in
            for round in 0..<5 {
                let path = try await store.cart().path
                let answers = try await Self.all(20) { _ in try await store.checkout(path, key: "same-\(round)") }
                #expect(Set(answers.map(\.status)) == [201])
                #expect(Set(answers.map(\.body)).count == 1)
            }
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 5)
            try await store.checkInvariants()
        }
    }

    @Test func oneCartAndTwentyKeysIsOneOrderAndNineteenConflicts() async throws {
        try await TestStore.run { store in
            let path = try await store.cart().path
            let answers = try await Self.all(20) { try await store.checkout(path, key: "key-\($0)") }
            #expect(answers.map(\.status).sorted() == [201] + Array(repeating: 409, count: 19))
            let location = try #require(answers.first { $0.status == 201 }?.headers.first(name: "Location"))
            #expect(
                answers.filter { $0.status == 409 }.allSatisfy {
                    $0.problem == "already-ordered" && $0.json.order.text == location
                }
            )
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 1)
        }
    }

    @Test func theSameKeyWithAnotherBodyIsRefused() async throws {
        try await TestStore.run { store in
            let path = try await store.cart().path
            #expect(try await store.checkout(path, key: "k").status == 201)
            let other = try await store.checkout(path, key: "k", name: "Somebody Else")
            #expect(other.status == 422 && other.problem == "key-reused")
            // Spacing and the order of fields are not another body.
            let respaced = TestStore.checkoutBody().split(separator: "\n").joined(separator: "\n\n   ")
            #expect(
                try await store.send(.POST, path + "/checkout", respaced, ["Idempotency-Key": "\"k\""]).status == 201
            )
        }
    }

    @Test func aCartEditedWhileItIsCheckedOutIsChargedAsItWasOrdered() async throws {
        try await TestStore.run { store in
            for round in 0..<40 {
                let (path, etag) = try await store.cart()
                async let edit = store.send(.PUT, path + "/items/DM-KIT", #"{"quantity": 2}"#, ["If-Match": etag])
                async let order = store.checkout(path, key: "k\(round)")
                let (edited, ordered) = try await (edit, order)
                if ordered.status == 201 {
                    #expect(ordered.json.totals.total.amount == 4500 && ordered.json.items[0].quantity == 1)
                    #expect(edited.status == 409 && edited.problem == "already-ordered", "\(edited.text)")
                } else {
                    #expect(ordered.problem == "price-changed" && edited.status == 200)
                }
            }
            try await store.checkInvariants()
        }
    }

    @Test func aDuplicateWaitsForTheFirstAndGivesUpInTheEnd() async throws {
        var connection = Database.current.settings
        connection.lockTimeout = .milliseconds(1_500)
        try await TestStore.run(connection: connection) { store in
            let path = try await store.cart().path
            // Another session holds the cart, as a request that hangs would.
            try await store.pool.transaction { transaction in
                _ = try await transaction.execute(Statement("SELECT * FROM cart FOR UPDATE"))
                let waiting = try await store.checkout(path, key: "k")
                #expect(waiting.status == 409 && waiting.problem == "request-in-flight")
            }
            #expect(try await store.checkout(path, key: "k").status == 201)
        }
    }
}
