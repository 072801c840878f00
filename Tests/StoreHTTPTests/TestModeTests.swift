import Commerce
import NIOHTTP1
import Postgres
import Records
import StoreHTTP
import TestSupport
import Testing

/// A store for trying things out says so on all that it shows, and shares no database with a real one.
@Suite(DatabaseTrait.store) struct TestModeTests {
    private static let mark = "<mark>Test store: nothing here is sold, paid or sent.</mark>"

    @Test func allThatItAnswersIsMarked() async throws {
        try await TestStore.run(settings: { $0.mode = .test }) { store in
            let order = try await store.paidOrder(key: "k")
            let shop = try await store.send(.GET, "/v1/store")
            #expect(shop.json.mode == "test" && shop.headers["Aftercare-Mode"] == ["test"])
            let pages = [
                "/", "/products/RESTORE-LOTION", "/cart", "/find", order.page.text, order.guide.page.text,
                order.guide.page.text + "/sheet", order.guide.page.text + "/insert",
                order.guide.page.text + "/calendar",
            ]
            for path in pages {
                let page = try await store.send(.GET, path)
                #expect(page.status == 200 && page.headers["Aftercare-Mode"] == ["test"], "\(path)")
                #expect(page.text.ranges(of: Self.mark).count == 1, "\(path)")
                #expect(page.headers["Content-Length"] == ["\(page.body.count)"], "\(path)")
            }
            for path in ["/v1/orders/x", "/v1/nothing", "/g/x"] {
                let none = try await store.send(.GET, path, nil, ["Accept": "text/html"])
                #expect(none.status == 404, "\(path)")
                #expect(none.headers["Aftercare-Mode"] == ["test"], "\(path)")
            }
            let refused = try await store.send(.POST, "/v1/carts", "[]")
            #expect((400...499).contains(refused.status) && refused.headers["Aftercare-Mode"] == ["test"])
            // A page that has not changed is still known.
            let page = try await store.send(.GET, order.guide.page.text)
            let known = try await store.send(.GET, order.guide.page.text, nil, ["If-None-Match": page.etag])
            #expect(known.status == 304 && known.body.isEmpty)
        }
    }

    @Test func aRealShopIsNot() async throws {
        try await TestStore.run { store in
            let page = try await store.send(.GET, "/")
            #expect(!page.text.contains("<mark>") && page.headers["Aftercare-Mode"].isEmpty)
            #expect(try await store.send(.GET, "/v1/store").json.mode == "live")
        }
    }

    @Test func aDatabaseIsOneOrTheOther() async throws {
        try await TestStore.run { store in
            let mismatch = await #expect(throws: InstallationMode.Mismatch.self) {
                try await InstallationMode.agree(on: .test, with: store.pool)
            }
            #expect(mismatch?.mode == .live && mismatch?.description.contains("live shop") == true)
            try await InstallationMode.agree(on: .live, with: store.pool)
            for (sql, constraint) in [
                ("UPDATE installation_mode SET mode = 'test'", "installation_mode_is_kept"),
                ("DELETE FROM installation_mode", "installation_mode_is_kept"),
                ("TRUNCATE installation_mode", "installation_mode_is_not_emptied"),
                ("INSERT INTO installation_mode VALUES ('test')", "installation_mode_pkey"),
                ("INSERT INTO installation_mode VALUES ('test', false)", "installation_mode_is_only_check"),
                ("INSERT INTO installation_mode VALUES ('demo')", "installation_mode_mode_check"),
            ] {
                let error = await #expect(throws: PostgresError.self, "\(sql)") {
                    _ = try await store.pool.write([Statement(assembled: sql)])
                }
                #expect(error?.serverError?.constraint == constraint, "\(sql)")
            }
        }
    }

    @Test func theFirstServerDecides() async throws {
        try await TestStore.run(settings: { $0.mode = .test }) { store in
            await #expect(throws: InstallationMode.Mismatch.self) { try await TestStore.run { _ in } }
            let ready = try await store.send(.GET, "/readyz")
            #expect(ready.status == 200)
        }
    }
}
