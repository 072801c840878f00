import Cart
import Catalog
import Links
import NIOHTTP1
import Postgres
import StoreHTTP
import TestSupport
import Testing

@testable import Orders

/// Orders that come together go together, and nobody pays for a neighbour.
@Suite(DatabaseTrait.store) struct PlacingTogetherTests {
    private func carts(_ store: TestStore, _ count: Int) async throws -> [String] {
        var carts: [String] = []
        for _ in 0..<count { carts.append(try await store.cart().path) }
        return carts
    }

    private func all(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Answer) async throws -> [Answer] {
        try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
            for index in 0..<count { group.addTask { (index, try await body(index)) } }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Good orders, sold-out ones, repeated keys, wrong totals, codes and samples, all at once.
    @Test func aCrowdOfAllKindsGetsEachItsOwnAnswer() async throws {
        try await TestStore.run { store in
            try await store.setStock("RESTORE-LOTION", 40)
            let kits = try await carts(store, 60)
            let codes =
                #"{"currency": "GBP", "country": "GB", "items": [{"sku": "CLEANSE-SHAMPOO", "quantity": 1}], "discountCodes": ["DEMO10"]}"#
            var coded: [String] = []
            for _ in 0..<5 { coded.append(try await store.cart(codes).path) }
            let discounted = coded
            let total = try await store.send(.GET, coded[0]).json.totals.total.amount.int ?? 0
            let answers = try await all(90) { index in
                switch index {
                case 0..<60: try await store.checkout(kits[index], key: "k\(index)")
                // The same request again, at the same time.
                case 60..<75: try await store.checkout(kits[index - 60], key: "k\(index - 60)")
                case 75..<80: try await store.checkout(discounted[index - 75], key: "c\(index)", amount: total)
                // A total that nobody was shown, under the key of a cart that another request orders.
                default: try await store.checkout(kits[index - 60], key: "w\(index)", amount: 1)
                }
            }
            let placed = answers[..<60].filter { $0.status == 201 }
            #expect(placed.count == 40 && answers[..<60].filter { $0.problem == "out-of-stock" }.count == 20)
            for index in 0..<15 {
                #expect(answers[60 + index].status == answers[index].status)
                if answers[index].status == 201 { #expect(answers[60 + index].body == answers[index].body) }
            }
            // One person's code works once.
            #expect(answers[75..<80].map(\.status).sorted() == [201, 409, 409, 409, 409])
            #expect(
                answers[80...].allSatisfy { ["already-ordered", "price-changed", "out-of-stock"].contains($0.problem) }
            )
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 41)
            #expect(
                try await store.number("SELECT on_hand - reserved AS n FROM stock WHERE sku = 'RESTORE-LOTION'") == 0
            )
            #expect(try await store.number("SELECT count(DISTINCT number) AS n FROM orders") == 41)
            try await store.checkInvariants()
        }
    }

    /// The link to the database breaks after each statement of a shared transaction: whoever repeats has one order.
    @Test func aCrashInTheMiddleOfABatchLosesAndDoublesNothing() async throws {
        let link = try await CuttingLink(to: Database.current.settings.socketPath)
        try await TestStore.run(connection: Database.current.settings.through(port: link.port)) { store in
            for round in 1..<24 {
                let carts = try await carts(store, 12)
                link.cut(after: round)
                let first = try await all(12) { try await store.checkout(carts[$0], key: "\(round)-\($0)") }
                #expect(first.allSatisfy { [201, 503].contains($0.status) })
                _ = link.mend()
                for index in 0..<12 {
                    try await eventually("the order is there") {
                        try await store.checkout(carts[index], key: "\(round)-\(index)").status == 201
                    }
                    let again = try await store.checkout(carts[index], key: "\(round)-\(index)")
                    if first[index].status == 201 { #expect(again.body == first[index].body) }
                }
            }
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 23 * 12)
            try await store.checkInvariants()
        }
        try await link.close()
    }

    @Test func twoServersSellTheLastThousandKitsExactly() async throws {
        try await TestStore.run { one in
            try await one.setStock("RESTORE-OINTMENT", 1000)
            try await TestStore.run { two in
                var paths: [String] = []
                for _ in 0..<2000 { paths.append(try await one.cart().path) }
                let carts = paths
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for buyer in 0..<100 {
                        group.addTask {
                            var placed = 0
                            for index in stride(from: buyer, to: 2000, by: 100) {
                                let server = index % 2 == 0 ? one : two
                                var answer = try await server.checkout(carts[index], key: "b\(index)")
                                // Who isn't answered in time asks again.
                                for _ in 0..<20 where answer.status == 503 {
                                    answer = try await server.checkout(carts[index], key: "b\(index)")
                                }
                                if answer.status == 201 {
                                    placed += 1
                                } else {
                                    #expect(answer.problem == "out-of-stock", "\(answer.text)")
                                }
                            }
                            return placed
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(statuses == 1000)
                #expect(try await one.number("SELECT count(*) AS n FROM orders") == 1000)
                #expect(
                    try await one.number("SELECT on_hand - reserved AS n FROM stock WHERE sku = 'RESTORE-OINTMENT'")
                        == 0
                )
                try await one.checkInvariants()
            }
        }
    }

    /// Every query of a checkout finds its rows by an index, however many orders and carts there are.
    @Test func noQueryOfACheckoutReadsATableWhole() async throws {
        try await TestStore.run { store in
            #expect(try await store.checkout(try await store.cart().path, key: "k").status == 201)
            try await store.sendAll()
            try await store.multiplyOrders(to: 20_000)
            _ = try await store.pool.write(
                [
                    Statement(
                        """
                        INSERT INTO cart (id, link_key, expires_at, currency, discount_codes, skus, quantities)
                        SELECT nextval('cart_sequence'), link_key, expires_at, currency, discount_codes, skus, quantities
                        FROM cart, generate_series(1, 20000)
                        """
                    )
                ],
                timeout: .seconds(120)
            )
            try await store.analyze()
            let order = try #require(try await store.pool.read(OrderFilter().page(count: 1)).first)
            let path = try await store.cart().path
            let token = try #require(path.split(separator: "/").last.flatMap { LinkToken(text: String($0)) })
            let cart = try #require(store.store.keys.link(.cart, token))
            let orders = store.store.orders
            let statements =
                orders.reading(.id(order.id)).statements + orders.placed(from: cart).statements
                + orders.reading(.link(cart)).statements + CartStore.cart(cart).statements
                + CartStore.cart(cart, locking: true).statements
                + store.store.checkout.redemptions(ofCart: 7).statements
                + CartStore.locked(Array(repeating: cart, count: 8)).statements + [CartStore.ordered([7])]
                + CatalogStore.version.statements + StockStore.available().statements
            for statement in statements {
                #expect(try await store.cost(of: statement) < 200, "\(statement.sql)")
            }
        }
    }
}
