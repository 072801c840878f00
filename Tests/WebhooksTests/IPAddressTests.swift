import Testing
@testable import Webhooks

/// Which addresses are of the public internet. Each range is held at its first and last address, and at those beside it.
@Suite struct IPAddressTests {
    @Test(arguments: [
        ("unspecified", "0.0.0.0", "0.255.255.255"), ("private", "10.0.0.0", "10.255.255.255"),
        ("shared by a carrier", "100.64.0.0", "100.127.255.255"), ("loopback", "127.0.0.0", "127.255.255.255"),
        ("link-local", "169.254.0.0", "169.254.255.255"), ("private", "172.16.0.0", "172.31.255.255"),
        ("for protocols", "192.0.0.0", "192.0.0.255"), ("for documentation", "192.0.2.0", "192.0.2.255"),
        ("a 6to4 relay", "192.88.99.0", "192.88.99.255"), ("private", "192.168.0.0", "192.168.255.255"),
        ("for benchmarks", "198.18.0.0", "198.19.255.255"), ("for documentation", "198.51.100.0", "198.51.100.255"),
        ("for documentation", "203.0.113.0", "203.0.113.255"), ("multicast", "224.0.0.0", "239.255.255.255"),
        ("reserved", "240.0.0.0", "255.255.255.255"),
        ("unspecified", "::", "::"), ("loopback", "::1", "::1"),
        ("IPv4 inside IPv6", "::ffff:0:0", "::ffff:255.255.255.255"), ("IPv4 inside IPv6", "::2", "::255.255.255.255"),
        ("NAT64", "64:ff9b::", "64:ff9b::255.255.255.255"),
        ("NAT64", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"),
        ("discarded", "100::", "100::ffff:ffff:ffff:ffff"),
        ("Teredo", "2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("for protocols", "2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("for documentation", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("6to4", "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("for documentation", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("private", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("link-local", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("private", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("multicast", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        // What nobody was given yet.
        ("reserved", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "200::"), ("reserved", "4000::", "5f00::1"),
        ("reserved", "fe00::", "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ])
    func addressWithAPurposeOfItsOwnIsNotPublic(purpose: String, first: String, last: String) throws {
        for text in [first, last] {
            let address = try #require(IPAddress(text), "\(text)")
            #expect(address.specialPurpose == purpose, "\(text)")
        }
    }

    @Test(arguments: [
        "1.0.0.0", "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0",
        "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
        "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
        "2000::", "2001:200::", "2001:db7:ffff::1", "2001:db9::", "2001:4860:4860::8888", "2003::", "2606:4700::1111",
        "2a00:1450::1", "3ffe:ffff::1", "3fff:1000::",
    ])
    func anyOtherAddressIsPublic(text: String) throws {
        #expect(try #require(IPAddress(text)).specialPurpose == nil)
    }

    @Test(arguments: [
        "", "1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1 ", "127.0.0.1:80", "[::1]",
        "fe80::1%eth0",
        "256.0.0.1", "1.2.3", "1.2.3.4.5", "::g", "localhost",
    ])
    func onlyTheUsualTextsAreAddresses(text: String) { #expect(IPAddress(text) == nil) }

    @Test(arguments: ["127.0.0.1", "255.255.255.255", "2001:db8::1", "::ffff:10.0.0.1", "::"])
    func addressIsPrintedAsItIsRead(text: String) throws {
        #expect(try #require(IPAddress(text)).description == text)
    }
}
