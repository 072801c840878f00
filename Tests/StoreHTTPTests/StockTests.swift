import NIOHTTP1
import Postgres
import Staff
import StoreHTTP
import TestSupport
import Testing

/// The stock as a ledger, and the catalog as a reviewed file.
@Suite(DatabaseTrait.store) struct StockTests {
    private func change(_ store: TestStore, _ act: String, _ body: String, _ token: [String: String], key: String)
        async throws -> Answer
    {
        try await store.send(
            .POST,
            "/v1/staff/stock/restore-lotion/\(act)",
            body,
            token.merging(["Idempotency-Key": key]) { $1 }
        )
    }

    @Test func everyUnitIsAMovement() async throws {
        try await TestStore.run { store in
            let (packer, manager) = (try await store.staff(.packer), try await store.staff(.manager))
            let list = try await store.send(.GET, "/v1/staff/stock", nil, packer).json.data
            #expect(list.entries.count == 4 && list[0].available == 1_000_000 && list[0].status == "inStock")
            #expect(try await change(store, "receipts", #"{"quantity": 5}"#, packer, key: "a").json.onHand == 1_000_005)
            #expect(try await change(store, "receipts", #"{"quantity": 5}"#, packer, key: "a").json.onHand == 1_000_005)
            #expect(try await change(store, "receipts", #"{"quantity": 6}"#, packer, key: "a").problem == "key-reused")
            let lost = #"{"change": -7, "reason": "broken"}"#
            #expect(try await change(store, "adjustments", lost, packer, key: "b").status == 403)
            #expect(try await change(store, "adjustments", lost, manager, key: "b").json.onHand == 999_998)
            #expect(
                try await change(store, "adjustments", #"{"change": -2000000, "reason": "x"}"#, manager, key: "c")
                    .problem
                    == "stock-too-low"
            )
            let stale = try await change(store, "counts", #"{"expected": 1, "actual": 2}"#, packer, key: "d")
            #expect(stale.problem == "stock-moved" && stale.json.detail.text.contains("999998"))
            let count = #"{"expected": 999998, "actual": 12}"#
            #expect(try await change(store, "counts", count, packer, key: "e").json.onHand == 12)
            for (act, body) in [
                ("receipts", #"{"quantity": 0}"#), ("receipts", #"{"quantity": 1, "expires": "2027-01-01"}"#),
                ("receipts", "{}"), ("counts", #"{"expected": 1}"#), ("counts", #"{"expected": -1, "actual": 0}"#),
            ] {
                #expect(try await change(store, act, body, packer, key: body).status == 422)
            }
            #expect(
                try await store.send(
                    .POST,
                    "/v1/staff/stock/DM-KIT/receipts",
                    #"{"quantity": 1}"#,
                    packer.merging(["Idempotency-Key": "kit"]) { $1 }
                ).status == 404
            )
            #expect(try await store.send(.GET, "/v1/staff/stock/audit", nil, packer).json.agrees == true)
            _ = try await store.pool.write([Statement("UPDATE stock SET on_hand = 13 WHERE sku = 'RESTORE-LOTION'")])
            let audit = try await store.send(.GET, "/v1/staff/stock/audit", nil, packer).json
            #expect(audit.agrees == false && audit.differences[0].counted == 13 && audit.differences[0].moved == 12)
        }
    }

    @Test func oneOfManyConcurrentCountsIsTaken() async throws {
        try await TestStore.run { store in
            let packer = try await store.staff(.packer)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<10 {
                    group.addTask {
                        try await change(
                            store,
                            "counts",
                            #"{"expected": 1000000, "actual": \#(index)}"#,
                            packer,
                            key: "k\(index)"
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + Array(repeating: 409, count: 9))
        }
    }

    @Test func theLedgerIsOnlyEverAddedTo() async throws {
        try await TestStore.run { store in
            for (sql, constraint): (StaticString, String) in [
                ("UPDATE stock_movement SET change = 1", "stock_movement_is_kept"),
                ("DELETE FROM stock_movement", "stock_movement_is_kept"),
                ("TRUNCATE stock_movement", "stock_movement_is_not_emptied"),
                (
                    "INSERT INTO stock_movement (sku, change, kind, actor, request_id) VALUES ('RESTORE-LOTION', -2000000, 'count', 'x', 'x')",
                    "stock_on_hand_not_negative"
                ),
                (
                    "INSERT INTO stock_movement (sku, lot, change, kind, actor, request_id) VALUES ('RESTORE-LOTION', 'L', -1, 'count', 'x', 'x')",
                    "stock_lot_on_hand_not_negative"
                ),
                (
                    "INSERT INTO stock_movement (sku, change, kind, actor, request_id) VALUES ('RESTORE-LOTION', -1, 'shipment', 'x', 'x')",
                    "stock_movement_of_an_order"
                ),
            ] {
                let error = await #expect(throws: PostgresError.self) {
                    _ = try await store.pool.write([Statement(sql)])
                }
                #expect(error?.serverError?.constraint == constraint, "\(sql)")
            }
        }
    }

    // MARK: - The catalog as a file

    @Test func aCatalogIsPlannedAppliedAndTakenBack() async throws {
        try await TestStore.run { store in
            let manager = try await store.staff(.manager)
            let exported = try await store.send(.GET, "/v1/staff/catalog", nil, manager)
            let file = exported.text
            #expect(exported.status == 200 && exported.json.products.entries.count == 5)
            func plan(_ file: String) async throws -> Answer {
                try await store.send(.POST, "/v1/staff/catalog/plan", file, manager)
            }
            func apply(_ file: String, _ version: String) async throws -> Answer {
                try await store.send(.PUT, "/v1/staff/catalog", file, manager.merging(["If-Match": version]) { $1 })
            }
            #expect(try await plan(file).json.changes.entries.isEmpty)
            let dearer = file.replacing("4500", with: "4700")
            let change = try await plan(dearer).json.changes[0]
            #expect(change.what == "price GBP DM-KIT" && change.old == "4500" && change.new == "4700")
            #expect(try await apply(dearer, "\"999\"").problem == "catalog-changed")
            let applied = try await apply(dearer, exported.etag)
            #expect(applied.status == 200 && applied.json.changes.entries.count == 1, "\(applied.text)")
            // The shop window is at most a second old.
            try await eventually("the price is shown") {
                try await store.send(.GET, "/v1/products/DM-KIT").json.price.amount == 4700
            }
            let back = try await store.send(
                .GET,
                "/v1/staff/catalog?version=\(applied.json.previous.int ?? 0)",
                nil,
                manager
            )
            #expect(try await apply(back.text, "\"\(applied.json.version.int ?? 0)\"").status == 200)
            // The shop window is at most a second old.
            try await eventually("the price is shown") {
                try await store.send(.GET, "/v1/products/DM-KIT").json.price.amount == 4500
            }
            #expect(try await store.send(.GET, "/v1/staff/catalog?version=7777", nil, manager).status == 404)

            // What open carts and orders need stays.
            _ = try await store.cart()
            let unsold = try await plan(file.replacing(/"DM-KIT" ?: ?4500, ?/, with: ""))
            #expect(
                unsold.json.refusals.entries.contains { $0.detail.text.contains("DM-KIT lies in 1 open carts") },
                "\(unsold.text)"
            )
            let refused = try await apply(
                file.replacing(/"DM-KIT" ?: ?4500, ?/, with: ""),
                try await store.send(.GET, "/v1/staff/catalog", nil, manager).etag
            )
            #expect(refused.problem == "catalog-refused" && refused.json.errors.entries.count == 1)
            // A barcode that another product has, also one that is sold no more, and a kind that would change.
            for (wrong, place) in [
                (
                    file.replacing("2000000000022", with: "#").replacing("2000000000039", with: "2000000000022")
                        .replacing("#", with: "2000000000039"), "/barcode"
                ),
                (file.replacing(/"kind" ?: ?"sample"/, with: #""kind": "product""#), "/kind"),
            ] {
                #expect(!(try await plan(wrong).json.refusals.entries.isEmpty))
                let etag = try await store.send(.GET, "/v1/staff/catalog", nil, manager).etag
                let refused = try await apply(wrong, etag)
                #expect(refused.problem == "catalog-refused", "\(refused.text)")
                #expect(
                    refused.json.errors.entries.contains {
                        $0.pointer.text.hasPrefix("/products/") && $0.pointer.text.hasSuffix(place)
                    },
                    "\(refused.text)"
                )
            }
            let tax = #"{"country": "GB", "basisPoints": 2000}"#
            let twice = try await plan(
                file.replacing(
                    /"taxes" ?: ?\[/,
                    with: #""taxes": [\#(tax.replacing("}", with: #", "from": "1970-01-01"}"#)),"#
                )
            )
            #expect(twice.status == 422 && twice.json.errors[0].code == "duplicate", "\(twice.text)")
            for (wrong, pointer) in [
                (file.replacing("4500", with: "-1"), "/prices/GBP/DM-KIT"),
                (file.replacing(/"demo" ?: ?true/, with: #""demo": true, "colour": 1"#), "/colour"),
            ] {
                let answer = try await plan(wrong)
                #expect(answer.status == 422 && answer.json.errors[0].pointer.text == pointer, "\(answer.text)")
            }
        }
    }
}
