package import Commerce
import NIOSSL
import Webhooks

/// What a server's certificate says of itself: when it is valid, and for whom.
package struct CertificateClaims: Sendable, Equatable {
    package let validFrom: Instant
    package let expiry: Instant
    /// Names of hosts, such as `shop.example` or `*.shop.example`, and addresses.
    package let names: [String]

    package init(validFrom: Instant, expiry: Instant, names: [String]) {
        (self.validFrom, self.expiry, self.names) = (validFrom, expiry, names)
    }

    init(_ certificate: NIOSSLCertificate) {
        validFrom = Instant(microsecondsSince1970: Int64(certificate.notValidBefore) * 1_000_000)
        expiry = Instant(microsecondsSince1970: Int64(certificate.notValidAfter) * 1_000_000)
        // The subject's own name is not among them: no browser reads it any more.
        var names: [String] = []
        for name in certificate._subjectAlternativeNames() {
            let bytes = Array(name.contents)
            switch name.nameType {
            case .dnsName: names.append(String(decoding: bytes, as: UTF8.self))
            case .ipAddress: if let address = IPAddress(bytes: bytes) { names.append(address.description) }
            default: break
            }
        }
        self.names = names
    }

    /// Whether it is for a host, by its name or by its address.
    package func covers(host: String) -> Bool {
        if let address = IPAddress(host) { return names.contains { IPAddress($0) == address } }
        let wanted = Self.labels(host)
        return names.contains { name in
            let own = Self.labels(name)
            // An asterisk stands for one label, the first.
            guard own.first == "*", own.count > 1 else { return own == wanted }
            return own.count == wanted.count && own.dropFirst() == wanted.dropFirst()
        }
    }

    private static func labels(_ name: String) -> [Substring] {
        let name = name.lowercased()
        let bare = name.hasSuffix(".") ? name.dropLast() : name[...]
        return bare.split(separator: ".", omittingEmptySubsequences: false)
    }
}
