extension MailMessage {
    /// Nothing that is wanted in a header can end it, and the texts are not too long.
    func check() throws(MailError) {
        let named = [("from.name", from.name), ("to.name", to.name), ("subject", subject)]
        let optional = [("replyTo.name", replyTo?.name), ("calendar.name", calendar?.name)]
        for (field, text) in named + optional.map({ ($0, $1 ?? "") }) {
            try Self.checkLine(text, field)
        }
        try Self.checkID(messageID, "messageID")
        if let inReplyTo { try Self.checkID(inReplyTo, "inReplyTo") }
        if let unsubscribe { try Self.checkUnsubscribe(unsubscribe) }
        for (index, attachment) in attachments.enumerated() {
            try Self.checkLine(attachment.name, "attachments[\(index)].name")
            try Self.checkType(attachment.type, "attachments[\(index)].type")
        }
        let octets = plain.utf8.count + html.utf8.count
        guard octets <= Self.textOctetsMax else { throw .textTooLarge(octets: octets) }
    }

    private static func checkLine(_ text: String, _ field: String) throws(MailError) {
        guard text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else { throw .controlCharacter(field: field) }
    }

    private static func checkID(_ id: String, _ field: String) throws(MailError) {
        try checkLine(id, field)
        let form = /[A-Za-z0-9!#$%&'*+\-\/=?^_`{|}~.]+@[A-Za-z0-9\-.]+/
        guard id.utf8.count <= 250, id.wholeMatch(of: form) != nil else { throw .malformedMessageID(field: field) }
    }

    private static func checkUnsubscribe(_ address: String) throws(MailError) {
        try checkLine(address, "unsubscribe")
        let isClean = address.utf8.allSatisfy { (33...126).contains($0) && !"<>\"".utf8.contains($0) }
        guard address.hasPrefix("https://"), isClean, address.utf8.count <= 900 else {
            throw .malformedUnsubscribeAddress
        }
    }

    private static func checkType(_ type: String, _ field: String) throws(MailError) {
        try checkLine(type, field)
        let form = /[A-Za-z0-9!#$&^_.+\-]{1,64}\/[A-Za-z0-9!#$&^_.+\-]{1,127}/
        guard type.wholeMatch(of: form) != nil else { throw .malformedType(field: field) }
    }
}
