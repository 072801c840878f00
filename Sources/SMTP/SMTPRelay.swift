package import Encodings
import FoundationEssentials

/// Why settings name no relay. What was given is never repeated.
package enum SMTPRelayError: Error, Hashable, CustomStringConvertible {
    /// Not `smtp://host`, `smtps://host` or the same with a port and the name to greet with.
    case malformedURL
    /// User and password are given apart, so that the address can be shown.
    case loginInURL

    package var description: String {
        switch self {
        case .malformedURL: "the relay's address must be like smtp://mail.example:587 or smtps://mail.example:465"
        case .loginInURL: "the relay's address holds a user or a password; give them apart"
        }
    }
}

/// The server that takes the store's messages, and how it is spoken to.
package struct SMTPRelay: Sendable {
    /// Whether STARTTLS encrypts a connection to an `smtp` address. To an `smtps` address all are encrypted.
    package enum TLS: Sendable {
        /// A server that does not offer it gets neither login nor message.
        case required
        /// Whoever sits between can take the offer out, and reads login and message then.
        case ifOffered
        case never
    }

    package struct Login: Sendable {
        package let user: String
        package let password: Secret

        package init(user: String, password: Secret) {
            self.user = user
            self.password = password
        }
    }

    let url: String
    /// The machine that it is.
    package let host: String
    package let login: Login?
    /// How connections to an `smtp` address are encrypted.
    package let tls: TLS
    let authorityFile: String?

    /// - Parameters:
    ///   - url: as libcurl reads it: a path is the name that the server is greeted with.
    ///   - tls: what is not said is `required`, and `never` on the machine itself.
    ///   - authorityFile: certificates (PEM) of those who may vouch for the server, instead of the system's.
    package init(
        url: String,
        login: Login? = nil,
        tls: TLS? = nil,
        authorityFile: String? = nil
    ) throws(SMTPRelayError) {
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty else { throw .malformedURL }
        guard parts.user == nil, parts.password == nil else { throw .loginInURL }
        guard parts.scheme == "smtp" || parts.scheme == "smtps", parts.query == nil, parts.fragment == nil,
            parts.port.map((1...65_535).contains) ?? true, parts.path.wholeMatch(of: /(\/[A-Za-z0-9.\-]*)?/) != nil
        else { throw .malformedURL }
        let isLoopback = host == "localhost" || host == "[::1]" || host.wholeMatch(of: /127(\.[0-9]{1,3}){3}/) != nil
        self.url = url
        self.host = host
        self.login = login
        self.tls = tls ?? (isLoopback ? .never : .required)
        self.authorityFile = authorityFile
    }
}
