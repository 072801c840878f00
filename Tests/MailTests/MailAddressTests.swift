import Mail
import Testing

struct MailAddressTests {
    private func error(_ text: String) -> MailAddressError? {
        do throws(MailAddressError) {
            _ = try MailAddress(text)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "ada@example.com", "ada.b+c=d@mail.example.com", "!#$%&'*+-/=?^_`{|}~@example.com", "\"a b@c\\\"\"@example.com",
        "root@localhost", "a@1.example", String(repeating: "a", count: 64) + "@b.example",
    ])
    func whatSMTPTakesIsKeptAsItIs(text: String) throws {
        #expect(try MailAddress(text).text == text)
    }

    @Test(arguments: [
        "", "ada", "@example.com", "ada@", ".ada@example.com", "ada.@example.com", "a..b@example.com",
        "a b@example.com",
        "<ada@example.com>", "ada@example.com\r\nDATA", "\"a\r\n\"@example.com", "\"a\"b\"@example.com",
        "ada@-a.example",
        "ada@a-.example", "ada@a..example", "ada@example.com.", "ada@[127.0.0.1]", "ada@exa_mple.com",
        "ada@a,b@c.example",
        "ada\0@example.com", "ada@example.com\0", "\"\u{7F}\"@example.com",
        String(repeating: "a", count: 65) + "@b.example", "a@" + String(repeating: "b", count: 64) + ".example",
        "a@" + String(repeating: "b.", count: 130) + "example",
    ])
    func anythingElseIsMalformed(text: String) {
        #expect(error(text) == .malformed)
    }

    @Test func localPartOfAnotherScriptNeedsSMTPUTF8() {
        #expect(error("zoë@example.com") == .localPartNotASCII)
        // A mark that a person reads as a part of the @.
        #expect(error("ada\u{301}@example.com") == .localPartNotASCII)
    }

    @Test(arguments: [
        ("ada@bücher.example", "ada@xn--bcher-kva.example"), ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"), ("ada@пример.испытание", "ada@xn--e1afmkfd.xn--80akhbyknj4f"),
    ])
    func internationalisedDomainHasAnASCIIForm(text: String, ascii: String) throws {
        #expect(try MailAddress(text).text == ascii)
    }

    @Test(arguments: [
        "ada@bü cher.example", "ada@bü/cher.example", "ada@ü:80.example", "ada@\u{301}example.com", "ada@ü\r\n",
    ])
    func domainWithoutOneIsRefused(text: String) {
        #expect(error(text) == .domainNotASCII)
    }
}
