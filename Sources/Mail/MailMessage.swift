package import Commerce

/// An automatic message to one recipient, in plain text and in HTML.
package struct MailMessage: Sendable {
    /// `plain` and `html` have at most so many octets together: mail programs cut longer ones.
    package static let textOctetsMax = 60_000
    /// The whole message has at most so many octets.
    package static let octetsMax = 2_000_000

    /// Whoever sends or gets a message.
    package struct Mailbox: Hashable, Sendable {
        /// In any script; empty where there is none.
        package let name: String
        package let address: MailAddress

        package init(name: String = "", address: MailAddress) {
            self.name = name
            self.address = address
        }
    }

    /// A calendar that mail programs offer to take in (`method=PUBLISH`).
    package struct Calendar: Hashable, Sendable {
        /// The file's name, such as `guide.ics`.
        package let name: String
        /// An iCalendar document.
        package let text: String

        package init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// A file that goes with the message. Text is UTF-8.
    package struct Attachment: Hashable, Sendable {
        /// The file's name, in any script.
        package let name: String
        /// A media type without parameters, such as `application/pdf`.
        package let type: String
        package let bytes: [UInt8]

        package init(name: String, type: String, bytes: [UInt8]) {
            self.name = name
            self.type = type
            self.bytes = bytes
        }
    }

    package let from: Mailbox
    package let to: Mailbox
    package let replyTo: Mailbox?
    package let subject: String
    package let date: Instant
    /// `name@domain`, without angle brackets, as are all message ids here. The same for good: a message that is sent
    /// again is known by it.
    package let messageID: String
    /// The id of the message that this one follows.
    package let inReplyTo: String?
    /// Where one POST, without a question asked, ends such messages (RFC 8058): an https address.
    package let unsubscribe: String?
    package let plain: String
    package let html: String
    package let calendar: Calendar?
    package let attachments: [Attachment]

    package init(
        from: Mailbox,
        to: Mailbox,
        replyTo: Mailbox? = nil,
        subject: String,
        date: Instant,
        messageID: String,
        inReplyTo: String? = nil,
        unsubscribe: String? = nil,
        plain: String,
        html: String,
        calendar: Calendar? = nil,
        attachments: [Attachment] = []
    ) {
        self.from = from
        self.to = to
        self.replyTo = replyTo
        self.subject = subject
        self.date = date
        self.messageID = messageID
        self.inReplyTo = inReplyTo
        self.unsubscribe = unsubscribe
        self.plain = plain
        self.html = html
        self.calendar = calendar
        self.attachments = attachments
    }
}
