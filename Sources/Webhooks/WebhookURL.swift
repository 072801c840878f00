import FoundationEssentials

/// Why a text is no address of an endpoint.
package enum WebhookURLError: Error, Hashable {
    case malformed
    /// Without TLS, where that is not allowed.
    case notEncrypted
    /// A number that leads to no machine of the public internet; what it is instead.
    case notPublic(String)
}

/// The address of an endpoint: `https`, a host in ASCII, and neither a password nor a fragment.
package struct WebhookURL: Sendable, Hashable {
    /// With scheme and host in small letters.
    package let text: String
    /// A name, or a number without its brackets.
    package let host: String
    package let port: Int

    private static let lengthMax = 1000

    /// - Parameter allowsPrivate: whether it may be one of the shop's own network, without TLS too.
    package init(_ text: String, allowsPrivate: Bool) throws(WebhookURLError) {
        let form = /(https?):\/\/([A-Za-z0-9._\-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?(\/[!-~]*)?/.ignoresCase()
        guard text.utf8.count <= Self.lengthMax, let match = text.wholeMatch(of: form),
            !text.contains(where: { "#\\\"<>^`{|}".contains($0) })
        else { throw .malformed }
        let scheme = match.1.lowercased()
        let written = match.2.lowercased()
        let standard = scheme == "https" ? 443 : 80
        let port = match.3.map { Int($0) ?? 0 } ?? standard
        let whole = "\(scheme)://\(written)\(port == standard ? "" : ":\(port)")\(match.4 ?? "/")"
        let host = written.hasPrefix("[") ? String(written.dropFirst().dropLast()) : written
        // The client that dials reads the address once more: it must find the same host, or it would dial another.
        guard (1...65_535).contains(port), let read = URL(string: whole), read.port ?? standard == port,
            let readHost = read.host, readHost == host || readHost == written,
            !written.hasPrefix("[") || IPAddress(host)?.bytes.count == 16
        else { throw .malformed }
        if !allowsPrivate {
            guard scheme == "https" else { throw .notEncrypted }
            if let purpose = IPAddress(host)?.specialPurpose { throw .notPublic(purpose) }
        }
        guard whole.utf8.count <= Self.lengthMax else { throw .malformed }
        self.text = whole
        self.host = host
        self.port = port
    }
}
