import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// The storefront in a real browser: on a phone and on a desk, without a script, and by keyboard alone.
@Suite(DatabaseTrait.store) struct ShopBrowserTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Browser/shop.py").path()

    @Test(
        .enabled("Chromium, its driver and Python are installed") {
            Installed.has("chromium", "chromedriver", "python3")
        }
    )
    func kitIsBoughtWithTwoDatesHoweverOneBrowses() async throws {
        try await TestStore.run { store in
            let told = try await withTestFolder { folder in
                try await Installed.run("python3", [Self.script, store.url, folder])
            }
            let lines = try told.split(separator: "\n").map { try JSON(Array($0.utf8)) }
            let steps = Dictionary(uniqueKeysWithValues: lines.map { ($0.step.text, $0) })
            func step(_ name: String) throws -> JSON { try #require(steps[name], "\(told)") }

            for name in ["phone", "desk", "plain", "keyboard"] {
                let end = try step(name)
                #expect(end.heading.text.hasPrefix("DM-"), "\(name)")
                let token = end.path.text.prefix { $0 != "?" }.dropFirst(3)
                let order = try await store.send(.GET, "/v1/orders/\(token)").json
                #expect(order.course.sessions == ["2026-12-01", "2026-12-12"], "\(name): \(end)")
                #expect(order.customer.email == "ada@example.com", "\(name)")
                // Only a script knows the browser's time zone; without one it is the shop's.
                let zone = name == "plain" ? "Europe/London" : "Europe/Paris"
                #expect(order.course.timeZone.text == zone, "\(name)")
            }
            // Each was clicked twice, or sent once: one order for each.
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 4)
            for name in ["phone", "desk"] {
                let end = try step(name)
                // The first page is light, asks for little, and nothing of it moves while it comes.
                #expect(try #require(end.first.requests.int) <= 6, "\(end.first)")
                #expect(try #require(end.first.octets.int) <= 60_000, "\(end.first)")
                #expect(end.first.shift == 0 && end.first.isWide == false, "\(end.first)")
                #expect(end.wide == [false, false, false, false], "\(name) is wider than its window")
                #expect(end.log == [], "\(end.log)")
                // The day of the week is said at once, and the plan is there before anything is bought.
                #expect(end.said == "Saturday 12 December 2026", "\(name)")
                #expect(end.plan.text.contains("Thu 3 Dec\nFirst wash, with Cleanse Shampoo"), "\(end.plan)")
                // What is wrong is heard first, and leads to its field.
                #expect(end.title == "Error: Checkout" && end.fault.text.hasPrefix("E-mail:"), "\(end)")
                #expect(end.focus.text.contains("fault") && end.focusAfter == "email", "\(end)")
            }
            #expect(try step("plain").plan.text.contains("Sat 19 Dec"))
            #expect(try step("back").heading.text.hasPrefix("You have ordered this already"))
            #expect(try step("on again").path == step("desk").path)
            try await store.checkInvariants()
        }
    }
}
