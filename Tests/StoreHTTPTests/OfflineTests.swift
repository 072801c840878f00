import Commerce
import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// The guide on a phone: kept for when there is no network, turned at midnight, put on the home screen, and forgotten with
/// its link.
@Suite(DatabaseTrait.store) struct OfflineTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Browser/offline.py").path()

    @Test(.enabled("Chromium and Python are installed") { Installed.has("chromium", "python3") })
    func browserKeepsThePageUntilItsLinkOpensNothing() async throws {
        try await TestStore.run { store in
            let order = try await store.order(course: TestStore.course(["2026-11-21", "2026-12-10"]))
            let (guide, page) = (order.guide.page.text, order.page.text)
            let midday = try #require(TestStore.midday).microsecondsSince1970 / 1_000_000
            let told = try await withTestFolder { folder in
                try await Installed.run(
                    "python3",
                    [Self.script, store.url, guide, page, "\(midday)", folder, "\(freePort())"]
                )
            }
            let lines = try told.split(separator: "\n").map { try JSON(Array($0.utf8)) }
            let steps = Dictionary(uniqueKeysWithValues: lines.map { ($0.step.text, $0) })
            func step(_ name: String) throws -> JSON { try #require(steps[name], "\(told)") }

            let heading = JSON.string("Day 3\nafter your first session")
            let online = try step("online")
            #expect(
                online.heading == heading && online.day == "2026-11-24" && online.age == .null && online.ticked == false
            )
            // The worker sees this guide and keeps this guide.
            #expect(online.scopes == [.string(guide)] && online.kept == [.string(guide)])
            #expect(try step("elsewhere").isSeen == false)
            for name in ["offline", "busy"] {
                let shown = try step(name)
                #expect(shown.heading == heading && shown.day == "2026-11-24", "\(name)")
                #expect(shown.age.text.hasPrefix("There is no connection. This is your guide as you last saw it: "))
                #expect(shown.age.text.contains(":") && shown.age.text.hasSuffix(". Day by day"), "\(shown.age)")
                // What was ticked off stays so.
                #expect(shown.steps == true && shown.today == .null && shown.ticked == true)
            }
            // On another day it shows that day's line, and no steps of the day before.
            let tomorrow = try step("offline tomorrow")
            #expect(tomorrow.day == "2026-11-24" && tomorrow.age != .null && tomorrow.steps == false)
            #expect(tomorrow.today == "Wed 25 Nov\nWash · Ointment\nno sun · don't pick", "\(tomorrow)")
            #expect(try step("back").heading == heading && step("back").age == .null)

            // It asks again when a day has passed, once, and when it is looked at after a while.
            #expect(try step("open for a day").loads == 1)
            #expect(try step("in the foreground again").loads == 1)

            let revoked = try step("revoked")
            #expect(revoked.heading.text.hasPrefix("This link opens nothing"))
            #expect(revoked.scopes == [] && revoked.kept == [])
            #expect(try step("offline again").day == .null)

            let app = try step("app")
            #expect(app.faults == [], "\(app.faults)")
            #expect(app.manifest.start_url.text == guide && app.manifest.scope.text == guide)
        }
    }

    @Test func whatAPhoneNeedsIsServedUnderTheGuidesOwnPath() async throws {
        try await TestStore.run { store in
            let page = try await store.order().guide.page.text
            let served = try await store.send(.GET, page)
            // Whoever the link is passed to sees what it is, and not which day it is for whom.
            #expect(served.text.contains(#"<meta property="og:title" content="Your aftercare">"#))
            let policy = try #require(served.headers.first(name: "Content-Security-Policy"))
            for directive in ["worker-src 'self'", "manifest-src 'self'", "img-src 'self'"] {
                #expect(policy.contains(directive))
            }
            #expect(!policy.contains("connect-src"))

            let worker = try await store.send(.GET, page + "/worker.js")
            #expect(worker.headers.first(name: "Content-Type") == "text/javascript; charset=utf-8")
            #expect(worker.headers.first(name: "Service-Worker-Allowed") == page)
            #expect(
                worker.headers.first(name: "Content-Security-Policy") == "default-src 'none'; connect-src 'self'"
            )
            let manifest = try await store.send(.GET, page + "/guide.webmanifest")
            #expect(manifest.headers.first(name: "Content-Type") == "application/manifest+json")
            for icon in manifest.json.icons.entries {
                let answer = try await store.send(.GET, icon.src.text)
                #expect(answer.status == 200 && answer.headers.first(name: "Content-Type") == icon.type.text)
            }
            #expect(try await store.send(.GET, page + "/icon.png").body.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            for path in ["/worker.js", "/guide.webmanifest", "/icon.svg", "/icon.png"] {
                let answer = try await store.send(.GET, page + path)
                #expect(answer.headers.first(name: "Cache-Control") == "private, no-cache", "\(path)")
                #expect(answer.headers.first(name: "Referrer-Policy") == "no-referrer", "\(path)")
                #expect(answer.headers.first(name: "X-Robots-Tag") == "noindex", "\(path)")
                // Nothing of the client is in it.
                #expect(!answer.text.contains("Ada"), "\(path)")
                let known = try await store.send(.GET, page + path, nil, ["If-None-Match": answer.etag])
                #expect(known.status == 304, "\(path)")
                let nobody = "/g/" + String(repeating: "A", count: 43)
                #expect(try await store.send(.GET, nobody + path).status == 404, "\(path)")
            }
        }
    }
}
