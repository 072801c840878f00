import Commerce
import Crypto
import Encodings
import FoundationEssentials
@testable import Mail
import StandardWebhooks
@testable import Stripe
@testable import Webhooks

extension Parser {
    /// What other systems send, and what is sent to them.
    static let messages = [
        Parser("stripe") { input in
            let (head, body) = input.headed
            _ = try? JSONDecoder().decode(StripeEvent.self, from: Data(body))
            let secret = Secret("a secret of ours")
            func isProven(_ header: String) -> Bool {
                (try? StripeSignature.verify(header: header, body: body, secrets: [secret], nowSeconds: 0)) != nil
            }
            try hold(!isProven(head), "nobody signs without the secret")
            let key = SymmetricKey(data: Array(secret.text.utf8))
            let code = HMAC<SHA256>.authenticationCode(for: Array("0.".utf8) + body, using: key)
            try hold(isProven("t=0,v1=\(code.hexadecimal)"), "what is signed is proven, whatever it says")
        },
        Parser("webhooks") { input in
            for line in input.lines {
                if let secret = WebhookSecret(text: line) {
                    try hold(WebhookSecret(text: secret.text.text) == secret, "a secret is read as it is shown")
                }
                if let wait = RetryAfter.duration(line, now: Instant(microsecondsSince1970: 0)) {
                    try hold((.zero...RetryAfter.longest).contains(wait), "nobody is left alone for longer than a day")
                }
                if let url = try? WebhookURL(line, allowsPrivate: false) {
                    let purpose = IPAddress(url.host)?.specialPurpose
                    try hold(url.text.hasPrefix("https://") && purpose == nil, "a webhook leads to the public internet")
                }
                guard let url = try? WebhookURL(line, allowsPrivate: true) else { continue }
                try hold(try WebhookURL(url.text, allowsPrivate: true) == url, "a webhook's address is read as written")
            }
        },
        Parser("mail") { input in
            for line in input.lines {
                guard let address = try? MailAddress(line) else { continue }
                try hold(try MailAddress(address.text) == address, "an address of mail is read as written")
                try hold(address.text.utf8.allSatisfy { $0 < 128 }, "SMTP is given ASCII")
            }
            _ = StoredMail(input.bytes)
            try holds(MailMessage.sample(input))
        },
    ]

    private static func holds(_ message: MailMessage) throws {
        guard let bytes = try? message.bytes() else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        try hold(bytes.allSatisfy { $0 < 128 }, "mail is ASCII")
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        try hold(lines.allSatisfy { $0.utf8.count <= 998 }, "no line of mail is longer than a server takes")
        try hold(!lines.contains { $0.utf8.contains(10) || $0.utf8.contains(13) }, "lines of mail end with CR LF")
        guard let read = StoredMail(bytes) else { throw Violation(claim: "mail is read as it is sent") }
        try hold(read.subject == message.subject, "the subject is read as it is sent")
        try hold(
            read.to.hasSuffix("<\(message.to.address.text)>") || message.to.name.isEmpty,
            "mail goes to one address"
        )
        // A line ends with CR LF in mail, and is read as it ends there, however it was written.
        func lineByLine(_ text: String) -> [ArraySlice<UInt8>] {
            Array(text.utf8).replacing([13, 10], with: [10]).replacing([13], with: [10])
                .split(separator: 10, omittingEmptySubsequences: false)
        }
        try hold(lineByLine(read.plain) == lineByLine(message.plain), "the text is read as it is sent")
        guard let file = message.attachments.first else { return }
        try hold(read.files.first?.bytes == file.bytes, "a file is read as it is sent")
        try hold(read.files.first?.name == file.name, "a file's name is read as it is sent")
    }
}

extension MailMessage {
    /// A message with the input in it: its first line as the subject and the names, the rest as what it says.
    fileprivate static func sample(_ input: Input) throws -> MailMessage {
        let (head, rest) = input.headed
        let text = String(decoding: rest, as: UTF8.self)
        let file = Attachment(name: head, type: "text/plain", bytes: rest)
        return MailMessage(
            from: Mailbox(name: "Shop", address: try MailAddress("shop@example.com")),
            to: Mailbox(name: head, address: try MailAddress("ada@example.com")),
            subject: head,
            date: Instant(microsecondsSince1970: 0),
            messageID: "one@example.com",
            plain: text,
            html: text,
            attachments: head.isEmpty ? [] : [file]
        )
    }
}
