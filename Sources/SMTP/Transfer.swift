import Mail
import Synchronization

/// A message on its way.
final class Transfer: Sendable {
    typealias Outcome = Result<Void, SMTPError>

    let message: [UInt8]
    let from: MailAddress
    let to: MailAddress
    let isCancelled = Atomic(false)

    init(_ message: [UInt8], from: MailAddress, to: MailAddress) {
        self.message = message
        self.from = from
        self.to = to
    }
}
