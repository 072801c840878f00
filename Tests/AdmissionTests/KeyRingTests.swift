import Admission
import Commerce
import Testing

/// What a storefront's key opens, and for whom.
@Suite struct KeyRingTests {
    private static func key(_ text: String, _ origins: String...) -> StorefrontKey {
        StorefrontKey(
            id: 1,
            name: text,
            text: text,
            origins: origins,
            currency: nil,
            country: nil,
            requestsPerMinute: 60,
            createdAt: Instant(microsecondsSince1970: 0),
            revokedAt: nil
        )
    }

    @Test func aShopWithoutKeysIsOpenToEverybody() throws {
        let ring = KeyRing([], wasEverUsed: false)
        #expect(ring.isOpen)
        #expect(try ring.admit(nil, from: "https://anybody.example") == nil)
        #expect(try ring.admit("typo", from: nil) == nil)
    }

    @Test func onceThereWasAKeyTheShopIsClosed() throws {
        let ring = KeyRing([Self.key("a", "https://a.example")], wasEverUsed: true)
        #expect(throws: KeyRing.Refusal.keyMissing) { try ring.admit(nil, from: nil) }
        #expect(throws: KeyRing.Refusal.keyUnknown) { try ring.admit("b", from: "https://a.example") }
        #expect(try ring.admit("a", from: nil)?.name == "a")
        #expect(try ring.admit("a", from: "https://a.example")?.name == "a")
        #expect(throws: KeyRing.Refusal.originNotAllowed) { try ring.admit("a", from: "https://b.example") }
        #expect(throws: KeyRing.Refusal.originNotAllowed) { try ring.admit("a", from: "null") }
        // The last one was revoked.
        #expect(throws: KeyRing.Refusal.keyMissing) { try KeyRing([], wasEverUsed: true).admit(nil, from: nil) }
    }

    @Test func aKeyWithoutOriginsIsForAppsAndServers() throws {
        let ring = KeyRing([Self.key("app"), Self.key("all", "*")], wasEverUsed: true)
        #expect(try ring.admit("app", from: nil) != nil)
        #expect(throws: KeyRing.Refusal.originNotAllowed) { try ring.admit("app", from: "https://a.example") }
        #expect(try ring.admit("all", from: "https://a.example") != nil)
        #expect(ring.origins == ["*"])
    }

    @Test(arguments: [
        "https://shop.example", "http://localhost:3000", "https://shop.example:8443", "http://[::1]:8080", "*",
        "https://xn--bcher-kva.example",
    ])
    func originIsAsABrowserSendsIt(text: String) { #expect(StorefrontKey.origin(text) == text) }

    @Test(arguments: [
        "", "shop.example", "https://shop.example/", "https://Shop.example", "https://shop.example:443",
        "http://shop.example:80", "https://shop.example:0", "https://shop.example:70000", "ftp://shop.example",
        "https://user@shop.example", "https://*.example", "null", "https://shop.example\n", "https://bücher.example",
    ])
    func whatNoBrowserSendsIsNoOrigin(text: String) { #expect(StorefrontKey.origin(text) == nil) }
}
