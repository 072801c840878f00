import Synchronization

/// How far one message has come: what libcurl has been handed, and what the server has said.
final class Conversation {
    private let transfer: Transfer
    private let sockets: Sockets
    private let deadline: ContinuousClock.Instant
    private var sentCount = 0
    /// Whether libcurl knows that the message ends here. From now on the final dot may be on its way.
    private(set) var isHandedOver = false
    /// The last whole reply, and whether it came after all was handed over.
    private(set) var reply: SMTPReply?
    private(set) var isAnswered = false
    /// Whether the server has been told who sends the message, and not yet to whom.
    private(set) var isAtSender = false

    /// - Parameters:
    ///   - timeout: how long it may take.
    ///   - sockets: what it goes on over.
    init(_ transfer: Transfer, timeout: Duration, _ sockets: Sockets) {
        self.transfer = transfer
        self.sockets = sockets
        deadline = .now + timeout
    }

    var isCancelled: Bool { transfer.isCancelled.load(ordering: .relaxed) }

    /// Whether it has the time to; ends it where it has not, or is cancelled.
    func mayGoOn() -> Bool {
        if !isCancelled, .now < deadline { return true }
        sockets.shutDown()
        return false
    }

    /// Fills libcurl's buffer; how much there was, zero at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let piece = transfer.message[sentCount...].prefix(buffer.count)
        buffer.copyBytes(from: piece)
        sentCount += piece.count
        if piece.isEmpty { isHandedOver = true }
        return piece.count
    }

    /// Takes a command that libcurl sends.
    func said(_ command: some Collection<UInt8>) {
        if command.starts(with: "MAIL FROM".utf8) { isAtSender = true }
        if command.starts(with: "RCPT TO".utf8) { isAtSender = false }
    }

    /// Takes one line of a reply; the last of them has no hyphen after the code. 221 answers
    /// libcurl's own QUIT, which follows a refusal.
    func heard(_ line: some Collection<UInt8>) {
        let text = String(decoding: line, as: UTF8.self)
        guard let match = text.prefixMatch(of: /([0-9]{3})(?: ([245]\.[0-9]{1,3}\.[0-9]{1,3})\b|[^\-])/),
            let code = Int(match.1), code != 221
        else { return }
        reply = SMTPReply(code: code, status: match.2.map(String.init))
        isAnswered = isHandedOver
    }
}
