import Commerce

extension MailMessage {
    /// The message as it goes to a mail server (RFC 5322, RFC 2045): ASCII alone, lines ended by CR LF.
    ///
    /// `multipart/mixed` holds the two texts as `multipart/alternative`, then the calendar, then the attachments. Where
    /// there are only the texts, the alternative is the whole.
    package func bytes() throws(MailError) -> [UInt8] {
        try check()
        let alternative = multipart("alternative", [Self.text("plain", plain), Self.text("html", html)])
        let files = (calendar.map { [Self.part($0)] } ?? []) + attachments.map(Self.part)
        let content = files.isEmpty ? alternative : multipart("mixed", [alternative] + files)
        let bytes = Array(header.utf8) + content
        guard bytes.count <= Self.octetsMax else { throw .messageTooLarge(octets: bytes.count) }
        return bytes
    }

    private var header: String {
        var lines = HeaderField.mailbox("From", from) + HeaderField.mailbox("To", to)
        if let replyTo { lines += HeaderField.mailbox("Reply-To", replyTo) }
        lines += HeaderField.text("Subject", subject)
        lines += HeaderField.line("Date", [dateText])
        lines += HeaderField.line("Message-ID", ["<\(messageID)>"])
        if let inReplyTo {
            lines += HeaderField.line("In-Reply-To", ["<\(inReplyTo)>"])
            lines += HeaderField.line("References", ["<\(inReplyTo)>"])
        }
        lines += HeaderField.line("Auto-Submitted", ["auto-generated"])
        if let unsubscribe {
            lines += HeaderField.line("List-Unsubscribe", ["<\(unsubscribe)>"])
            lines += HeaderField.line("List-Unsubscribe-Post", ["List-Unsubscribe=One-Click"])
        }
        return lines + HeaderField.line("MIME-Version", ["1.0"])
    }

    /// `Thu, 26 Nov 2026 08:25:12 +0000`
    private var dateText: String {
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let (year, month, day) = date.date.parts
        let clock = date.description.dropLast().suffix(8)
        return "\(days[date.date.weekday - 1]), \(day) \(months[month - 1]) \(year) \(clock) +0000"
    }

    private func multipart(_ kind: String, _ parts: [[UInt8]]) -> [UInt8] {
        // Parts are quoted-printable or base64, and in neither does a _ follow a =. So no part has the boundary.
        let boundary = "=_\(kind)_\(messageID.filter { $0.isLetter || $0.isNumber }.prefix(40))"
        let type = HeaderField.line("Content-Type", ["multipart/\(kind);", "boundary=\"\(boundary)\""])
        var bytes = Array(type.utf8)
        for part in parts { bytes += Array("\r\n--\(boundary)\r\n".utf8) + part }
        return bytes + Array("\r\n--\(boundary)--\r\n".utf8)
    }

    private static func text(_ subtype: String, _ text: String) -> [UInt8] {
        quotedPrintable(text, HeaderField.line("Content-Type", ["text/\(subtype);", "charset=utf-8"]))
    }

    private static func part(_ calendar: Calendar) -> [UInt8] {
        quotedPrintable(
            calendar.text,
            HeaderField.line("Content-Type", ["text/calendar;", "method=PUBLISH;", "charset=utf-8"])
                + HeaderField.attachment(calendar.name)
        )
    }

    private static func quotedPrintable(_ text: String, _ fields: String) -> [UInt8] {
        let encoding = HeaderField.line("Content-Transfer-Encoding", ["quoted-printable"])
        return Array("\(fields)\(encoding)\r\n".utf8) + TransferEncoding.quotedPrintable(text)
    }

    private static func part(_ attachment: Attachment) -> [UInt8] {
        let fields =
            HeaderField.line(
                "Content-Type",
                attachment.type.hasPrefix("text/") ? [attachment.type + ";", "charset=utf-8"] : [attachment.type]
            ) + HeaderField.attachment(attachment.name)
            + HeaderField.line("Content-Transfer-Encoding", ["base64"])
        return Array("\(fields)\r\n\(TransferEncoding.base64(attachment.bytes))".utf8)
    }
}
