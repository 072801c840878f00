import NIOHTTP1
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What HTTP asks of a server beside its resources, as curl sees it.
@Suite(DatabaseTrait.store) struct HTTPFineprintTests {
    /// What curl writes to its standard output; it gives up after five minutes.
    private func curl(_ arguments: String...) async throws -> String {
        let result = try await Subprocess.run(
            .name("curl"),
            arguments: Arguments(["-s", "-m", "300"] + arguments),
            output: .string(limit: 65_536)
        )
        return result.standardOutput
    }

    @Test func versionWithoutQuotesIsNoVersion() async throws {
        try await TestStore.run { store in
            let cart = try await store.cart()
            for tag in ["1", "", "\"1", "1\"", "\"1\", 2", "W/1"] {
                let refused = try await store.send(.PUT, cart.path, TestStore.kitChoice, ["If-Match": tag])
                #expect(refused.status == 400 && refused.problem == "header-invalid", "\(tag): \(refused.text)")
            }
            for tag in ["\"9\"", "W/\"1\"", "\"x\""] {
                #expect(
                    try await store.send(.PUT, cart.path, TestStore.kitChoice, ["If-Match": tag]).status == 412,
                    "\(tag)"
                )
            }
            #expect(
                try await store.send(.PUT, cart.path, TestStore.kitChoice, ["If-Match": "\"7\", \"1\""]).status == 200
            )
        }
    }

    @Test func bodyThatIsPackedIsNotRead() async throws {
        try await TestStore.run { store in
            for encoding in ["gzip", "br", "deflate, gzip"] {
                let refused = try await store.send(.POST, "/v1/carts", "{}", ["Content-Encoding": encoding])
                #expect(refused.status == 415 && refused.text.contains(encoding), "\(refused.text)")
            }
            #expect(try await store.send(.POST, "/v1/carts", "{}", ["Content-Encoding": "identity"]).status == 201)
        }
    }

    @Test func fieldThatIsGivenTwiceIsRefused() async throws {
        try await TestStore.run { store in
            let refused = try await store.send(
                .POST,
                "/v1/carts",
                #"{"items": [{"sku": "DM-KIT", "quantity": 1, "quantity": 2}], "country": "GB", "coun\u0074ry": "FR"}"#
            )
            #expect(refused.status == 422, "\(refused.text)")
            #expect(refused.json.errors.entries.map(\.pointer.text) == ["/items/0/quantity", "/country"])
        }
    }

    @Test func everyPathSaysWhatCanBeDoneThere() async throws {
        try await TestStore.run { store in
            let cart = try await store.cart()
            for (path, allowed) in [
                ("/v1/products", "GET, HEAD, OPTIONS"), (cart.path, "DELETE, GET, HEAD, PUT, OPTIONS"),
            ] {
                let answer = try await curl("-i", "-X", "OPTIONS", store.url + path)
                #expect(
                    answer.hasPrefix("HTTP/1.1 204") && answer.lowercased().contains("allow: \(allowed.lowercased())"),
                    "\(answer)"
                )
            }
        }
    }

    @Test func clientThatWaitsIsToldToGoOn() async throws {
        try await TestStore.run { store in
            let said = try await curl(
                "-i",
                "-H",
                "Expect: 100-continue",
                "--expect100-timeout",
                "100",
                "-H",
                "Content-Type: application/json",
                "-d",
                TestStore.kitChoice,
                store.url + "/v1/carts"
            )
            #expect(said.hasPrefix("HTTP/1.1 100") && said.contains("HTTP/1.1 201"), "\(said)")
        }
    }

    @Test func headersAreFewAndOfOneMeaning() async throws {
        try await TestStore.run { store in
            let twice = try await curl("-i", "-H", "Host: a", "-H", "Host: b", store.url + "/healthz")
            let raw = try await Subprocess.run(
                .name("bash"),
                arguments: [
                    "-c",
                    """
                    exec 3<>/dev/tcp/127.0.0.1/\(store.url.split(separator: ":").last ?? "")
                    printf 'GET /healthz HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n' >&3
                    timeout 300 cat <&3
                    """,
                ],
                output: .string(limit: 65_536)
            ).standardOutput
            #expect(raw.hasPrefix("HTTP/1.1 400") && raw.contains("header-invalid"), "\(raw) \(twice)")
            let large = try await curl(
                "-i",
                "-H",
                "X-Large: " + String(repeating: "x", count: 9_000),
                store.url + "/healthz"
            )
            #expect(large.hasPrefix("HTTP/1.1 431") && large.contains("headers-too-large"), "\(large)")
            #expect(try await curl("-i", store.url + "/healthz").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func linkThatWasPassedOnMayCarryMore() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(key: "k")
            for path in [order.guide.page.text, order.guide.calendar.text, order.page.text] {
                let answer = try await store.send(.GET, path + "?fbclid=x&utm_source=mail")
                #expect(answer.status == 200, "\(path): \(answer.text)")
            }
        }
    }
}
