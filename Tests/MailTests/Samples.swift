import Commerce
import Mail

/// Texts and names that mail has to carry unharmed.
enum Samples {
    static let lines = [
        "", "Ada", "Your order DM-7K4Q-92 is on its way", "Grüße aus Zürich", "ご注文ありがとうございます",
        "طلبك في الطريق \u{200F}(12)", "ההזמנה שלך נשלחה", "Ваш заказ отправлен", "Η παραγγελία σας", "ขอบคุณสำหรับคำสั่งซื้อ",
        "👩🏽‍🚀🧴 shipped 📦", "e\u{301}\u{302}\u{303}", "=?utf-8?B?QQ==?=", "a  b", " a", "a ",
        "a, b; \"c\" \\ <d@e.example> (f)",
        "Dr. O'Neill, Jr.", "100 % = all_of it?", String(repeating: "long ", count: 100) + "end",
        String(repeating: "x", count: 2_000), String(repeating: "ü", count: 400),
        String(repeating: "漢字 ", count: 150) + "。",
        String(repeating: "👨‍👩‍👧‍👦", count: 60),
    ]

    static let texts =
        [
            "", ".", "..", ".\n..\n...\n.", "a\nb\n", "\n\n", "a \nb\t\n \n\t", "trailing ", "=3D = =\n",
            "From me\n>From you",
            String(repeating: ".", count: 2_000), String(repeating: "x", count: 2_000),
            String(repeating: " ", count: 2_000),
            String(repeating: "word ", count: 400), String(repeating: "ü", count: 2_000),
            "--=_alternative_order17mailexample\n--\n", "\0\u{1}\u{7F}\u{FEFF}\u{2028}", "👩🏽‍🚀\nשלום\nمرحبا",
        ] + lines

    static func mailbox(_ name: String = "Ada", _ address: String = "ada@example.com") throws -> MailMessage.Mailbox {
        MailMessage.Mailbox(name: name, address: try MailAddress(address))
    }

    static func message(
        to: MailMessage.Mailbox? = nil,
        replyTo: MailMessage.Mailbox? = nil,
        subject: String = "Your order",
        messageID: String = "order-17@mail.example",
        inReplyTo: String? = nil,
        unsubscribe: String? = nil,
        plain: String = "Thank you.\n",
        html: String = "<p>Thank you.</p>\n",
        calendar: MailMessage.Calendar? = nil,
        attachments: [MailMessage.Attachment] = []
    ) throws -> MailMessage {
        MailMessage(
            from: try mailbox("Aftercare", "store@mail.example"),
            to: try to ?? mailbox(),
            replyTo: replyTo,
            subject: subject,
            date: Instant(microsecondsSince1970: 1_795_681_512_000_000),
            messageID: messageID,
            inReplyTo: inReplyTo,
            unsubscribe: unsubscribe,
            plain: plain,
            html: html,
            calendar: calendar,
            attachments: attachments
        )
    }

    /// One message with everything that a message may have.
    static func full() throws -> MailMessage {
        try message(
            to: mailbox("Zoë Müller-Østergård", "zoe@example.com"),
            replyTo: mailbox("Help, please", "help@mail.example"),
            subject: "Grüße: your order DM-7K4Q-92 is on its way, with everything that you asked for 📦",
            inReplyTo: "order-16@mail.example",
            unsubscribe: "https://store.example/unsubscribe/0123456789abcdef",
            plain: "Dear Zoë,\n\nyour order is on its way. \n.\nYour guide: https://store.example/g/x?a=b\n",
            html: "<p>Dear Zoë,</p>\n<p>your order is on its way.</p>\n",
            calendar: MailMessage.Calendar(
                name: "guide.ics",
                text: "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"
            ),
            attachments: [
                MailMessage.Attachment(name: "invoice.pdf", type: "application/pdf", bytes: Array(0...255)),
                MailMessage.Attachment(name: "Anleitung für Zoë.txt", type: "text/plain", bytes: Array("Hallo".utf8)),
            ]
        )
    }
}
