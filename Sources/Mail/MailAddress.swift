import Foundation

/// Why a text is no address that mail can be sent to. The text itself is never repeated.
package enum MailAddressError: Error, Hashable, CustomStringConvertible {
    /// Not a local part and a domain of the forms that SMTP takes, or longer than it takes.
    case malformed
    /// The part before the @ is not ASCII: that takes SMTPUTF8 (RFC 6531), which few servers have.
    case localPartNotASCII
    /// The domain has no ASCII form.
    case domainNotASCII

    package var description: String {
        switch self {
        case .malformed: "the address is not of the form that mail servers take; correct it"
        case .localPartNotASCII: "the part before the @ is not ASCII, which needs SMTPUTF8; use another address"
        case .domainNotASCII: "the domain has no ASCII form; correct it or use another address"
        }
    }
}

/// An address as SMTP takes it: ASCII, and nothing in it that could end a command or a header.
package struct MailAddress: Hashable, Sendable {
    /// The address with its domain in ASCII form: `ada@xn--bcher-kva.example`.
    package let text: String

    /// An address from its text: a dot-string or a quoted string, an @, and a domain (RFC 5321, section 4.1.2; its limits
    /// are those of section 4.5.3.1). An internationalised domain is turned into its ASCII form.
    package init(_ text: String) throws(MailAddressError) {
        // By octets: a mark may hide an @ from whoever counts characters.
        guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else { throw .malformed }
        let local = String(decoding: text.utf8[..<at], as: UTF8.self)
        guard local.utf8.allSatisfy({ $0 < 128 }) else { throw .localPartNotASCII }
        let domain = try Self.asciiDomain(String(decoding: text.utf8[at...].dropFirst(), as: UTF8.self))
        guard local.utf8.count <= 64, Self.isLocalPart(local), Self.isDomain(domain) else { throw .malformed }
        let whole = "\(local)@\(domain)"
        guard whole.utf8.count <= 254 else { throw .malformed }
        self.text = whole
    }

    // By octets, for one is read with every mail.
    private static func isLocalPart(_ text: String) -> Bool {
        if text.utf8.first == UInt8(ascii: "\"") { return isQuotedString(text.utf8) }
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
        }
    }

    private static func isQuotedString(_ text: String.UTF8View) -> Bool {
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        guard text.count >= 2, text.last == quote else { return false }
        var isEscaped = false
        for octet in text.dropFirst().dropLast() {
            guard (UInt8(ascii: " ")...UInt8(ascii: "~")).contains(octet), isEscaped || octet != quote else {
                return false
            }
            isEscaped = !isEscaped && octet == backslash
        }
        return !isEscaped
    }

    private static func isDomain(_ text: String) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                && label.allSatisfy { isAlphanumeric($0) || $0 == hyphen }
        }
    }

    private static func isAlphanumeric(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    private static func asciiDomain(_ domain: String) throws(MailAddressError) -> String {
        if domain.utf8.allSatisfy({ $0 < 128 }) { return domain }
        var components = URLComponents()
        components.scheme = "https"
        components.host = domain
        guard let ascii = components.encodedHost, isDomain(ascii) else { throw .domainNotASCII }
        return ascii
    }
}
