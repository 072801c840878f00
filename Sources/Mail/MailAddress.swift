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

    private static func isLocalPart(_ text: String) -> Bool {
        let dotString = /[A-Za-z0-9!#$%&'*+\-\/=?^_`{|}~]+(\.[A-Za-z0-9!#$%&'*+\-\/=?^_`{|}~]+)*/
        let quotedString = /"([ !#-\[\]-~]|\\[ -~])*"/
        return text.wholeMatch(of: dotString) != nil || text.wholeMatch(of: quotedString) != nil
    }

    private static func isDomain(_ text: String) -> Bool {
        let labels = /[A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?)*/
        return text.wholeMatch(of: labels) != nil && text.split(separator: ".").allSatisfy { $0.utf8.count <= 63 }
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
