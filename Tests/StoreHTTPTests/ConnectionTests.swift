import NIOHTTP1
import StoreHTTP
import TestSupport
import Testing

/// What a server makes of octets that are no request, or nearly none.
@Suite(DatabaseTrait.store) struct ConnectionTests {
    /// Something that is sent on a connection of its own.
    struct Shape: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let statuses: Set<Int>
        /// Whether the server ends the connection.
        var ends = true
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ statuses: Set<Int>, ends: Bool = true) {
            (self.name, self.text, self.statuses, self.ends) = (name, text, statuses, ends)
        }
    }

    private static let host = "Host: store.test\r\n"
    private static func get(_ headers: String, target: String = "/healthz", version: String = "HTTP/1.1") -> String {
        "GET \(target) \(version)\r\n\(headers)\r\n"
    }
    private static func post(_ headers: String, _ body: String) -> String {
        "POST /v1/carts HTTP/1.1\r\n\(host)Content-Type: application/json\r\n\(headers)\r\n\(body)"
    }

    static let shapes = [
        Shape("plain", get(host), [200], ends: false),
        Shape("plain, to be closed", get(host + "Connection: close\r\n"), [200]),
        Shape("no Host", get(""), [400]),
        Shape("two Hosts", get(host + host), [400]),
        Shape("two Hosts that differ", get(host + "host: other.test\r\n"), [400]),
        Shape("HTTP/1.0", get("", version: "HTTP/1.0"), [200]),
        Shape("HTTP/1.0 that stays", get("Connection: keep-alive\r\n", version: "HTTP/1.0"), [200], ends: false),
        Shape("HTTP/0.9", "GET /healthz\r\n\r\n", [400]),
        Shape("HTTP/2.0 in the line", get(host, version: "HTTP/2.0"), [400, 505]),
        Shape("HTTP/9.9", get(host, version: "HTTP/9.9"), [400, 505]),
        Shape("no version", "GET /healthz \r\n\r\n", [400]),
        Shape("no method", "/healthz HTTP/1.1\r\n\(host)\r\n", [400]),
        Shape("a method of no letters", "G@T /healthz HTTP/1.1\r\n\(host)\r\n", [400]),
        Shape("TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{FC}\u{3}\u{3}", [400]),
        Shape("SSH", "SSH-2.0-client\r\n", [400]),
        Shape("TRACE", "TRACE / HTTP/1.1\r\n\(host)\r\n", [405]),
        Shape("CONNECT", "CONNECT store.test:80 HTTP/1.1\r\n\(host)\r\n", [405]),
        Shape("an unknown method", "BREW /healthz HTTP/1.1\r\n\(host)\r\n", [400, 404, 405], ends: true),
        Shape("a long target", get(host, target: "/" + String(repeating: "a", count: 10_000)), [414]),
        Shape("a target without end", "GET /" + String(repeating: "a", count: 100_000), [414]),
        Shape("a large header", get(host + "X: " + String(repeating: "x", count: 9_000) + "\r\n"), [431]),
        Shape(
            "large headers",
            get(host + (0..<90).map { "X-\($0): \(String(repeating: "x", count: 400))\r\n" }.joined()),
            [431]
        ),
        Shape("many headers", get(host + (0..<200).map { "X-\($0): x\r\n" }.joined()), [431]),
        Shape("a space before the colon", get("Host : store.test\r\n"), [400]),
        Shape("a folded header", get(host + "X: a\r\n b\r\n"), [200, 400]),
        Shape("a header without a name", get(host + ": x\r\n"), [400]),
        Shape("a zero octet in a header", get(host + "X: a\u{0}b\r\n"), [400]),
        Shape("a bare CR in a header", get(host + "X: a\rb\r\n"), [400]),
        Shape("length and chunks", post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), [400]),
        Shape("chunks and length", post("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "0\r\n\r\n"), [400]),
        Shape("two lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}"), [400]),
        Shape("lengths in one header", post("Content-Length: 2, 2\r\n", "{}"), [400]),
        Shape("a negative length", post("Content-Length: -1\r\n", "{}"), [400]),
        Shape("a length with a sign", post("Content-Length: +2\r\n", "{}"), [400]),
        Shape("a length in hexadecimal", post("Content-Length: 0x2\r\n", "{}"), [400]),
        Shape("a length beyond all", post("Content-Length: 99999999999999999999\r\n", "{}"), [400]),
        Shape("an unknown encoding", post("Transfer-Encoding: gzip\r\n", "{}"), [400]),
        Shape("chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), [400]),
        Shape("chunked by another name", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), [400]),
        Shape("chunks", post("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"), [201, 422], ends: false),
        Shape("a chunk that is too short", post("Transfer-Encoding: chunked\r\n", "2\r\n{}}\r\n0\r\n\r\n"), [400]),
        Shape("a chunk of no size", post("Transfer-Encoding: chunked\r\n", "\r\n{}\r\n0\r\n\r\n"), [400]),
        Shape("a chunk of size minus one", post("Transfer-Encoding: chunked\r\n", "-1\r\n{}\r\n0\r\n\r\n"), [400]),
        Shape(
            "a chunk of a size beyond all",
            post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
            [400]
        ),
        Shape(
            "a chunk extension of 100 kB",
            post("Transfer-Encoding: chunked\r\n", "2;" + String(repeating: "x", count: 100_000)),
            [400]
        ),
        Shape(
            "a body that is too large",
            post("Content-Length: 70000\r\n", String(repeating: " ", count: 70_000)),
            [413],
            ends: false
        ),
        Shape("garbage after a request", get(host) + "\u{1}\u{2}\r\n\r\n", [200]),
        Shape("two requests at once", get(host) + get(host), [200], ends: false),
    ]

    @Test(arguments: shapes) func shapeIsAnsweredAndHarmsNobody(_ shape: Shape) async throws {
        try await TestStore.run { store in
            let port = try #require(Int(store.url.split(separator: ":").last ?? ""))
            let connection = try #require(RawConnection(port: port))
            defer { connection.close() }
            connection.send(shape.text)
            let answer =
                shape.ends
                ? await connection.receive() : await connection.receive(until: RawConnection.isAnswer)
            let status = Int(answer.text.dropFirst(9).prefix(3)) ?? 0
            #expect(shape.statuses.contains(status), "\(answer.text.prefix(400))")
            #expect(answer.hasEnded == shape.ends)
            if status >= 400 {
                #expect(answer.text.contains("application/problem+json"), "\(answer.text.prefix(400))")
            }
            #expect(try await store.send(.GET, "/healthz").status == 200)
        }
    }

    @Test func bodyThatDripsIsEnded() async throws {
        try await TestStore.run { store in
            let port = try #require(Int(store.url.split(separator: ":").last ?? ""))
            // One route reads the body, the other does not want it.
            for (path, status) in [("/v1/carts", "408"), ("/nowhere", "404")] {
                let connection = try #require(RawConnection(port: port))
                defer { connection.close() }
                connection.send(
                    "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
                )
                let dripping = Task {
                    for _ in 0..<100 where connection.send(" ") { try await Task.sleep(for: .milliseconds(500)) }
                }
                let answer = await connection.receive(seconds: 30)
                dripping.cancel()
                #expect(answer.text.hasPrefix("HTTP/1.1 \(status)") && answer.hasEnded, "\(answer)")
            }
        }
    }

    @Test func crowdIsTurnedAwayWhileHealthAndStaffAreNot() async throws {
        let limit = ConcurrencyLimit(shoppingMax: 2, runningMax: 2)
        try await TestStore.run(limit: limit, idleTimeout: .seconds(600)) { store in
            let port = try #require(Int(store.url.split(separator: ":").last ?? ""))
            func open() throws -> RawConnection { try #require(RawConnection(port: port)) }
            let head =
                "POST /v1/carts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
            let busy = [try open(), try open()]
            for connection in busy { connection.send(head) }
            try await eventually("both are being answered") { limit.count == 2 }
            let refused = try await store.send(.POST, "/v1/carts", "{}")
            #expect(
                refused.status == 503 && refused.problem == "unavailable" && refused.headers["Retry-After"] == ["2"]
            )
            // On a connection that was turned away the next request is read as if nothing had been.
            let patient = try open()
            patient.send(head + "{}")
            let first = await patient.receive(until: RawConnection.isAnswer)
            #expect(first.text.hasPrefix("HTTP/1.1 503") && !first.hasEnded)
            // One that does not stay is turned away too, and counted.
            let counted = limit.refusedCount
            #expect(counted == 2)
            let leaving = [
                Self.get(Self.host + "Connection: close\r\n", target: "/v1/products"),
                Self.get("", target: "/v1/products", version: "HTTP/1.0"),
                Self.post("Expect: 100-continue\r\nContent-Length: 2\r\n", ""),
            ]
            for text in leaving {
                let connection = try open()
                connection.send(text)
                let answer = await connection.receive()
                #expect(answer.text.hasPrefix("HTTP/1.1 503") && answer.hasEnded, "\(answer)")
                connection.close()
            }
            #expect(limit.refusedCount == counted + leaving.count)
            #expect(try await store.send(.GET, "/healthz").status == 200)
            #expect(try await store.send(.GET, "/v1/staff/orders").status == 401)
            for connection in busy {
                connection.send("{}")
                let answer = await connection.receive(until: RawConnection.isAnswer)
                #expect(answer.text.hasPrefix("HTTP/1.1 "))
                #expect(!answer.text.hasPrefix("HTTP/1.1 503"))
            }
            try await eventually("nobody is left") { limit.count == 0 }
            patient.send(head + "{}")
            let second = await patient.receive(until: RawConnection.isAnswer)
            #expect(!second.text.hasPrefix("HTTP/1.1 503"), "\(second.text)")
            for connection in busy + [patient] { connection.close() }
        }
    }

    /// Whoever sends a body that never comes takes no server out of a balancer's sight.
    @Test func silentNewsOfPaymentsLeaveHealthItsRoom() async throws {
        let limit = ConcurrencyLimit(shoppingMax: 2, runningMax: 2)
        try await TestStore.run(limit: limit, idleTimeout: .seconds(600)) { store in
            let port = try #require(Int(store.url.split(separator: ":").last ?? ""))
            let silent = [
                try #require(RawConnection(port: port)), try #require(RawConnection(port: port)),
            ]
            for connection in silent {
                connection.send("POST /v1/webhooks/stripe HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
            }
            try await eventually("both are waited for") { limit.count == 2 }
            #expect(try await store.send(.GET, "/v1/staff/orders").status == 503)
            for path in ["/healthz", "/readyz", "/readyz?from=balancer"] {
                #expect(try await store.send(.GET, path).status == 200, "\(path)")
            }
            for connection in silent { connection.close() }
        }
    }

    @Test func lifeIsAlwaysToldAndReadinessHasSoMuchRoomAndNoMore() {
        let limit = ConcurrencyLimit(shoppingMax: 1, runningMax: 1, readinessMax: 2)
        let entered = (0..<3).map { _ in limit.enter(ConcurrencyLimit.Purpose(target: "/readyz")) }
        #expect(entered == [true, true, false] && limit.count == 2)
        for target in ["/v1/staff/orders", "/healthzz", "/readyz/x"] {
            #expect(![.life, .readiness].contains(ConcurrencyLimit.Purpose(target: target)), "\(target)")
        }
        #expect((0..<50).allSatisfy { _ in limit.enter(ConcurrencyLimit.Purpose(target: "/healthz?probe=1")) })
        #expect(limit.count == 2)
        limit.leave(.readiness)
        #expect(limit.enter(.readiness))
    }

    @Test func whoLeavesInTheMiddleGivesTheirPlaceBack() async throws {
        let limit = ConcurrencyLimit(shoppingMax: 1, runningMax: 1)
        try await TestStore.run(limit: limit, idleTimeout: .seconds(600)) { store in
            let port = try #require(Int(store.url.split(separator: ":").last ?? ""))
            let connection = try #require(RawConnection(port: port))
            connection.send("POST /v1/carts HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
            try await eventually("it is being answered") { limit.count == 1 }
            connection.close()
            try await eventually("nobody is left") { limit.count == 0 }
            #expect(try await store.send(.GET, "/v1/products").status == 200)
        }
    }
}
