import Foundation
import NIOHTTP1
import StoreHTTP
import TestSupport
import Testing

/// The pages of the reference: all of them are there, light and whole, and what they show to be pasted works.
@Suite(DatabaseTrait.store) struct ReferenceTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Browser/client.py").path()

    /// What a page shows to be run, as text.
    static func run(on page: Answer, _ kind: String = "run") -> [String] {
        page.text.split(separator: "<pre tabindex=\"0\" class=\"\(kind)\"><code>").dropFirst().map { part in
            String(part.prefix(upTo: part.firstRange(of: "</code>")?.lowerBound ?? part.endIndex))
                .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
        }
    }

    @Test func everyPageLeadsOnlyToPagesThatAreThere() async throws {
        try await TestStore.run { store in
            var open = ["/docs"]
            var seen: Set<String> = ["/docs"]
            var targets: [String: Set<String>] = [:]
            var anchors: [String: Set<String>] = [:]
            while let path = open.popLast() {
                let page = try await store.send(.GET, path, nil, ["Accept": "text/html"])
                #expect(page.status == 200, "\(path)")
                guard path.hasPrefix("/docs") || path.hasPrefix("/problems/") else { continue }
                #expect(page.body.count <= 64_000, "\(path) has \(page.body.count) bytes")
                // Nothing runs, nothing is loaded, and nothing leads away.
                #expect(!page.text.contains("<script") && !page.text.contains("src="), "\(path)")
                let policy = page.headers.first(name: "Content-Security-Policy") ?? ""
                #expect(
                    policy.hasPrefix("default-src 'none'; style-src 'sha256-") && !policy.contains("script"),
                    "\(path)"
                )
                #expect(page.text.matches(of: /<h1/).count == 1 && page.text.contains("lang=\"en\""), "\(path)")
                anchors[path] = Set(page.text.matches(of: /id="(?<id>[^"]+)"/).map { String($0.id) })
                for link in page.text.matches(of: /href="(?<link>[^"]*)"/).map({ String($0.link) }) {
                    let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(
                        String.init
                    )
                    #expect(parts[0].hasPrefix("/") || link.hasPrefix("#"), "\(path) leads to \(link)")
                    if parts.count == 2 {
                        targets[parts[0].isEmpty ? path : parts[0], default: []].insert(parts[1])
                    }
                    if !parts[0].isEmpty, seen.insert(parts[0]).inserted { open.append(parts[0]) }
                }
            }
            for (path, targets) in targets {
                #expect(targets.subtracting(anchors[path] ?? []).isEmpty, "\(path) lacks \(targets)")
            }
            for operation in ContractCheck.shared.document.paths.fields.values.flatMap(\.fields.values) {
                #expect(
                    seen.contains("/docs/operations/\(operation.operationId.text)"),
                    "\(operation.operationId.text)"
                )
            }
            for type in ProblemType.allCases { #expect(seen.contains(type.path), "\(type)") }
            #expect(seen.count > 250)
            #expect(try await store.send(.GET, "/docs/operations/nothing").status == 404)
            // Who asks for text, as with curl, is told the same in three lines.
            let text = try await store.send(.GET, ProblemType.priceChanged.path)
            #expect(text.text.hasPrefix("The total has changed (409)\n\n"))
        }
    }

    @Test(.enabled("curl and jq are installed") { Installed.has("bash", "curl", "jq") })
    func strangerPlacesAnOrderWithWhatTheFirstPageShows() async throws {
        try await TestStore.run(settings: { $0.publicURL = "https://shop.example" }) { store in
            let commands = Self.run(on: try await store.send(.GET, "/docs/start"))
            #expect(commands.count == 4)
            let script = "set -euo pipefail\n" + commands.joined(separator: "\n")
            #expect(script.contains("https://shop.example"))
            let told = try await Installed.run(
                "bash",
                ["-c", script.replacing("https://shop.example", with: store.url)]
            )
            #expect(told.contains("DM-KIT") && told.contains("\n2026-12-03\n2026-12-05\n2026-12-07\n"), "\(told)")
            #expect(told.contains("/g/"), "\(told)")
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 1)
        }
    }

    @Test(.enabled("TypeScript is installed") { Installed.has("tsc") })
    func typesOfTheClientAreThoseOfTheContract() async throws {
        try await TestStore.run { store in
            let types = try await store.send(.GET, "/client.d.ts")
            let module = try await store.send(.GET, "/client.js")
            #expect(module.headers.first(name: "Content-Type") == "text/javascript; charset=utf-8")
            let shown = try #require(Self.run(on: try await store.send(.GET, "/docs/clients")).first)
            let said = try await withTestFolder { folder in
                try write(types.body, to: "\(folder)/client.d.ts")
                try write(module.body, to: "\(folder)/client.js")
                // As the page shows it, in a function since Debian's compiler wants one; and what must not pass.
                let used = shown.replacing("http://store.test/client.js", with: "./client")
                let end = used.firstIndex(of: "\n") ?? used.endIndex
                let source = "\(used[..<end])\nexport async function main() {\(used[end...])}\n"
                let wrong = """
                    import { Cart, Body } from "./client";
                    export const action = (cart: Cart, order: Body.Order) => cart.setItem("DM-KIT", order.nothing);
                    """
                try write(Array(source.utf8), to: "\(folder)/shown.ts")
                try write(Array(wrong.utf8), to: "\(folder)/wrong.ts")
                let options =
                    "--noEmit --strict --target es2022 --module es2022 --moduleResolution node --lib es2022,dom"
                return try await Installed.run(
                    "bash",
                    [
                        "-c",
                        "cd \(folder) && tsc \(options) shown.ts; echo \"shown $?\"; tsc \(options) wrong.ts; echo \"wrong $?\"",
                    ]
                )
            }
            #expect(said.contains("shown 0"), "\(said)")
            #expect(said.contains("wrong 2") && said.contains("nothing"), "\(said)")
        }
    }

    /// A page of another origin loads the client from the store, and orders with it.
    @Test(
        .enabled("Chromium, its driver and Python are installed") {
            Installed.has("chromium", "chromedriver", "python3")
        }
    )
    func pageOfAnotherOriginOrders() async throws {
        try await TestStore.run(settings: { settings in settings.corsOrigins = ["*"] }) { store in
            let shown = try #require(Self.run(on: try await store.send(.GET, "/docs/clients")).first)
            let told = try await withTestFolder { folder in
                try write(Array(shown.replacing("http://store.test", with: store.url).utf8), to: "\(folder)/shown.js")
                return try await Installed.run("python3", [Self.script, store.url, folder])
            }
            let lines = try told.split(separator: "\n").map { try JSON(Array($0.utf8)) }
            let steps = Dictionary(uniqueKeysWithValues: lines.map { ($0.step.text, $0.said) })
            func step(_ name: String) throws -> JSON { try #require(steps[name], "\(told)") }
            #expect(try step("shown").text.wholeMatch(of: /DM-[A-Z0-9-]+: \d\d days/) != nil, "\(told)")
            // All that it can do.
            let all = try step("all")
            #expect(all.sessions == ["2026-12-02"] && all.items == ["DM-KIT"], "\(all)")
            #expect(all.total.int == all.quoted.int && all.days.int ?? 0 > 30, "\(all)")
            #expect(all.same == true && all.followed == ["2026-12-02", "2026-12-03"], "\(all)")
            // The store refuses in its words; another tab is noticed.
            #expect(try step("refused") == ["invalid-request", 422, "/currency"], "\(told)")
            #expect(try step("faster") == ["cart-changed", 3, 1], "\(told)")
            // Answers that are lost, and a store that is busy, are no one's business.
            let lost = try step("lost")
            #expect(lost.orders == 1 && lost.quantity == 4 && lost.keys == 1 && lost.tries == 4, "\(lost)")
            #expect(try step("unreachable") == ["StoreUnreachable", 3], "\(told)")
            #expect(try step("patience") == ["unavailable", 2, true], "\(told)")
            #expect(try step("ended") == "AbortError", "\(told)")
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 3)
            try await store.checkInvariants()
        }
    }
}
