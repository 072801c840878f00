/// What a mail server answered, without its words, which may quote an address.
package struct SMTPReply: Hashable, Sendable, CustomStringConvertible {
    /// Three digits (RFC 5321, section 4.2).
    package let code: Int
    /// The enhanced status code (RFC 3463), such as `5.1.1`, where there is one.
    package let status: String?

    package var description: String { status.map { "\(code) \($0)" } ?? "\(code)" }
}

/// Why a message was not sent, or is not known to have been.
package enum SMTPError: Error, Hashable, CustomStringConvertible {
    /// The server refused this message or its recipient for good.
    case permanent(SMTPReply)
    /// Refused for now, or, without a reply, the connection was lost or the time was up. The server did not take it.
    case temporary(SMTPReply?)
    /// There is no talking to the server: no message will be sent until that is mended.
    case unreachable(Cause)
    /// All was sent, and no answer came: the server may have taken the message, or not.
    case unknown
    /// The task was cancelled before all was sent.
    case cancelled

    package enum Cause: Hashable, Sendable {
        case name, connection, silence, greeting, noTLS, tls, certificate, login, loginMissing, sender, failure
    }

    package var description: String {
        switch self {
        case .permanent(let reply): "the relay refused the message for good (\(reply)); correct the address"
        case .temporary(let reply?): "the relay refused the message for now (\(reply)); send it again later"
        case .temporary(nil): "the connection to the relay was lost before the message was sent; send it again"
        case .unknown: "the relay got the message and did not answer; sent again it may arrive twice"
        case .cancelled: "sending was cancelled; the relay did not take the message"
        case .unreachable(let cause): cause.description
        }
    }
}

extension SMTPError.Cause: CustomStringConvertible {
    package var description: String {
        switch self {
        case .name: "the relay's host has no address; correct its name, or look at the name server"
        case .connection: "nothing takes connections at the relay's address; correct host and port, or start it"
        case .silence: "the relay does not answer; correct host and port, or look at the firewall between"
        case .greeting: "the relay takes no messages from here; have it allow this host, or choose another"
        case .noTLS: "the relay offers no STARTTLS; have it do so, or allow an unencrypted connection"
        case .tls: "no encrypted connection to the relay came about; see that the port fits smtp or smtps"
        case .certificate: "the relay's certificate is not trusted; correct the host or the file of authorities"
        case .login: "the relay did not accept the login; correct user and password"
        case .loginMissing: "the relay asks for a login or for encryption first; give it what it asks for"
        case .sender: "the relay takes no messages from the shop's address; correct that, or have the relay allow it"
        case .failure: "libcurl could not begin; see that it knows SMTP and TLS"
        }
    }
}
