import Testing
@testable import Webhooks

/// Which addresses an endpoint may have.
@Suite struct WebhookURLTests {
    private func fault(_ text: String, allowsPrivate: Bool = false) -> WebhookURLError? {
        do {
            _ = try WebhookURL(text, allowsPrivate: allowsPrivate)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("https://clinic.example/hooks", "https://clinic.example/hooks", "clinic.example", 443),
        ("HTTPS://Clinic.Example", "https://clinic.example/", "clinic.example", 443),
        ("https://clinic.example:443/a?b=C&d=%20", "https://clinic.example/a?b=C&d=%20", "clinic.example", 443),
        ("https://clinic.example:8443/", "https://clinic.example:8443/", "clinic.example", 8443),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443),
        ("https://1.1.1.1/x", "https://1.1.1.1/x", "1.1.1.1", 443),
        ("https://[2606:4700::1111]:444/x", "https://[2606:4700::1111]:444/x", "2606:4700::1111", 444),
    ])
    func addressIsKeptInItsPlainForm(text: String, kept: String, host: String, port: Int) throws {
        let url = try WebhookURL(text, allowsPrivate: false)
        #expect(url.text == kept && url.host == host && url.port == port)
        #expect(try WebhookURL(url.text, allowsPrivate: true) == url)
    }

    @Test(arguments: [
        "", "clinic.example", "//clinic.example/", "ftp://clinic.example/", "https:clinic.example", "https:///x",
        "https://user@clinic.example/", "https://user:secret@clinic.example/", "https://clinic.example/#part",
        "https://clinic.example/a b", "https://clinic.example\\@127.0.0.1/", "https://clinic.example/\u{0}",
        "https://clinic.example/\r\nX: y", "https://clinic.example:0/", "https://clinic.example:65536/",
        "https://clinic.example:/", "https://clinic.example?x", "https://b\u{FC}cher.example/",
        "https://ex%61mple.com/",
        "https://\u{FF11}27.0.0.1/", "https://[fe80::1%25eth0]/", "https://[127.0.0.1]/", "https://[::1", "https://[]/",
        "https://clinic.example/" + String(repeating: "a", count: 1000), " https://clinic.example/",
        "https://clinic.example/\"", "https://clinic.example/{x}",
    ])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(fault(text) == .malformed, "\(text)")
        #expect(fault(text, allowsPrivate: true) == .malformed, "\(text)")
    }

    @Test func withoutTLSItIsOfTheShopsOwnNetwork() {
        #expect(fault("http://clinic.example/") == .notEncrypted)
        #expect(fault("http://clinic.example/", allowsPrivate: true) == nil)
    }

    @Test(arguments: [
        ("https://127.0.0.1/", "loopback"), ("https://10.1.2.3:8443/", "private"), ("https://[::1]/", "loopback"),
        ("https://[::ffff:8.8.8.8]/", "IPv4 inside IPv6"), ("https://[64:ff9b::8.8.8.8]/", "NAT64"),
        ("https://169.254.169.254/latest/meta-data", "link-local"), ("https://0.0.0.0/", "unspecified"),
        ("https://[fd00::1]/", "private"),
    ])
    func numberThatIsNotPublicIsRefused(text: String, purpose: String) {
        #expect(fault(text) == .notPublic(purpose))
        #expect(fault(text, allowsPrivate: true) == nil)
    }
}
