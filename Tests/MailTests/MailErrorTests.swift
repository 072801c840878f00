import Mail
import Testing

/// What would be a wrong or an endless message is refused, by the name of its field alone.
struct MailErrorTests {
    private func error(_ message: MailMessage) -> MailError? {
        do throws(MailError) {
            _ = try message.bytes()
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["\r", "\n", "\r\n", "\0", "\u{1B}", "\u{7F}"])
    func noHeaderCanBeginAnother(end: String) throws {
        let text = "a\(end)Bcc: eve@example.com"
        let file = MailMessage.Attachment(name: "a", type: "text/plain", bytes: [])
        let cases: [(String, MailMessage)] = try [
            ("to.name", Samples.message(to: Samples.mailbox(text))),
            ("replyTo.name", Samples.message(replyTo: Samples.mailbox(text))),
            ("subject", Samples.message(subject: text)),
            ("messageID", Samples.message(messageID: text)),
            ("inReplyTo", Samples.message(inReplyTo: text)),
            ("unsubscribe", Samples.message(unsubscribe: text)),
            ("calendar.name", Samples.message(calendar: .init(name: text, text: ""))),
            ("attachments[1].name", Samples.message(attachments: [file, .init(name: text, type: "a/b", bytes: [])])),
            ("attachments[0].type", Samples.message(attachments: [.init(name: "a", type: text, bytes: [])])),
        ]
        for (field, message) in cases {
            #expect(error(message) == .controlCharacter(field: field))
            #expect(error(message)?.description.contains("eve") == false)
        }
        let sender = try MailMessage(
            from: Samples.mailbox(text),
            to: Samples.mailbox(),
            subject: "",
            date: Samples.message().date,
            messageID: "a@b",
            plain: "",
            html: ""
        )
        #expect(error(sender) == .controlCharacter(field: "from.name"))
    }

    @Test(arguments: ["", "a", "a@", "@b", "<a@b>", "a b@c", "ä@b", "a@b@c", String(repeating: "a", count: 249) + "@b"])
    func messageIDHasOneForm(id: String) throws {
        #expect(error(try Samples.message(messageID: id)) == .malformedMessageID(field: "messageID"))
        #expect(error(try Samples.message(inReplyTo: id)) == .malformedMessageID(field: "inReplyTo"))
    }

    @Test(arguments: [
        "http://a.example/", "https://a.example/>,<mailto:b@c", "https://ä.example/", "https://a.example/ b",
    ])
    func unsubscribeIsAnHTTPSAddress(address: String) throws {
        #expect(error(try Samples.message(unsubscribe: address)) == .malformedUnsubscribeAddress)
    }

    @Test(arguments: ["", "text", "text/", "text/plain; charset=utf-8", "text/plain/x", "téxt/plain"])
    func attachmentHasAMediaType(type: String) throws {
        let message = try Samples.message(attachments: [.init(name: "a", type: type, bytes: [])])
        #expect(error(message) == .malformedType(field: "attachments[0].type"))
    }

    @Test func textsHaveALimitTogether() throws {
        let half = String(repeating: "ü", count: 15_000)
        #expect(error(try Samples.message(plain: half, html: half)) == nil)
        #expect(error(try Samples.message(plain: half, html: half + "x")) == .textTooLarge(octets: 60_001))
    }

    @Test func messageHasALimit() throws {
        func message(_ octets: Int) throws -> MailMessage {
            try Samples.message(attachments: [.init(name: "a", type: "a/b", bytes: Array(repeating: 7, count: octets))])
        }
        // Base64 makes 78 octets of 57.
        #expect(error(try message(1_450_000)) == nil)
        guard case .messageTooLarge(let octets) = error(try message(1_470_000)) else {
            Issue.record("a message of more than 2 MB was made")
            return
        }
        #expect(octets > 2_000_000)
    }
}
