import Glibc

/// An address of a machine, IPv4 or IPv6.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// Four or sixteen, the first first.
    package let bytes: [UInt8]

    /// One from its bytes; nil for another number than four or sixteen.
    package init?(bytes: [UInt8]) {
        guard [4, 16].contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    /// One from its usual text, `192.0.2.1` or `2001:db8::1`. Nil for every other, short and octal forms among them.
    package init?(_ text: String) {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 {
                self.bytes = bytes
                return
            }
        }
        return nil
    }

    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What keeps the address from being one of the public internet, such as `loopback`; nil where nothing does.
    ///
    /// After the special-purpose registries of IANA (RFC 6890 and what came since). Of IPv6 only what is given out as
    /// global unicast is public (2000::/3); what carries an IPv4 address inside is refused whatever that is, since it leads
    /// where a translator or a tunnel decides.
    package var specialPurpose: String? {
        let ranges = bytes.count == 4 ? Self.specialIPv4 : Self.specialIPv6
        return ranges.first { $0.holds(self) }?.purpose ?? (bytes.count == 4 || bytes[0] >> 5 == 1 ? nil : "reserved")
    }

    private struct Range {
        let bytes: [UInt8]
        let bits: Int
        let purpose: String

        init(_ prefix: String, _ bits: Int, _ purpose: String) {
            bytes = IPAddress(prefix)?.bytes ?? []
            self.bits = bits
            self.purpose = purpose
        }

        func holds(_ address: IPAddress) -> Bool {
            (0..<bits).allSatisfy { bit in (bytes[bit / 8] ^ address.bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0 }
        }
    }

    private static let specialIPv4 = [
        Range("0.0.0.0", 8, "unspecified"), Range("10.0.0.0", 8, "private"),
        Range("100.64.0.0", 10, "shared by a carrier"), Range("127.0.0.0", 8, "loopback"),
        Range("169.254.0.0", 16, "link-local"), Range("172.16.0.0", 12, "private"),
        Range("192.0.0.0", 24, "for protocols"), Range("192.0.2.0", 24, "for documentation"),
        Range("192.88.99.0", 24, "a 6to4 relay"), Range("192.168.0.0", 16, "private"),
        Range("198.18.0.0", 15, "for benchmarks"), Range("198.51.100.0", 24, "for documentation"),
        Range("203.0.113.0", 24, "for documentation"), Range("224.0.0.0", 4, "multicast"),
        Range("240.0.0.0", 4, "reserved"),
    ]

    private static let specialIPv6 = [
        Range("::", 128, "unspecified"), Range("::1", 128, "loopback"), Range("::ffff:0:0", 96, "IPv4 inside IPv6"),
        Range("::", 96, "IPv4 inside IPv6"), Range("64:ff9b::", 96, "NAT64"), Range("64:ff9b:1::", 48, "NAT64"),
        Range("100::", 64, "discarded"), Range("2001::", 32, "Teredo"), Range("2001::", 23, "for protocols"),
        Range("2001:db8::", 32, "for documentation"), Range("2002::", 16, "6to4"),
        Range("3fff::", 20, "for documentation"), Range("fc00::", 7, "private"), Range("fe80::", 10, "link-local"),
        Range("fec0::", 10, "private"), Range("ff00::", 8, "multicast"),
    ]
}
