/// Why a message can't be made. Names a field of `MailMessage`, never what it holds.
package enum MailError: Error, Hashable, CustomStringConvertible {
    /// A CR, an LF, a NUL or another control character, which might end a header and begin another.
    case controlCharacter(field: String)
    /// Not of the form `name@domain`, without angle brackets, of at most 250 octets.
    case malformedMessageID(field: String)
    /// Not an https address in ASCII of at most 900 octets (RFC 8058, section 3.1).
    case malformedUnsubscribeAddress
    /// Not a media type and subtype alone, such as `application/pdf`.
    case malformedType(field: String)
    /// `plain` and `html` together are longer than `MailMessage.textOctetsMax`.
    case textTooLarge(octets: Int)
    /// The message is longer than `MailMessage.octetsMax`.
    case messageTooLarge(octets: Int)

    package var description: String {
        switch self {
        case .controlCharacter(let field): "\(field) has a control character; take it out"
        case .malformedMessageID(let field): "\(field) must be a name, an @ and a domain, without angle brackets"
        case .malformedUnsubscribeAddress: "unsubscribe must be an https address in ASCII of at most 900 octets"
        case .malformedType(let field): "\(field) must be a media type such as application/pdf, without parameters"
        case .textTooLarge(let octets):
            "plain and html have \(octets) octets together; shorten them to \(MailMessage.textOctetsMax)"
        case .messageTooLarge(let octets):
            "the message has \(octets) octets of at most \(MailMessage.octetsMax); attach less"
        }
    }
}
