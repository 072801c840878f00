import Admission
import Commerce
import NIOHTTP1
import Postgres
import Staff
import StoreHTTP
import TestSupport
import Testing

/// Rates over HTTP, by one server and by two.
@Suite(DatabaseTrait.store) struct RateLimitTests {
    /// A store behind a proxy, which says where callers are.
    private static func run(
        clock: TestClock? = nil,
        _ change: @escaping (inout CallerRates) -> Void,
        _ body: @escaping @Sendable (TestStore) async throws -> Void
    ) async throws {
        var time: (@Sendable () -> Instant)?
        if let clock { time = { clock.now } }
        try await TestStore.run(
            clock: time,
            settings: {
                $0.trustedProxies = ["127.0.0.1"]
                change(&$0.callerRates)
            },
            body
        )
    }

    private static func from(_ address: String) -> [String: String] { ["X-Forwarded-For": address] }

    private static let forged = "/v1/orders/\(String(repeating: "A", count: 43))"

    @Test func aKeyIsGivenItsRateByAllServersTogether() async throws {
        let clock = TestClock(try #require(TestStore.midday))
        try await Self.run(clock: clock) { _ in
        } _: { store in
            try await Self.run(clock: clock) { _ in
            } _: { other in
                let made = try await store.send(
                    .POST,
                    "/v1/staff/keys",
                    #"{"name": "shop", "requestsPerMinute": 300}"#,
                    try await store.staff(.manager)
                )
                let header = ["Aftercare-Key": made.json.key.text]
                try await eventually("the other server knows the key") {
                    try await other.send(.GET, "/v1/products", nil, ["Aftercare-Key": "typo"]).status == 401
                }
                var granted = 0
                for index in 0..<350 {
                    let server = index.isMultiple(of: 3) ? other : store
                    let answer = try await server.send(.GET, "/v1/products", nil, header)
                    if answer.status == 200 {
                        granted += 1
                        #expect(answer.headers["RateLimit-Policy"] == [#""key";q=300;w=60"#])
                        #expect(answer.headers.first(name: "RateLimit")?.hasPrefix(#""key";r="#) == true)
                    } else {
                        #expect(answer.status == 429 && answer.problem == "too-many-requests", "\(answer.text)")
                        #expect(answer.headers["Retry-After"] == ["60"])
                        #expect(answer.headers["RateLimit"] == [#""key";r=0;t=60"#])
                    }
                }
                // A block is a hundredth.
                #expect((300...306).contains(granted), "\(granted)")
                // Another key is another's, and what a capability opens is not the key's.
                let second = try await store.send(
                    .POST,
                    "/v1/staff/keys",
                    #"{"name": "app"}"#,
                    try await store.staff(.manager)
                ).json.key.text
                #expect(try await store.send(.GET, "/v1/products", nil, ["Aftercare-Key": second]).status == 200)
                // A new minute begins.
                clock.advance(.seconds(60))
                #expect(try await store.send(.GET, "/v1/products", nil, header).status == 200)
            }
        }
    }

    @Test func whoeverGuessesIsSoonRefusedAndNobodyElse() async throws {
        let clock = TestClock(try #require(TestStore.midday))
        try await Self.run(clock: clock) {
            $0.misses = Rate("misses", perMinute: 5)
        } _: { store in
            let order = try await store.paidOrder(key: "k")
            let right = "/v1/orders/\(order.token.text)"
            for _ in 0..<5 {
                #expect(try await store.send(.GET, Self.forged, nil, Self.from("192.0.2.1")).status == 404)
            }
            // Then none is looked for, not even the right one, nor as a page.
            for path in [Self.forged, right, order.guide.page.text, "/v1/carts/x"] {
                let refused = try await store.send(.GET, path, nil, Self.from("192.0.2.1"))
                #expect(refused.status == 429 && refused.problem == "too-many-requests", "\(path)")
                #expect(refused.headers["Retry-After"] == ["60"])
            }
            // What needs no secret stays open to them, and everything to others.
            #expect(try await store.send(.GET, "/v1/products", nil, Self.from("192.0.2.1")).status == 200)
            #expect(try await store.send(.GET, right, nil, Self.from("192.0.2.2")).status == 200)
            clock.advance(.seconds(61))
            #expect(try await store.send(.GET, right, nil, Self.from("192.0.2.1")).status == 200)
        }
    }

    @Test func lookUpsAreCountedByAddressAndByNetwork() async throws {
        try await Self.run {
            $0.lookUps = Rate("look-ups", perMinute: 3)
        } _: { store in
            let order = try await store.paidOrder(key: "k")
            let path = "/v1/orders/\(order.token.text)"
            func statuses(_ addresses: String...) async throws -> [Int] {
                var found: [Int] = []
                for address in addresses {
                    found.append(try await store.send(.GET, path, nil, Self.from(address)).status)
                }
                return found
            }
            #expect(try await statuses("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.1") == [200, 200, 200, 429])
            #expect(try await statuses("::ffff:192.0.2.1", "192.0.2.2") == [429, 200])
            // One household.
            #expect(
                try await statuses("2001:db8::1", "2001:db8::2", "2001:db8::ffff:3", "2001:db8:0:0:9::1")
                    == [200, 200, 200, 429]
            )
            #expect(try await statuses("2001:db8:0:1::1") == [200])
            let answer = try await store.send(.GET, path, nil, Self.from("192.0.2.9"))
            #expect(answer.headers["RateLimit"] == [#""look-ups";r=2;t=60"#])
            #expect(answer.headers["RateLimit-Policy"] == [#""look-ups";q=3;w=60"#])
            // The shop's own network is not counted, nor is a proxy that nobody named.
            #expect(
                try await statuses("10.0.0.7", "10.0.0.7", "10.0.0.7", "10.0.0.7", "fd00::1")
                    == Array(repeating: 200, count: 5)
            )
            for _ in 0..<5 { #expect(try await store.send(.GET, path).status == 200) }
        }
    }

    @Test func lostLinksAreAskedForSeldom() async throws {
        try await Self.run {
            $0.lostLinks = Rate("lost-links", perMinute: 2)
        } _: { store in
            let asked = #"{"order": "DM-7K4Q-99", "email": "ada@example.com"}"#
            let address = Self.from("192.0.2.1")
            #expect(try await store.send(.POST, "/v1/lost-links", asked, address).status == 202)
            let form = address.merging(["Content-Type": "application/x-www-form-urlencoded"]) { $1 }
            let sent = try await store.send(.POST, "/find", "order=DM-7K4Q-99&email=ada%40example.com", form)
            #expect(sent.status == 303)
            #expect(try await store.send(.POST, "/v1/lost-links", asked, address).status == 429)
            let page = try await store.send(.POST, "/find", "order=DM-7K4Q-99&email=ada%40example.com", form)
            #expect(page.status == 429 && page.headers["Retry-After"] == ["60"])
            #expect(try await store.send(.GET, "/find", nil, address).status == 200)
            #expect(try await store.send(.POST, "/v1/lost-links", asked, Self.from("192.0.2.2")).status == 202)
        }
    }

    @Test func aReadCostsNoQueryAndWindowsThatAreOverGo() async throws {
        let clock = TestClock(try #require(TestStore.midday))
        try await Self.run(clock: clock) { _ in
        } _: { store in
            let order = try await store.paidOrder(key: "k")
            let path = "/v1/orders/\(order.token.text)"
            for _ in 0..<30 { #expect(try await store.send(.GET, path, nil, Self.from("192.0.2.1")).status == 200) }
            #expect(try await store.number("SELECT count(*) AS n FROM rate_taken") == 0)
            #expect(try await store.send(.GET, path, nil, Self.from("192.0.2.1")).status == 200)
            #expect(try await store.number("SELECT taken AS n FROM rate_taken") == 60)
            // Nothing there says who it was.
            try await store.store.rates.sweep(now: clock.now)
            #expect(try await store.number("SELECT count(*) AS n FROM rate_taken") == 1)
            clock.advance(.seconds(200))
            try await store.store.rates.sweep(now: clock.now)
            #expect(try await store.number("SELECT count(*) AS n FROM rate_taken") == 0)
        }
    }

    @Test func plainSQLCountsUpward() async throws {
        try await Self.run { _ in
        } _: { store in
            for (sql, constraint) in [
                ("INSERT INTO rate_taken VALUES (decode(repeat('00', 16), 'hex'), now(), 0)", "rate_taken_taken_check"),
                ("INSERT INTO rate_taken VALUES ('192.0.2.1', now(), 1)", "rate_taken_subject_check"),
            ] {
                let error = await #expect(throws: PostgresError.self, "\(sql)") {
                    _ = try await store.pool.write([Statement(assembled: sql)])
                }
                #expect(error?.serverError?.constraint == constraint, "\(sql)")
            }
        }
    }
}
