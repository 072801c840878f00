import Catalog
import NIOHTTP1
import Staff
import TestSupport
import Testing

/// What hygiene exempts from the right to withdraw once it is unsealed: said before it is bought, and kept with the order.
@Suite(DatabaseTrait.store) struct SealTests {
    private static let shop = "Sealed for hygiene: it can be given back only while the seal is unbroken."
    private static let order = "Goods that are sealed for hygiene can be given back only while the seal is unbroken."

    /// The demo's file in which these products alone are sealed.
    static func file(sealed skus: String...) throws -> [UInt8] {
        var file = String(decoding: CatalogFile.demoBytes, as: UTF8.self)
        let mark = #""sealed": true,"#
        try #require(file.contains(mark))
        file.replace(mark, with: "")
        for sku in skus {
            let name = #""sku": "\#(sku)", "kind""#
            try #require(file.contains(name))
            file.replace(name, with: mark + name)
        }
        return Array(file.utf8)
    }

    private func place(_ store: TestStore, _ items: String, key: String) async throws -> JSON {
        let path = try await store.cart(TestStore.choice(items)).path
        let total = try #require(try await store.send(.GET, path).json.totals.total.amount.int)
        let placed = try await store.checkout(path, key: key, amount: total)
        #expect(placed.status == 201, "\(placed.text)")
        return placed.json
    }

    private static let kit = #"[{"sku": "DM-KIT", "quantity": 1}]"#

    @Test func aKitIsSealedWhereAnythingInItIs() async throws {
        try await TestStore.run { store in
            func seals() async throws -> [JSON] {
                let kit = try await store.send(.GET, "/v1/products/DM-KIT").json
                let shampoo = try await store.send(.GET, "/v1/products/CLEANSE-SHAMPOO").json
                return [kit.sealed, shampoo.sealed] + kit.contents.entries.map(\.sealed)
            }
            #expect(try await seals() == [true, true, true, true, true, true])
            try await CatalogFile(Self.file(sealed: "RESTORE-OINTMENT")).load(into: store.pool)
            try await eventually("one part is sealed") {
                try await seals() == [true, false, true, false, false, false]
            }
            try await CatalogFile(Self.file()).load(into: store.pool)
            try await eventually("nothing is sealed") {
                try await seals() == [false, false, false, false, false, false]
            }
        }
    }

    @Test func theMarkGoesIntoTheFileAndOutOfIt() async throws {
        try await TestStore.run { store in
            let staff = try await store.staff(.support)
            let exported = try await store.send(.GET, "/v1/staff/catalog", nil, staff)
            #expect(exported.json.products[0].sealed == .null && exported.json.products[1].sealed == true)
            let same = try await store.send(.POST, "/v1/staff/catalog/plan", exported.text, staff)
            #expect(same.status == 200 && same.json.changes == [], "\(same.text)")
            let file = String(decoding: try Self.file(sealed: "CLEANSE-SHAMPOO"), as: UTF8.self)
            let plan = try await store.send(.POST, "/v1/staff/catalog/plan", file, staff).json
            #expect(
                plan.changes.entries.map(\.what.text)
                    == ["product RESTORE-LOTION", "product RESTORE-OINTMENT", "product ZERO-SHINE-SAMPLE"]
            )
            #expect(plan.changes.entries.allSatisfy { $0.field == "sealed" && $0.old == "true" && $0.new == .null })
            let wrong = file.replacing(#""sealed": true"#, with: #""sealed": "yes""#)
            let refused = try await store.send(.POST, "/v1/staff/catalog/plan", wrong, staff)
            #expect(refused.status == 422 && refused.json.errors[0].pointer == "/products/1/sealed", "\(refused.text)")
        }
    }

    @Test func theShopSaysSoBeforeItIsBought() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            let pages = ["/", "/products/DM-KIT", "/products/RESTORE-LOTION", cart, cart + "/checkout"]
            for path in pages {
                let page = try await store.send(.GET, path)
                #expect(page.words.contains(Self.shop), "\(path)")
            }
            try await CatalogFile(Self.file()).load(into: store.pool)
            for path in pages {
                try await eventually("\(path) says nothing of a seal") {
                    !(try await store.send(.GET, path).words.contains("Sealed"))
                }
            }
        }
    }

    @Test func anOrderKeepsTheMarkThatItWasPlacedUnder() async throws {
        try await TestStore.run { store in
            let two = #"[{"sku": "DM-KIT", "quantity": 1}, {"sku": "CLEANSE-SHAMPOO", "quantity": 1}]"#
            try await CatalogFile(Self.file(sealed: "RESTORE-LOTION")).load(into: store.pool)
            let first = try await place(store, two, key: "first")
            #expect(first.items.entries.map(\.sealed) == [true, false])
            try await CatalogFile(Self.file(sealed: "CLEANSE-SHAMPOO")).load(into: store.pool)
            let second = try await place(store, two, key: "second")
            #expect(second.items.entries.map(\.sealed) == [true, true])
            try await CatalogFile(Self.file()).load(into: store.pool)
            #expect(try await place(store, two, key: "third").items.entries.map(\.sealed) == [false, false])

            let staff = try await store.staff(.packer)
            for (order, seals) in [(first, [true, false]), (second, [true, true])] {
                let read = try await store.send(.GET, "/v1/orders/\(order.token.text)").json
                #expect(read.items == order.items)
                let seen = try await store.send(.GET, "/v1/staff/orders/\(order.number.text)", nil, staff).json
                #expect(seen.items.entries.map { $0.sealed == true } == seals)
            }
        }
    }

    @Test func theOrdersPageSaysSoOfWhatCanBeWithdrawnFrom() async throws {
        try await TestStore.run { store in
            try await CatalogFile(Self.file(sealed: "CLEANSE-SHAMPOO")).load(into: store.pool)
            let both = #"[{"sku": "RESTORE-LOTION", "quantity": 1}, {"sku": "CLEANSE-SHAMPOO", "quantity": 1}]"#
            let order = try await place(store, both, key: "both")
            let open = try await place(store, #"[{"sku": "RESTORE-LOTION", "quantity": 1}]"#, key: "open")
            let page = try await store.send(.GET, order.page.text)
            #expect(page.words.contains(Self.order))
            let other = try await store.send(.GET, open.page.text)
            #expect(other.words.contains("Withdraw from the contract") && !other.words.contains("seal"))
            // What is given up is withdrawn from no more.
            let gone = try await store.send(
                .POST,
                "/v1/orders/\(order.token.text)/cancellation",
                #"{"items": [{"sku": "CLEANSE-SHAMPOO", "quantity": 1}]}"#,
                ["Idempotency-Key": "gone"]
            )
            #expect(gone.status == 200, "\(gone.text)")
            let rest = try await store.send(.GET, order.page.text)
            #expect(rest.words.contains("Withdraw from the contract") && !rest.words.contains("seal"))
        }
    }
}
