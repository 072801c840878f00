import Commerce
import Testing

@Suite struct EmailAddressTests {
    /// A domain of 189 octets: with a local part of 64 the address has 254.
    private static let longDomain = [63, 63, 61].map { String(repeating: "d", count: $0) }.joined(separator: ".")

    @Test(arguments: [
        "a@b.co", "first.last+tag@example.co.uk", "o'brien@example.com", "1@2.example", "a_b-c@sub-domain.example.com",
        "!#$%&'*+/=?^_`{|}~-@example.com", "user@xn--bcher-kva.example", "user@bücher.example", "ada@EXAMPLE.com",
        "δοκιμή@παράδειγμα.δοκιμή", "用户@例子.广告",
    ])
    func addressThatMailServersAcceptIsKeptAsItWasGiven(text: String) {
        #expect(EmailAddress(rawValue: text)?.rawValue == text)
    }

    @Test(arguments: [
        "", "@", "a", "a@", "@b.co", "a@b", "b.co", "a@.co", "a@b.", "a@b.co.", "a@b..co", "a@@b.co", "a@b@c.co",
        ".a@b.co", "a.@b.co", "a..b@c.co", "a@-b.co", "a@b-.co", "a@b.-co", "a@[127.0.0.1]",
        "a b@c.co", "a@b c.co", " a@b.co", "a@b.co ", "\"a b\"@c.co", "\"a\"@c.co", "<a@b.co>", "Ada <a@b.co>",
        "a,b@c.co", "a@b.co,c@d.co", "a;b@c.co", "a:b@c.co", "mailto:a@b.co", "a\\b@c.co", "a(b)@c.co",
    ])
    func textOfAnotherShapeIsRefused(text: String) {
        #expect(EmailAddress(rawValue: text) == nil)
    }

    @Test(arguments: [
        "a@b.co\n", "\na@b.co", "a@b.co\r\nBcc: c@d.co", "a\u{0}@b.co", "a\tb@c.co", "a\u{7F}@b.co", "a@b\u{85}.co",
        "a\u{A0}b@c.co", "a\u{3000}b@c.co", "a@b\u{2028}.co", "a\u{2003}@b.co",
    ])
    func spaceAndControlCharactersAreRefused(text: String) {
        #expect(EmailAddress(rawValue: text) == nil)
    }

    // A combining mark joins the character before it, which must not hide that character from the checks.
    @Test(arguments: [
        "a@\u{301}b@c.co", "a<\u{301}b@c.co", "a>\u{301}b@c.co", "a,\u{301}b@c.co", "a;\u{301}b@c.co",
        "a\"\u{301}b@c.co", "a\\\u{301}b@c.co", "a:\u{301}b@c.co", "a@b,\u{301}c.co", "a@-\u{301}b.co",
    ])
    func combiningMarkDoesNotSmuggleAForbiddenCharacterIn(text: String) {
        #expect(EmailAddress(rawValue: text) == nil)
    }

    @Test func localPartHasAtMost64Octets() {
        #expect(EmailAddress(rawValue: String(repeating: "l", count: 64) + "@b.co") != nil)
        #expect(EmailAddress(rawValue: String(repeating: "l", count: 65) + "@b.co") == nil)
        // 33 letters of two octets each.
        #expect(EmailAddress(rawValue: String(repeating: "é", count: 33) + "@b.co") == nil)
    }

    @Test func labelOfTheDomainHasAtMost63Octets() {
        #expect(EmailAddress(rawValue: "a@" + String(repeating: "d", count: 63) + ".co") != nil)
        #expect(EmailAddress(rawValue: "a@" + String(repeating: "d", count: 64) + ".co") == nil)
    }

    @Test func addressHasAtMost254Octets() {
        let local = String(repeating: "l", count: 64)
        #expect("\(local)@\(Self.longDomain)".utf8.count == 254)
        #expect(EmailAddress(rawValue: "\(local)@\(Self.longDomain)") != nil)
        #expect(EmailAddress(rawValue: "\(local)@\(Self.longDomain)d") == nil)
    }

    @Test func samePersonIsKnownInWhateverCase() {
        #expect(EmailAddress(rawValue: "Ada.Lovelace@Example.COM")?.normalised == "ada.lovelace@example.com")
        #expect(EmailAddress(rawValue: "Ada@Example.com")?.rawValue == "Ada@Example.com")
        #expect(
            EmailAddress(rawValue: "ÉLODIE@example.com")?.normalised
                == EmailAddress(rawValue: "élodie@EXAMPLE.com")?.normalised
        )
    }
}
